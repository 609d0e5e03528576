from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.services.livescore.registration import Registration, registered
from tests.services.livescore.service import Livescore, started, talking, with_schemes

Run = Callable[..., AbstractAsyncContextManager[Livescore]]
Talk = Callable[[str], AbstractAsyncContextManager[Livescore]]


@pytest.fixture
async def registration(tmp_path: Path) -> AsyncIterator[Registration]:
    async with registered(tmp_path / "data") as one:
        yield one


@pytest.fixture
def run(registration: Registration) -> Run:
    """Start the service on this test's data folder; use it again to restart."""
    return lambda **settings: started(registration, **settings)


@pytest.fixture
async def livescore(run: Run) -> AsyncIterator[Livescore]:
    """Running, with both schemes in force."""
    async with run() as service:
        await with_schemes(service)
        yield service


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def refusing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Livescore]:
    """One service for a whole table of requests, none of which may change anything."""
    data = tmp_path_factory.mktemp("refusing") / "data"
    async with registered(data) as registration, started(registration) as service:
        await with_schemes(service)
        yield service


@pytest.fixture
def talk(registration: Registration) -> Talk:
    """Talk to a process on this test's data folder, with both schemes in force."""

    @asynccontextmanager
    async def start(url: str) -> AsyncIterator[Livescore]:
        async with talking(url, registration) as service:
            await with_schemes(service)
            yield service

    return start
