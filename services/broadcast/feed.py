"""The feed: boards from the bus into the house, from the topic's beginning, so a start needs nothing else.

A message that is no board is logged, counted and skipped: the next board of that channel is whole again, and stopping
would take every other channel down with it. Nothing is acknowledged or stored, because the topic is the store.
"""

import asyncio
import contextlib

from services.broadcast.house import House
from shared.bus.port import Bus
from shared.contracts.board import decode_board
from shared.contracts.topics import BOARDS
from shared.logs import log
from shared.traces import traces


class Feed:
    def __init__(self, bus: Bus, house: House) -> None:
        self._subscription = bus.subscribe(BOARDS, "earliest")
        self._house = house
        self._read = asyncio.Event()

    async def read(self, seconds: float) -> None:
        """Wait until everything that was there at the start is here, but no longer than this."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._read.wait()

    async def run(self) -> None:
        """Take boards for ever; let viewers in once everything that was there at the start is here."""
        opening = asyncio.create_task(self._open_when_caught_up())
        try:
            async for batch in self._subscription.batches():
                for message in batch:
                    with traces.now.following("take the board", BOARDS, (message.trace,)):
                        self._take(message.key, message.body)
        finally:
            opening.cancel()

    async def _open_when_caught_up(self) -> None:
        await self._subscription.caught_up.wait()
        self._house.ready = True
        self._read.set()

    def _take(self, key: str, body: bytes) -> None:
        try:
            self._house.offer(decode_board(body))
        except ValueError as exc:
            self._house.figures.boards_bad += 1
            log.error("a message on the boards topic is no board", key=key[:120], why=str(exc)[:200])
