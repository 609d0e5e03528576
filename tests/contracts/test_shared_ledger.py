"""What the ledger promises when several copies of a service open it at once: here one through each driver."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import pytest

from shared.contracts.events import Recorded, decode
from shared.contracts.registration import JudgeRevoked
from shared.errors import BadStart, Unavailable
from shared.ids import record
from shared.ledger.mongo import MongoLedger
from shared.ledger.port import Entry, Stored, WrongSeq
from shared.mongo import Driver, Mongo
from tests.parts.mongo import plain_client

OpenCopy = Callable[[Driver], AbstractAsyncContextManager[MongoLedger]]


@pytest.fixture
def open_copy(mongo_uri: str, mongo_database: str) -> OpenCopy:
    @asynccontextmanager
    async def opened(driver: Driver) -> AsyncIterator[MongoLedger]:
        mongo = Mongo(mongo_uri, driver=driver, database=mongo_database)
        async with mongo, MongoLedger(mongo, "test") as ledger:
            yield ledger

    return opened


@pytest.fixture
async def copies(open_copy: OpenCopy) -> AsyncIterator[tuple[MongoLedger, MongoLedger]]:
    async with open_copy("motor") as one, open_copy("pymongo") as other:
        yield one, other


def facts(stream: str, after: int, *judges: str) -> list[Recorded]:
    return record(stream, after, [JudgeRevoked(judge=judge) for judge in judges])


async def take(ledger: MongoLedger, n: int, seconds: float = 10) -> list[Entry]:
    """What a relay would get, once there is as much."""
    async with asyncio.timeout(seconds):
        while len(entries := await ledger.unpublished()) < n:
            await ledger.wait_appended()
            await asyncio.sleep(0)
    return entries


async def test_of_thirty_writers_in_two_copies_exactly_one_wins(copies: tuple[MongoLedger, MongoLedger]) -> None:
    results = await asyncio.gather(
        *(copies[n % 2].append(facts("showcase/a", 0, f"j{n}")) for n in range(30)), return_exceptions=True
    )
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, WrongSeq) for result in results) == 29
    assert len(await copies[0].read("showcase/a")) == 1


async def test_an_append_that_overlaps_another_copys_several_events_is_refused(
    copies: tuple[MongoLedger, MongoLedger],
) -> None:
    """The index knows the first seq of an append only; the rest is known by where the stream ends."""
    one, other = copies
    await one.append(facts("showcase/a", 0, "j1"))
    assert len(await other.read("showcase/a")) == 1
    await one.append(facts("showcase/a", 1, "j2", "j3", "j4"))
    for after in (1, 2, 3, 5):
        with pytest.raises(WrongSeq):
            await other.append(facts("showcase/a", after, "j5", "j6"))
    await other.append(facts("showcase/a", 4, "j5"))
    assert [entry.seq for entry in await one.read("showcase/a", after=2)] == [3, 4, 5]


async def test_a_command_is_stored_once_whichever_copy_it_reaches(copies: tuple[MongoLedger, MongoLedger]) -> None:
    one, other = copies
    await one.append(facts("showcase/a", 0, "j1"), "c1")
    with pytest.raises(WrongSeq):
        await other.append(facts("showcase/a", 1, "j1"), "c1")


async def test_when_one_in_a_row_is_refused_those_before_it_are_stored_and_those_behind_it_are_not(
    copies: tuple[MongoLedger, MongoLedger],
) -> None:
    one, other = copies
    await other.append(facts("showcase/a", 0, "j0"), "c0")
    await one.read("showcase/a")
    names = ["c1", "c2", "c0", "c3", "c4"]
    results = await asyncio.gather(
        *(one.append(facts("showcase/a", n, f"j{n}"), name) for n, name in enumerate(names, 1)), return_exceptions=True
    )
    assert [isinstance(result, WrongSeq) for result in results] == [False, False, True, True, True]
    assert [stored.command for stored in await other.export("showcase/a")] == ["c0", "c1", "c2"]


async def test_all_copies_see_one_epoch_however_they_race(open_copy: OpenCopy) -> None:
    async with AsyncExitStack() as stack:
        drivers: list[Driver] = ["motor", "pymongo"]
        opening = (stack.enter_async_context(open_copy(drivers[n % 2])) for n in range(8))
        opened = await asyncio.gather(*opening)
        assert len({one.epoch for one in opened}) == 1


async def test_each_copy_publishes_what_it_appended(copies: tuple[MongoLedger, MongoLedger]) -> None:
    one, other = copies
    await one.append(facts("showcase/a", 0, "j1"))
    await other.append(facts("showcase/b", 0, "j1"))
    assert [entry.stream for entry in await one.unpublished()] == ["showcase/a"]
    assert [entry.stream for entry in await other.unpublished()] == ["showcase/b"]


async def test_what_a_dead_copy_left_unpublished_is_taken_over_in_order(open_copy: OpenCopy) -> None:
    async with open_copy("motor") as living:
        async with open_copy("pymongo") as dying:
            for n in range(5):
                await dying.append(facts("showcase/a", n, f"j{n}"))
            await dying.published((await dying.unpublished())[1].pos)
        entries = await take(living, 3)
        assert [decode(entry.body).seq for entry in entries] == [3, 4, 5]
        await living.published(entries[-1].pos)
        assert await living.unpublished() == []
    async with open_copy("pymongo") as later:
        assert await later.unpublished() == []


async def test_of_appends_that_went_in_one_bulk_all_are_taken_over_until_all_are_published(open_copy: OpenCopy) -> None:
    async with open_copy("motor") as dying:
        await asyncio.gather(*(dying.append(facts("showcase/a", n, f"j{n}")) for n in range(20)))
        await dying.published((await dying.unpublished())[9].pos)
    async with open_copy("pymongo") as living:
        entries = await living.unpublished()
        assert [decode(entry.body).seq for entry in entries][-10:] == list(range(11, 21))
        await living.published(entries[-1].pos)
    async with open_copy("motor") as later:
        assert await later.unpublished() == []


async def test_everything_is_published_again_whoever_appended_it(copies: tuple[MongoLedger, MongoLedger]) -> None:
    for n, copy in enumerate((*copies, *copies)):
        await copy.read("showcase/a")
        await copy.append(facts("showcase/a", n, f"j{n}"))
        await copy.published((await copy.unpublished())[-1].pos)
    await copies[0].publish_again()
    assert [decode(entry.body).seq for entry in await copies[0].unpublished()] == [1, 2, 3, 4]


async def test_a_start_takes_over_at_once(open_copy: OpenCopy) -> None:
    async with open_copy("motor") as dying:
        await dying.append(facts("showcase/a", 0, "j1"))
    async with open_copy("pymongo") as next_one:
        assert len(await next_one.unpublished()) == 1


async def test_a_backlog_longer_than_what_is_kept_in_memory_comes_out_whole_and_in_order(open_copy: OpenCopy) -> None:
    n = 2100
    async with open_copy("pymongo") as ledger:
        await ledger.adopt([Stored("showcase/a", seq, (b"%d" % seq,)) for seq in range(1, n + 1)])
        got: list[Entry] = []
        while entries := await ledger.unpublished(got[-1].pos if got else 0):
            got += entries
        assert [int(entry.body) for entry in got] == list(range(1, n + 1))


async def test_a_ledger_in_whose_place_another_was_put_is_not_written_to(
    open_copy: OpenCopy, mongo_uri: str, mongo_database: str
) -> None:
    async with open_copy("pymongo") as old:
        await old.append(facts("showcase/a", 0, "j1"))
        with plain_client(mongo_uri) as client:
            client.drop_database(mongo_database)
        async with open_copy("motor") as new:
            assert new.epoch != old.epoch

            async def refused() -> None:
                while True:  # until it has looked
                    await old.read("showcase/a")
                    await asyncio.sleep(0.05)

            with pytest.raises(Unavailable, match="another ledger"):
                await asyncio.wait_for(refused(), 10)
            with pytest.raises(Unavailable, match="another ledger"):
                await old.append(facts("showcase/a", 0, "j2"))


async def test_many_more_callers_than_connections_are_all_served(copies: tuple[MongoLedger, MongoLedger]) -> None:
    streams = [f"showcase/s{n}" for n in range(150)]
    for after, copy in enumerate(copies):
        assert [len(one) for one in await asyncio.gather(*map(copy.read, streams))] == [after] * 150
        await asyncio.gather(*(copy.append(facts(stream, after, "j1")) for stream in streams))
    assert await copies[0].streams("showcase/") == sorted(streams)


async def test_another_index_in_the_place_of_ours_stops_the_start(
    open_copy: OpenCopy, mongo_uri: str, mongo_database: str
) -> None:
    with plain_client(mongo_uri) as client:
        client[mongo_database]["test_commits"].create_index([("stream", 1), ("seq", 1)], name="place")
    with pytest.raises(BadStart, match="index place"):
        async with open_copy("motor"):
            pass
