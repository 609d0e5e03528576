"""What everything of one process on the bus has in common: addresses, names, times, open clients, and what is wrong.

Topics of the cluster are `<namespace><topic>`, so that two showcases, or two tests, can live on one cluster.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from shared.errors import Unavailable
from shared.kafka.asker import Asker
from shared.kafka.producer import partition_of
from shared.logs import log

_KEYS = 6  # copies of a service that can share a topic; final, because more partitions would move keys
_TRACE = "traceparent"
PARTITIONS = {"registration": _KEYS, "livescore": _KEYS, "boards": _KEYS, "audience": 1}


@dataclass(frozen=True, slots=True)
class Timing:
    """How long things may take. A dead copy is missed after `session`; brokers allow no less than six seconds."""

    publish: float = 6.0
    session: float = 6.0
    stall: float = 8.0
    watch: float = 1.0
    start: float = 30.0


class Closing(Protocol):
    async def close(self) -> None: ...


C = TypeVar("C", bound=Closing)


class Link:
    """`ids` are the topics' ids as seen last; `reconnects` counts clients that were thrown away."""

    def __init__(self, servers: str, service: str, namespace: str, timing: Timing) -> None:
        self.servers = servers
        self.service = service
        self.namespace = namespace
        self.timing = timing
        self.asker = Asker(servers, service)
        self.ids: dict[str, str] = {}
        self.reconnects = 0
        self.pins: set[asyncio.Task[None]] = set()
        self.clients: set[Closing] = set()
        self._faults: dict[object, str] = {}
        self._closed = False

    def name(self, topic: str) -> str:
        return f"{self.namespace}{topic}"

    def count(self, topic: str) -> int:
        return PARTITIONS.get(topic, 1)

    def partition(self, topic: str, key: str) -> int:
        return partition_of(encoded(key), self.count(topic))

    @property
    def trouble(self) -> str | None:
        """Why the bus is not all there, or None."""
        return next(iter(self._faults.values()), None)

    def fault(self, who: object, reason: str | None) -> None:
        """Say what is wrong with a part, or that it is well; the log gets the first word and the last."""
        known = self._faults.pop(who, None)
        if reason is not None:
            self._faults[who] = reason
            if known is None:
                log.warning("the bus is in trouble", part=str(who), reason=reason)
        elif known is not None:
            log.info("the bus is well again", part=str(who))

    @contextlib.asynccontextmanager
    async def opened(self, client: C, opening: Callable[[], Awaitable[None]]) -> AsyncIterator[C]:
        """Open a client, and close it again whatever happens."""
        if self._closed:
            raise Unavailable("Kafka: this bus is closed")
        self.clients.add(client)
        try:
            await opening()
            yield client
        finally:
            try:
                await client.close()
            finally:
                self.clients.discard(client)

    async def close(self) -> None:
        """Close what is still open, all at once, so that it takes no longer than the slowest."""
        self._closed = True
        for pin in self.pins:
            pin.cancel()
        await asyncio.gather(*(client.close() for client in self.clients), self.asker.close(), return_exceptions=True)


def encoded(key: str) -> bytes:
    return key.encode("utf-8", "surrogateescape")


def decoded(key: bytes | None) -> str:
    """Any bytes that a foreign client may have used as a key, and back again by `encoded`."""
    return (key or b"").decode("utf-8", "surrogateescape")


def with_trace(trace: str | None) -> tuple[tuple[str, bytes], ...]:
    """The header that other people's tools know a trace by."""
    return ((_TRACE, trace.encode()),) if trace else ()


def trace_in(headers: Iterable[tuple[str, bytes | None]]) -> str | None:
    return next((value.decode("latin-1") for name, value in headers if name == _TRACE and value), None)
