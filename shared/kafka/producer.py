"""A producer that keeps what it acknowledges: idempotent, acks=all, every send bounded.

After any failed send it is finished: a batch that was given up leaves a gap in its sequence, and every later send would
be refused. Whoever holds it closes it and opens another.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import murmur2

from shared.kafka.trouble import cancelled, ended, troubles

MESSAGE_BYTES = 4 * 1024 * 1024


def partition_of(key: bytes, count: int) -> int:
    """As every Kafka client does by default, so that other people's tools find the same."""
    return int(murmur2(key) & 0x7FFFFFFF) % count


@dataclass(frozen=True, slots=True)
class Row:
    partition: int
    key: bytes
    body: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


class Producer:
    def __init__(self, servers: str, name: str, seconds: float) -> None:
        self._seconds = seconds
        self._producer: Any = AIOKafkaProducer(
            bootstrap_servers=servers,
            client_id=name,
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            max_request_size=MESSAGE_BYTES,
            max_batch_size=131_072,
            request_timeout_ms=max(1000, int(seconds * 700)),  # one broker may fail a request before the send fails
            metadata_max_age_ms=30_000,
            retry_backoff_ms=50,
        )

    async def open(self) -> None:
        with troubles("producer"):
            async with asyncio.timeout(self._seconds):
                await self._producer.start()

    async def send(self, topic: str, rows: Sequence[Row]) -> dict[int, tuple[int, int]]:
        """The first and the last offset that the rows got in each partition, once all are durable."""
        sent: list[asyncio.Future[Any]] = []
        with troubles(f"publishing on {topic}"):
            try:
                async with asyncio.timeout(self._seconds):
                    for row in rows:
                        sent.append(await self._put(topic, row))  # noqa: PERF401 - what was put is kept on a fault
                    await asyncio.wait(sent)
            finally:
                for one in sent:
                    if not one.done():
                        one.cancel()
                    elif not one.cancelled():
                        one.exception()  # all failed for the same reason; the first is raised below
            places: dict[int, tuple[int, int]] = {}
            for one in sent:
                done = one.result()
                first, last = places.get(done.partition, (done.offset, done.offset))
                places[done.partition] = (min(first, done.offset), max(last, done.offset))
            return places

    async def _put(self, topic: str, row: Row) -> "asyncio.Future[Any]":
        headers = list(row.headers)
        future: asyncio.Future[Any] = await self._producer.send(
            topic, row.body, row.key, partition=row.partition, headers=headers
        )
        return future

    async def close(self, grace: float = 3.0) -> None:
        """Let what is under way finish, at most so long."""
        producer = self._producer
        if not await ended(producer.stop(), grace):
            if (task := producer._sender.sender_task) is not None:
                task.remove_done_callback(producer._sender._fail_all)  # it fails itself where there is no transaction
                task.cancel()
            await ended(producer.client.close(), 1.0)  # the task waits for requests, which end with their connection
            await cancelled(task)
            _give_up(producer._message_accumulator)


def _give_up(accumulator: Any) -> None:
    """Fail every batch, so that nobody waits for one any more, and leave no error behind that somebody would report."""
    waiting = [batch for batches in accumulator._batches.values() for batch in batches]
    accumulator._pending_batches.update(waiting)  # where each looks for itself when it has failed
    waiting = list(accumulator._pending_batches)
    accumulator.fail_all(ConnectionError("the producer is closed"))
    for batch in waiting:
        for future in (batch.future, batch._drain_waiter):
            if future.done() and not future.cancelled():
                future.exception()
