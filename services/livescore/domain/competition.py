"""The state a command is decided on: the marks as they stand, and what was answered and shown to whom.

The answer to a judge is kept as it was right after the mark was applied, so a repeated command and a rebuilt service
give the very same answer (R45). Boards need none of this and fold a `Scorecard` alone.
"""

from fractions import Fraction
from typing import Any, NamedTuple

from typing_extensions import override

from services.livescore.domain.arithmetic import wire
from services.livescore.domain.cells import CellState
from services.livescore.domain.scorecard import Scorecard
from shared.contracts.events import Recorded
from shared.contracts.livescore import MarkGiven


class Receipt(NamedTuple):
    """The answer to the judge: what became of the mark at the moment it was recorded. `round` is the mark's own.

    A tuple, because every fold makes one per mark and a frozen dataclass takes six times as long to make.
    """

    id: str
    seq: int
    competitor: str
    aspect: str
    state: CellState
    award: Fraction | None
    round: int
    received_at: str
    judge: str
    fingerprint: str

    def wire(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "seq": self.seq,
            "competitor": self.competitor,
            "aspect": self.aspect,
            "state": self.state,
            "award": None if self.award is None else wire(self.award),
            "round": self.round,
            "received_at": self.received_at,
        }


class Competition(Scorecard):
    """Everything decisions and judges' views need; empty until the first event."""

    def __init__(self, competition: str) -> None:
        super().__init__(competition)
        # The newest seq that every judge may know of, and each one's own: the stream's seq would count hidden scores.
        self.seen_by_all = 0
        self.seen_by: dict[str, int] = {}
        # The latest time of any event, whichever copy's clock it was read from.
        self.latest = ""
        self._receipts: dict[str, Receipt] = {}

    @property
    def marks(self) -> int:
        return len(self._receipts)

    def seen(self, judge: str) -> int:
        """The newest seq this judge may know of; moves exactly when the judge's view does (R21)."""
        return max(self.seen_by_all, self.seen_by.get(judge, 0))

    def receipt(self, mark_id: str) -> Receipt | None:
        """The same answer whenever it is asked for, also after a rebuild."""
        return self._receipts.get(mark_id)

    @override
    def _take_fact(self, recorded: Recorded) -> None:
        super()._take_fact(recorded)
        self.seen_by_all = recorded.seq
        self.latest = max(self.latest, recorded.at)

    @override
    def _take_mark(self, recorded: Recorded, event: MarkGiven) -> tuple[CellState, Fraction | None]:
        state, award = super()._take_mark(recorded, event)
        self.latest = max(self.latest, recorded.at)
        if state == "waiting":
            self.seen_by[event.judge] = recorded.seq
        else:
            self.seen_by_all = recorded.seq
        self._receipts[event.mark] = Receipt(
            event.mark,
            recorded.seq,
            event.competitor,
            event.aspect,
            state,
            award,
            event.round,
            recorded.at,
            event.judge,
            event.fingerprint,
        )
        return state, award
