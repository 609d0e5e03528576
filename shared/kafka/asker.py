"""What is on the cluster: topics with their ids and leaders, where partitions end, settings; and making topics.

One connection that is opened at the first question and thrown away after any trouble.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code
from aiokafka.protocol.offset import OffsetRequest
from aiokafka.structs import TopicPartition

from shared.errors import Unavailable
from shared.kafka.features import Features
from shared.kafka.topic_ids import TopicIds
from shared.kafka.trouble import ended, troubles

_ALREADY_THERE = 36
_LATEST = -1
NO_LEADER = -1
_PATIENCE = 20


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """A topic as the project makes it."""

    name: str
    partitions: int
    configs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic as it is: `leaders` has a node for each partition, -1 where there is none now."""

    id: str
    leaders: Mapping[int, int]
    replication: int


class Asker:
    def __init__(self, servers: str, name: str, seconds: float = 5.0) -> None:
        self._servers = servers
        self._name = name
        self._seconds = seconds
        self._open: Any = None
        self._lock = asyncio.Lock()

    async def close(self) -> None:
        admin, self._open = self._open, None
        if admin is not None:
            await ended(admin.close(), 1.0)

    async def brokers(self) -> set[int]:
        async with self._asking("brokers") as admin:
            return {broker["node_id"] for broker in (await admin.describe_cluster())["brokers"]}

    async def topics(self, names: Sequence[str]) -> dict[str, TopicState]:
        """Those of the topics that are there."""
        async with self._asking("topics") as admin:
            client = admin._client
            answer = await client.send(client.get_random_node(), TopicIds(list(names)))
            return {topic[1]: _state(topic) for topic in answer.topics if topic[0] == 0 and _complete(topic)}

    async def ends(self, topic: str, partitions: Iterable[int]) -> dict[int, int]:
        """The offset that each partition's next message will get."""
        wanted = set(partitions)
        refused = ""
        for _ in range(_PATIENCE):
            found, refused = await self._ends(topic, wanted)
            if not refused:
                return found
            await asyncio.sleep(0.1)  # a partition that has just been made or has just moved
        raise Unavailable(f"Kafka: ends of {topic}: {refused}")

    async def _ends(self, topic: str, wanted: set[int]) -> tuple[dict[int, int], str]:
        """The ends, and the error that a broker gave instead of one."""
        state = (await self.topics([topic])).get(topic)
        if state is None or not wanted <= state.leaders.keys():
            raise Unavailable(f"Kafka: the topic {topic} is not there")
        found: dict[int, int] = {}
        async with self._asking(f"ends of {topic}") as admin:
            for leader in {state.leaders[partition] for partition in wanted}:
                if leader == NO_LEADER:
                    return found, "a partition has no leader"
                asked = [(one, _LATEST) for one in wanted if state.leaders[one] == leader]
                answer = await admin._client.send(leader, OffsetRequest(-1, 0, [(topic, asked)]))
                for _, rows in answer.topics:
                    for partition, code, _, offset in rows:
                        if code:
                            return found, for_code(code).__name__
                        found[partition] = offset
        return found, ""

    async def create(self, plans: Iterable[TopicPlan], replication: int) -> None:
        """Make topics; one that is there already is left as it is."""
        new = [NewTopic(one.name, one.partitions, replication, topic_configs=dict(one.configs)) for one in plans]
        async with self._asking("making topics") as admin:
            answer = await admin.create_topics(new)
            for name, code, said in answer.topic_errors:
                if code not in {0, _ALREADY_THERE}:
                    raise Unavailable(f"Kafka does not make the topic {name}: {said or for_code(code).__name__}")

    async def features(self) -> dict[str, int]:
        """What the cluster has agreed on, such as `eligible.leader.replicas.version`, and how far."""
        async with self._asking("features") as admin:
            client = admin._client
            answer = await client.send(client.get_random_node(), Features())
            return dict(answer.features())

    async def topic_settings(self, name: str) -> dict[str, str]:
        return await self._settings(ConfigResource(ConfigResourceType.TOPIC, name))

    async def broker_settings(self, node: int) -> dict[str, str]:
        return await self._settings(ConfigResource(ConfigResourceType.BROKER, str(node)))

    async def delete_before(self, topic: str, offset: int) -> None:
        """Forget what partition 0 of a topic has before an offset."""
        async with self._asking(f"deleting from {topic}") as admin:
            await admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(offset)})

    async def _settings(self, resource: Any) -> dict[str, str]:
        async with self._asking("settings") as admin:
            answers = await admin.describe_configs([resource])
            return {row[0]: row[1] for answer in answers for one in answer.resources for row in one[4]}

    @contextlib.asynccontextmanager
    async def _asking(self, what: str) -> AsyncIterator[Any]:
        """The open connection; after trouble it is thrown away, so that the next question opens another."""
        try:
            with troubles(what):
                async with asyncio.timeout(2 * self._seconds):
                    yield await self._opened()
        except Unavailable:
            await self.close()
            raise

    async def _opened(self) -> Any:
        async with self._lock:
            if self._open is None:
                admin = AIOKafkaAdminClient(
                    bootstrap_servers=self._servers,
                    client_id=self._name,
                    request_timeout_ms=int(self._seconds * 1000),
                    metadata_max_age_ms=30_000,
                )
                try:
                    await admin.start()
                except BaseException:
                    await ended(admin.close(), 1.0)
                    raise
                self._open = admin
            return self._open


def _complete(topic: Any) -> bool:
    """Whether it has its partitions: while a topic is being made they may be missing."""
    return bool(topic[5])


def _state(topic: Any) -> TopicState:
    high, low = topic[2] & (2**64 - 1), topic[3] & (2**64 - 1)
    rows = topic[5]
    return TopicState(f"{high:016x}{low:016x}", {row[1]: row[2] for row in rows}, min(len(row[4]) for row in rows))
