"""The newest public board of every competition, read from the topic `boards`: the very bytes that viewers get.

A board that nobody asks for is kept as it came; only its position is looked at, so a rush of marks costs nothing here.
The topic is read from its beginning, so a start needs nothing else, and whichever copy of the service publishes a
competition's board, every copy has it.
"""

import asyncio
from typing import NamedTuple

from shared.bus.port import Bus
from shared.consumer import ended
from shared.contracts.board import Board, decode_board, position_of
from shared.contracts.names import competition_stream
from shared.contracts.topics import BOARDS
from shared.errors import NotFound, Unavailable
from shared.logs import log

_KIND = competition_stream("")


class _Newest(NamedTuple):
    epoch: str
    seq: int
    body: bytes


class PublicBoards:
    """Run it as a task; until everything that was there at the start has been read, a question gets Unavailable."""

    def __init__(self, bus: Bus) -> None:
        self._subscription = bus.subscribe(BOARDS, "earliest")
        self._newest: dict[str, _Newest] = {}
        self._bells: dict[str, asyncio.Future[None]] = {}

    async def run(self) -> None:
        async with ended(self._subscription.batches()) as batches:
            async for batch in batches:
                for message in batch:
                    if message.key.startswith(_KIND):
                        self._take(message.key.removeprefix(_KIND), message.body)

    def position(self, competition: str) -> tuple[str, int]:
        """Epoch and seq of the newest board; NotFound where there is none."""
        if not self._subscription.caught_up.is_set():
            raise Unavailable("The boards are still being read.")
        if competition not in self._newest:
            raise NotFound("unknown_competition", "There is no such competition.")
        return self._newest[competition][:2]

    def board(self, competition: str) -> Board:
        """The newest board; Unavailable for one that cannot be read, because the next is whole again."""
        try:
            return decode_board(self._newest[competition].body)
        except ValueError as exc:
            log.error("a board cannot be read", competition=competition, why=str(exc)[:200])
            raise Unavailable("The newest board cannot be read.") from exc

    async def moved(self, competition: str, beyond: tuple[str, int]) -> None:
        """Wait until there is another board than the one at this epoch and seq."""
        while self._newest[competition][:2] == beyond:
            bell = self._bells.setdefault(competition, asyncio.get_running_loop().create_future())
            await asyncio.shield(bell)

    def _take(self, competition: str, body: bytes) -> None:
        try:
            epoch, seq = position_of(body)
        except ValueError as exc:
            log.error("a message on the boards topic is no board", competition=competition[:120], why=str(exc))
            return
        held = self._newest.get(competition)
        if held is not None and held.epoch == epoch and held.seq >= seq:
            return
        self._newest[competition] = _Newest(epoch, seq, body)
        if (bell := self._bells.pop(competition, None)) is not None:
            bell.set_result(None)
