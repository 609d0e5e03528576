"""From the topic `registration` to the topic `boards`: fold every showcase and publish its newest public board.

On start the ledger is folded from its beginning, with the subscription opened before, so nothing falls in between, and
every board is published once, in case the last one was not. Showcases change rarely; a board goes out at each change.
"""

import asyncio
import random

from services.registration.showcase_board import ShowcaseBoard
from shared.bus.port import Bus, Message
from shared.consumer import Consumer
from shared.contracts.board import encode_board
from shared.contracts.events import Recorded
from shared.contracts.topics import BOARDS, REGISTRATION
from shared.errors import Unavailable
from shared.ledger.port import Ledger
from shared.logs import log

PREFIX = "showcase/"


class BoardFeed:
    """Run `fold` and `publish` as tasks after `load`."""

    def __init__(self, ledger: Ledger, bus: Bus) -> None:
        self._ledger = ledger
        self._bus = bus
        self._boards: dict[str, ShowcaseBoard] = {}
        self._changed: dict[str, None] = {}
        self._due = asyncio.Event()
        self.trouble: str | None = None

    async def load(self) -> None:
        self._consumer = Consumer(self._bus.subscribe(REGISTRATION, "latest"), self._apply, self._ledger.read)
        await self._catch_up()
        await self._publish_changed()

    async def fold(self) -> None:
        await self._consumer.run(self._wake)

    async def publish(self) -> None:
        pause = 0.05
        while True:
            await self._due.wait()
            try:
                await self._publish_changed()
                pause, self.trouble = 0.05, None
            except Unavailable as exc:
                self.trouble = exc.detail
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))
                pause = min(pause * 2, 5.0)

    async def drain(self) -> None:
        """Publish what the ledger holds beyond the last batch; called when no more changes can come."""
        try:
            await self._catch_up()
            await self._publish_changed()
        except Unavailable as exc:
            log.warning("the last boards wait for the next start", reason=exc.detail)

    async def _catch_up(self) -> None:
        for stream in await self._ledger.streams(PREFIX):
            await self._consumer.catch_up(stream)

    def _apply(self, recorded: Recorded) -> None:
        board = self._boards.setdefault(recorded.stream, ShowcaseBoard(recorded.stream))
        if board.apply(recorded):
            self._changed[recorded.stream] = None

    async def _wake(self) -> None:
        if self._changed:
            self._due.set()

    async def _publish_changed(self) -> None:
        self._due.clear()
        changed = list(self._changed)
        boards = [self._boards[stream].board(self._ledger.epoch) for stream in changed]
        # Forgotten before the await: what changes meanwhile is due again. A failure makes all of it due again.
        self._changed.clear()
        try:
            if boards:
                await self._bus.publish(BOARDS, [Message(board.channel, encode_board(board)) for board in boards])
        except Unavailable:
            self._changed.update(dict.fromkeys(changed))
            self._due.set()
            raise
