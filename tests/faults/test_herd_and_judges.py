"""Broadcast dies under a herd of viewers while judges mark: viewers come back, judges notice nothing (F20, P13)."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.cli import EXAMPLE
from services.rehearsal.event import load_event
from tests.faults.command import ROOT
from tests.faults.judging import Judge, judging

VIEWERS = 2000
MARKS_PER_SECOND = 20


class Herd:
    """What the herd says about itself."""

    def __init__(self) -> None:
        self.watching = 0
        self.failed = 0

    async def read(self, lines: asyncio.StreamReader) -> None:
        async for line in lines:
            self.watching, self.failed = (int(word) for word in line.split())

    async def are(self, wanted: range) -> None:
        async with asyncio.timeout(30):
            while self.watching not in wanted:  # noqa: ASYNC110 - it says so ten times a second
                await asyncio.sleep(0.05)


@asynccontextmanager
async def herd_of(size: int, port: int, channel: str) -> AsyncIterator[Herd]:
    """So many viewers in a process of their own, all of them with a board."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.herd", str(port), channel, str(size)),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    herd = Herd()
    assert process.stdout is not None
    reading = asyncio.create_task(herd.read(process.stdout))
    try:
        await herd.are(range(size, size + 1))
        yield herd
    finally:
        process.kill()
        await asyncio.gather(reading, return_exceptions=True)
        await process.wait()


class Marking:
    """A judge who marks at a steady pace, whether or not the last answer is there."""

    def __init__(self, judge: Judge) -> None:
        self.statuses: list[int] = []
        self.seconds: list[float] = []
        self._judge = judge

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for mark in self._judge.marks:
                group.create_task(self._give(mark))
                await asyncio.sleep(1 / MARKS_PER_SECOND)

    async def _give(self, mark: dict[str, str]) -> None:
        began = time.perf_counter()
        status, _, _ = await self._judge.give(mark)
        self.statuses.append(status)
        self.seconds.append(time.perf_counter() - began)


@pytest.mark.timeout(90)
async def test_judges_are_answered_as_ever_while_a_herd_of_viewers_comes_back(tmp_path: Path) -> None:
    channel = f"competition/{load_event(EXAMPLE).competition_id}"
    async with judging(tmp_path / "data") as (supervisor, judge, _):
        await judge.give_until_taken(judge.marks.pop())
        marking = Marking(judge)
        async with herd_of(VIEWERS, supervisor.place.ports["broadcast"], channel) as herd:
            task = asyncio.create_task(marking.run())
            os.kill(supervisor.pid("broadcast"), signal.SIGKILL)
            await herd.are(range(VIEWERS // 2))
            await herd.are(range(VIEWERS, VIEWERS + 1))
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert set(marking.statuses) == {201}
        assert len(marking.statuses) > 10
        slowest = sorted(marking.seconds)[int(len(marking.seconds) * 0.95)]
        assert slowest < 0.5, "twenty times what it takes, on a machine that is busy with everything else as well"
        assert herd.failed < VIEWERS / 20, "who comes while nobody takes connections waits, and is not refused"
        assert supervisor.starts("broadcast") == 2
