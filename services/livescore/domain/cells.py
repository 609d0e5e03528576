"""Cells: what is known about one aspect of one competitor.

A measured cell is its newest reading. A judged cell keeps the open round's scores apart from the last complete round's,
so that "hidden" is a place and not a filter (R21): nothing outside this service's signed-in views reads `hidden`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Literal, NamedTuple

from services.livescore.domain import judgement

CellState = Literal["settled", "waiting", "remark", "disputed"]


class MeasuredCell(NamedTuple):
    seq: int
    value: str
    award: Fraction
    judge: str
    marked_at: datetime


class Score(NamedTuple):
    """One judge's score in one round."""

    seq: int
    judge: str
    score: int
    marked_at: datetime


@dataclass(slots=True)
class JudgedCell:
    """`round` is the round that is open, or the last one when none is; `state` is what the last complete round left."""

    round: int = 1
    state: CellState = "waiting"
    hidden: dict[str, Score] = field(default_factory=dict)
    revealed: tuple[Score, ...] = ()
    revealed_seq: int = 0
    award: Fraction | None = None

    @property
    def open(self) -> bool:
        return self.state in {"waiting", "remark"}

    def has_on_panel(self, judge: str) -> bool:
        """Whether the judge gave one of the scores that are known to everybody."""
        return any(score.judge == judge for score in self.revealed)

    def give(self, score: Score, maximum: Fraction) -> CellState:
        """Take a hidden score, or the author's replacement of it; the third judge's reveals all three at once."""
        self.hidden[score.judge] = score
        if len(self.hidden) < judgement.PANEL_SIZE:
            return "waiting"
        self.revealed = tuple(sorted(self.hidden.values(), key=lambda given: given.judge))
        self.revealed_seq = score.seq
        self.hidden = {}
        scores = [given.score for given in self.revealed]
        self.state = outcome = judgement.outcome(scores, self.round)
        match outcome:
            case "settled":
                self.award = judgement.award(maximum, scores)
            case "remark":
                self.round += 1
            case "disputed":
                pass
        return outcome


Cell = MeasuredCell | JudgedCell
