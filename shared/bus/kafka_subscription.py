"""Everything on a topic, for one reader, without a group: each copy reads all.

Places are kept here and nowhere else: a start reads from the beginning (or from the end as it was when the subscription
was made), a lost connection goes on where we were, and a topic made anew is read from its beginning. Who stops getting
answers, even empty ones, throws the connection away and opens another from the addresses in the settings.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import aclosing
from typing import Any, Literal

from typing_extensions import override

from shared.bus.kafka_link import Link, decoded, trace_in
from shared.bus.port import Message
from shared.errors import Unavailable
from shared.kafka.reader import Reader

_POLL_SECONDS = 0.2


class KafkaSubscription:
    """Implements `shared.bus.port.Subscription`."""

    def __init__(self, link: Link, topic: str, start: Literal["earliest", "latest"]) -> None:
        self.caught_up = asyncio.Event()
        self._link = link
        self._topic = topic
        self._name = link.name(topic)
        self._start = start
        self._id = link.ids.get(topic)
        self._places: dict[int, int] = {}
        self._goal: dict[int, int] | None = None
        self._pinned: asyncio.Task[None] | None = None

    @override
    def __str__(self) -> str:
        return f"reader of {self._topic}"

    def pin(self) -> None:
        """Fix where to start: at once for the beginning; the end takes a question, and publishing waits for it."""
        if self._start == "earliest":
            self._places = dict.fromkeys(self._all(), 0)
        else:
            self._pinned = asyncio.create_task(self._pin_end(), name=f"pin {self._name}")
            self._link.pins.add(self._pinned)
            self._pinned.add_done_callback(self._link.pins.discard)

    def _all(self) -> Iterable[int]:
        return range(self._link.count(self._topic))

    async def _pin_end(self) -> None:
        while not self._places:
            try:
                self._places = await self._link.asker.ends(self._name, self._all())
            except Unavailable:
                await asyncio.sleep(0.1)

    async def batches(self) -> AsyncIterator[Sequence[Message]]:
        pause = 0.1
        try:
            while True:
                try:
                    async with aclosing(self._session()) as session:
                        async for batch in session:
                            pause = 0.1
                            yield batch
                except Unavailable as exc:
                    self._link.fault(self, exc.detail)
                self._link.reconnects += 1
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))
                pause = min(pause * 2, 5.0)
        finally:
            self._link.fault(self, None)

    async def _session(self) -> AsyncGenerator[Sequence[Message], None]:
        """Read with one connection until it fails."""
        if self._pinned is not None:
            await asyncio.shield(self._pinned)
        reader = Reader(self._link.servers, self._link.service, self._name)
        clock = asyncio.get_running_loop().time
        async with self._link.opened(reader, reader.open):
            reader.assign(self._places)
            heard, answers = clock(), reader.answers()
            while True:
                await self._adjust(reader)
                found = await reader.take(_POLL_SECONDS)
                if found:
                    yield [_message(record) for records in found.values() for record in records]
                    self._places.update({one: records[-1].offset + 1 for one, records in found.items()})
                if found or answers != (answers := reader.answers()):
                    heard = clock()
                    self._link.fault(self, None)
                elif self._places and clock() - heard > self._link.timing.stall:
                    raise Unavailable(f"Kafka: no answer about {self._name} for {self._link.timing.stall:g} s")
                if not self.caught_up.is_set():
                    await self._look_whether_caught_up(reader)

    async def _adjust(self, reader: Reader) -> None:
        """Begin again when the topic is another one under the same name."""
        now = self._link.ids.get(self._topic)
        if now != self._id:
            self._id = now
            self._places = dict.fromkeys(self._places, 0)
            reader.assign(self._places)

    async def _look_whether_caught_up(self, reader: Reader) -> None:
        if self._goal is None:
            self._goal = await self._link.asker.ends(self._name, self._all())
        positions = await reader.positions()
        if all(position >= self._goal.get(one, 0) for one, position in positions.items()):
            self.caught_up.set()


def _message(record: Any) -> Message:
    at = f"{record.partition}/{record.offset}"
    return Message(decoded(record.key), record.value or b"", at=at, trace=trace_in(record.headers))
