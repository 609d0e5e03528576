"""A whole broadcast service over real sockets, fed through the real embedded bus."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from services.broadcast.app import opened
from services.broadcast.settings import Settings
from shared.bus.sqlite import SqliteBus
from shared.contracts.topics import BOARDS
from shared.lifecycle import Stop
from tests.services.broadcast.service import Broadcast, Start, until


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start the service with settings of the test's own; its boards outlive it, as the bus does."""

    @contextlib.asynccontextmanager
    async def starting(**settings: Any) -> AsyncIterator[Broadcast]:
        stop = Stop()
        faults: list[dict[str, Any]] = []  # what asyncio would only log
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: faults.append(context))
        given = Settings(data=tmp_path, port=0, **{"drain_seconds": 0.1, **settings})
        async with aiohttp.ClientSession() as http, SqliteBus(tmp_path / "bus", "test") as bus:
            await bus.publish(BOARDS, [])  # the file is there from the start, so nobody waits for it to be found
            async with opened(given, bus, stop) as port:
                one = Broadcast(port, bus, http)
                await until(one.ready)
                yield one
            assert stop.failed is None
            assert faults == []

    return starting


@pytest.fixture
async def broadcast(start: Start) -> AsyncIterator[Broadcast]:
    async with start() as one:
        yield one
