"""Results as rows for other programs: the columns that ceremony software reads (R92, R93), and a full table for people.

Names are display names (R98) and typed by people, so whoever writes a file for a spreadsheet asks `is_formula` first.
"""

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence

from services.livescore.domain.arithmetic import shown
from services.livescore.domain.results.result import Line, Result
from services.livescore.domain.results.standard import shown_score

COLUMNS = (
    "Position",
    "Member",
    "Member Name",
    "Skill Number",
    "Medal",
    "First Name",
    "Last Name",
    "WorldSkills Scale Score",
)
"""Of `Competitor_results.xlsx` and `Best_of_Nation.xlsx` (R92)."""

_BEFORE = ("result", "position", "bib", "name", "country", "status", "total")
_AFTER = ("medal", "computed_medal", "best_of_nation", "points", "standardised_score_approximation")

Value = str | int
Row = tuple[Value, ...]

_MEDALS = {"gold": "Gold", "silver": "Silver", "bronze": "Bronze", None: ""}
_MEDALLION = "Medallion For Excellence"


def competitor_results(result: Result, member_names: Mapping[str, str]) -> list[Row]:
    """Everybody who is ranked; `member_names` by country code."""
    return [_ceremony_row(result, line, member_names) for line in result.ranked]


def best_of_nation(result: Result, member_names: Mapping[str, str]) -> list[Row]:
    return [_ceremony_row(result, line, member_names) for line in result.ranked if line.best_of_nation]


def _ceremony_row(result: Result, line: Line, member_names: Mapping[str, str]) -> Row:
    entrant, rules = line.entrant, result.rules
    member = f"{entrant.country}-{entrant.bib}" if rules.member_suffix == "bib" else entrant.country  # R93
    scored = rules.scale_column == "approximation" and line.score is not None  # R70
    return (
        line.rank or "",
        member,
        member_names.get(entrant.country, entrant.country),
        rules.skill_number,
        _medal(line),
        entrant.name,
        "",  # the display name is all there is (R93)
        int(shown_score(line.score)) if scored and line.score is not None else "",
    )


def _medal(line: Line) -> str:
    return _MEDALLION if line.medallion else _MEDALS[line.medal]


def csv_text(result: Result, criteria: Sequence[str]) -> str:
    """Everybody, RFC 4180, marks as they are shown: a spreadsheet would take the exact `14/9` for a date."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*_BEFORE, *criteria, *_AFTER])
    kind = f"version {result.version}" if result.final else "provisional"
    for line in result.lines:
        entrant = line.entrant
        marks = [entrant.by_criterion.get(one) for one in criteria]
        writer.writerow(
            [
                kind,
                line.rank or "",
                entrant.bib,
                f"'{entrant.name}" if is_formula(entrant.name) else entrant.name,
                entrant.country,
                entrant.status,
                shown(entrant.total) if entrant.by_criterion else "",
                *("" if mark is None else shown(mark) for mark in marks),
                _medal(line),
                _MEDALS[line.computed],
                "yes" if line.best_of_nation else "",
                line.points,
                "" if line.score is None else shown_score(line.score),
            ]
        )
    return text.getvalue()


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might calculate this: `=`, `+`, `-` or `@` first, in any width and behind any space.

    A tab or line break in front counts by itself, because importers split at it.
    """
    for char in text:
        if char in "\t\r\n":
            return True
        if char.isspace() or unicodedata.category(char) == "Cf":
            continue
        return unicodedata.normalize("NFKC", char) in {"=", "+", "-", "@"}
    return False
