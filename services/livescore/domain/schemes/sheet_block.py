"""One criterion's block of the sheet: rows of sub criteria, of aspects, and of scores right under an aspect (R90)."""

from dataclasses import dataclass, field
from typing import Any

from services.livescore.domain.schemes.bilingual import read_text
from services.livescore.domain.schemes.bracket_rules import Rule, Rules, read_rules
from services.livescore.domain.schemes.finding import Path, quoted
from services.livescore.domain.schemes.measure_rules import FORMS, PATTERNS, NotUnderstood, read_measure
from services.livescore.domain.schemes.sheet_cells import Cells, without_none
from services.livescore.domain.schemes.sheet_headings import Block

ASPECT_WORDS = PATTERNS | {"dual", "id"}
FORM_WORDS = frozenset({"blind", "team"})


@dataclass(slots=True)
class _Aspect:
    """An aspect whose score rows are still being read."""

    row: int
    path: Path
    raw: dict[str, Any]
    scores: list[int] = field(default_factory=list)


class _Reader:
    def __init__(self, cells: Cells, block: Block, path: Path) -> None:
        self.cells = cells
        self.columns = block.columns
        self.path = path
        self.forms: list[dict[str, Any]] = []
        self.aspect: _Aspect | None = None

    def filled(self, row: int, *names: str) -> bool:
        return any(self.cells.filled(row, self.columns.get(name)) for name in names)

    def row(self, row: int) -> None:
        if self.filled(row, "id", "name", "day"):
            self._form(row)
            if not self.filled(row, "type"):
                return
        if self.filled(row, "type"):
            self._aspect(row)
        elif self.filled(row, "score"):
            self._score(row)
        elif self.filled(row, "description", "max"):
            self.cells.fault("row_without_type", row, self.columns["type"], rule="R3")
        elif self.filled(row, "extra"):
            self._more(row)

    def _form(self, row: int) -> None:
        self.close()
        path: Path = (*self.path, len(self.forms))
        columns, cells = self.columns, self.cells
        cells.at(row, columns["id"], path)
        raw: dict[str, Any] = {
            "id": cells.text(row, columns["id"], (*path, "id")),
            "name": cells.both(row, columns["name"], (*path, "name")),
            "day": cells.number(row, columns["day"], (*path, "day")),
            "aspects": [],
        }
        if not self.filled(row, "type") and (said := cells.text(row, columns["extra"], (*path, "team"))):
            rules = read_rules(said, FORM_WORDS)
            words = {rule.word for rule in rules.rules}
            raw["blind"] = True if "blind" in words else None
            raw["team"] = rules.rest if "team" in words else None
            if rules.rest and "team" not in words:
                cells.fault("text_not_used", row, columns["extra"], path, warning=True, said=quoted(rules.rest))
        self.forms.append(without_none(raw))

    def _aspect(self, row: int) -> None:
        self.close()
        if not self.forms:
            self.cells.fault("aspect_without_form", row, self.columns["type"], rule="R1")
            return
        form = self.forms[-1]
        path: Path = (*self.path, len(self.forms) - 1, "aspects", len(form["aspects"]))
        columns, cells = self.columns, self.cells
        cells.at(row, columns["type"], path)
        cells.at(row, columns["extra"], (*path, "id"))
        raw: dict[str, Any] = {
            "id": f"{form.get('id', '')}.{len(form['aspects']) + 1}",
            "type": self._type(row, path),
            "description": cells.both(row, columns["description"], (*path, "description")),
            "section": cells.number(row, columns["section"], (*path, "section")),
            "max": cells.number(row, columns["max"], (*path, "max")),
            "requirement": cells.both(row, columns.get("requirement"), (*path, "requirement")),
        }
        extra = columns["extra"]
        said = cells.text(row, extra, (*path, "measure"))
        for name in ("descriptors", "extra"):
            cells.at(row, extra, (*path, name))
        self._rules(row, path, raw, said or "")
        self.aspect = _Aspect(row, path, without_none(raw))
        form["aspects"].append(self.aspect.raw)

    def _type(self, row: int, path: Path) -> str | None:
        letter = self.cells.number(row, self.columns["type"], (*path, "type"))
        if letter is None:
            return None
        letter = letter.upper()
        if letter == "O":
            self.cells.fault("old_type_o", row, self.columns["type"], path, "R90", warning=True)
            return "M"
        if letter == "S":
            self.cells.fault("old_type_s", row, self.columns["type"], path, "R90")
        return letter

    def _rules(self, row: int, path: Path, raw: dict[str, Any], said: str) -> None:
        """Column G: the measure, what else has no column, and the words for the judge."""
        read = read_rules(said, ASPECT_WORDS)
        patterns = [rule for rule in read.rules if rule.word in PATTERNS]
        for rule in read.rules:
            if rule.word == "id":
                raw["id"] = rule.value.upper()
        raw["dual"] = True if any(rule.word == "dual" for rule in read.rules) else None
        raw["extra"] = read_text(read.rest) or None
        if patterns:
            raw["measure"] = self._measure(row, path, patterns)
        elif raw["type"] != "J":
            raw["measure"] = {"pattern": "full"}
            self._warn_of_text(row, path, raw["id"], read)

    def _measure(self, row: int, path: Path, patterns: list[Rule]) -> dict[str, Any]:
        column = self.columns["extra"]
        try:
            measure = read_measure(patterns[0])
        except NotUnderstood:
            form, said = FORMS[patterns[0].word], quoted(patterns[0].said)
            self.cells.fault("rule_form", row, column, path, "R13", said=said, form=form)
            return {"pattern": "full"}
        if len(patterns) > 1:
            said = quoted(" ".join(f"[{rule.said}]" for rule in patterns), 80)
            self.cells.fault("rule_twice", row, column, path, "R13", said=said)
        for key in measure:
            self.cells.at(row, column, (*path, "measure", key))
        return measure

    def _warn_of_text(self, row: int, path: Path, id_: str, read: Rules) -> None:
        if read.unknown is not None:
            values = {"id": id_, "said": quoted(read.unknown)}
            self.cells.fault("rule_unknown", row, self.columns["extra"], path, "R13", warning=True, **values)
        elif read.rest:
            self.cells.fault("free_text", row, self.columns["extra"], path, "R13", warning=True, id=id_)

    def _score(self, row: int) -> None:
        if self.aspect is None:
            self.cells.fault("score_alone", row, self.columns["score"], rule="R4")
        else:
            self.aspect.scores.append(row)

    def _more(self, row: int) -> None:
        """A further line of words under a measured aspect."""
        aspect, column = self.aspect, self.columns["extra"]
        if aspect is None or aspect.scores or aspect.raw.get("type") == "J":
            self.cells.fault("score_missing", row, self.columns["score"], rule="R4")
        elif said := self.cells.text(row, column, (*aspect.path, "extra")):
            so_far = aspect.raw.get("extra", {})
            for language, words in read_text(said).items():
                so_far[language] = f"{so_far[language]} {words}" if language in so_far else words
            aspect.raw["extra"] = so_far
            self.cells.fault("free_text", row, column, aspect.path, "R13", warning=True, id=aspect.raw["id"])

    def close(self) -> None:
        """The score rows of the last aspect are complete."""
        aspect, self.aspect = self.aspect, None
        if aspect is None or not aspect.scores:
            return
        judged = aspect.raw.get("type") == "J"
        ladder = aspect.raw.get("measure", {}).get("pattern") == "ladder"
        if not judged and not ladder:
            self.cells.fault(
                "scores_under_measure", aspect.scores[0], self.columns["score"], aspect.path, "R3", id=aspect.raw["id"]
            )
            return
        path: Path = (*aspect.path, "descriptors") if judged else (*aspect.path, "measure", "rungs")
        rows = [(self.cells.number(row, self.columns["score"], (*path, "score")), row) for row in aspect.scores]
        if judged:
            rows.sort(key=lambda pair: pair[0] or "")
            if len(rows) == 4 and [score for score, _ in rows] != ["0", "1", "2", "3"]:
                column = self.columns["score"]
                self.cells.fault("scores_not_0_to_3", aspect.scores[0], column, path, "R4", id=aspect.raw["id"])
        found: list[Any] = []
        for at, (score, row) in enumerate(rows):
            here: Path = (*path, at) if judged else (*path, at, "benchmark")
            words = self.cells.both(row, self.columns["extra"], here) or {}
            self.cells.at(row, self.columns["extra"], (*path, at))
            if not judged:
                self.cells.at(row, self.columns["score"], (*path, at, "award"))
            found.append(words if judged else without_none({"award": score, "benchmark": words}))
        if judged:
            aspect.raw["descriptors"] = found
        else:
            aspect.raw["measure"]["rungs"] = found


def read_block(cells: Cells, block: Block, path: Path) -> list[dict[str, Any]]:
    """The sub criteria below the block's heading; `path` is where they stand in the scheme."""
    reader = _Reader(cells, block, path)
    for row in range(block.row + 1, block.last + 1):
        reader.row(row)
    reader.close()
    return reader.forms
