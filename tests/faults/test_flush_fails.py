"""A flush that fails is never tried again: what the system holds in memory then is unknown.

From the K-th flush of each writer on, the system says EIO. Nothing is acknowledged after that, the process ends and
says so with its exit code, and a clean start finds everything that was acknowledged.
"""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

import aiohttp
import pytest

from services.cli import EXAMPLE
from services.rehearsal.audit import read_ledger
from services.rehearsal.event import load_event
from shared.sqlite import open_reader
from tests.faults.command import started
from tests.faults.judging import Judge, judging

STRACE = shutil.which("strace")
LISTENS = r'"service":"livescore","port":(\d+)'


@pytest.fixture(autouse=True)
def strace() -> str:
    if STRACE is None:
        pytest.skip("strace is missing: failing flushes were not tested")
    if subprocess.run([STRACE, "-qq", "-o", os.devnull, "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace may not trace here: failing flushes were not tested")
    return STRACE


async def give_until_it_ends(judge: Judge) -> tuple[list[str], list[str]]:
    """Give the marks one by one; which were sent, and which were acknowledged."""
    sent: list[str] = []
    acknowledged: list[str] = []
    trouble = False
    for mark in judge.marks:
        sent.append(mark["id"])
        try:
            status, problem, _ = await judge.give(mark)
        except aiohttp.ClientError:
            return sent, acknowledged
        if status == 201:
            assert not trouble, "acknowledged after a failed flush"
            acknowledged.append(mark["id"])
        else:
            assert status == 503, problem
            trouble = True
    raise AssertionError("the process took every mark and did not end")


@pytest.mark.timeout(90)
@pytest.mark.parametrize("flush", [25])
async def test_nothing_is_acknowledged_after_a_failed_flush_and_the_process_ends(
    flush: int, strace: str, tmp_path: Path
) -> None:
    data, competition = tmp_path / "data", load_event(EXAMPLE).competition_id
    async with judging(data) as (_, judge, _session):
        assert (await judge.give(judge.marks[0]))[0] == 201
    before = read_ledger(data, competition).marks
    calls = "fdatasync,fsync"
    inject = f"inject={calls}:error=EIO:when={flush}+"
    tracer = (strace, "-f", "--seccomp-bpf", "-qq", "-o", os.devnull, "-e", f"trace={calls}", "-e", inject)
    serve = ("serve", "livescore", "--data", str(data), "--port", "0")
    with started(tmp_path / "fails.log", *serve, under=tracer) as command:
        port = int(command.wait_for(LISTENS).group(1))
        async with aiohttp.ClientSession() as session:
            sent, acknowledged = await give_until_it_ends(judge.at(f"http://127.0.0.1:{port}", session))
        assert await asyncio.to_thread(command.process.wait, 30) == 1
        assert "a flush of" in command.said()
    assert acknowledged

    with started(tmp_path / "again.log", *serve) as command:
        port = int(command.wait_for(LISTENS).group(1))
        held = read_ledger(data, competition).marks
        assert set(before) | set(acknowledged) <= set(held) <= set(before) | set(sent)
        async with aiohttp.ClientSession() as session:
            again = judge.at(f"http://127.0.0.1:{port}", session)
            for mark in again.marks:
                assert (await again.give(mark))[0] == 201
        assert sorted(read_ledger(data, competition).marks) == sorted(mark["id"] for mark in judge.marks)
        assert open_reader(data / "livescore.db").execute("PRAGMA integrity_check").get == "ok"
