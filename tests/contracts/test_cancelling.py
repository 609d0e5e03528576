"""Who is cancelled ends, also where a library swallows it, as `asyncio.wait_for` did before Python 3.12."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from shared.cancelling import heeded
from shared.errors import Unavailable
from shared.kafka.trouble import troubles
from shared.mongo import Driver, Mongo

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

FOR_EVER = 3600


async def swallowing(answer: asyncio.Future[str]) -> str:
    """What `asyncio.wait_for` of Python 3.11 does when the work has ended in the moment of the cancellation."""
    try:
        return await asyncio.shield(answer)
    except asyncio.CancelledError:
        return answer.result()


async def cancelled_as_it_is_answered(ask: Callable[[Awaitable[str]], Awaitable[Any]]) -> None:
    """Ask and go on for ever, as a loop does that looks now and then; the one cancellation has to end it."""
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    asked = asyncio.Event()

    async def look() -> str:
        asked.set()
        return await swallowing(answer)

    async def work() -> None:
        with contextlib.suppress(Unavailable):
            await ask(look())
        await asyncio.sleep(FOR_EVER)

    task = asyncio.create_task(work())
    await asked.wait()
    await asyncio.sleep(0)
    answer.set_result("here")
    task.cancel()
    await asyncio.wait({task}, timeout=5)
    ended = task.cancelled()
    task.cancel()
    assert ended, "it went on after it was cancelled"


async def test_alone() -> None:
    async def ask(look: Awaitable[str]) -> str:
        with heeded():
            return await look

    await cancelled_as_it_is_answered(ask)


async def test_at_the_door_to_kafka() -> None:
    async def ask(look: Awaitable[str]) -> str:
        with troubles("a test"):
            return await look

    await cancelled_as_it_is_answered(ask)


@pytest.mark.parametrize("driver", ["motor", "pymongo"])
async def test_at_the_door_to_mongodb(mongo_uri: str, mongo_database: str, driver: Driver) -> None:
    async with Mongo(mongo_uri, driver=driver, database=mongo_database) as mongo:
        await cancelled_as_it_is_answered(lambda look: mongo.answer(lambda: look))


async def test_a_time_limit_is_no_cancellation() -> None:
    with heeded():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await asyncio.sleep(FOR_EVER)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(FOR_EVER), 0.001)


async def test_a_fault_passes_as_it_is() -> None:
    with pytest.raises(ValueError, match="a fault"), heeded():
        raise ValueError("a fault")
