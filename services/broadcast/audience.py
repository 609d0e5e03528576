"""How many are watching, and from which countries: the channels `audience/<channel>`, which broadcast holds itself.

They are channels like any other, with an epoch of this process (the count starts anew with it), so a page follows the
number over the connection it has. At most one change a second per channel, and only when the number is another.
Where there are several nodes, the number is that of all of them (`nodes.py`).

A viewer counts in every channel it looks at. It is counted when it comes and when it goes, never by looking through
all of them: at twenty thousand that would be a fan-out's time every second.
"""

from collections.abc import Callable, Sequence

from services.broadcast.crowd import Crowd
from services.broadcast.hub import Hub
from shared.contracts.board import Board

PREFIX = "audience/"


class Audience:
    def __init__(self, hub: Hub, epoch: str) -> None:
        self.here = Crowd()
        """Viewers at this node."""
        self.elsewhere: Callable[[], Crowd] = Crowd
        """Viewers at the other nodes."""
        self._hub = hub
        self._epoch = epoch
        self._said: dict[str, tuple[int, dict[str, object]]] = {}  # channel -> seq, head

    def follow(self, channel: str) -> None:
        """Begin to count a channel; again is no harm."""
        if channel not in self._said:
            self._say(channel, 1, Crowd().head(channel))

    def joined(self, channels: Sequence[str], country: str) -> None:
        self.here.come([name for name in channels if not name.startswith(PREFIX)], country)

    def left(self, channels: Sequence[str], country: str) -> None:
        """The same as when it joined."""
        self.here.go([name for name in channels if not name.startswith(PREFIX)], country)

    def turn(self) -> None:
        """Say the numbers that have changed."""
        everybody = self.elsewhere()
        everybody.add(self.here)
        for channel, (seq, said) in list(self._said.items()):
            if (head := everybody.head(channel)) != said:
                self._say(channel, seq + 1, head)

    def _say(self, channel: str, seq: int, head: dict[str, object]) -> None:
        self._said[channel] = seq, head
        self._hub.offer(Board.model_construct(channel=PREFIX + channel, epoch=self._epoch, seq=seq, head=head, rows={}))
