"""The consumer: turns a topic of events into a gapless sequence per stream.

A message is a hint with content; the ledger decides. What is already applied is dropped (`seq <= last`), the next one
is applied, and a gap is filled from the ledger's owner before anything later is applied. `apply` is called exactly
once per event, in order, whatever the bus repeats, reorders between streams or loses.
"""

from collections.abc import Awaitable, Callable, Sequence

from shared.bus.port import Message, Subscription
from shared.contracts.events import Recorded, decode

Take = Callable[[Recorded], None]
Fetch = Callable[[str, int, Take], Awaitable[None]]
"""Gives everything in a stream after a seq, from the ledger that owns it."""


class Consumer:
    """Keeps the last seq per stream; `apply` must not await, so a batch is applied as one."""

    def __init__(self, subscription: Subscription, apply: Take, fetch: Fetch) -> None:
        self._subscription = subscription
        self._apply = apply
        self._fetch = fetch
        self._last: dict[str, int] = {}

    async def catch_up(self, stream: str) -> None:
        """Apply what the ledger holds beyond what was applied."""
        await self._fetch(stream, self._last.get(stream, 0), self._take)

    def _take(self, recorded: Recorded) -> None:
        if recorded.seq == self._last.get(recorded.stream, 0) + 1:
            self._apply(recorded)
            self._last[recorded.stream] = recorded.seq

    async def feed(self, batch: Sequence[Message]) -> None:
        """Apply a batch; raises UnknownEvent on bytes that are no event: skipping one would be a silent change."""
        for message in batch:
            recorded = message.recorded or decode(message.body)
            if recorded.seq > self._last.get(recorded.stream, 0) + 1:
                await self.catch_up(recorded.stream)
            self._take(recorded)

    async def run(self, after_batch: Callable[[], Awaitable[None]]) -> None:
        async for batch in self._subscription.batches():
            await self.feed(batch)
            await after_batch()
