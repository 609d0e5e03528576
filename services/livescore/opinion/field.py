"""A field of totals: its median, its spread, and standardised scores in whole numbers (R66, R70-R73).

Twice a total is compared with twice the median, so both are whole; a root is never drawn but the integer part of one.
"""

from fractions import Fraction
from math import isqrt

FEWEST = 6
FEWEST_FOR_MAD = 20


def twice_the_median(values: list[int]) -> int:
    line = sorted(values)
    return line[(len(line) - 1) // 2] + line[len(line) // 2]


def spread_squared(totals: list[int], method: str) -> Fraction:
    """The square of the population standard deviation, or of 1.4826 times the median deviation (R71)."""
    if method == "sd":
        n = len(totals)
        return Fraction(n * sum(one * one for one in totals) - sum(totals) ** 2, n * n)
    median = twice_the_median(totals)
    # Deviations are doubled, and their median is doubled again.
    return Fraction(14826 * twice_the_median([abs(2 * one - median) for one in totals]), 40000) ** 2


def within_points(gap: int, points_in_hundredths: int, squared: Fraction) -> bool:
    """Whether a gap in marks is no more than so many points of the scale (R61): 30 points are one spread."""
    return (30 * 100 * gap) ** 2 * squared.denominator <= points_in_hundredths**2 * squared.numerator


def score(total: int, median_twice: int, squared: Fraction) -> str:
    """700 + 30 spreads, from 0 to 1000, as an integer half up (R71)."""
    off = 2 * total - median_twice
    # |distance| doubled is the root of this; `whole` its integer part.
    radicand = Fraction(900 * off * off) / squared
    whole = isqrt(radicand.numerator // radicand.denominator)
    if off >= 0:
        points = 700 + (whole + 1) // 2
    else:
        upwards = whole + (whole * whole != radicand)
        points = 700 - upwards // 2
    return str(min(max(points, 0), 1000))


def hindrances(totals: list[int], method: str, *, unmarked: bool) -> list[str]:
    """Why there is no standardised score (R72)."""
    reasons = []
    if len(totals) < FEWEST:
        reasons.append("few_competing")
    elif method == "mad" and len(totals) < FEWEST_FOR_MAD:
        reasons.append("mad_few_competing")
    if unmarked:
        reasons.append("unmarked")
    if totals and spread_squared(totals, method) == 0:
        reasons.append("no_spread")
    return reasons
