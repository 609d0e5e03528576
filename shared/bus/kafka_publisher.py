"""Publishing: one producer, thrown away after any failed send and opened anew at the next.

The batch that failed is not tried again here: whoever publishes keeps it and comes again (the relay from its outbox,
the boards from what they are), so nothing waits in two places.
"""

import asyncio
from collections.abc import Sequence

from typing_extensions import override

from shared.bus.kafka_link import Link
from shared.errors import Unavailable
from shared.kafka.producer import Producer, Row

_AT_ONCE = 1000  # more go in turns, each with its own time


class Publisher:
    def __init__(self, link: Link) -> None:
        self._link = link
        self._producer: Producer | None = None
        self._opening = asyncio.Lock()
        self._closing: set[asyncio.Task[None]] = set()

    @override
    def __str__(self) -> str:
        return "publisher"

    async def send(self, name: str, rows: Sequence[Row]) -> dict[int, tuple[int, int]]:
        """The first and last offset in each partition, once all are durable."""
        placed: dict[int, tuple[int, int]] = {}
        for start in range(0, len(rows), _AT_ONCE):
            for partition, (first, last) in (await self._send(name, rows[start : start + _AT_ONCE])).items():
                placed[partition] = (min(first, placed.get(partition, (first, last))[0]), last)
        return placed

    async def _send(self, name: str, rows: Sequence[Row]) -> dict[int, tuple[int, int]]:
        producer = await self._opened()
        try:
            placed = await producer.send(name, rows)
        except Unavailable as exc:
            self._discard(producer, exc.detail)
            raise
        except asyncio.CancelledError:
            self._discard(producer, "a send was cancelled")  # its batch may be given up: a gap in the sequence
            raise
        self._link.fault(self, None)
        return placed

    async def _opened(self) -> Producer:
        async with self._opening:
            if self._producer is None:
                producer = Producer(self._link.servers, self._link.service, self._link.timing.publish)
                self._link.clients.add(producer)
                try:
                    await producer.open()
                except BaseException as exc:
                    self._discard(producer, str(exc))
                    raise
                self._producer = producer
            return self._producer

    def _discard(self, producer: Producer, reason: str) -> None:
        if producer not in self._link.clients:
            return  # another send that failed with it was first
        self._link.clients.discard(producer)
        self._link.reconnects += 1
        self._link.fault(self, reason)
        if self._producer is producer:
            self._producer = None
        closing = asyncio.create_task(producer.close(0.5))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """Wait for producers that were thrown away; the one in use is closed with all clients."""
        if self._closing:
            await asyncio.wait(self._closing, timeout=5.0)
