"""How many are watching, and from which countries: the channels `audience/<channel>`, which broadcast holds itself.

They are channels like any other, with an epoch of this process (the count starts anew with it), so a page follows the
number over the connection it has. At most one change a second per channel, and only when the number is another; in a
large crowd a change of less than a hundredth waits some seconds, because saying "2,041" after "2,040" each second would
be twice the bytes of the whole competition. Where there are several nodes, the number is that of all of them
(`nodes.py`).

A viewer counts in every channel it looks at. It is counted when it comes and when it goes, never by looking through
all of them: at twenty thousand that would be a fan-out's time every second.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from services.broadcast.crowd import Crowd
from services.broadcast.hub import Hub
from shared.contracts.board import Board

PREFIX = "audience/"
_LARGE = 100
_SMALL_CHANGE = 0.01
_TURNS_IT_WAITS = 5


class _Said(NamedTuple):
    seq: int
    watching: int
    head: dict[str, object]
    turn: int


class Audience:
    def __init__(self, hub: Hub, epoch: str) -> None:
        self.here = Crowd()
        """Viewers at this node."""
        self.elsewhere: Callable[[], Crowd] = Crowd
        """Viewers at the other nodes."""
        self._hub = hub
        self._epoch = epoch
        self._turn = 0
        self._said: dict[str, _Said] = {}

    def follow(self, channel: str) -> None:
        """Begin to count a channel; again is no harm."""
        if channel not in self._said:
            self._say(channel, 1, Crowd())

    def joined(self, channels: Sequence[str], country: str) -> None:
        self.here.come([name for name in channels if not name.startswith(PREFIX)], country)

    def left(self, channels: Sequence[str], country: str) -> None:
        """The same as when it joined."""
        self.here.go([name for name in channels if not name.startswith(PREFIX)], country)

    def turn(self) -> None:
        """Say the numbers that have changed; called once a second."""
        self._turn += 1
        everybody = self.elsewhere()
        everybody.add(self.here)
        for channel, said in list(self._said.items()):
            if everybody.head(channel) != said.head and not self._can_wait(said, everybody.watching[channel]):
                self._say(channel, said.seq + 1, everybody)

    def _can_wait(self, said: _Said, watching: int) -> bool:
        small = said.watching >= _LARGE and abs(watching - said.watching) < said.watching * _SMALL_CHANGE
        return small and self._turn - said.turn < _TURNS_IT_WAITS

    def _say(self, channel: str, seq: int, crowd: Crowd) -> None:
        head = crowd.head(channel)
        self._said[channel] = _Said(seq, crowd.watching[channel], head, self._turn)
        self._hub.offer(Board.model_construct(channel=PREFIX + channel, epoch=self._epoch, seq=seq, head=head, rows={}))
