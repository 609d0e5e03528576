"""What three judges' scores mean: the award, the spread, and whether a round stands.

A spread of 0 or 1 stands; above 1 the same panel scores again, and after the third round only the chief expert can
help (R23-R25). Nobody averages scores that are too far apart.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

PANEL_SIZE = 3
MAX_ROUNDS = 3
MIN_JUSTIFICATION = 20

RoundOutcome = Literal["settled", "remark", "disputed"]


def award(maximum: Fraction, scores: Sequence[int]) -> Fraction:
    """Three scores' share of the nine points that three judges can give (R33)."""
    return maximum * sum(scores) / 9


def spread(scores: Sequence[int]) -> int:
    return max(scores) - min(scores)


def outcome(scores: Sequence[int], round_: int) -> RoundOutcome:
    """What the third score of a round brings about."""
    if spread(scores) <= 1:
        return "settled"
    return "remark" if round_ < MAX_ROUNDS else "disputed"
