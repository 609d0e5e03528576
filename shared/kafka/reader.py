"""A reader of partitions it is told, from places it is told: no group, no offsets kept in Kafka, bytes as they are.

A place that is no longer there (the topic was cut or made anew) is read from the beginning, never from the end: a
repeat is dropped by whoever reads, a gap would be silent.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from shared.kafka.trouble import cancelled, ended, troubles

_FETCH_WAIT_MS = 250  # an answer comes at least so often from a broker that lives


class Reader:
    def __init__(self, servers: str, name: str, topic: str, seconds: float = 5.0) -> None:
        self._topic = topic
        self._seconds = seconds
        self._partitions: tuple[TopicPartition, ...] = ()
        self._consumer: Any = AIOKafkaConsumer(
            bootstrap_servers=servers,
            client_id=name,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            check_crcs=True,
            fetch_max_wait_ms=_FETCH_WAIT_MS,
            fetch_max_bytes=8 * 1024 * 1024,
            max_partition_fetch_bytes=512 * 1024,
            request_timeout_ms=int(seconds * 1000),
            metadata_max_age_ms=30_000,
        )

    async def open(self) -> None:
        with troubles("reader"):
            async with asyncio.timeout(2 * self._seconds):
                await self._consumer.start()

    def assign(self, places: Mapping[int, int]) -> None:
        """Read these partitions from these offsets, and no others; what was fetched and not taken is dropped."""
        self._partitions = tuple(TopicPartition(self._topic, one) for one in places)
        if not places:
            self._consumer.unsubscribe()
            return
        self._consumer.assign(self._partitions)
        for one in self._partitions:
            self._consumer.seek(one, places[one.partition])

    async def take(self, seconds: float) -> Mapping[int, Sequence[Any]]:
        """What has come, by partition; empty when nothing came in that time."""
        if not self._partitions:
            await asyncio.sleep(seconds)
            return {}
        with troubles(f"reading {self._topic}"):
            found = await self._consumer.getmany(timeout_ms=int(seconds * 1000), max_records=2000)
        return {one.partition: records for one, records in found.items() if records}

    def answers(self) -> tuple[int | None, ...]:
        """Changes with every answer of a broker, also with one that brings nothing."""
        with troubles(f"reading {self._topic}"):
            return tuple(self._consumer.last_poll_timestamp(one) for one in self._partitions)

    async def positions(self) -> dict[int, int]:
        """Where each partition is read next: beyond what compaction took out, unlike the last offset seen."""
        with troubles(f"place in {self._topic}"):
            async with asyncio.timeout(self._seconds):
                return {one.partition: await self._consumer.position(one) for one in self._partitions}

    def lag(self) -> int:
        """How many messages are on the broker and not taken yet, as far as is known."""
        assignment = getattr(self._consumer._subscription.subscription, "assignment", None)
        if assignment is None:
            return 0
        states = [assignment.state_value(one) for one in self._partitions]
        known = [state for state in states if state.highwater is not None and state.has_valid_position]
        return sum(max(0, state.highwater - state.position) for state in known)

    async def close(self) -> None:
        await close_consumer(self._consumer, 1.0)


async def close_consumer(consumer: Any, grace: float) -> None:
    """Stop a consumer of either kind, at most so long; a group is left only when its broker answers."""
    if await ended(consumer.stop(), grace):
        return
    coordinator, fetcher = consumer._coordinator, consumer._fetcher
    tasks = [fetcher._fetch_task, *fetcher._pending_tasks] if fetcher is not None else []
    if coordinator is not None:
        names = ("_coordination_task", "_heartbeat_task", "_commit_refresh_task", "_reset_committed_task")
        tasks.extend(getattr(coordinator, name, None) for name in names)
    await cancelled(*tasks)
    await ended(consumer._client.close(), 1.0)
