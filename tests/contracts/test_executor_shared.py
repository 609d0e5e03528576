"""Copies that append to the same streams: each answers from what all of them have stored, and nobody is second twice.

The ledger is the embedded one, with a tongue in its cheek: it says that it is shared, and two executors share it.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
from typing_extensions import override

from shared.contracts.events import Recorded
from shared.contracts.registration import JudgeRevoked
from shared.errors import Rejected, Unavailable
from shared.execute_shared import SharedExecutor
from shared.ledger.sqlite import SqliteLedger

STREAM = "showcase/a"


class Names:
    def __init__(self) -> None:
        self.names: list[str] = []

    def apply(self, recorded: Recorded) -> None:
        assert isinstance(recorded.event, JudgeRevoked)
        self.names.append(recorded.event.judge)


class SharedLedger(SqliteLedger):
    """Counts what it is asked; `slow` keeps every read back, `away` refuses everything, as a lost server does."""

    shared = True

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.reads = 0
        self.replayed = 0
        self.away = False
        self.slow = asyncio.Event()
        self.slow.set()

    @override
    async def read(self, stream: str, after: int = 0, limit: int | None = None) -> list[Recorded]:
        self.reads += 1
        await self.slow.wait()
        if self.away:
            raise Unavailable("nobody answers")
        found = await super().read(stream, after, limit)
        self.replayed += len(found)
        return found

    @override
    def append(self, recorded: Sequence[Recorded], command: str | None = None) -> "asyncio.Future[None]":
        if self.away:
            lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            lost.set_exception(Unavailable("nobody answers"))
            return lost
        return super().append(recorded, command)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SharedLedger]:
    async with SharedLedger(tmp_path / "ledger.db") as opened:
        yield opened


def copy_of(ledger: SharedLedger) -> SharedExecutor[Names]:
    return SharedExecutor(ledger, lambda _stream: Names())


def once(name: str) -> Callable[[Names], list[JudgeRevoked]]:
    return lambda state: [] if name in state.names else [JudgeRevoked(judge=name)]


def only_after(first: str, name: str) -> Callable[[Names], list[JudgeRevoked]]:
    def decide(state: Names) -> list[JudgeRevoked]:
        if first not in state.names:
            raise Rejected("too_soon", f"{first} is not there")
        return once(name)(state)

    return decide


async def names(executor: SharedExecutor[Names]) -> list[str]:
    return await executor.look(STREAM, lambda state: list(state.names))


async def test_what_one_copy_has_stored_the_other_sees_decides_on_and_does_not_repeat(ledger: SharedLedger) -> None:
    one, other = copy_of(ledger), copy_of(ledger)
    assert await names(other) == []
    await one.execute(STREAM, once("j1"), "command-1")
    assert await names(other) == ["j1"]
    await one.execute(STREAM, once("j2"))
    assert len((await other.execute(STREAM, only_after("j2", "j3")))[1]) == 1
    assert (await other.execute(STREAM, once("j1"), "command-1"))[1] == []
    assert (await one.execute(STREAM, once("j3")))[1] == []


async def test_a_refusal_rests_on_what_is_stored_when_it_is_given(ledger: SharedLedger) -> None:
    one, other = copy_of(ledger), copy_of(ledger)
    for n in range(100):  # so many that this copy believes itself alone and appends without looking
        await one.execute(STREAM, once(f"j{n}"))
    await other.execute(STREAM, once("from-the-other"))
    assert len((await one.execute(STREAM, only_after("from-the-other", "last")))[1]) == 1
    with pytest.raises(Rejected):
        await one.execute(STREAM, only_after("nobody", "never"))


async def test_two_copies_in_a_rush_store_every_command_once_and_in_one_order(ledger: SharedLedger) -> None:
    copies = [copy_of(ledger) for _ in range(3)]
    dice = random.Random(7)

    async def command(n: int) -> None:
        for executor in dice.choices(copies, k=2):  # each is sent twice, also to another copy
            await executor.execute(STREAM, once(f"j{n}"), f"command-{n}")

    async def judge(first: int) -> None:
        for n in range(first, first + 20):
            await command(n)

    await asyncio.gather(*(judge(20 * n) for n in range(8)))
    stored = await ledger.read(STREAM)
    assert [one.seq for one in stored] == list(range(1, 161))
    assert sorted(name for name in await names(copies[0])) == sorted(f"j{n}" for n in range(160))
    assert await names(copies[0]) == await names(copies[1]) == await names(copies[2])


async def test_a_copy_that_works_alone_appends_ahead_and_reads_nothing(ledger: SharedLedger) -> None:
    alone = copy_of(ledger)
    for n in range(80):
        await alone.execute(STREAM, once(f"j{n}"))
    before = ledger.reads
    await asyncio.gather(*(alone.execute(STREAM, once(f"more-{n}")) for n in range(50)))
    assert ledger.reads == before


async def test_being_second_costs_a_short_read_and_no_replay(ledger: SharedLedger) -> None:
    one, other = copy_of(ledger), copy_of(ledger)
    for n in range(30):
        await one.execute(STREAM, once(f"a{n}"))
    await names(other)
    before = ledger.replayed
    for n in range(20):
        await one.execute(STREAM, once(f"b{n}"))
        await other.execute(STREAM, once(f"c{n}"))
    assert ledger.replayed - before <= 2 * 40
    assert len(await names(one)) == 70


async def test_after_being_alone_for_long_a_stranger_is_met_without_a_loss(ledger: SharedLedger) -> None:
    one, other = copy_of(ledger), copy_of(ledger)
    for n in range(80):
        await one.execute(STREAM, once(f"a{n}"))
    await names(other)
    await asyncio.gather(
        *(one.execute(STREAM, once(f"b{n}")) for n in range(20)),
        *(other.execute(STREAM, once(f"c{n}")) for n in range(20)),
    )
    assert len(await names(one)) == len(set(await names(other))) == 120


async def test_those_who_ask_at_once_share_a_read_that_began_after_they_came(ledger: SharedLedger) -> None:
    one, other = copy_of(ledger), copy_of(ledger)
    await names(one)
    ledger.slow.clear()
    before = ledger.reads
    early = [asyncio.create_task(names(one)) for _ in range(10)]
    while ledger.reads == before:  # noqa: ASYNC110
        await asyncio.sleep(0)
    late = [asyncio.create_task(names(one)) for _ in range(10)]
    for _ in range(5):
        await asyncio.sleep(0)
    assert ledger.reads == before + 1
    writing = asyncio.create_task(other.execute(STREAM, once("j1")))
    ledger.slow.set()
    await asyncio.gather(*early, writing)
    assert {tuple(found) for found in await asyncio.gather(*late)} <= {(), ("j1",)}
    assert ledger.reads <= before + 5
    assert await names(one) == ["j1"]


async def test_a_store_that_is_away_is_said_so_and_met_again_as_it_was(ledger: SharedLedger) -> None:
    one = copy_of(ledger)
    for n in range(70):
        await one.execute(STREAM, once(f"j{n}"))
    ledger.away = True
    for _ in range(3):
        with pytest.raises(Unavailable):
            await names(one)
        with pytest.raises(Unavailable):
            await one.execute(STREAM, once("j70"), "command-70")
    ledger.away = False
    await one.execute(STREAM, once("j70"), "command-70")
    assert await names(one) == [f"j{n}" for n in range(71)]


async def test_who_goes_away_while_asking_takes_nobody_along(ledger: SharedLedger) -> None:
    one = copy_of(ledger)
    await names(one)
    ledger.slow.clear()
    going, staying = asyncio.create_task(names(one)), asyncio.create_task(names(one))
    for _ in range(5):
        await asyncio.sleep(0)
    going.cancel()
    ledger.slow.set()
    assert await staying == []
