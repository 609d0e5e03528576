"""Dead letters on Kafka: what consumers put aside because nobody could read it, kept until somebody decides.

Each source topic has `<topic>.dlq` with one partition. A letter is the message as it was, with the reason, the topic,
the place it lay at, the service and the time as headers. Replaying publishes it again under its key and forgets it
after that; a crash in between only means that it comes again, and consumers drop what they have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from shared.bus.kafka_link import PARTITIONS, Link, Timing, decoded, encoded
from shared.bus.kafka_publisher import Publisher
from shared.bus.kafka_topics import DEAD
from shared.kafka.producer import Row
from shared.kafka.reader import Reader


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """`number` is its place among the topic's dead letters; it never changes."""

    number: int
    topic: str
    key: str
    body: bytes
    reason: str
    at: str
    service: str
    time: str


class DeadLetters:
    """Open with `async with`; raises `Unavailable` when Kafka does not answer."""

    def __init__(self, servers: str, namespace: str = "", timing: Timing | None = None) -> None:
        self._link = Link(servers, "dead-letters", namespace, timing or Timing())
        self._publisher = Publisher(self._link)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._link.close()
        await self._publisher.close()

    async def letters(self, topic: str) -> list[DeadLetter]:
        """All that are kept, oldest first."""
        name = self._link.name(f"{topic}{DEAD}")
        if not await self._link.asker.topics([name]):
            return []
        end = (await self._link.asker.ends(name, [0]))[0]
        reader = Reader(self._link.servers, self._link.service, name)
        found: list[DeadLetter] = []
        async with self._link.opened(reader, reader.open):
            reader.assign({0: 0})
            while (await reader.positions())[0] < end:
                for records in (await reader.take(1.0)).values():
                    found.extend(_letter(topic, record) for record in records)
        return found

    async def replay(self, letters: Sequence[DeadLetter]) -> None:
        """Publish them again where they came from, in order, and forget everything up to the last."""
        for topic in dict.fromkeys(letter.topic for letter in letters):
            mine = [letter for letter in letters if letter.topic == topic]
            rows = [Row(self._link.partition(topic, letter.key), encoded(letter.key), letter.body) for letter in mine]
            await self._publisher.send(self._link.name(topic), rows)
        await self.drop(letters)

    async def drop(self, letters: Sequence[DeadLetter]) -> None:
        """Forget everything up to the last of these, for good."""
        for topic in dict.fromkeys(letter.topic for letter in letters):
            last = max(letter.number for letter in letters if letter.topic == topic)
            await self._link.asker.delete_before(self._link.name(f"{topic}{DEAD}"), last + 1)


def topics() -> tuple[str, ...]:
    return tuple(PARTITIONS)


def _letter(topic: str, record: Any) -> DeadLetter:
    said = {name: bytes(text).decode("utf-8", "replace") for name, text in record.headers}
    return DeadLetter(
        number=record.offset,
        topic=topic,
        key=decoded(record.key),
        body=record.value or b"",
        reason=said.get("reason", ""),
        at=said.get("at", ""),
        service=said.get("service", ""),
        time=said.get("time", ""),
    )
