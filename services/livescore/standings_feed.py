"""From the topic `livescore` to the topic `boards`: fold every competition and publish its newest public board.

On start the ledger is folded from its beginning, with the subscription opened before, so nothing falls in between.
Boards are conflated: the first change after a quiet spell goes out at once, later ones at most once per interval, each
with everything that has happened. A hundred marks a second cost no more boards than ten.
"""

import asyncio
import random

from services.livescore.domain.board import Standings
from shared.bus.port import Bus, Message
from shared.consumer import Consumer
from shared.contracts.board import encode_board
from shared.contracts.events import Recorded
from shared.contracts.topics import BOARDS, LIVESCORE
from shared.errors import Unavailable
from shared.ledger.port import Ledger
from shared.logs import log

PREFIX = "competition/"


class StandingsFeed:
    """Run `fold` and `publish` as tasks after `load`."""

    def __init__(self, ledger: Ledger, bus: Bus, interval_seconds: float) -> None:
        self._ledger = ledger
        self._bus = bus
        self._interval = interval_seconds
        self._standings: dict[str, Standings] = {}
        self._changed: dict[str, None] = {}
        self._due = asyncio.Event()
        self.trouble: str | None = "boards are being rebuilt from the ledger"

    async def load(self) -> None:
        """Fold what the ledger holds; afterwards every board is due once, in case the last one was not published."""
        self._consumer = Consumer(self._bus.subscribe(LIVESCORE, "latest"), self._apply, self._ledger.read)
        for stream in await self._ledger.streams(PREFIX):
            await self._consumer.catch_up(stream)
        self._changed.update(dict.fromkeys(self._standings))
        await self._publish_changed()
        self.trouble = None

    async def fold(self) -> None:
        await self._consumer.run(self._wake)

    async def publish(self) -> None:
        pause = 0.05
        while True:
            await self._due.wait()
            try:
                await self._publish_changed()
                pause, self.trouble = 0.05, None
                await asyncio.sleep(self._interval)
            except Unavailable as exc:
                self.trouble = exc.detail
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))
                pause = min(pause * 2, 5.0)

    async def drain(self) -> None:
        """Fold and publish what the ledger holds beyond the last batch; called when no more marks can come."""
        try:
            for stream in await self._ledger.streams(PREFIX):
                await self._consumer.catch_up(stream)
            await self._publish_changed()
        except Unavailable as exc:
            log.warning("the last boards wait for the next start", reason=exc.detail)

    def _apply(self, recorded: Recorded) -> None:
        standings = self._standings.get(recorded.stream)
        if standings is None:
            standings = self._standings[recorded.stream] = Standings(recorded.stream.removeprefix(PREFIX))
        if standings.apply(recorded):
            self._changed[recorded.stream] = None

    async def _wake(self) -> None:
        if self._changed:
            self._due.set()

    async def _publish_changed(self) -> None:
        self._due.clear()
        changed = list(self._changed)
        boards = [self._standings[stream].board(self._ledger.epoch) for stream in changed]
        # Forgotten before the await: what changes meanwhile is due again. A failure makes all of it due again.
        self._changed.clear()
        try:
            if boards:
                await self._bus.publish(BOARDS, [Message(board.channel, encode_board(board)) for board in boards])
        except Unavailable:
            self._changed.update(dict.fromkeys(changed))
            self._due.set()
            raise
