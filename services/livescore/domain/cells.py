"""Cells: what is known about one aspect of one competitor.

A measured cell is its newest reading. A secret cell keeps what the open round has so far apart from the last complete
round, so that "hidden" is a place and not a filter (R21, R39): nothing outside this service's signed-in views reads
`hidden`. A judged cell's round is complete with the third judge's score, a dual cell's with the second pair's reading.
"""

from collections.abc import Callable
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


class Given(NamedTuple):
    """What one judge, or one pair, gave in one round: a score or a reading."""

    seq: int
    judge: str
    score: int
    marked_at: datetime
    value: str = ""


class Justified(NamedTuple):
    """What the coordinator wrote before a round (R24)."""

    round: int
    by: str
    text: str


@dataclass(slots=True)
class SecretCell:
    """`round` is the round that is open, or the last one when none is; `state` is what the last complete round left.

    `hidden` and `revealed` are by author: a judge's id, or the number of a pair. `earlier` holds complete rounds that
    did not stand or were given again, oldest first (R24). `award` is that of the last round that stood, and `stood`
    what it comes from: what everybody gave in that round, or the one reading that was chosen.
    """

    round: int = 1
    state: CellState = "waiting"
    hidden: dict[str, Given] = field(default_factory=dict)
    revealed: dict[str, Given] = field(default_factory=dict)
    revealed_seq: int = 0
    award: Fraction | None = None
    stood: tuple[Given, ...] = ()
    earlier: tuple[dict[str, Given], ...] = ()
    justified: tuple[Justified, ...] = ()
    """By the coordinator, the newest last; where there is none, a mark of the round says why it is given."""

    @property
    def open(self) -> bool:
        return self.state in {"waiting", "remark"}

    @property
    def stands(self) -> bool:
        """Whether the last round stood and no other one has begun."""
        return self.state == "settled" and not self.hidden

    @property
    def complete(self) -> int:
        """How many rounds are complete; moves with no hidden score, as `round` does in a sheet that was reopened."""
        return len(self.earlier) + bool(self.revealed)

    def why(self, round_: int) -> str | None:
        """What the coordinator wrote for a round."""
        return next((one.text for one in self.justified if one.round == round_), None)

    def has_on_panel(self, judge: str) -> bool:
        """Whether the judge gave something that is known to everybody."""
        return any(given.judge == judge for given in self.revealed.values())

    def _put(self, author: str, given: Given, round_: int, needed: int) -> bool:
        """Take what is hidden, or its replacement; True when that completed the round and revealed it."""
        self.round = round_
        self.hidden[author] = given
        if len(self.hidden) < needed:
            return False
        if self.revealed:
            self.earlier = (*self.earlier, self.revealed)
        self.revealed = dict(sorted(self.hidden.items()))
        self.revealed_seq = given.seq
        self.hidden = {}
        return True

    def _end(self, stands: bool, award: Fraction | None, last_round: int) -> CellState:
        if stands:
            self.state, self.award, self.stood = "settled", award, tuple(self.revealed.values())
        elif self.round < last_round:
            self.state, self.round = "remark", self.round + 1
        else:
            self.state = "disputed"
        return self.state

    def order_round(self) -> None:
        """One more round, whatever the limit (R25)."""
        self.state, self.round = "remark", self.round + 1


@dataclass(slots=True)
class JudgedCell(SecretCell):
    """Three judges' scores."""

    def give(self, score: Given, maximum: Fraction, round_: int, last_round: int) -> CellState:
        """Take a hidden score, or the author's replacement of it; the third judge's reveals all three at once."""
        if not self._put(score.judge, score, round_, judgement.PANEL_SIZE):
            return "waiting"
        scores = self.scores
        return self._end(judgement.stands(scores), judgement.award(maximum, scores), last_round)

    def revalue(self, maximum: Fraction) -> None:
        """What the aspect is worth has changed; a later round that does not stand changes nothing."""
        if self.award is not None:
            self.award = judgement.award(maximum, [given.score for given in self.stood])

    @property
    def scores(self) -> list[int]:
        return [given.score for given in self.revealed.values()]


@dataclass(slots=True)
class DualCell(SecretCell):
    """Two pairs' readings, which stand when they are worth the same (R40, R41)."""

    decided: str | None = None
    """The pair whose reading the chief expert chose."""

    def give(
        self, pair: int, reading: Given, measure: Callable[[str], Fraction], round_: int, last_round: int
    ) -> CellState:
        """Take a pair's hidden reading, or its replacement; the second pair's reveals both."""
        self.decided = None
        if not self._put(str(pair), reading, round_, 2):
            return "waiting"
        awards = {measure(given.value) for given in self.revealed.values()}
        return self._end(len(awards) == 1, min(awards), last_round)

    def revalue(self, measure: Callable[[str], Fraction], last_round: int) -> None:
        """What the readings are worth has changed; two that agreed may not any more, and then none of them counts.

        Raises what `measure` raises, also for a reading of a round that is still open: its time would come.
        """
        for given in (*self.hidden.values(), *self.revealed.values()):
            measure(given.value)
        if self.award is None:
            return
        awards = {measure(given.value) for given in self.stood}
        if len(awards) == 1:
            self.award = min(awards)
            return
        self.award, self.stood = None, ()
        if self.stands:
            self._end(False, None, last_round)
        elif self.state == "settled":
            self.state = "remark"  # the round after it has begun already

    def decide(self, pair: int, measure: Callable[[str], Fraction]) -> None:
        self.decided, self.state = str(pair), "settled"
        self.stood = (self.revealed[str(pair)],)
        self.award = measure(self.stood[0].value)

    def standing(self) -> Given:
        """The reading that counts, once there is an award."""
        return self.stood[0]


Cell = MeasuredCell | JudgedCell | DualCell


def counting(cell: Cell | None) -> tuple[int, ...]:
    """Seqs of the marks that the award comes from; a round that is open changes nothing about them (R21)."""
    match cell:
        case None:
            return ()
        case MeasuredCell():
            return (cell.seq,)
        case _:
            return tuple(given.seq for given in cell.stood)


def known_to_all(cell: Cell | None) -> tuple[int, ...]:
    """Seqs of the marks that a sheet holds and everybody may see; of a secret cell those of the last reveal."""
    match cell:
        case None:
            return ()
        case MeasuredCell():
            return (cell.seq,)
        case _:
            return tuple(given.seq for given in cell.revealed.values())


def standing(cell: Cell | None) -> Fraction | None:
    """The award that counts, or None while nothing stands."""
    return None if cell is None else cell.award
