"""The executor decides before things are durable, and says nothing before they are."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
from typing_extensions import override

from shared.contracts.events import Recorded
from shared.contracts.registration import JudgeRevoked
from shared.errors import Rejected, Unavailable
from shared.execute import Executor
from shared.ledger.sqlite import SqliteLedger

STREAM = "showcase/a"


class Judges:
    def __init__(self) -> None:
        self.names: list[str] = []

    def apply(self, recorded: Recorded) -> None:
        assert isinstance(recorded.event, JudgeRevoked)
        self.names.append(recorded.event.judge)


class SlowLedger(SqliteLedger):
    """A real ledger whose disk takes its time: an append is stored, or refused, when the test says so."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.asked = asyncio.Event()
        self.disk = asyncio.Event()
        self.full = False

    @override
    def append(self, recorded: Sequence[Recorded], command: str | None = None) -> "asyncio.Future[None]":
        self.asked.set()
        return asyncio.ensure_future(self._later(recorded, command))

    async def _later(self, recorded: Sequence[Recorded], command: str | None) -> None:
        await self.disk.wait()
        if self.full:
            raise Unavailable("the disk is full")
        await super().append(recorded, command)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SlowLedger]:
    async with SlowLedger(tmp_path / "ledger.db") as opened:
        yield opened


@pytest.fixture
def executor(ledger: SlowLedger) -> Executor[Judges]:
    return Executor(ledger, lambda _stream: Judges())


def once(name: str) -> Callable[[Judges], list[JudgeRevoked]]:
    def decide(state: Judges) -> list[JudgeRevoked]:
        return [] if name in state.names else [JudgeRevoked(judge=name)]

    return decide


def refuse(state: Judges) -> list[JudgeRevoked]:
    raise Rejected("known", f"{state.names} are there already")


async def rounds(n: int = 20) -> None:
    for _ in range(n):
        await asyncio.sleep(0)


async def test_nothing_is_answered_before_what_it_was_decided_on_is_durable(
    executor: Executor[Judges], ledger: SlowLedger
) -> None:
    first = asyncio.create_task(executor.execute(STREAM, once("j1")))
    await ledger.asked.wait()
    again = asyncio.create_task(executor.execute(STREAM, once("j1")))
    refused = asyncio.create_task(executor.execute(STREAM, refuse))
    looked = asyncio.create_task(executor.look(STREAM, lambda state: list(state.names)))
    await rounds()
    assert [task.done() for task in (first, again, refused, looked)] == [False] * 4
    ledger.disk.set()
    assert len((await first)[1]) == 1
    assert (await again)[1] == []
    with pytest.raises(Rejected, match="j1"):
        await refused
    assert await looked == ["j1"]


async def test_what_never_became_durable_is_shown_to_nobody(executor: Executor[Judges], ledger: SlowLedger) -> None:
    ledger.full = True
    first = asyncio.create_task(executor.execute(STREAM, once("j1")))
    await ledger.asked.wait()
    looked = asyncio.create_task(executor.look(STREAM, lambda state: list(state.names)))
    await rounds()
    ledger.disk.set()
    for task in (first, looked):
        with pytest.raises(Unavailable):
            await task
    ledger.full = False
    assert await executor.look(STREAM, lambda state: list(state.names)) == []
    assert len((await executor.execute(STREAM, once("j1")))[1]) == 1
