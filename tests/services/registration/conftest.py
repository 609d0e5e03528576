"""The registration service on a free port with its real files in a temporary folder, and words to talk to it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from services.registration.app import serve
from services.registration.settings import Settings
from shared.lifecycle import Stop

API = "/api/registration"
ELECTRONICS = "autumn.electronics"
TODAY = datetime.now(UTC).replace(microsecond=0)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


class Registration:
    """A client of a running service; `organiser` is the token of its first organiser's link."""

    def __init__(self, session: aiohttp.ClientSession, data: Path) -> None:
        self.session = session
        self.data = data

    @property
    def organiser(self) -> str:
        return (self.data / "keys" / "organiser.link").read_text().strip().partition("#token=")[2]

    async def ask(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **headers: str
    ) -> tuple[int, Any]:
        """Send JSON (or raw bytes) and return the status and the parsed answer."""
        sent = {"Content-Type": "application/json"} if body is not None else {}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if isinstance(body, bytes) else orjson.dumps(body) if body is not None else None
        async with self.session.request(method, path, data=content, headers=sent) as answer:
            return answer.status, orjson.loads(await answer.read())

    async def organise(self, method: str, path: str, body: Any = None) -> Any:
        status, answer = await self.ask(method, API + path, body, token=self.organiser)
        assert status in {200, 201}, answer
        return answer

    async def prepare(
        self, showcase: str = "autumn", *, opens_in_days: int = -1, closes_in_days: int = 30, **competition: Any
    ) -> None:
        """A showcase with one competition whose registration is open."""
        day = (TODAY + timedelta(days=60)).date()
        await self.organise(
            "POST",
            "/showcases",
            {
                "id": showcase,
                "title": {"en": "Autumn Showcase"},
                "timezone": "Asia/Shanghai",
                "starts_on": day.isoformat(),
                "ends_on": (day + timedelta(days=1)).isoformat(),
            },
        )
        await self.organise(
            "POST",
            f"/showcases/{showcase}/competitions",
            {
                "slug": "electronics",
                "title": {"en": "Electronics", "zh": "电子技术"},
                "capacity": 10,
                "opens_at": iso(TODAY + timedelta(days=opens_in_days)),
                "closes_at": iso(TODAY + timedelta(days=closes_in_days)),
                **competition,
            },
        )

    async def register(self, form: dict[str, Any], competition: str = ELECTRONICS) -> tuple[int, Any]:
        return await self.ask("POST", f"{API}/competitions/{competition}/competitors", form)

    async def change(self, competitor: str, change: str, body: Any = None) -> tuple[int, Any]:
        path = f"{API}/competitions/{ELECTRONICS}/competitors/{competitor}/{change}"
        return await self.ask("POST", path, body or {}, token=self.organiser)

    async def listed(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.organise("GET", f"/competitions/{ELECTRONICS}/competitors")
        return found


def form(n: int = 1, **changed: Any) -> dict[str, Any]:
    """What competitor number n fills in."""
    return {
        "id": f"competitor-{n:04d}",
        "given_name": f"Given{n}",
        "family_name": "Invented",
        "email": f"competitor{n}@school.example",
        "birth_date": "1999-05-17",
        "country": "CN",
        "organisation": "An Invented College",
        "locale": "en",
        "agreed": True,
        "guardian_agreed": False,
        "consents": {"named_results": True},
        **changed,
    }


@asynccontextmanager
async def running(data: Path, **settings: Any) -> AsyncIterator[Registration]:
    stop, port = Stop(), free_port()
    task = asyncio.create_task(serve(Settings(data=data, port=port, **settings), stop))
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session, asyncio.timeout(10):
            while True:
                try:
                    async with session.get("/livez"):
                        break
                except aiohttp.ClientConnectionError:
                    if task.done():
                        await task
                    await asyncio.sleep(0.005)
            yield Registration(session, data)
    finally:
        stop.now()
        await task
    assert stop.failed is None


Run = Callable[..., AbstractAsyncContextManager[Registration]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Start the service on this test's data folder; use it again to restart."""

    def start(**settings: Any) -> AbstractAsyncContextManager[Registration]:
        return running(tmp_path / "data", **settings)

    return start


@pytest.fixture
async def registration(run: Run) -> AsyncIterator[Registration]:
    async with run() as service:
        await service.prepare()
        yield service


@pytest.fixture
def client() -> Callable[[int, Path], AbstractAsyncContextManager[Registration]]:
    """Talk to a service that runs elsewhere on this port."""

    @asynccontextmanager
    async def talk(port: int, data: Path) -> AsyncIterator[Registration]:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            yield Registration(session, data)

    return talk


@pytest.fixture
def filled() -> Callable[..., dict[str, Any]]:
    return form
