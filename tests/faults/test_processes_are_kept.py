"""A service's process is started again whatever happened to it, to its successor or to the folder of its log."""

import asyncio
import os
import shutil
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from services.broadcast.listener import listening
from services.child import Child
from shared.bus.sqlite import SqliteBus
from shared.contracts.topics import BOARDS
from shared.errors import BadStart


class Kept:
    """A process of broadcast that is kept, the socket it takes connections from, and why it cannot start."""

    def __init__(self, data: Path) -> None:
        self.listens = listening("127.0.0.1", 0)
        self.log = data / "logs" / "broadcast.log"
        self.reasons: list[list[str]] = []
        self._data = data
        self.child = Child("broadcast", self._settings, self.log, self.reasons.append, [self.listens])

    def _settings(self, replaced: int) -> dict[str, str]:
        given = {
            "DATA": str(self._data),
            "SOCKET": str(self.listens.fileno()),
            "PROCESSES": "2",
            "SEAT": f"1-{replaced % 2}",
            "HEAD_SECONDS": "60",  # who does not ask keeps a process that is replaced waiting
        }
        return {f"BROADCAST_{name}": text for name, text in given.items()}

    @property
    def pid(self) -> int:
        assert self.child.process is not None
        return self.child.process.pid


@asynccontextmanager
async def kept(data: Path) -> AsyncIterator[Kept]:
    async with SqliteBus(data / "bus", "test") as bus:
        await bus.publish(BOARDS, [])  # it is there from the start, so nobody waits for it to be found
    one = Kept(data)
    one.child.start()
    try:
        await one.child.listens()
        yield one
    finally:
        await one.child.stop()
        one.listens.close()


async def until(true: Callable[[], bool]) -> None:
    """Ask until it is so: processes come and go without telling a test."""
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_successor_that_dies_is_followed_while_the_one_before_it_still_sees_its_viewers_out(
    tmp_path: Path,
) -> None:
    async with kept(tmp_path) as one:
        before = one.pid
        with socket.create_connection(one.listens.getsockname()):
            await _taken_by(before)
            replacing = asyncio.create_task(one.child.replace())
            await until(lambda: one.pid != before)
            successor = one.pid
            os.kill(successor, signal.SIGKILL)
            await until(lambda: one.pid != successor)
            await one.child.listens()
            assert psutil.Process(before).status() != psutil.STATUS_ZOMBIE, "it was not waited for"
            assert not replacing.done()
        await replacing
        assert one.reasons == []


async def _taken_by(pid: int) -> None:
    """Wait until a process has a connection."""

    def taken() -> bool:
        connections = psutil.Process(pid).net_connections("tcp")
        return any(each.status == psutil.CONN_ESTABLISHED for each in connections)

    await until(taken)


async def test_a_folder_of_logs_that_was_cleared_away_keeps_nobody_from_being_started_again(tmp_path: Path) -> None:
    async with kept(tmp_path) as one:
        before = one.pid
        shutil.rmtree(one.log.parent)
        os.kill(before, signal.SIGKILL)
        await until(lambda: one.pid != before)
        await one.child.listens()
        assert one.log.exists()


async def test_what_cannot_be_started_now_is_tried_again_and_a_successor_is_refused_with_the_reason(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with kept(tmp_path) as one:
        before = one.pid
        shutil.rmtree(one.log.parent)
        one.log.parent.touch()  # no folder can be made there
        with pytest.raises(BadStart, match=r"broadcast cannot be started: .*logs"):
            await one.child.replace()
        assert one.pid == before
        assert psutil.pid_exists(before)
        os.kill(before, signal.SIGKILL)
        said = ""

        def complained_twice() -> bool:
            nonlocal said
            said += capfd.readouterr().err
            return said.count("showcase: broadcast cannot be started: ") >= 2

        await until(complained_twice)
        one.log.parent.unlink()
        await until(lambda: one.pid != before)
        await one.child.listens()
        assert one.reasons == []


async def test_nobody_is_put_in_the_place_of_a_process_that_is_being_stopped(tmp_path: Path) -> None:
    async with kept(tmp_path) as one:
        starts = one.child.starts
        stopping = asyncio.create_task(one.child.stop())
        await asyncio.sleep(0)
        with pytest.raises(BadStart, match="is being stopped"):
            await one.child.replace()
        await stopping
        assert one.child.starts == starts
