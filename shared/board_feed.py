"""From a service's own events to the topic `boards`: fold every stream and publish its newest public board.

Copies of a service share the topic of its events: each folds and publishes the streams it owns (all of them, where
there is one copy). What it comes to own it folds from the ledger and publishes once, in case the last board was not;
what it loses it forgets. A board is determined by its epoch and seq, so two owners for a moment do no harm.

Boards are conflated: the first change after a quiet spell goes out at once, later ones at most once per interval, each
with everything that has happened. A hundred marks a second cost no more boards than ten, and boards so large that
making them takes long are made more rarely, so that they never take more than a small part of the time.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol, runtime_checkable

from shared.board_heal import Healer
from shared.bus.port import Bus, Message
from shared.consumer import Aside, Consumer, ended
from shared.contracts.board import Board, encode_board
from shared.contracts.events import Recorded
from shared.contracts.topics import BOARDS
from shared.errors import Unavailable
from shared.ids import utc_now
from shared.ledger.port import Ledger, replay
from shared.logs import log
from shared.traces import traces

_LONGEST_PAUSE_SECONDS = 5.0
_REST = 20
"""How many times as long as making boards took none are made."""
_RIPEN_SECONDS = 0.1


class Fold(Protocol):
    """The public state of one stream."""

    def apply(self, recorded: Recorded) -> bool:
        """Take the next event; True when the public board is another one now."""

    def board(self, epoch: str) -> Board: ...


@runtime_checkable
class InStretches(Protocol):
    """A fold that is quicker with many events in a row."""

    def apply_all(self, stretch: Sequence[Recorded]) -> bool:
        """Take the next events; True when the public board is another one than before."""


@runtime_checkable
class Delaying(Protocol):
    """A fold that holds events back for a while."""

    @property
    def due(self) -> datetime | None:
        """When the next event becomes public; None when none is held back."""

    def advance(self, now: datetime) -> bool:
        """Let out what is old enough; True when the public board is another one now."""


class BoardFeed:
    """Run `fold`, `publish` and, beside a shared ledger, `heal` as tasks after `load`; where folds delay, `ripen` too.

    `trouble` says why boards are not up to date, or is None. `newest` is the seq of each channel's board published
    last, for the channels that are owned.
    """

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
        self._changed: dict[str, str | None] = {}  # with the trace of what changed it first
        self._due = asyncio.Event()
        self._healer = Healer(bus)
        self.newest: dict[str, int] = {}
        self.trouble: str | None = "boards are being rebuilt from the ledger"

    async def load(self) -> None:
        """Begin to follow the topic; where it is known at once what is owned, publish those boards."""
        self._share = self._bus.share(self._topic, "latest")
        aside: Aside | None = partial(self._bus.dead_letter, self._topic) if self._ledger.shared else None
        self._consumer = Consumer(self._share, self._apply, partial(replay, self._ledger), aside)
        if self._share.moved.is_set():
            await self._take_ownership()
            await self._publish_changed()
            self.trouble = None

    async def fold(self) -> None:
        owning = asyncio.create_task(self._own(), name="own")
        try:
            reading = asyncio.create_task(self._read(), name="read")
            try:
                done, _ = await asyncio.wait({owning, reading}, return_when=asyncio.FIRST_COMPLETED)
                await done.pop()
            finally:
                reading.cancel()
                await asyncio.wait({reading})
        finally:
            owning.cancel()

    async def _read(self) -> None:
        async with ended(self._share.batches()) as batches:
            async for batch in batches:
                await self._patiently(partial(self._consumer.feed, batch))
                self._wake()

    async def _own(self) -> None:
        while True:
            await self._share.moved.wait()
            await self._patiently(self._take_ownership)
            self._wake()

    async def _patiently(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do it until the ledger lets it be done: what was not folded would be missing from every later board."""
        pause = 0.05
        while True:
            try:
                return await work()
            except Unavailable as exc:
                if not self._ledger.shared:
                    raise
                self.trouble = exc.detail
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def _take_ownership(self) -> None:
        """Forget what is lost, fold what is owned; what is new here is published once."""
        streams = await self._ledger.streams(self._prefix)
        self._share.moved.clear()
        for stream in [one for one in self._folds if not self._share.owns(one)]:
            self._forget(stream)
        for stream in streams:
            if not self._share.owns(stream):
                continue
            gained = stream not in self._folds
            await self._consumer.catch_up(stream)
            self._let_out([stream])
            if gained and stream in self._folds:
                self._changed[stream] = None

    def _forget(self, stream: str) -> None:
        del self._folds[stream]
        self._changed.pop(stream, None)
        self._consumer.forget(stream)
        self._healer.forget(stream)
        self.newest.pop(stream, None)

    async def publish(self) -> None:
        pause = 0.05
        while True:
            await self._due.wait()
            try:
                making = await self._publish_changed()
                pause, self.trouble = 0.05, None
                await asyncio.sleep(max(self._interval, _REST * making))
            except Unavailable as exc:
                self.trouble = exc.detail
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def ripen(self) -> None:
        """Let out what was held back when its time has come."""
        while True:
            await asyncio.sleep(_RIPEN_SECONDS)
            self._let_out(self._folds)
            self._wake()

    def _let_out(self, streams: Iterable[str]) -> None:
        now = utc_now()
        for stream in streams:
            fold: object = self._folds.get(stream)
            if isinstance(fold, Delaying) and (due := fold.due) is not None and due <= now and fold.advance(now):
                self._changed.setdefault(stream, None)

    @property
    def folds(self) -> Mapping[str, Fold]:
        """The streams that are owned, with what they fold to."""
        return self._folds

    async def heal(self) -> None:
        """Publish again what the topic has lost, and what an older board has come after."""
        await self._healer.run(self._publish_again)

    def _publish_again(self, channels: set[str] | None) -> None:
        wrong = [one for one in self._folds if channels is None or one in channels]
        self._changed.update(dict.fromkeys(wrong))
        self._due.set()

    async def drain(self) -> None:
        """Fold and publish what the ledger holds beyond the last batch; called when no more commands can come."""
        try:
            await self._take_ownership()
            await self._publish_changed()
        except Unavailable as exc:
            log.warning("the last boards wait for the next start", reason=exc.detail)

    def _apply(self, stretch: Sequence[Recorded]) -> None:
        stream = stretch[0].stream
        fold = self._folds.get(stream)
        if fold is None:
            fold = self._folds[stream] = self._new_fold(stream.removeprefix(self._prefix))
        if len(stretch) > 1 and isinstance(fold, InStretches):
            if fold.apply_all(stretch):
                self._changed.setdefault(stream, None)
        elif changes := list(filter(fold.apply, stretch)):
            self._changed[stream] = self._changed.get(stream) or traces.now.noted(changes[0])

    def hear(self, messages: Sequence[Message]) -> None:
        """Fold what this copy has appended itself and is stored; the topic brings it too, later.

        What does not follow right on what was folded is left to the topic.
        """
        for message in messages:
            if message.recorded is not None and self._share.owns(message.key):
                self._consumer.hear(message.recorded)
        self._wake()

    def _wake(self) -> None:
        if self._changed:
            self._due.set()
        elif self._share.caught_up.is_set():
            self.trouble = None

    async def _publish_changed(self) -> float:
        """How many seconds it took to make the boards."""
        began = time.monotonic()
        self._due.clear()
        changed = [stream for stream in self._changed if stream in self._folds]
        boards = [self._folds[stream].board(self._ledger.epoch) for stream in changed]
        bodies = list(map(encode_board, boards))
        making = time.monotonic() - began
        carried = [self._changed[stream] for stream in changed]
        # Forgotten before the await: what changes meanwhile is due again. A failure makes all of it due again.
        self._changed.clear()
        try:
            if boards:
                with traces.now.following("publish boards", BOARDS, carried):
                    trace = traces.now.carry()
                    messages = [
                        Message(board.channel, body, trace=trace) for board, body in zip(boards, bodies, strict=True)
                    ]
                    await self._bus.publish(BOARDS, messages)
        except Unavailable:
            self._changed.update(dict.fromkeys(changed))
            self._due.set()
            raise
        for stream, board in zip(changed, boards, strict=True):
            if stream in self._folds:
                self.newest[board.channel] = board.seq
                self._healer.published(board)
        return making
