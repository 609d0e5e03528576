"""Exact marks, and how they are shown.

Everything is computed with `Fraction` built from text, never from float (R34). Rounding happens only here, and only for
showing: two decimals, half up, each figure from its own exact value (R35), so shown parts may not add up to the total.
"""

from fractions import Fraction
from math import lcm
from typing import NamedTuple

ZERO = Fraction(0)


class Sum(NamedTuple):
    """An exact sum of awards, not in lowest terms: bringing it there is most of what adding two `Fraction`s costs.

    Equal sums may differ as tuples; compare what is `exact`, or numerators over a common denominator.
    """

    numerator: int = 0
    denominator: int = 1

    def plus(self, numerator: int, denominator: int) -> "Sum":
        if denominator == self.denominator:
            return Sum(self.numerator + numerator, denominator)
        common = lcm(self.denominator, denominator)
        return Sum(self.over(common) + numerator * (common // denominator), common)

    def over(self, common: int) -> int:
        """The numerator over a multiple of the denominator."""
        return self.numerator * (common // self.denominator)

    @property
    def exact(self) -> Fraction:
        return Fraction(*self)

    @property
    def cents(self) -> int:
        """What is shown, as a number."""
        return _cents(*self)

    @property
    def shown(self) -> str:
        return _written(self.cents)


NOTHING = Sum()


def shown(mark: Fraction) -> str:
    """Two decimals, half away from zero: 1/8 is "0.13" (R35)."""
    return _written(_cents(*mark.as_integer_ratio()))


def cents(mark: Fraction) -> int:
    """What is shown, in hundredths (R35)."""
    return _cents(*mark.as_integer_ratio())


def wire(mark: Fraction) -> dict[str, str]:
    """The form marks travel in: exact for computing, shown for reading (R36)."""
    return {"exact": str(mark), "shown": shown(mark)}


def _cents(numerator: int, denominator: int) -> int:
    # In integers: Decimal division would round once before the rounding that is meant.
    cents = (abs(numerator) * 200 + denominator) // (2 * denominator)
    return -cents if numerator < 0 else cents


def _written(cents: int) -> str:
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{part:02d}"
