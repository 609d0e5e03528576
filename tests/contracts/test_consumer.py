"""Consumers that cannot ask the ledger behind a topic: what comes early waits, what cannot be read stands aside."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from shared.bus.port import Message
from shared.bus.sqlite import SqliteBus
from shared.consumer import Consumer
from shared.contracts.events import Recorded, UnknownEvent, encode
from shared.contracts.registration import JudgeRevoked
from shared.contracts.topics import REGISTRATION
from shared.ids import record

A, B = "showcase/a", "showcase/b"


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[SqliteBus]:
    async with SqliteBus(tmp_path / "bus", "registration", REGISTRATION) as opened:
        yield opened


def facts(stream: str, count: int) -> list[Message]:
    events = record(stream, 0, [JudgeRevoked(judge=f"j{n}") for n in range(count)])
    return [Message(stream, encode(one)) for one in events]


async def applied_until(consumer: Consumer, enough: Callable[[], bool]) -> None:
    done = asyncio.Event()

    async def look() -> None:
        if enough():
            done.set()

    running = asyncio.create_task(consumer.run(look))
    waiting = asyncio.create_task(done.wait())
    async with asyncio.timeout(10):
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    running.cancel()
    if running.done():
        await running


async def test_an_event_that_comes_early_waits_for_those_before_it(bus: SqliteBus) -> None:
    one, two, three, four = facts(A, 4)
    applied: list[Recorded] = []
    consumer = Consumer(bus.subscribe(REGISTRATION), applied.extend, None)
    await bus.publish(REGISTRATION, [one, four, three])  # as when the copy that appended the second died
    await applied_until(consumer, lambda: len(applied) == 1)
    assert consumer.stuck_since is not None

    await consumer.feed([two, two, four])
    assert [event.seq for event in applied] == [1, 2, 3, 4]
    assert consumer.stuck_since is None


async def test_another_stream_does_not_wait(bus: SqliteBus) -> None:
    applied: list[Recorded] = []
    consumer = Consumer(bus.subscribe(REGISTRATION), applied.extend, None)
    await bus.publish(REGISTRATION, [facts(A, 2)[1], *facts(B, 2)])
    await applied_until(consumer, lambda: len(applied) == 2)
    assert {event.stream for event in applied} == {B}
    assert consumer.stuck_since is not None


async def test_bytes_that_are_no_event_stop_their_stream_and_no_other(bus: SqliteBus) -> None:
    applied: list[Recorded] = []
    aside: list[tuple[str, str]] = []

    async def put_aside(message: Message, reason: str) -> None:
        aside.append((message.key, reason))

    consumer = Consumer(bus.subscribe(REGISTRATION), applied.extend, None, put_aside)
    first, second = facts(A, 2)
    await bus.publish(REGISTRATION, [first, Message(A, b"\xff"), second, *facts(B, 2)])
    await applied_until(consumer, lambda: len(applied) == 3)
    assert [(event.stream, event.seq) for event in applied] == [(A, 1), (B, 1), (B, 2)]
    assert [key for key, _ in aside] == [A]
    assert consumer.stuck_since is None


async def test_where_nothing_stands_aside_bytes_that_are_no_event_end_the_consumer(bus: SqliteBus) -> None:
    consumer = Consumer(bus.subscribe(REGISTRATION), lambda _stretch: None, None)
    await bus.publish(REGISTRATION, [Message(A, b"\xff")])
    with pytest.raises(UnknownEvent):
        await applied_until(consumer, lambda: False)
