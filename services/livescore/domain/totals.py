"""A competitor's exact totals, added up from the cells when somebody asks; of what is private no sums are kept.

Sub criterion = sum of awards, criterion = sum of sub criteria, total = sum of criteria (R34). With rounding
`aspect_2dp` each award is rounded before it is added (R35).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from services.livescore.domain.arithmetic import ZERO, cents
from services.livescore.domain.cells import Cell, standing
from services.livescore.domain.schemes.index import AspectRule

Rounding = Literal["exact", "aspect_2dp"]


@dataclass(frozen=True, slots=True)
class Totals:
    """`missing` are aspects without an award: not yet marked is not zero (R37)."""

    total: Fraction
    by_criterion: dict[str, Fraction]
    by_form: dict[str, Fraction]
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return not self.missing


def counted(award: Fraction, rounding: Rounding) -> Fraction:
    """What is added up of an award."""
    return award if rounding == "exact" else Fraction(cents(award), 100)


def effective(cell: Cell | None, rule: AspectRule, full: frozenset[str], rounding: Rounding) -> Fraction | None:
    """What the cell counts, full marks for everybody included (R76); None while nothing stands."""
    award = rule.maximum if rule.aspect.id in full else standing(cell)
    return None if award is None else counted(award, rounding)


def totals(cells: Mapping[str, Cell], rules: Iterable[AspectRule], full: frozenset[str], rounding: Rounding) -> Totals:
    by_form: dict[str, Fraction] = {}
    by_criterion: dict[str, Fraction] = {}
    missing: list[str] = []
    total = ZERO
    for rule in rules:
        award = effective(cells.get(rule.aspect.id), rule, full, rounding)
        if award is None:
            missing.append(rule.aspect.id)
            continue
        total += award
        by_form[rule.form] = by_form.get(rule.form, ZERO) + award
        by_criterion[rule.criterion] = by_criterion.get(rule.criterion, ZERO) + award
    return Totals(total, by_criterion, by_form, tuple(missing))
