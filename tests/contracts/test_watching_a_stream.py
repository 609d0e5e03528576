"""Waiting for a stream to move: who waits is woken by whoever appends, and nobody asks the ledger in vain."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typing_extensions import override

from shared.contracts.events import Recorded
from shared.contracts.registration import JudgeRevoked
from shared.execute import Executor
from shared.execute_shared import SharedExecutor
from shared.ledger.sqlite import SqliteLedger

STREAM = "showcase/a"


class Names:
    def __init__(self) -> None:
        self.names: list[str] = []

    def apply(self, recorded: Recorded) -> None:
        assert isinstance(recorded.event, JudgeRevoked)
        self.names.append(recorded.event.judge)


class CountingLedger(SqliteLedger):
    """Shared in name, so that two executors may stand on it; counts the reads."""

    shared = True

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.reads = 0

    @override
    async def read(self, stream: str, after: int = 0, limit: int | None = None) -> list[Recorded]:
        self.reads += 1
        return await super().read(stream, after, limit)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[CountingLedger]:
    async with CountingLedger(tmp_path / "ledger.db") as opened:
        yield opened


@pytest.fixture(params=[Executor, SharedExecutor])
def executor(request: pytest.FixtureRequest, ledger: CountingLedger) -> Executor[Names]:
    made: Executor[Names] = request.param(ledger, lambda _stream: Names())
    return made


async def add(executor: Executor[Names], name: str) -> None:
    await executor.execute(STREAM, lambda _state: [JudgeRevoked(judge=name)])


async def test_who_waits_behind_the_head_is_answered_at_once(executor: Executor[Names]) -> None:
    await add(executor, "j1")
    async with asyncio.timeout(1):
        await executor.moved(STREAM, 0)


async def test_all_who_wait_are_woken_by_the_next_append_and_by_no_other_stream(executor: Executor[Names]) -> None:
    await add(executor, "j1")
    waiting = [asyncio.create_task(executor.moved(STREAM, 1)) for _ in range(64)]
    await executor.execute("showcase/b", lambda _state: [JudgeRevoked(judge="other")])
    assert not any(one.done() for one in waiting)
    await add(executor, "j2")
    async with asyncio.timeout(0.5):
        await asyncio.gather(*waiting)


async def test_one_who_gives_up_takes_nobody_else_along(executor: Executor[Names]) -> None:
    await add(executor, "j1")
    gone, staying = (asyncio.create_task(executor.moved(STREAM, 1)) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.wait({gone})
    await add(executor, "j2")
    async with asyncio.timeout(0.5):
        await staying


async def test_what_another_copy_wrote_wakes_as_well_and_all_who_wait_share_the_reads(ledger: CountingLedger) -> None:
    one, other = (SharedExecutor(ledger, lambda _stream: Names()) for _ in range(2))
    await add(one, "j1")
    waiting = [asyncio.create_task(one.moved(STREAM, 1)) for _ in range(64)]
    before = ledger.reads
    await add(other, "j2")
    async with asyncio.timeout(3):
        await asyncio.gather(*waiting)
    assert await one.look(STREAM, lambda state: list(state.names), newest=False) == ["j1", "j2"]
    assert ledger.reads - before <= 5  # the other copy's own, and one a second for all 64


async def test_a_look_that_need_not_be_the_newest_reads_nothing(ledger: CountingLedger) -> None:
    one = SharedExecutor(ledger, lambda _stream: Names())
    await add(one, "j1")
    before = ledger.reads
    assert await one.look(STREAM, lambda state: list(state.names), newest=False) == ["j1"]
    assert ledger.reads == before
