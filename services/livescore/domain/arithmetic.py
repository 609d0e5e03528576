"""Exact marks, and how they are shown.

Everything is computed with `Fraction` built from text, never from float (R34). Rounding happens only here, and only for
showing: two decimals, half up, each figure from its own exact value (R35), so shown parts may not add up to the total.
"""

from fractions import Fraction

ZERO = Fraction(0)


def shown(mark: Fraction) -> str:
    """Two decimals, half away from zero: 1/8 is "0.13" (R35)."""
    # In integers: Decimal division would round once before the rounding that is meant.
    cents = (abs(mark.numerator) * 200 + mark.denominator) // (2 * mark.denominator)
    sign = "-" if mark < 0 and cents else ""
    return f"{sign}{cents // 100}.{cents % 100:02d}"


def wire(mark: Fraction) -> dict[str, str]:
    """The form marks travel in: exact for computing, shown for reading (R36)."""
    return {"exact": str(mark), "shown": shown(mark)}
