"""Trouble on the topics: copies of real messages published again in another order, groups that never rest."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from shared.bus.port import Message
from shared.contracts.events import decode
from shared.contracts.livescore import MarkGiven
from shared.contracts.topics import BOARDS
from tests.faults.cluster.cluster_stage import Stage
from tests.parts.kafka_member import QUICK

_AT_ONCE = 40
_BOARDS_AT_ONCE = 3  # every board that comes last and is old has to be covered by its owner
_PAUSE_SECONDS = 0.25


@dataclass(slots=True)
class Disturbance:
    published: int = 0


async def everything_on(stage: Stage, topic: str) -> list[Message]:
    """All that is on a topic now."""
    found: list[Message] = []
    async with stage.own_bus() as bus:
        subscription = bus.subscribe(topic)

        async def read() -> None:
            async for batch in subscription.batches():
                found.extend(batch)

        reading = asyncio.create_task(read())
        try:
            async with asyncio.timeout(15):
                await subscription.caught_up.wait()
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
    return found


def marks_in(messages: Iterable[Message]) -> set[str]:
    return {
        one.event.mark for one in (decode(message.body) for message in messages) if isinstance(one.event, MarkGiven)
    }


@asynccontextmanager
async def disturbing(stage: Stage, *topics: str) -> AsyncIterator[Disturbance]:
    """Publish copies of what is on these topics, in any order, until the block ends."""
    there = {topic: await everything_on(stage, topic) for topic in topics}
    done = Disturbance()
    async with stage.own_bus() as bus:

        async def disturb() -> None:
            while True:
                for topic, messages in there.items():
                    some = random.choices(messages, k=_BOARDS_AT_ONCE if topic == BOARDS else _AT_ONCE)
                    await bus.publish(topic, [Message(one.key, one.body) for one in some])
                    done.published += len(some)
                await asyncio.sleep(_PAUSE_SECONDS)

        task = asyncio.create_task(disturb())
        try:
            yield done
        finally:
            await _stopped(task)


@dataclass(slots=True)
class Restless:
    turns: int = 0


@asynccontextmanager
async def rebalancing(stage: Stage, topic: str) -> AsyncIterator[Restless]:
    """A copy of the service that comes and goes without rest; while it is there it owns keys and does nothing."""
    group = Restless()

    async def come_and_go() -> None:
        while True:
            async with stage.own_bus(topic, QUICK) as bus:
                share = bus.share(topic, "latest")
                reading = asyncio.create_task(_read(share.batches()))
                try:
                    await asyncio.wait_for(share.moved.wait(), 20)
                    await asyncio.sleep(random.uniform(0, 1.0))
                finally:
                    reading.cancel()
                    await asyncio.gather(reading, return_exceptions=True)
            group.turns += 1

    task = asyncio.create_task(come_and_go())
    try:
        yield group
    finally:
        await _stopped(task)


async def _read(batches: AsyncIterator[object]) -> None:
    async for _ in batches:
        pass


async def _stopped(task: "asyncio.Task[None]") -> None:
    """It should have gone on until now; raise what ended it earlier."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
