"""How many are watching: the channels `audience/<channel>`, which broadcast holds itself.

They are channels like any other, with an epoch of this process (the count starts anew with it), so a page follows the
number over the connection it has. At most one change a second per channel, and only when the number is another.
"""

from services.broadcast.hub import Hub
from shared.contracts.board import Board

PREFIX = "audience/"


class Audience:
    def __init__(self, hub: Hub, epoch: str) -> None:
        self._hub = hub
        self._epoch = epoch
        self._said: dict[str, tuple[int, int]] = {}  # channel -> seq, number

    def follow(self, channel: str) -> None:
        """Begin to count a channel; again is no harm."""
        if channel not in self._said:
            self._say(channel, 1, 0)

    def turn(self) -> None:
        """Say the numbers that have changed."""
        watching = self._hub.watching()
        for channel, (seq, number) in list(self._said.items()):
            if watching[channel] != number:
                self._say(channel, seq + 1, watching[channel])

    def _say(self, channel: str, seq: int, number: int) -> None:
        self._said[channel] = seq, number
        board = Board.model_construct(
            channel=PREFIX + channel, epoch=self._epoch, seq=seq, head={"watching": number}, rows={}
        )
        self._hub.offer(board)
