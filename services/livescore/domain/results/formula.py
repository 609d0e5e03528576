"""How an award was worked out, with the numbers filled in: `4.00 × (2 + 3 + 3) / 9 = 32/9 → 3.56`.

Mathematics needs no translation, so it is text; where there is nothing to calculate (met or not, a rung, not attempted)
there is no formula and whoever shows it has words of the own. The award itself always comes from the yardstick that
counted it, never from here.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from services.livescore.domain.arithmetic import shown
from services.livescore.domain.judgement import award as judged_award
from services.livescore.domain.measurement import NOT_ATTEMPTED
from services.livescore.domain.schemes.index import AspectRule
from shared.contracts.scheme import Add, Deduct, Full, Ladder, Time, Tolerance


def of_scores(rule: AspectRule, scores: Sequence[int]) -> str:
    """R33."""
    terms = " + ".join(map(str, scores))
    return _ending(f"{rule.aspect.max} × ({terms}) / 9", judged_award(rule.maximum, scores), " = ")


def of_reading(rule: AspectRule, value: str, granted: int = 0) -> str | None:
    """R13; `granted` seconds are taken off a time first (R15). The reading must be a legal one."""
    measure = rule.aspect.measure
    if rule.measure is None or measure is None or value == NOT_ATTEMPTED:
        return None
    award, maximum = rule.measure(value, granted), rule.aspect.max
    match measure:
        case Full() | Ladder():
            return None
        case Deduct():
            count, told = _errors(measure, value)
            return told + _ending(f"max({measure.floor}, {maximum} − {count} × {measure.step})", award, " = ")
        case Add():
            return _ending(f"min({maximum}, {value} × {measure.step})", award, " = ")
        case Tolerance():
            off = abs(Decimal(value) - Decimal(measure.nominal))
            allowed = measure.tol if not Decimal(measure.comp) else f"{measure.tol} + {measure.comp}"
            sign = "≤" if off <= Decimal(measure.tol) + Decimal(measure.comp) else ">"
            return _ending(f"|{value} − {_term(measure.nominal)}| = {off:f} {sign} {allowed}", award, " → ")
        case Time():
            return _time(measure, value, granted, maximum, award)


def _errors(measure: Deduct, value: str) -> tuple[int | str, str]:
    """The number of errors, and how it came of a physical error (R14)."""
    if measure.unit is None:
        return value, ""
    ratio = Fraction(value) / Fraction(measure.unit)
    up = measure.count_mode == "ceil"
    count = -(-ratio.numerator // ratio.denominator) if up else ratio.numerator // ratio.denominator
    left, right = "⌈⌉" if up else "⌊⌋"
    return count, f"{left}{value} / {measure.unit}{right} = {count}; "


def _time(measure: Time, value: str, granted: int, maximum: str, award: Fraction) -> str:
    taken = f"{value} − {granted}" if granted else value
    seconds = Decimal(value) - granted
    if seconds <= Decimal(measure.t_full):
        return _ending(f"{taken} ≤ {measure.t_full}", award, " → ")
    if seconds >= Decimal(measure.t_zero):
        return _ending(f"{taken} ≥ {measure.t_zero}", award, " → ")
    taken = f"({taken})" if granted else taken
    return _ending(f"{maximum} × ({measure.t_zero} − {taken}) / ({measure.t_zero} − {measure.t_full})", award, " = ")


def _term(number: str) -> str:
    return f"({number})" if number.startswith("-") else number


def _ending(left: str, award: Fraction, sign: str) -> str:
    """Exact first, and what is shown of it where that is not the same (R36)."""
    two = shown(award)
    return f"{left}{sign}{two}" if Fraction(two) == award else f"{left}{sign}{award} → {two}"
