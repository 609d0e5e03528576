"""The consumer: turns a topic of events into a gapless sequence per stream.

A message is a hint with content; the ledger decides. What is already applied is dropped (`seq <= last`), the next one
is applied, and a gap is filled from the ledger's owner before anything later is applied. Who cannot ask that ledger
lets early ones wait: copies that share a stream publish what each has appended, so the missing one may still come.
`apply` gets every event exactly once, in order and by stretches of a stream, whatever the bus repeats, reorders or
loses.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence

from shared.bus.port import Message, Subscription
from shared.contracts.events import Recorded, UnknownEvent, decode
from shared.ledger.port import Take
from shared.traces import traces

Fetch = Callable[[str, int, Take], Awaitable[None]]
"""Gives everything in a stream after a seq, from the ledger that owns it."""
Aside = Callable[[Message, str], Awaitable[None]]
"""Puts a message aside that is no event, and says why."""


class Consumer:
    """Keeps the last seq per stream; `apply` must not await, so a batch is applied as one.

    Without `fetch`, `stuck_since` tells since when (loop time) something has been missing, or is None. With `aside`, a
    stream with bytes that are no event stands still and the others go on; without, the whole consumer ends.
    """

    def __init__(
        self, subscription: Subscription, apply: Take, fetch: Fetch | None, aside: Aside | None = None
    ) -> None:
        self._subscription = subscription
        self._apply = apply
        self._fetch = fetch
        self._aside = aside
        self._last: dict[str, int] = {}
        self._early: dict[str, dict[int, Recorded]] = {}
        self._standing: set[str] = set()
        self.stuck_since: float | None = None

    async def catch_up(self, stream: str) -> None:
        """Apply what the ledger holds beyond what was applied."""
        if self._fetch is not None:
            await self._fetch(stream, self._last.get(stream, 0), self._take_all)

    def forget(self, stream: str) -> None:
        """Begin this stream anew when it comes again."""
        self._last.pop(stream, None)
        self._early.pop(stream, None)

    def hear(self, recorded: Recorded) -> None:
        """Apply an event that came another way and is stored, if it is the next one; else the topic brings it."""
        self._take(recorded)

    def _take(self, recorded: Recorded) -> None:
        if recorded.seq == self._last.get(recorded.stream, 0) + 1:
            self._apply((recorded,))
            self._last[recorded.stream] = recorded.seq

    def _take_all(self, stretch: Sequence[Recorded]) -> None:
        last = stretch[-1]
        if last.seq - self._last.get(last.stream, 0) == len(stretch):  # nothing of it was applied meanwhile
            self._apply(stretch)
            self._last[last.stream] = last.seq
        else:
            for recorded in stretch:
                self._take(recorded)

    async def feed(self, batch: Sequence[Message]) -> None:
        """Apply a batch; raises UnknownEvent on bytes that are no event: skipping one would be a silent change."""
        for message in batch:
            recorded = message.recorded or await self._read(message)
            if recorded is None:
                continue
            if message.trace is not None:
                traces.now.note([recorded], message.trace)
            if recorded.seq > self._last.get(recorded.stream, 0) + 1:
                if self._fetch is None:
                    self._wait_for_missing(recorded)
                    continue
                await self.catch_up(recorded.stream)
            self._take(recorded)
            if self._early:
                self._take_early(recorded.stream)

    async def _read(self, message: Message) -> Recorded | None:
        if message.key in self._standing:
            return None
        try:
            return decode(message.body)
        except UnknownEvent as exc:
            if self._aside is None:
                raise
            await self._aside(message, str(exc))
        if self._fetch is None:
            self._standing.add(message.key)
            self._early.pop(message.key, None)
        else:
            await self.catch_up(message.key)  # the ledger has what it should have been; or it cannot be read either
        return None

    def _wait_for_missing(self, recorded: Recorded) -> None:
        self._early.setdefault(recorded.stream, {})[recorded.seq] = recorded
        if self.stuck_since is None:
            self.stuck_since = asyncio.get_running_loop().time()

    def _take_early(self, stream: str) -> None:
        early = self._early.get(stream, {})
        while (recorded := early.pop(self._last.get(stream, 0) + 1, None)) is not None:
            self._take(recorded)
        if not early:
            self._early.pop(stream, None)
        if not self._early:
            self.stuck_since = None

    async def run(self, after_batch: Callable[[], Awaitable[None]]) -> None:
        async with ended(self._subscription.batches()) as batches:
            async for batch in batches:
                await self.feed(batch)
                await after_batch()


@contextlib.asynccontextmanager
async def ended(batches: AsyncIterator[Sequence[Message]]) -> AsyncIterator[AsyncIterator[Sequence[Message]]]:
    """End reading with the block, also when its body failed: a share is left at once, so that others can have it."""
    try:
        yield batches
    finally:
        if isinstance(batches, AsyncGenerator):
            await batches.aclose()
