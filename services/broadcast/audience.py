"""How many are watching: the channels `audience/<channel>`, which broadcast holds itself.

They are channels like any other, with an epoch of this process (the count starts anew with it), so a page follows the
number over the connection it has. At most one change a second per channel, and only when the number is another.
Where there are several nodes, the number is that of all of them (`nodes.py`).
"""

from collections import Counter
from collections.abc import Callable

from services.broadcast.hub import Hub
from shared.contracts.board import Board

PREFIX = "audience/"


class Audience:
    def __init__(self, hub: Hub, epoch: str) -> None:
        self._hub = hub
        self._epoch = epoch
        self._said: dict[str, tuple[int, int]] = {}  # channel -> seq, number
        self.elsewhere: Callable[[], Counter[str]] = Counter
        """Viewers per channel at other nodes."""

    def follow(self, channel: str) -> None:
        """Begin to count a channel; again is no harm."""
        if channel not in self._said:
            self._say(channel, 1, 0)

    def here(self) -> dict[str, int]:
        """Viewers at this node, of the channels that are counted and watched."""
        watching = self._hub.watching()
        return {channel: watching[channel] for channel in self._said if watching[channel]}

    def turn(self) -> None:
        """Say the numbers that have changed."""
        watching = self._hub.watching() + self.elsewhere()
        for channel, (seq, number) in list(self._said.items()):
            if watching[channel] != number:
                self._say(channel, seq + 1, watching[channel])

    def _say(self, channel: str, seq: int, number: int) -> None:
        self._said[channel] = seq, number
        board = Board.model_construct(
            channel=PREFIX + channel, epoch=self._epoch, seq=seq, head={"watching": number}, rows={}
        )
        self._hub.offer(board)
