"""The other nodes' viewers: each node says now and then how many watch which channel, and adds up what the others say.

Every node has every board, so nodes need nothing of each other but these numbers. They may be some seconds old; a node
that ends says that nobody watches there any more, and one that dies is forgotten when it has been silent for a while.
While the bus is away each node goes on with what it knows.

Everybody reads what everybody says. So where there are many nodes each speaks more rarely, and all of them together say
at most so much a second; else hearing each other would use up their cores.
"""

import asyncio
import contextlib

from services.broadcast.crowd import Crowd
from shared.bus.port import Bus, Message
from shared.contracts.audience import NodeAudience, decode_audience, encode_audience
from shared.contracts.topics import AUDIENCE
from shared.errors import Unavailable
from shared.logs import log

SAY_SECONDS = 1.0
AGAIN_SECONDS = 3.0  # also when nothing has changed
SILENT_SECONDS = 10.0
MOST_PER_SECOND = 50  # from all nodes together; from so many nodes on the times above are longer in proportion


class Nodes:
    """Run `read` and `say` as tasks, and `leave` at the end; `watching` is the sum over the others."""

    def __init__(self, bus: Bus, node: str, ours: Crowd) -> None:
        self._bus = bus
        self._node = node
        self._ours = ours
        self._clock = asyncio.get_running_loop().time
        self._others: dict[str, tuple[float, Crowd]] = {}
        self._subscription = bus.subscribe(AUDIENCE, "latest")

    def watching(self) -> Crowd:
        """The viewers of all other nodes that were heard of lately; the caller's own to change."""
        since = self._clock() - SILENT_SECONDS * self.slower()
        self._others = {node: said for node, said in self._others.items() if said[0] > since}
        total = Crowd()
        for _, there in self._others.values():
            total.add(there)
        return total

    def slower(self) -> float:
        """How many times longer than usual everybody waits; others may know of a few nodes more or less."""
        return max(1.0, (len(self._others) + 1) / MOST_PER_SECOND)

    async def read(self) -> None:
        async for batch in self._subscription.batches():
            for message in batch:
                try:
                    said = decode_audience(message.body)
                except ValueError as exc:
                    log.error("a message on the audience topic is none", why=str(exc)[:200])
                    continue
                if said.node != self._node:
                    self._others[said.node] = (self._clock(), Crowd(said.watching, said.countries))

    async def say(self) -> None:
        last = b""
        at = 0.0
        while True:
            now, ours = self._clock(), self._encoded(self._ours)
            if ours != last or now - at >= AGAIN_SECONDS * self.slower():
                with contextlib.suppress(Unavailable):
                    await self._publish(ours)
                    last, at = ours, now
            await asyncio.sleep(SAY_SECONDS * self.slower())

    async def tell(self) -> None:
        """Say it now, for somebody who has just come and has not heard it yet."""
        with contextlib.suppress(Unavailable):
            await self._publish(self._encoded(self._ours))

    async def leave(self) -> None:
        with contextlib.suppress(Unavailable):
            await self._publish(self._encoded(Crowd()))

    def _encoded(self, crowd: Crowd) -> bytes:
        return encode_audience(NodeAudience(node=self._node, watching=crowd.watching, countries=crowd.countries))

    async def _publish(self, body: bytes) -> None:
        await self._bus.publish(AUDIENCE, [Message(self._node, body)])
