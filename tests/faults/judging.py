"""A judge who sends each mark once and says what the answer was, unlike the robots, who try again until it is taken."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from services.cli import EXAMPLE
from services.rehearsal.event import Event, load_event
from services.rehearsal.http import Http
from services.rehearsal.organiser import Cast, set_up
from services.supervisor import Supervisor, place
from shared.ids import rfc3339, utc_now

PATIENCE_SECONDS = 20.0


class Judge:
    """Sends marks once each, as they are, and says what the answer was."""

    def __init__(self, event: Event, cast: Cast, at_url: str, http: aiohttp.ClientSession) -> None:
        self.marks = [
            {
                "id": f"disk-full-{number:04d}",
                "competitor": cast.competitors[cell.bib],
                "aspect": cell.aspect,
                "marked_at": rfc3339(utc_now()),
                "value": cell.turns[0].value,
                "judge": cell.turns[0].judge,
            }
            for number, cell in enumerate(event.cells)
            if cell.turns[0].value is not None
        ]
        self._event = event
        self._cast = cast
        self._url = f"{at_url}/api/livescore/competitions/{event.competition_id}"
        self._http = http

    def at(self, url: str, http: aiohttp.ClientSession) -> "Judge":
        """The same judge with the same marks, at another address of the same livescore."""
        moved = Judge(self._event, self._cast, url, http)
        moved.marks = self.marks
        return moved

    async def give(self, mark: dict[str, Any]) -> tuple[int, dict[str, Any], Mapping[str, str]]:
        body = {name: value for name, value in mark.items() if name != "judge"}
        headers = {"Authorization": f"Bearer {self._cast.tokens[mark['judge']]}"}
        async with self._http.post(f"{self._url}/marks", json=body, headers=headers) as answer:
            return answer.status, await answer.json(content_type=None), answer.headers

    async def give_until_taken(self, mark: dict[str, Any]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await self.give(mark))[0] != 201:  # noqa: ASYNC110 - it is the answer that is waited for
                await asyncio.sleep(0.05)

    async def sheet(self) -> int:
        headers = {"Authorization": f"Bearer {next(iter(self._cast.tokens.values()))}"}
        async with self._http.get(f"{self._url}/marking", headers=headers) as answer:
            return len((await answer.json())["cells"]) if answer.status == 200 else -answer.status


@asynccontextmanager
async def judging(data: Path) -> AsyncIterator[tuple[Supervisor, Judge, aiohttp.ClientSession]]:
    at, event = place(data, "127.0.0.1", 0), load_event(EXAMPLE)
    async with Supervisor(at) as supervisor, Http() as http, aiohttp.ClientSession() as session:
        cast = await set_up(event, at, http)
        yield supervisor, Judge(event, cast, at.url("livescore"), session), session


async def readiness(supervisor: Supervisor, session: aiohttp.ClientSession) -> tuple[int, str]:
    async with session.get(f"{supervisor.place.url('livescore')}/readyz") as answer:
        return answer.status, " ".join((await answer.json())["reasons"])
