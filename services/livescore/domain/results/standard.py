"""The standardised score, an approximation: 700 is the median, 30 points are one spread (R70-R73).

The official formula is not public. What is compared, bands of medals and the best of several competitions, is compared
in exact fractions through squares, so that no root decides about a medal; a root is drawn only for showing.
"""

from collections.abc import Callable, Collection
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from services.livescore.domain.results.entrants import middle

Method = Literal["sd", "mad"]
Withheld = Literal["not_final", "few_competing", "unmarked", "mad_few_competing", "no_spread", "unranked"]
"""Why there is no score to show (R72)."""

FEWEST = 6
FEWEST_FOR_MAD = 20
_DIGITS = Context(prec=28)
_POINTS = 30
_MIDDLE, _TOP = Decimal(700), Decimal(1000)
_MAD_TO_SD = Fraction("1.4826")

Near = Callable[[Fraction], bool]
"""Whether a difference in marks, zero or more, is within a band."""


class Standard(NamedTuple):
    """One field's measure: its median, and the square of its spread, both in marks and exact."""

    median: Fraction
    spread_squared: Fraction

    def score(self, total: Fraction) -> Decimal:
        """0 to 1000 with 28 digits (R71); the spread must not be 0."""
        squared = (_POINTS * (total - self.median)) ** 2 / self.spread_squared
        root = _DIGITS.sqrt(Decimal(squared.numerator * squared.denominator))
        distance = _DIGITS.divide(root, Decimal(squared.denominator))
        score = _DIGITS.add(_MIDDLE, distance if total >= self.median else -distance)
        return min(max(score, Decimal(0)), _TOP)

    def standing(self, total: Fraction) -> Fraction:
        """Orders totals of different fields as unclamped scores would, exactly: the squared distance with its sign."""
        distance = total - self.median
        return distance * abs(distance) / self.spread_squared

    def near(self, band: Fraction) -> Near:
        """Whether two totals are within `band` points of each other."""
        limit = band**2 * self.spread_squared
        return lambda gap: (_POINTS * gap) ** 2 <= limit


def standard(totals: Collection[Fraction], method: Method) -> Standard:
    """Measure a field of one total or more."""
    median = middle(totals)
    if method == "sd":
        mean = sum(totals, Fraction(0)) / len(totals)
        return Standard(median, sum(((one - mean) ** 2 for one in totals), Fraction(0)) / len(totals))
    return Standard(median, (_MAD_TO_SD * middle([abs(one - median) for one in totals])) ** 2)


def withheld(totals: Collection[Fraction], method: Method, *, unmarked: bool) -> tuple[Withheld, ...]:
    """What keeps a field from having scores at all, finalised or not (R72)."""
    reasons: list[Withheld] = []
    if len(totals) < FEWEST:
        reasons.append("few_competing")
    elif method == "mad" and len(totals) < FEWEST_FOR_MAD:
        reasons.append("mad_few_competing")
    if unmarked:
        reasons.append("unmarked")
    if totals and not standard(totals, method).spread_squared:
        reasons.append("no_spread")
    return tuple(reasons)


def shown_score(score: Decimal) -> str:
    """As an integer, half up (R71)."""
    return str(score.quantize(Decimal(1), ROUND_HALF_UP))
