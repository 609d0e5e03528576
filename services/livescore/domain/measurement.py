"""From what a judge read to what it is worth (R12-R16).

A yardstick is made once per aspect and turns the reading, as text, into the exact award. Text that is no legal input of
the pattern is `Rejected`, never counted as zero (R16); zero needs a reading or the word `not_attempted` (R37).
"""

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Protocol

from services.livescore.domain.arithmetic import ZERO
from shared.contracts.scheme import Add, Aspect, Deduct, Full, Ladder, Measure, Time, Tolerance
from shared.errors import Fault, Rejected

NOT_ATTEMPTED = "not_attempted"


class Yardstick(Protocol):
    """Turns a reading into the award; `granted` seconds are taken off a time first (R15)."""

    def __call__(self, value: str, granted: int = 0, /) -> Fraction: ...


_Reading = Callable[[str], Fraction]

# ASCII digits only: `\d` and `int` would also take other scripts' digits, signs and underscores.
_COUNT = re.compile(r"[0-9]{1,6}")
_DECIMAL = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?")


def award(aspect: Aspect, value: str) -> Fraction:
    """The exact award for a reading; raise Rejected when the text is no legal input."""
    return yardstick(aspect)(value)


def yardstick(aspect: Aspect) -> Yardstick:
    """Compile a measured aspect; the result is pure and may be called any number of times."""
    if aspect.measure is None:
        raise ValueError(f"{aspect.id} is not measured")
    maximum = Fraction(aspect.max)
    reading = _reading(aspect.measure, maximum)
    per_second = maximum / _span(aspect.measure) if isinstance(aspect.measure, Time) else ZERO

    @lru_cache(maxsize=256)  # a reading is looked at when it is decided, applied and folded into the board
    def measure(value: str, granted: int = 0, /) -> Fraction:
        if value == NOT_ATTEMPTED:
            return ZERO
        return min(max(reading(value) + granted * per_second, ZERO), maximum)

    return measure


def _reading(measure: Measure, maximum: Fraction) -> _Reading:
    match measure:
        case Full():
            return lambda value: maximum if _word(value) == "met" else ZERO
        case Deduct():
            step, floor, errors = Fraction(measure.step), Fraction(measure.floor), _errors(measure)
            return lambda value: max(floor, maximum - errors(value) * step)
        case Add():
            step = Fraction(measure.step)
            return lambda value: _count(value) * step
        case Tolerance():
            nominal, allowed = Fraction(measure.nominal), Fraction(measure.tol) + Fraction(measure.comp)
            return lambda value: maximum if abs(_decimal(value) - nominal) <= allowed else ZERO
        case Ladder():
            rungs = frozenset(Fraction(rung.award) for rung in measure.rungs)
            return lambda value: _rung(value, rungs)
        case Time():
            t_zero = Fraction(measure.t_zero)
            span = _span(measure)
            return lambda value: maximum * (t_zero - _positive(value)) / span


def _span(measure: Time) -> Fraction:
    return Fraction(measure.t_zero) - Fraction(measure.t_full)


def _errors(measure: Deduct) -> Callable[[str], int]:
    """How the reading becomes a number of errors: counted, or a physical error in units (R14)."""
    if measure.unit is None:
        return _count
    unit, upwards = Fraction(measure.unit), measure.count_mode == "ceil"

    def errors(value: str) -> int:
        ratio = _positive(value) / unit
        return -(-ratio.numerator // ratio.denominator) if upwards else ratio.numerator // ratio.denominator

    return errors


def _word(value: str) -> str:
    if value not in {"met", "not_met"}:
        raise _illegal("the reading must be met, not_met or not_attempted")
    return value


def _count(value: str) -> int:
    if not _COUNT.fullmatch(value):
        raise _illegal("the reading must be a whole number, 0 or more, or not_attempted")
    return int(value)


def _decimal(value: str) -> Fraction:
    if not _DECIMAL.fullmatch(value):
        raise _illegal("the reading must be a plain decimal such as 12.3, or not_attempted")
    return Fraction(value)


def _positive(value: str) -> Fraction:
    number = _decimal(value)
    if number < 0:
        raise _illegal("the reading must not be negative")
    return number


def _rung(value: str, rungs: frozenset[Fraction]) -> Fraction:
    number = _decimal(value)
    if number not in rungs:
        raise _illegal("the reading must be one of the listed awards, or not_attempted")
    return number


def _illegal(detail: str) -> Rejected:
    return Rejected("value_invalid", detail, Fault(detail, field="value", rule="R13"))
