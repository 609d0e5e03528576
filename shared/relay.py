"""The relay: publishes what the ledger holds, in commit order, and marks it published once the bus has acknowledged.

1 read the oldest unpublished, 2 publish, 3 mark. A crash between 2 and 3 publishes again; consumers drop what they
have. While the bus refuses, the relay tries again for ever with a growing pause, and nothing is skipped. Marking lags
behind on purpose: it costs a commit, and its loss costs only a repeat.

A bus beside a shared ledger may forget what it has acknowledged (a topic made anew, a broker restored from an older
copy). So the place on the topic is kept in the ledger before anything is marked, the topic is asked now and then
whether it still reaches that far, and when it does not, everything is published again.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Sequence

from shared.bus.port import Bus, Message
from shared.errors import Unavailable
from shared.ledger.port import Ledger
from shared.logs import log
from shared.traces import traces

_MARK_EVERY_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0
_LOOK_EVERY_SECONDS = 2.0


class Relay:
    """Run it as a task; `trouble` says why the bus does not take anything, or is None.

    `waiting` is how many entries are on their way to the bus now. `hear` is told of them first: they are stored, so
    who is in the same process need not wait until the bus has them.
    """

    def __init__(
        self,
        ledger: Ledger,
        bus: Bus,
        topic: str,
        hear: Callable[[Sequence[Message]], None] = lambda _messages: None,
    ) -> None:
        self._ledger = ledger
        self._bus = bus
        self._topic = topic
        self._hear = hear
        self._sent = 0
        self._marked = 0
        # Positions mean nothing any more once all is to be published again: no step and no mark may be under way.
        self._stepping = asyncio.Lock()
        self._marking = asyncio.Lock()
        self.trouble: str | None = None
        self.waiting = 0
        self._waiting_since = 0.0

    def oldest_seconds(self) -> float:
        """How long the oldest entry on its way has been waiting; 0 when there is none."""
        return time.monotonic() - self._waiting_since if self.waiting else 0.0

    async def run(self) -> None:
        others = [asyncio.create_task(self._mark_for_ever())]
        if self._ledger.shared:
            others.append(asyncio.create_task(self._look_for_ever()))
        try:
            pause = 0.05
            while True:
                try:
                    if not await self.step():
                        await self._ledger.wait_appended()
                    pause, self.trouble = 0.05, None
                except Unavailable as exc:
                    if self.trouble is None:
                        log.warning("relay waits for the bus", topic=self._topic, reason=exc.detail)
                    self.trouble = exc.detail
                    await asyncio.sleep(pause * random.uniform(0.5, 1.5))
                    pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        finally:
            for task in others:
                task.cancel()

    async def step(self) -> bool:
        """Publish one batch; False when there was nothing to publish."""
        async with self._stepping:
            entries = await self._ledger.unpublished(self._sent)  # 1
            if not entries:
                self.waiting = 0
                return False
            if not self.waiting:
                self._waiting_since = time.monotonic()
            self.waiting = len(entries)
            messages = [
                Message(one.stream, one.body, one.recorded, trace=traces.now.noted(one.recorded)) for one in entries
            ]
            self._hear(messages)
            with traces.now.following("publish", self._topic, (one.trace for one in messages)):
                await self._bus.publish(self._topic, messages)  # 2
            self._sent = entries[-1].pos
            self.waiting = 0
            return True

    async def drain(self) -> None:
        """Publish what is left and mark it; called when no more appends can come."""
        try:
            while await self.step():
                pass
            await self._mark()
        except Unavailable as exc:
            log.warning("what is not published waits for the next start", topic=self._topic, reason=exc.detail)

    async def _mark(self) -> None:
        async with self._marking:
            if self._sent > self._marked:
                sent = self._sent
                if place := self._bus.place(self._topic):
                    await self._ledger.keep_place(self._topic, place)
                await self._ledger.published(sent)  # 3
                self._marked = sent

    async def _mark_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_MARK_EVERY_SECONDS)
            # Said by the store itself; a mark that is missing only means a repeat.
            with contextlib.suppress(Unavailable):
                await self._mark()

    async def _look_for_ever(self) -> None:
        place: str | None = None  # kept by an earlier life; asked about once
        while True:
            with contextlib.suppress(Unavailable):
                if place is None:
                    place = await self._ledger.place(self._topic) or ""
                if await self._bus.lost(self._topic, place):
                    await self._publish_again()
                place = ""
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

    async def _publish_again(self) -> None:
        log.warning("the bus has lost what was published: all of it is published again", topic=self._topic)
        async with self._stepping, self._marking:
            while True:  # it is said once, so it must not be forgotten while the ledger is away
                try:
                    await self._ledger.publish_again()
                    break
                except Unavailable:
                    await asyncio.sleep(_MARK_EVERY_SECONDS)
            self._sent = self._marked = 0
