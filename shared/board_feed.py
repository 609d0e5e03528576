"""From a service's own events to the topic `boards`: fold every stream and publish its newest public board.

On start the ledger is folded from its beginning, with the subscription opened before, so nothing falls in between;
every board is published once, in case the last one was not. Then boards are conflated: the first change after a quiet
spell goes out at once, later ones at most once per interval, each with everything that has happened. A hundred marks
a second cost no more boards than ten.
"""

import asyncio
import random
from collections.abc import Callable
from functools import partial
from typing import Protocol

from shared.bus.port import Bus, Message
from shared.consumer import Consumer
from shared.contracts.board import Board, encode_board
from shared.contracts.events import Recorded
from shared.contracts.topics import BOARDS
from shared.errors import Unavailable
from shared.ledger.port import Ledger, replay
from shared.logs import log


class Fold(Protocol):
    """The public state of one stream."""

    def apply(self, recorded: Recorded) -> bool:
        """Take the next event; True when the public board is another one now."""

    def board(self, epoch: str) -> Board: ...


class BoardFeed:
    """Run `fold` and `publish` as tasks after `load`; `trouble` says why boards are not up to date, or is None."""

    def __init__(
        self,
        ledger: Ledger,
        bus: Bus,
        topic: str,
        prefix: str,
        new_fold: Callable[[str], Fold],
        interval_seconds: float = 0.0,
    ) -> None:
        self._ledger = ledger
        self._bus = bus
        self._topic = topic
        self._prefix = prefix
        self._new_fold = new_fold
        self._interval = interval_seconds
        self._folds: dict[str, Fold] = {}
        self._changed: dict[str, None] = {}
        self._due = asyncio.Event()
        self.trouble: str | None = "boards are being rebuilt from the ledger"

    async def load(self) -> None:
        subscription = self._bus.subscribe(self._topic, "latest")
        self._consumer = Consumer(subscription, self._apply, partial(replay, self._ledger))
        await self._catch_up()
        self._changed.update(dict.fromkeys(self._folds))
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
        """Fold and publish what the ledger holds beyond the last batch; called when no more commands can come."""
        try:
            await self._catch_up()
            await self._publish_changed()
        except Unavailable as exc:
            log.warning("the last boards wait for the next start", reason=exc.detail)

    async def _catch_up(self) -> None:
        for stream in await self._ledger.streams(self._prefix):
            await self._consumer.catch_up(stream)

    def _apply(self, recorded: Recorded) -> None:
        fold = self._folds.get(recorded.stream)
        if fold is None:
            fold = self._folds[recorded.stream] = self._new_fold(recorded.stream.removeprefix(self._prefix))
        if fold.apply(recorded):
            self._changed[recorded.stream] = None

    async def _wake(self) -> None:
        if self._changed:
            self._due.set()

    async def _publish_changed(self) -> None:
        self._due.clear()
        changed = list(self._changed)
        boards = [self._folds[stream].board(self._ledger.epoch) for stream in changed]
        # Forgotten before the await: what changes meanwhile is due again. A failure makes all of it due again.
        self._changed.clear()
        try:
            if boards:
                await self._bus.publish(BOARDS, [Message(board.channel, encode_board(board)) for board in boards])
        except Unavailable:
            self._changed.update(dict.fromkeys(changed))
            self._due.set()
            raise
