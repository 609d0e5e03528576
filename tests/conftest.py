"""A whole running showcase for tests that go through all three services over real sockets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from services.rehearsal.http import Http, RefusedError
from services.rehearsal.organiser import organiser_token
from services.supervisor import Place, Supervisor, place

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


class Running:
    """The three services as processes under their supervisor; `supervisor.pid(...)` is there to be killed."""

    def __init__(self, at: Place, supervisor: Supervisor, http: Http) -> None:
        self.at = at
        self.supervisor = supervisor
        self.http = http

    @property
    def data(self) -> Path:
        return self.at.data

    @property
    def organiser(self) -> str:
        return organiser_token(self.at.organiser_link)

    async def ask(
        self, method: str, service: str, path: str, body: Any = None, token: str | None = None, media: str | None = None
    ) -> Any:
        """Ask as a careful client does (again until answered) and return the answer's body; RefusedError on a 4xx."""
        url = f"{self.at.url(service)}{path}"
        return (await self.http.send(method, url, token, body, media or "application/json")).body

    async def refused(self, method: str, service: str, path: str, body: Any = None, token: str | None = None) -> Any:
        """The problem document of a request that must be refused."""
        with pytest.raises(RefusedError) as caught:
            await self.ask(method, service, path, body, token)
        return caught.value.problem


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """Registration, livescore and broadcast on free ports and a fresh folder, ready."""
    at = place(tmp_path / "data", "127.0.0.1", 0)
    async with Supervisor(at) as supervisor, Http() as http:
        yield Running(at, supervisor, http)
