"""The public board as old as the delay makes it (R53).

Every event becomes public in the order of the ledger, once it is `delay` seconds old; then it goes into `Standings` as
if it had just been recorded. So whatever the public sees (figures, counts, times, freeze, reveal) has one and the same
age, and a fold at another time gives another prefix of the same history. Only the delay itself works at once: made
shorter, it lets out what has waited; made longer, it holds back what comes.
"""

from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

from services.livescore.domain.board import Standings
from shared.contracts.board import Board
from shared.contracts.events import Recorded
from shared.contracts.marks_in_bulk import MarkLine
from shared.contracts.release import DelaySet, FreezePlanned, Frozen


class Public:
    """A fold like `Standings`, to be told what time it is."""

    def __init__(self, competition: str) -> None:
        self.standings = Standings(competition)
        self._waiting: deque[Recorded] = deque()
        self._delay = timedelta(0)
        self._seq = 0
        self.freeze_at: datetime | None = None
        """When the picture is to be frozen by plan; known at once, whatever the delay."""

    def apply(self, recorded: Recorded) -> bool:
        """Take the next event; True when the public board is another one now. What has to wait waits for `advance`."""
        if recorded.seq <= self._seq:
            return False
        self._seq = recorded.seq
        if self.freeze_at is not None and datetime.fromisoformat(recorded.at) >= self.freeze_at:
            self.freeze_at = None  # whatever was recorded has frozen it
        if isinstance(recorded, MarkLine) and not self._delay and not self._waiting:
            return self.standings.apply(recorded)
        match recorded.event:
            case DelaySet() as event:
                self._delay = timedelta(seconds=event.seconds)
            case FreezePlanned() as event:
                self.freeze_at = event.at
            case Frozen():
                self.freeze_at = None
            case _:
                pass
        if not self._delay and not self._waiting:
            return self.standings.apply(recorded)
        self._waiting.append(recorded)
        return False if self._delay else self._let_out(None)

    def apply_all(self, stretch: Sequence[Recorded]) -> bool:
        """`apply` for each of a ledger's events in a row; True when the public board is another one than before."""
        public = False
        for kind, run in groupby(stretch, type):
            if kind is MarkLine and not self._delay and not self._waiting and self.freeze_at is None:
                lines = list(run)
                public |= self.standings.apply_all(lines)
                self._seq = max(self._seq, lines[-1].seq)
            else:
                for recorded in run:
                    public |= self.apply(recorded)
        return public

    @property
    def due(self) -> datetime | None:
        """When the next event becomes public, or None when nothing waits."""
        return datetime.fromisoformat(self._waiting[0].at) + self._delay if self._waiting else None

    def advance(self, now: datetime) -> bool:
        """Let out what is old enough; True when the public board is another one now."""
        return self._let_out(now)

    def board(self, epoch: str) -> Board:
        return self.standings.board(epoch)

    def _let_out(self, until: datetime | None) -> bool:
        changed = False
        while self._waiting and (until is None or datetime.fromisoformat(self._waiting[0].at) + self._delay <= until):
            changed |= self.standings.apply(self._waiting.popleft())
        return changed
