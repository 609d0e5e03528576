"""One behaviour suite for the ledger port; every adapter runs all of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from shared.contracts.events import Recorded, decode, encode
from shared.contracts.registration import JudgeRevoked
from shared.execute import Executor
from shared.ids import record
from shared.ledger.mongo import MongoLedger
from shared.ledger.port import Ledger, Stored, WrongSeq
from shared.ledger.sqlite import SqliteLedger
from shared.mongo import Mongo

OpenLedger = Callable[[], AbstractAsyncContextManager[Ledger]]


@pytest.fixture(params=["sqlite", "motor", "pymongo"])
def open_ledger(request: pytest.FixtureRequest, tmp_path: Path) -> OpenLedger:
    """Opens the same ledger each time, as a restart does."""
    if request.param == "sqlite":
        return lambda: SqliteLedger(tmp_path / "ledger.db")
    uri, database = request.getfixturevalue("mongo_uri"), request.getfixturevalue("mongo_database")

    @asynccontextmanager
    async def opened() -> AsyncIterator[Ledger]:
        async with Mongo(uri, driver=request.param, database=database) as mongo, MongoLedger(mongo, "test") as ledger:
            yield ledger

    return opened


@pytest.fixture
async def ledger(open_ledger: OpenLedger) -> AsyncIterator[Ledger]:
    async with open_ledger() as opened:
        yield opened


def facts(stream: str, after: int, *judges: str) -> list[Recorded]:
    return record(stream, after, [JudgeRevoked(judge=judge) for judge in judges])


async def test_what_was_appended_is_read_back_in_order(ledger: Ledger) -> None:
    stored = facts("showcase/a", 0, "j1", "j2")
    await ledger.append(stored)
    assert await ledger.read("showcase/a") == stored
    assert await ledger.read("showcase/a", after=1) == stored[1:]
    assert await ledger.read("showcase/none") == []


async def test_an_append_behind_the_wrong_seq_stores_nothing(ledger: Ledger) -> None:
    await ledger.append(facts("showcase/a", 0, "j1"))
    for after in (0, 2, 7):
        with pytest.raises(WrongSeq):
            await ledger.append(facts("showcase/a", after, "j2"))
    assert [one.seq for one in await ledger.read("showcase/a")] == [1]


async def test_of_thirty_writers_at_one_seq_exactly_one_wins(ledger: Ledger) -> None:
    results = await asyncio.gather(
        *(ledger.append(facts("showcase/a", 0, f"j{n}")) for n in range(30)), return_exceptions=True
    )
    assert sum(result is None for result in results) == 1
    assert len(await ledger.read("showcase/a")) == 1


async def test_an_append_of_several_events_is_all_or_nothing(ledger: Ledger) -> None:
    await ledger.append(facts("showcase/a", 0, "j1"))
    clash = [*facts("showcase/a", 1, "j2"), *facts("showcase/a", 0, "j3")]
    with pytest.raises(WrongSeq):
        await ledger.append(clash)
    assert len(await ledger.read("showcase/a")) == 1


async def test_appends_take_effect_in_call_order_without_waiting_between_them(ledger: Ledger) -> None:
    await asyncio.gather(*(ledger.append(facts("showcase/a", n, f"j{n}")) for n in range(200)))
    assert [one.seq for one in await ledger.read("showcase/a")] == list(range(1, 201))


async def test_what_was_built_on_a_failed_append_fails_too(ledger: Ledger) -> None:
    await ledger.append(facts("showcase/a", 0, "j0"))
    results = await asyncio.gather(
        *(ledger.append(facts("showcase/a", n, f"j{n}")) for n in (0, 2, 3)), return_exceptions=True
    )
    assert all(isinstance(result, WrongSeq) for result in results)


async def test_a_command_id_is_stored_once_per_stream(ledger: Ledger) -> None:
    await ledger.append(facts("showcase/a", 0, "j1", "j2"), "c1")
    with pytest.raises(WrongSeq):
        await ledger.append(facts("showcase/a", 2, "j3"), "c1")
    await ledger.append(facts("showcase/b", 0, "j1"), "c1")
    assert [one.seq for one in await ledger.read("showcase/a")] == [1, 2]


async def test_the_outbox_gives_everything_in_commit_order_until_it_is_marked(ledger: Ledger) -> None:
    await ledger.append(facts("showcase/a", 0, "j1"))
    await ledger.append(facts("showcase/b", 0, "j1"))
    await ledger.append(facts("showcase/a", 1, "j2"))
    entries = await ledger.unpublished()
    assert [entry.stream for entry in entries] == ["showcase/a", "showcase/b", "showcase/a"]
    assert await ledger.unpublished(after=entries[0].pos) == entries[1:]
    await ledger.published(entries[1].pos)
    assert await ledger.unpublished() == entries[2:]
    await ledger.published(entries[0].pos)  # an older mark never takes a newer one back
    assert await ledger.unpublished() == entries[2:]


async def test_waiting_for_an_append_ends_when_there_is_one(ledger: Ledger) -> None:
    while await ledger.unpublished():
        pass
    waiting = asyncio.create_task(ledger.wait_appended())
    await ledger.append(facts("showcase/a", 0, "j1"))
    await asyncio.wait_for(waiting, 5)
    assert len(await ledger.unpublished()) == 1


async def test_streams_are_listed_by_prefix(ledger: Ledger) -> None:
    await ledger.append(facts("showcase/a", 0, "j1"))
    await ledger.append(facts("competition/a.b", 0, "j1"))
    assert await ledger.streams() == ["competition/a.b", "showcase/a"]
    assert await ledger.streams("showcase/") == ["showcase/a"]


async def test_a_restart_keeps_events_marks_epoch_and_place(open_ledger: OpenLedger) -> None:
    async with open_ledger() as first:
        epoch = first.epoch
        await first.append(facts("showcase/a", 0, "j1"))
        await first.append(facts("showcase/a", 1, "j2", "j3"))
        await first.published((await first.unpublished())[0].pos)
        await first.keep_place("livescore", "0:1")
    async with open_ledger() as second:
        assert second.epoch == epoch
        assert [one.seq for one in await second.read("showcase/a")] == [1, 2, 3]
        assert [decode(entry.body).seq for entry in await second.unpublished()] == [2, 3]
        assert await second.place("livescore") == "0:1"


async def test_reading_begins_anywhere_also_in_the_middle_of_an_append(ledger: Ledger) -> None:
    for n in range(0, 30, 3):
        await ledger.append(facts("showcase/a", n, f"j{n}", f"j{n + 1}", f"j{n + 2}"))
    for after in range(32):
        for limit in (None, 1, 2, 5, 100):
            wanted = list(range(after + 1, 31))[:limit]
            assert [one.seq for one in await ledger.read("showcase/a", after, limit)] == wanted


async def test_a_reader_that_comes_first_begins_anywhere_too(open_ledger: OpenLedger) -> None:
    """Nothing is known of the stream yet."""
    async with open_ledger() as first:
        await first.append(facts("showcase/a", 0, "j1", "j2", "j3"))
    for after in range(4):
        async with open_ledger() as second:
            assert [one.seq for one in await second.read("showcase/a", after)] == list(range(after + 1, 4))


async def test_what_was_published_counts_as_unpublished_again_when_the_bus_forgot(ledger: Ledger) -> None:
    await ledger.append(facts("showcase/a", 0, "j1", "j2"))
    await ledger.published((await ledger.unpublished())[-1].pos)
    assert await ledger.unpublished() == []
    await ledger.publish_again()
    await asyncio.wait_for(ledger.wait_appended(), 5)
    entries = await ledger.unpublished()
    assert [entry.body for entry in entries] == [encode(one) for one in await ledger.read("showcase/a")]
    await ledger.published(entries[-1].pos)
    assert await ledger.unpublished() == []


async def test_the_newest_place_on_a_topic_is_kept(ledger: Ledger) -> None:
    assert await ledger.place("livescore") is None
    await ledger.keep_place("livescore", "0:17")
    await ledger.keep_place("livescore", "0:18")
    await ledger.keep_place("registration", "3")
    assert await ledger.place("livescore") == "0:18"
    assert await ledger.place("registration") == "3"


def in_rows(stored: Sequence[Stored]) -> list[tuple[str, int, bytes]]:
    """Stored things without the joints between appends, which not every store knows."""
    return [(one.stream, seq, body) for one in stored for seq, body in enumerate(one.bodies, one.seq)]


async def test_what_is_exported_is_what_was_stored_with_its_command_ids(ledger: Ledger) -> None:
    recorded = facts("showcase/a", 0, "j1", "j2", "j3", "j4")
    await ledger.append(recorded[:2], "c1")
    await ledger.append(recorded[2:3])
    await ledger.append(recorded[3:], "c2")
    stored = await ledger.export("showcase/a")
    assert in_rows(stored) == [(one.stream, one.seq, encode(one)) for one in recorded]
    assert {one.seq: one.command for one in stored if one.command} == {1: "c1", 4: "c2"}
    assert await ledger.export("showcase/a", stored[0].last) == stored[1:]
    assert await ledger.export("showcase/a", stored[0].last, 1) == stored[1:2]
    assert await ledger.export("showcase/none") == []


async def test_adopted_bytes_are_the_same_history_and_count_as_unpublished(ledger: Ledger) -> None:
    recorded = facts("showcase/a", 0, "j1", "j2", "j3")
    strange = b'{"from": "a newer version"}'
    stored = [
        Stored("showcase/a", 1, (encode(recorded[0]), encode(recorded[1])), "c1"),
        Stored("showcase/b", 1, (strange,)),
        Stored("showcase/a", 3, (encode(recorded[2]),)),
    ]
    await ledger.adopt(stored)
    assert await ledger.read("showcase/a") == recorded
    assert in_rows(await ledger.export("showcase/a")) == in_rows([stored[0], stored[2]])
    assert in_rows(await ledger.export("showcase/b")) == in_rows(stored[1:2])
    entries = await ledger.unpublished()
    assert [one.body for one in entries if one.stream == "showcase/a"] == [encode(one) for one in recorded]
    assert [one.body for one in entries if one.stream == "showcase/b"] == [strange]
    with pytest.raises(WrongSeq):
        await ledger.append(facts("showcase/a", 3, "j4"), "c1")
    await ledger.append(facts("showcase/a", 3, "j4"), "c2")
    assert len(await ledger.unpublished()) == 5


async def test_adopting_what_does_not_fit_is_refused(ledger: Ledger) -> None:
    await ledger.adopt([Stored("showcase/a", 1, (b"{}", b"{}"), "c1")])
    for misfit in (
        Stored("showcase/a", 1, (b"{}",)),
        Stored("showcase/a", 4, (b"{}",)),
        Stored("showcase/a", 3, (b"{}",), "c1"),
    ):
        with pytest.raises(WrongSeq):
            await ledger.adopt([misfit])
    assert len(in_rows(await ledger.export("showcase/a"))) == 2


async def test_a_long_stream_is_adopted_in_order(ledger: Ledger) -> None:
    stored = [Stored("showcase/a", seq, (b"%d" % seq,)) for seq in range(1, 1201)]
    await ledger.adopt(stored)
    assert in_rows(await ledger.export("showcase/a")) == in_rows(stored)


class Judges:
    """A tiny state, so that the executor's promises can be seen without a service around it."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def apply(self, recorded: Recorded) -> None:
        assert isinstance(recorded.event, JudgeRevoked)
        self.names.append(recorded.event.judge)


async def test_a_hundred_commands_at_once_are_each_carried_out_exactly_once(ledger: Ledger) -> None:
    executor = Executor(ledger, lambda _stream: Judges())
    await asyncio.gather(
        *(
            executor.execute("showcase/a", lambda _state, n=n: [JudgeRevoked(judge=f"j{n}")])  # type: ignore[misc]
            for n in range(100)
        )
    )
    names = await executor.look("showcase/a", lambda state: sorted(state.names))
    assert names == sorted(f"j{n}" for n in range(100))
    assert len(await ledger.read("showcase/a")) == 100


async def test_two_executors_on_one_ledger_lose_nothing(ledger: Ledger) -> None:
    """As two processes on the cluster engine: each finds the other's events by `WrongSeq` and decides again."""
    executors = [Executor(ledger, lambda _stream: Judges()) for _ in range(2)]

    async def work(who: int) -> None:
        for n in range(20):
            await executors[who].execute("showcase/a", lambda _state: [JudgeRevoked(judge=f"j{who}-{n}")])  # noqa: B023

    await asyncio.gather(work(0), work(1))
    names = [one.event.judge for one in await ledger.read("showcase/a") if isinstance(one.event, JudgeRevoked)]
    assert sorted(names) == sorted(f"j{who}-{n}" for who in range(2) for n in range(20))
