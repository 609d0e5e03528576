"""What three judges' scores mean: the award, the spread, and whether a round stands.

A spread of 0 or 1 stands; above 1 the same panel scores again, and after the last round that the rules allow only the
chief expert can help (R23-R25). Nobody averages scores that are too far apart.
"""

from collections.abc import Sequence
from fractions import Fraction

PANEL_SIZE = 3


def award(maximum: Fraction, scores: Sequence[int]) -> Fraction:
    """Three scores' share of the nine points that three judges can give (R33)."""
    return maximum * sum(scores) / 9


def spread(scores: Sequence[int]) -> int:
    return max(scores) - min(scores)


def stands(scores: Sequence[int]) -> bool:
    """A spread of 0 or 1 stands (R23)."""
    return spread(scores) <= 1
