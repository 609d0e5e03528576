"""A marking scheme as the 14-column sheet that the championships' marking system imports (R90).

Texts stand in both languages in one cell, and what the columns have no place for is written in brackets in column G, so
that the sheet reads back as the very same scheme (`docs/schemes.md`). There are no formulas: sums are plain numbers.
"""

from collections.abc import Mapping
from fractions import Fraction

from services.livescore.domain.arithmetic import shown
from services.livescore.domain.schemes.bilingual import write_text
from services.livescore.domain.schemes.bracket_rules import write_rules
from services.livescore.domain.schemes.measure_rules import write_measure
from services.livescore.domain.schemes.sheet import Cell, Sheet
from services.livescore.domain.schemes.sheet_block import ASPECT_WORDS, FORM_WORDS
from shared.contracts.scheme import Aspect, Criterion, Full, Ladder, Scheme, SubCriterion

HEADINGS = (
    "Sub Criterion ID", "Sub Criterion Name", "Day of Marking", "Aspect Type\nM = Meas\nJ = Judg",
    "Aspect - Description", "Judg Score",
    "Extra Aspect Description (Meas or Judg)\nOR\nJudgement Score Description (Judg only)",
    "Requirement\n(Measurement Only)", "WSOS Section", "Calculation Row\n(Export only)", "Max Mark",
)  # fmt: skip
_A, _B, _C, _D, _E, _F, _G, _H, _I, _J, _K, _L, _M, _N = range(1, 15)


class _Rows:
    """Rows that are filled one below the other."""

    def __init__(self) -> None:
        self.sheet = Sheet()
        self._row = 0

    def add(self, cells: Mapping[int, Cell | None]) -> None:
        self._row += 1
        for column, cell in cells.items():
            if cell is not None and cell.text:
                self.sheet.cells[self._row, column] = cell

    def skip(self) -> None:
        self._row += 1


def scheme_sheet(scheme: Scheme) -> Sheet:
    rows = _Rows()
    share = [] if scheme.max_aspect_share is None else [f"share {scheme.max_aspect_share}"]
    rows.add({_A: _heading(write_text(scheme.title)), _G: Cell(write_rules(share, "", frozenset()))})
    rows.skip()
    _add_sections(rows, scheme)
    rows.add({_A: _heading("ID"), _B: _heading("Name"), _K: _heading("Mark")})
    for criterion in scheme.criteria:
        rows.add({_A: Cell(criterion.id), _B: Cell(write_text(criterion.name)), _K: _marks(_total(criterion))})
    for criterion in scheme.criteria:
        rows.skip()
        _add_block(rows, criterion)
    return rows.sheet


def _add_sections(rows: _Rows, scheme: Scheme) -> None:
    titles = {_A: "Section", _B: "Area", _I: "WSOS Marks", _J: "Aspect Marks", _K: "Variation"}
    rows.add({column: _heading(title) for column, title in titles.items()})
    placed: dict[int, Fraction] = {}
    for criterion in scheme.criteria:
        for form in criterion.sub_criteria:
            for aspect in form.aspects:
                placed[aspect.section] = placed.get(aspect.section, Fraction(0)) + Fraction(aspect.max)
    for section in scheme.sections:
        here = placed.get(section.id, Fraction(0))
        rows.add(
            {
                _A: _number(section.id),
                _B: Cell(write_text(section.name)),
                _I: _number(section.weight),
                _J: _marks(here),
                _K: _marks(abs(here - Fraction(section.weight))),
            }
        )
    rows.skip()


def _add_block(rows: _Rows, criterion: Criterion) -> None:
    head = {column: _heading(title) for column, title in enumerate(HEADINGS, 1)}
    total = {_L: _heading(f"Criterion {criterion.id}"), _M: _heading("Total Mark"), _N: _marks(_total(criterion))}
    rows.add(head | total)
    for form in criterion.sub_criteria:
        rows.add(
            {
                _A: Cell(form.id),
                _B: Cell(write_text(form.name)),
                _C: _number(form.day),
                _G: Cell(_form_rules(form)),
            }
        )
        for place, aspect in enumerate(form.aspects, 1):
            _add_aspect(rows, aspect, f"{form.id}.{place}")


def _add_aspect(rows: _Rows, aspect: Aspect, usual_id: str) -> None:
    rows.add(
        {
            _D: Cell(aspect.type),
            _E: Cell(write_text(aspect.description)),
            _G: Cell(_aspect_rules(aspect, usual_id)),
            _H: Cell(write_text(aspect.requirement)) if aspect.requirement else None,
            _I: _number(aspect.section),
            _K: _number(aspect.max),
        }
    )
    for score, descriptor in enumerate(aspect.descriptors):
        rows.add({_F: _number(score), _G: Cell(write_text(descriptor))})
    if isinstance(aspect.measure, Ladder):
        for rung in aspect.measure.rungs:
            rows.add({_F: _number(rung.award), _G: Cell(write_text(rung.benchmark))})


def _form_rules(form: SubCriterion) -> str:
    """The team is a name of its own, so it stands behind its bracket, at the end."""
    rules = ["blind"] if form.blind else []
    return write_rules([*rules, "team"], form.team, FORM_WORDS) if form.team else write_rules(rules, "", FORM_WORDS)


def _aspect_rules(aspect: Aspect, usual_id: str) -> str:
    """All or nothing is what an empty cell means; with a text it has to be said."""
    rules = [] if aspect.id == usual_id else [f"id {aspect.id}"]
    if aspect.measure is not None and (aspect.extra is not None or not isinstance(aspect.measure, Full)):
        rules.append(write_measure(aspect.measure))
    if aspect.dual:
        rules.append("dual")
    return write_rules(rules, write_text(aspect.extra) if aspect.extra else "", ASPECT_WORDS)


def _total(criterion: Criterion) -> Fraction:
    return sum((Fraction(one.max) for form in criterion.sub_criteria for one in form.aspects), Fraction(0))


def _heading(text: str) -> Cell:
    return Cell(text, strong=True)


def _number(value: int | str) -> Cell:
    return Cell(str(value), "number")


def _marks(value: Fraction) -> Cell:
    return Cell(shown(value), "number")
