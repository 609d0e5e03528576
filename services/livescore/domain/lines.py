"""What counts for the public of each competitor, sheet by sheet (R51, R52).

A sheet counts live, or as it was when it last reached the state its form is released in, or not at all. A reopened one
stays at what was last public until it is locked again. Sums are kept running: the old part comes off, the new goes on.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Literal, NamedTuple

from services.livescore.domain.arithmetic import NOTHING, Sum
from services.livescore.domain.scorecard import Competitor, Scorecard
from services.livescore.domain.totals import effective

Change = Literal["same", "moved", "shown"]
"""Whether sums are others now, and whether they are shown with other figures."""


class Part(NamedTuple):
    """What one sheet adds: so many aspects, and their exact sum."""

    marked: int = 0
    total: Sum = NOTHING


NO_PART = Part()


@dataclass(slots=True)
class Line:
    """One competitor's public figures; `captured` holds sheets as they were last public, by form.

    Sums are whole numbers of one `unit`, the part of a mark that all awards so far are multiples of: a ledger is folded
    mark by mark, and whole numbers are added several times as fast as fractions.
    """

    marked: int = 0
    captured: dict[str, Part] = field(default_factory=dict)
    _unit: int = 1
    _total: int = 0
    _parts: dict[str, int] = field(default_factory=dict)
    _before: int = 0

    @property
    def total_before(self) -> Sum:
        """The total before the newest `change`."""
        return Sum(self._before, self._unit)

    @property
    def total(self) -> Sum:
        return Sum(self._total, self._unit)

    @property
    def by_criterion(self) -> dict[str, Sum]:
        return {criterion: Sum(part, self._unit) for criterion, part in self._parts.items()}

    def gain(self, criterion: str, award: Fraction) -> None:
        """An aspect counts for the first time."""
        self.marked += 1
        self._add(criterion, *award.as_integer_ratio())

    def change(self, criterion: str, before: Fraction, after: Fraction) -> Change:
        """Another award for an aspect that counts; what became of the total and the criterion."""
        numerator, denominator = after.as_integer_ratio()
        less, of = before.as_integer_ratio()
        unit = self._unit
        if unit % denominator:
            unit = self._divide(denominator)
        # The award before is part of the sums, so the unit divides it.
        gain = numerator * (unit // denominator) - less * (unit // of)
        if not gain:
            return "same"
        total, part = self._total, self._parts[criterion]
        self._before, self._total, self._parts[criterion] = total, total + gain, part + gain
        if abs(gain) * 100 >= unit:  # a hundredth or more always shows
            return "shown"
        shown = any(Sum(one + gain, unit).cents != Sum(one, unit).cents for one in (total, part))
        return "shown" if shown else "moved"

    def replace(self, criterion: str, before: Part, after: Part) -> None:
        """Another part for a whole sheet."""
        self.marked += after.marked - before.marked
        self._add(criterion, *after.total.plus(-before.total.numerator, before.total.denominator))

    def _add(self, criterion: str, numerator: int, denominator: int) -> None:
        gain = numerator * (self._divide(denominator) // denominator)
        self._total += gain
        self._parts[criterion] = self._parts.get(criterion, 0) + gain

    def _divide(self, denominator: int) -> int:
        """Make the unit one that divides this as well."""
        if self._unit % denominator:
            unit = lcm(self._unit, denominator)
            times = unit // self._unit
            self._unit, self._total = unit, self._total * times
            self._parts = {criterion: part * times for criterion, part in self._parts.items()}
        return self._unit


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
