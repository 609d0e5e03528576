"""A flood of connections that say nothing: viewers stay and boards move, newcomers are told to come later (F22)."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import psutil
import pytest

from shared.bus.sqlite import SqliteBus
from shared.contracts.topics import BOARDS
from tests.faults.followers import CHANNEL, following, publishing
from tests.parts.few_files import few_files

FILES = 260
_SERVE = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, ({FILES}, {FILES}))
from services.serve import run_service
sys.exit(run_service("broadcast", with_parent=True))
"""


@asynccontextmanager
async def broadcasting(data: Path) -> AsyncIterator[tuple[int, psutil.Process]]:
    """A service of its own that may have few files open: its port, and its process."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _SERVE),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"BROADCAST_DATA": str(data), "BROADCAST_PORT": "0"},
    )
    try:
        assert process.stdout is not None
        said = await process.stdout.readline()
        yield int(said.rpartition(b":")[2].strip(b"}\n")), psutil.Process(process.pid)
    finally:
        process.kill()
        await process.wait()


@pytest.mark.timeout(60)
async def test_a_flood_of_silent_connections_takes_neither_viewers_nor_boards_away(tmp_path: Path) -> None:
    async with (
        publishing(tmp_path) as publisher,
        broadcasting(tmp_path) as (port, process),
        following(port, 20) as crowd,
    ):
        with ExitStack() as flood:
            idle = [flood.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(2 * FILES)]
            last = publisher.seq
            await crowd.until(lambda viewer: viewer.seq > last)
            busy = sum(process.cpu_times()[:2])
            turned_away = await asyncio.to_thread(_answer, idle[-1])
            assert turned_away.startswith(b"HTTP/1.1 503 ")
            assert b"Retry-After: " in turned_away
            last = publisher.seq
            await crowd.until(lambda viewer: viewer.seq > last + 10)  # a second
            assert sum(process.cpu_times()[:2]) - busy < 0.7
            assert process.num_fds() < FILES - 10
        async with (
            following(port, 5),  # there is room again
            aiohttp.ClientSession() as http,
            http.get(f"http://127.0.0.1:{port}/metrics") as answer,
        ):
            assert 'broadcast_refused_total{code="no_files"}' in await answer.text()
        assert crowd.complaints == []
        assert not crowd.closes


async def test_a_feed_finds_a_new_publisher_after_files_ran_out(tmp_path: Path) -> None:
    async with SqliteBus(tmp_path / "bus", "reading") as bus:
        subscription = bus.subscribe(BOARDS)
        batches = subscription.batches()
        first = asyncio.ensure_future(anext(batches))
        await subscription.caught_up.wait()
        with few_files(0):
            await asyncio.sleep(0.6)  # it looks for publishers four times a second
        async with publishing(tmp_path):
            async with asyncio.timeout(5):
                assert [message.key for message in await first] == [CHANNEL]


def _answer(connection: socket.socket) -> bytes:
    connection.settimeout(10)
    return connection.recv(4096)
