"""MongoDB killed, frozen, cut off, or heard no more: nothing acknowledged is lost, nothing is stored twice.

The server is killed, not the machine: what a power cut leaves is MongoDB's promise for `j: true`, not ours.
"""

import asyncio
import contextlib
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import cast

import pytest

from shared.contracts.events import Recorded, encode
from shared.contracts.registration import JudgeRevoked
from shared.errors import BadStart, Unavailable
from shared.execute import Executor
from shared.ids import record
from shared.ledger.mongo import MongoLedger
from shared.mongo import Driver, Mongo
from tests.faults.mongo_writer import STREAM, Judges, give
from tests.parts.mongo import MongoServer
from tests.parts.proxy import Proxy

PATIENCE = 1.0


@pytest.fixture(params=["motor", "pymongo"])
def driver(request: pytest.FixtureRequest) -> Driver:
    return cast(Driver, request.param)


@contextlib.asynccontextmanager
async def ledger_at(uri: str, driver: Driver, patience_seconds: float = PATIENCE) -> AsyncIterator[MongoLedger]:
    mongo = Mongo(uri, driver=driver, patience_seconds=patience_seconds)
    async with mongo, MongoLedger(mongo, "test") as ledger:
        yield ledger


def facts(after: int, *judges: str) -> list[Recorded]:
    return record(STREAM, after, [JudgeRevoked(judge=judge) for judge in judges])


async def names(ledger: MongoLedger) -> list[str]:
    """What is stored, checked to be without gaps."""
    stored = await ledger.read(STREAM)
    assert [one.seq for one in stored] == list(range(1, len(stored) + 1))
    return [one.event.judge for one in stored if isinstance(one.event, JudgeRevoked)]


async def test_a_server_that_is_killed_again_and_again_loses_and_doubles_nothing(
    own_mongo: MongoServer, driver: Driver
) -> None:
    acknowledged: list[str] = []
    done = asyncio.Event()

    async def judge(executor: Executor[Judges], who: int) -> None:
        n = 0
        while not done.is_set():
            await give(executor, f"j{who}-{n}")
            acknowledged.append(f"j{who}-{n}")
            n += 1

    async with ledger_at(own_mongo.uri, driver, patience_seconds=3) as ledger:
        executor = Executor(ledger, lambda _stream: Judges())
        judges = [asyncio.create_task(judge(executor, who)) for who in range(8)]
        for round_ in range(3):
            before = len(acknowledged)
            while len(acknowledged) < before + 50 + 17 * round_:  # noqa: ASYNC110 - at any moment, not at a known one
                await asyncio.sleep(0.001)
            own_mongo.kill()
            await asyncio.to_thread(own_mongo.start)
        done.set()
        await asyncio.gather(*judges)
        stored = Counter(await names(ledger))
        assert stored == Counter(acknowledged)
        assert max(stored.values()) == 1
        assert len(await ledger.unpublished(limit=10_000)) >= len(acknowledged)


async def test_a_frozen_server_refuses_in_time_and_is_used_again_when_it_thaws(
    own_mongo: MongoServer, driver: Driver
) -> None:
    async with ledger_at(own_mongo.uri, driver) as ledger:
        await ledger.append(facts(0, "j1"), "c1")
        own_mongo.freeze()
        began = time.monotonic()
        results = await asyncio.gather(
            ledger.append(facts(1, "j2"), "c2"),
            ledger.append(facts(2, "j3"), "c3"),
            *(ledger.read(STREAM) for _ in range(30)),
            ledger.place("livescore"),
            return_exceptions=True,
        )
        assert all(isinstance(result, Unavailable) for result in results)
        assert time.monotonic() - began < 10 * PATIENCE
        own_mongo.thaw()
        executor = Executor(ledger, lambda _stream: Judges())
        await asyncio.gather(*(give(executor, name) for name in ("j2", "j3", "j4")))
        assert sorted(await names(ledger)) == ["j1", "j2", "j3", "j4"]


async def test_an_append_whose_answer_was_lost_is_known_by_its_id_and_stored_once(
    own_mongo: MongoServer, driver: Driver
) -> None:
    async with Proxy(own_mongo.port) as proxy, ledger_at(own_mongo.uri_through(proxy.port), driver, 5) as ledger:
        await ledger.append(facts(0, "j0"))
        async with ledger_at(own_mongo.uri, driver) as other:
            proxy.deaf = True
            appends = asyncio.gather(*(ledger.append(facts(n, f"j{n}"), f"c{n}") for n in range(1, 6)))
            async with asyncio.timeout(10):
                while len(await names(other)) < 6:  # noqa: ASYNC110 - the server tells nobody
                    await asyncio.sleep(0.01)
            assert not appends.done()
            proxy.deaf = False
            proxy.cut()
            await appends
            assert await names(other) == [f"j{n}" for n in range(6)]
        assert {entry.body for entry in await ledger.unpublished()} == {
            encode(one) for one in await ledger.read(STREAM)
        }


async def test_a_line_that_is_open_and_dead_refuses_in_time(own_mongo: MongoServer, driver: Driver) -> None:
    async with Proxy(own_mongo.port) as proxy, ledger_at(own_mongo.uri_through(proxy.port), driver) as ledger:
        await ledger.append(facts(0, "j1"))
        proxy.freeze()
        began = time.monotonic()
        with pytest.raises(Unavailable):
            await ledger.append(facts(1, "j2"))
        with pytest.raises(Unavailable):
            await ledger.published(1)
        assert time.monotonic() - began < 10 * PATIENCE
        proxy.cut()
        proxy.thaw()
        executor = Executor(ledger, lambda _stream: Judges())
        await give(executor, "j2")
        assert sorted(await names(ledger)) == ["j1", "j2"]
        await ledger.published(1)
        assert [entry.pos for entry in await ledger.unpublished()] == [2]


async def test_appends_that_wait_share_round_trips_on_a_slow_line(own_mongo: MongoServer, driver: Driver) -> None:
    async with Proxy(own_mongo.port) as proxy, ledger_at(own_mongo.uri_through(proxy.port), driver, 5) as ledger:
        await ledger.append(facts(0, "j0"))
        proxy.delay = 0.1
        began = time.monotonic()
        await asyncio.gather(*(ledger.append(facts(n, f"j{n}")) for n in range(1, 101)))
        assert time.monotonic() - began < 5  # one by one: twenty seconds


async def test_two_processes_of_which_one_is_killed_lose_and_double_nothing(own_mongo: MongoServer) -> None:
    async def start(driver: str, name: str) -> asyncio.subprocess.Process:
        arguments = ("-m", "tests.faults.mongo_writer", own_mongo.uri, "showcase", driver, name, "60")
        return await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)

    async def said(process: asyncio.subprocess.Process, at_most: int) -> list[str]:
        assert process.stdout is not None
        lines: list[str] = []
        while len(lines) < at_most and (line := await process.stdout.readline()):
            lines.append(line.decode().strip())
        return lines

    mortal, survivor = await start("motor", "m"), await start("pymongo", "s")
    try:
        heard, acknowledged = await asyncio.gather(said(mortal, 20), said(survivor, 20))
        mortal.kill()
        heard += await said(mortal, 1000)
        acknowledged += await said(survivor, 1000)
        assert await survivor.wait() == 0
    finally:
        for process in (mortal, survivor):
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    async with ledger_at(own_mongo.uri, "pymongo") as ledger:
        stored = Counter(await names(ledger))
        assert max(stored.values()) == 1
        assert set(acknowledged) == {f"s-{n}" for n in range(60)} == {name for name in stored if name[0] == "s"}
        assert set(heard) <= set(stored)
        assert sum(stored.values()) <= 60 + len(heard) + 1  # what it had asked for and could not say any more
        to_publish = {entry.body for entry in await ledger.unpublished(limit=1000)}
        assert to_publish == {encode(one) for one in await ledger.read(STREAM)}


async def test_a_start_without_a_server_is_one_line_without_the_password(driver: Driver) -> None:
    async with Proxy(1) as proxy:
        proxy.refusing = True
        uri = f"mongodb://someone:very-secret@127.0.0.1:{proxy.port}/?directConnection=true"
        with pytest.raises(BadStart) as caught:
            async with ledger_at(uri, driver):
                pass
    assert "does not answer" in str(caught.value)
    assert f"127.0.0.1:{proxy.port}" in str(caught.value)
    assert "very-secret" not in str(caught.value)


@pytest.mark.parametrize("uri", ["", "http://h/", "mongodb://someone:very-secret@a:b:c/", "mongodb://h/?ssll=true"])
async def test_an_address_that_is_none_is_one_line(driver: Driver, uri: str) -> None:
    with pytest.raises(BadStart, match="not a MongoDB address") as caught:
        async with ledger_at(uri, driver):
            pass
    assert "very-secret" not in str(caught.value)
