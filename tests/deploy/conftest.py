"""A whole showcase behind its front door: three services, two names for each, one address."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import aiohttp
import pytest
import pytest_asyncio
from typing_extensions import override

from services.rehearsal.http import Http
from services.supervisor import Place, Supervisor, place
from tests.conftest import Running
from tests.deploy.front import FrontDoor, front_door

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class BehindTheDoor(Place):
    """Services listen on ports of their own, and people know one address."""

    front: int = 0

    @override
    def url(self, service: str) -> str:
        return f"http://{self.address}:{self.front}"


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Behind(Running):
    """A running showcase all of whose addresses are the front door's."""

    at: BehindTheDoor


class OpenDoor(Protocol):
    def __call__(
        self, where: str = ..., *, tls: bool = ..., **copies: int
    ) -> AbstractAsyncContextManager[FrontDoor]: ...


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def behind(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Behind]:
    """Three services that believe to be at one address, once per file; the front door itself is opened by each test."""
    data = tmp_path_factory.mktemp("behind") / "data"
    own, others = (place(data, "127.0.0.1", 0) for _ in range(2))
    at = BehindTheDoor(own.data, own.host, own.address, own.ports, front=others.ports["broadcast"])
    async with Supervisor(at) as supervisor, Http() as http:
        yield Behind(at, supervisor, http)


@pytest.fixture
def open_door(behind: Behind, tmp_path: Path) -> OpenDoor:
    """Open the front door; each service has one copy that lives and one that is dead, unless a test says otherwise."""

    @asynccontextmanager
    async def door(where: str = "compose", *, tls: bool = False, **copies: int) -> AsyncIterator[FrontDoor]:
        folder = tmp_path / "front"
        folder.mkdir(exist_ok=True)
        found = {f"{name}-1": port for name, port in behind.at.ports.items()}
        found |= {f"{name}-2": closed_port() for name in behind.at.ports}
        found |= {name.replace("_", "-"): port for name, port in copies.items()}
        async with front_door(folder, behind.at.front, found, where, tls=tls) as opened:
            yield opened

    return door


async def created(behind: Behind, showcase: str) -> None:
    """Create a showcase without the door, which may not be open yet, and wait until broadcast shows it."""
    ports = behind.at.ports
    day = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()
    body = {"id": showcase, "title": {"en": "A Showcase"}, "timezone": "UTC", "starts_on": day, "ends_on": day}
    url = f"http://127.0.0.1:{ports['registration']}/api/registration/showcases"
    await behind.http.send("POST", url, behind.organiser, body)
    async with aiohttp.ClientSession() as http, asyncio.timeout(10):
        while True:
            async with http.get(f"http://127.0.0.1:{ports['broadcast']}/live/state/showcase/{showcase}") as answer:
                if answer.status == 200:
                    return
            await asyncio.sleep(0.02)
