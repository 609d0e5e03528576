"""The bus on Kafka, for several machines: topics with fixed partitions, the key decides which, all acknowledged by all.

A broker is never the truth: `publish` fails within its time and whoever published comes again, readers keep their own
places, and what a topic has lost is published anew from the ledgers. So no fault of brokers or of the client library
needs a restart; `trouble` says what is wrong meanwhile and `reconnects` how often something was thrown away.
"""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Literal, Self

from shared.bus.kafka_link import PARTITIONS, Link, Timing, encoded, with_trace
from shared.bus.kafka_publisher import Publisher
from shared.bus.kafka_share import KafkaShare
from shared.bus.kafka_subscription import KafkaSubscription
from shared.bus.kafka_topics import Topics
from shared.bus.port import Message
from shared.errors import Unavailable
from shared.ids import rfc3339, utc_now
from shared.kafka.producer import Row
from shared.kafka.reader import Reader
from shared.logs import log


class KafkaBus:
    """Implements `shared.bus.port.Bus` for one copy of `service`; open it with `async with` (BadStart).

    `servers` is "host:port,host:port"; copies of one service divide what they `share` by the service's name.
    """

    def __init__(
        self, servers: str, service: str, *, replication: int = 3, namespace: str = "", timing: Timing | None = None
    ) -> None:
        self._link = Link(servers, service, namespace, timing or Timing())
        self._topics = Topics(self._link, replication)
        self._publisher = Publisher(self._link)
        self._watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        try:
            await self._topics.start()
        except BaseException:
            await self._link.close()
            raise
        self._watching = asyncio.create_task(self._topics.watch(), name="kafka topics")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait({self._watching}, timeout=1.0)
        await self._link.close()
        await self._publisher.close()

    @property
    def trouble(self) -> str | None:
        return self._link.trouble

    @property
    def reconnects(self) -> int:
        return self._link.reconnects

    @property
    def lag(self) -> int:
        """Messages that are on the brokers and not taken by this copy's readers yet."""
        return sum(client.lag() for client in self._link.clients if isinstance(client, Reader))

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        if not messages:
            return
        await self._wait_for_pins()
        reach = self._topics.reach.get(topic)
        before = dict(reach.ends) if reach else {}
        rows = [
            Row(self._link.partition(topic, one.key), encoded(one.key), one.body, with_trace(one.trace))
            for one in messages
        ]
        placed = await self._publisher.send(self._link.name(topic), rows)
        if reach:
            reach.note(placed, before)

    async def _wait_for_pins(self) -> None:
        """Let subscriptions from the end find that end first: this comes after they were made."""
        if self._link.pins:
            _, left = await asyncio.wait(self._link.pins, timeout=self._link.timing.publish)
            if left:
                raise Unavailable("Kafka does not say where a topic ends")

    def subscribe(self, topic: str, start: Literal["earliest", "latest"] = "earliest") -> KafkaSubscription:
        subscription = KafkaSubscription(self._link, topic, start)
        subscription.pin()
        return subscription

    def share(self, topic: str, start: Literal["earliest", "latest"] = "earliest") -> KafkaShare:
        return KafkaShare(self._link, topic, start)

    async def dead_letter(self, topic: str, message: Message, reason: str) -> None:
        log.error("a message that nobody can read was put aside", topic=topic, at=message.at, reason=reason)
        headers = {
            "reason": reason[:1000],
            "topic": topic,
            "at": message.at or "",
            "service": self._link.service,
            "time": rfc3339(utc_now()),
        }
        row = Row(0, encoded(message.key), message.body, tuple((name, text.encode()) for name, text in headers.items()))
        await self._publisher.send(await self._topics.make_dead(topic), [row])

    def place(self, topic: str) -> str:
        return self._topics.reach[topic].text() if topic in PARTITIONS else ""

    async def lost(self, topic: str, place: str = "") -> bool:
        return await self._topics.lost(topic, place)
