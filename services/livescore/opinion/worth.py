"""What a reading is worth, in whole numbers (R12-R16, R33-R35).

Readings become millionths, marks become hundredths, and every award of a competition is a whole number of parts of one
mark: `Parts.of` finds how many parts a mark needs so that no award of any of its schemes leaves a remainder (nine for
three judges' scores, the span of seconds for a time). Nothing is ever rounded before it is shown.
"""

import re
from collections.abc import Iterable
from math import gcd, lcm
from typing import NamedTuple

from shared.contracts.scheme import Add, Aspect, Deduct, Full, Ladder, Scheme, Time, Tolerance

NOT_ATTEMPTED = "not_attempted"
_MILLION = 1_000_000
_NUMBER = re.compile(r"(-?)([0-9]{1,9})(?:\.([0-9]{1,6}))?", re.ASCII)


def millionths(text: str) -> int:
    """A decimal as a whole number of millionths; ValueError for anything else."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise ValueError(f"not a decimal: {text[:20]!r}")
    sign, whole, part = found.groups(default="")
    number = int(whole + part.ljust(6, "0"))
    return -number if sign else number


def hundredths(mark: str) -> int:
    """A mark as the contracts write it, with two decimals at most."""
    return millionths(mark) // (_MILLION // 100)


class Place(NamedTuple):
    """An aspect with the form and the criterion it is on."""

    criterion: str
    form: str
    aspect: Aspect


def places(scheme: Scheme) -> dict[str, Place]:
    return {
        aspect.id: Place(criterion.id, form.id, aspect)
        for criterion in scheme.criteria
        for form in criterion.sub_criteria
        for aspect in form.aspects
    }


class Parts(NamedTuple):
    """How many parts one mark is counted in."""

    of_a_mark: int

    @classmethod
    def of(cls, schemes: Iterable[Scheme]) -> "Parts":
        spans = {
            millionths(place.aspect.measure.t_zero) - millionths(place.aspect.measure.t_full)
            for scheme in schemes
            for place in places(scheme).values()
            if isinstance(place.aspect.measure, Time)
        }
        return cls(100 * lcm(9, *spans))

    def full(self, aspect: Aspect) -> int:
        return hundredths(aspect.max) * self.of_a_mark // 100

    def judged(self, aspect: Aspect, points: int) -> int:
        """Of nine points that three judges can give (R33)."""
        return hundredths(aspect.max) * (self.of_a_mark // 900) * points

    def measured(self, aspect: Aspect, value: str, granted: int) -> int | None:
        """None for what is no legal reading of the aspect (R16); `granted` seconds come off a time (R15)."""
        if value == NOT_ATTEMPTED:
            return 0
        try:
            award = self._award(aspect, value, granted)
        except ValueError:
            return None
        return max(0, min(award, self.full(aspect)))

    def _award(self, aspect: Aspect, value: str, granted: int) -> int:
        most, part = self.full(aspect), self.of_a_mark // 100
        match aspect.measure:
            case Full():
                return {"met": most, "not_met": 0}[_one_of(value, "met", "not_met")]
            case Deduct() as rule:
                lost = _errors(rule, value) * hundredths(rule.step) * part
                return max(most - lost, hundredths(rule.floor) * part)
            case Add() as rule:
                return _count(value) * hundredths(rule.step) * part
            case Tolerance() as rule:
                off = millionths(value) - millionths(rule.nominal)
                allowed = millionths(rule.tol) + millionths(rule.comp)
                return most if -allowed <= off <= allowed else 0
            case Ladder() as rule:
                read = millionths(value)
                (rung,) = {award for award in (millionths(one.award) for one in rule.rungs) if award == read}
                return rung * self.of_a_mark // _MILLION
            case Time() as rule:
                taken = _not_negative(value) - granted * _MILLION
                full, zero = millionths(rule.t_full), millionths(rule.t_zero)
                if taken <= full:
                    return most
                return 0 if taken >= zero else most // (zero - full) * (zero - taken)
            case None:
                raise ValueError(f"{aspect.id} is not measured")

    def rounded(self, award: int) -> int:
        """To hundredths of a mark, half up (R35)."""
        return self.cents(award) * self.of_a_mark // 100

    def cents(self, award: int) -> int:
        whole, rest = divmod(award * 100, self.of_a_mark)
        return whole + (2 * rest >= self.of_a_mark)

    def shown(self, award: int) -> str:
        cents = self.cents(award)
        return f"{cents // 100}.{cents % 100:02d}"

    def exact(self, award: int) -> str:
        """As a fraction in lowest terms, the form marks travel in (R36)."""
        common = gcd(award, self.of_a_mark)
        above, below = award // common, self.of_a_mark // common
        return str(above) if below == 1 else f"{above}/{below}"

    def wire(self, award: int) -> dict[str, str]:
        return {"exact": self.exact(award), "shown": self.shown(award)}


def _errors(rule: Deduct, value: str) -> int:
    """Counted, or whole units of a physical error, begun ones counted or not (R14)."""
    if rule.unit is None:
        return _count(value)
    error, unit = _not_negative(value), millionths(rule.unit)
    whole, rest = divmod(error, unit)
    return whole + (rest > 0 and rule.count_mode == "ceil")


def _count(value: str) -> int:
    if len(value) > 6 or not value.isascii() or not value.isdigit():
        raise ValueError(f"not a count: {value[:20]!r}")
    return int(value)


def _not_negative(value: str) -> int:
    number = millionths(value)
    if number < 0:
        raise ValueError("negative")
    return number


def _one_of(value: str, *words: str) -> str:
    if value not in words:
        raise ValueError(f"not one of {words}")
    return value
