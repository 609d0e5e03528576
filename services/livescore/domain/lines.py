"""What counts for the public of each competitor, sheet by sheet (R51, R52).

A sheet counts live, or as it was when it last reached the state its form is released in, or not at all. A reopened one
stays at what was last public until it is locked again. Sums are kept running: the old part comes off, the new goes on.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from services.livescore.domain.arithmetic import NOTHING, Sum
from services.livescore.domain.scorecard import Competitor, Scorecard
from services.livescore.domain.totals import effective


class Part(NamedTuple):
    """What one sheet adds: so many aspects, and their exact sum."""

    marked: int = 0
    total: Sum = NOTHING


NO_PART = Part()


@dataclass(slots=True)
class Line:
    """One competitor's public figures; `captured` holds sheets as they were last public, by form."""

    marked: int = 0
    total: Sum = NOTHING
    by_criterion: dict[str, Sum] = field(default_factory=dict)
    captured: dict[str, Part] = field(default_factory=dict)

    def gain(self, criterion: str, award: Fraction) -> None:
        """An aspect counts for the first time."""
        self.marked += 1
        self._add(criterion, *award.as_integer_ratio())

    def change(self, criterion: str, before: Fraction, after: Fraction) -> None:
        numerator, denominator = before.as_integer_ratio()
        self._add(criterion, *Sum(*after.as_integer_ratio()).plus(-numerator, denominator))

    def replace(self, criterion: str, before: Part, after: Part) -> None:
        """Another part for a whole sheet."""
        self.marked += after.marked - before.marked
        self._add(criterion, *after.total.plus(-before.total.numerator, before.total.denominator))

    def _add(self, criterion: str, numerator: int, denominator: int) -> None:
        self.total = self.total.plus(numerator, denominator)
        self.by_criterion[criterion] = self.by_criterion.get(criterion, NOTHING).plus(numerator, denominator)


def is_live(card: Scorecard, form: str, competitor: str) -> bool:
    """Whether each mark on this sheet counts for the public as it comes."""
    if card.release.when(form) != "at_once":
        return False
    sheet = card.sheets.find(form, competitor)
    return sheet is None or not sheet.review


def is_held(card: Scorecard, line: Line, form: str, competitor: str) -> bool:
    """Whether the public is shown an earlier state of this sheet, because it is being looked at again (R52)."""
    when = card.release.when(form)
    if when == "withheld" or form not in line.captured:
        return False
    sheet = card.sheets.find(form, competitor)
    return sheet is not None and (sheet.review or (when != "at_once" and not sheet.reached(when)))


def part(card: Scorecard, line: Line, entrant: Competitor, form: str) -> Part:
    """What counts of one sheet now."""
    if is_live(card, form, entrant.id):
        return measured(card, entrant, form)
    when = card.release.when(form)
    if when == "withheld":
        return NO_PART
    sheet = card.sheets.find(form, entrant.id)
    if sheet is not None and not sheet.review and when != "at_once" and sheet.reached(when):
        return measured(card, entrant, form)
    return line.captured.get(form, NO_PART)


def measured(card: Scorecard, entrant: Competitor, form: str) -> Part:
    """What is on the sheet, whether it counts or not."""
    marked, total = 0, NOTHING
    for rule in () if card.scheme is None else card.scheme.forms[form]:
        award = effective(entrant.cells.get(rule.aspect.id), rule, card.full_marks, card.rules.rounding)
        if award is not None:
            marked += 1
            total = total.plus(*award.as_integer_ratio())
    return Part(marked, total)


def line_of(card: Scorecard, entrant: Competitor, captured: dict[str, Part]) -> Line:
    """A competitor's figures added up from nothing."""
    line = Line(captured=captured)
    for form, rules in ({} if card.scheme is None else card.scheme.forms).items():
        now = part(card, line, entrant, form)
        if now.marked:
            line.replace(rules[0].criterion, NO_PART, now)
    return line
