"""Reading Server-Sent Events as a page does: over the connection of a request that carries its link."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import aiohttp


class Heard(NamedTuple):
    """One event; a comment has the name ":" and an event that only says when to come back the name ""."""

    name: str
    tag: str
    data: str
    at: float


class EventStream:
    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer

    async def next(self, seconds: float = 5.0) -> Heard:
        """The next one that says something, comments included; EOFError at the end."""
        async with asyncio.timeout(seconds):
            while (heard := await self._one()).name == "":
                pass
            return heard

    async def silent(self, seconds: float) -> bool:
        """Whether nothing at all comes for so long."""
        try:
            await self.next(seconds)
        except TimeoutError:
            return True
        return False

    async def rest(self) -> list[Heard]:
        """Everything until the end."""
        found = []
        try:
            while True:
                found.append(await self.next(10))
        except EOFError:
            return found

    async def _one(self) -> Heard:
        fields = {"event": "", "id": "", "data": ""}
        while line := (await self.answer.content.readline()).decode():
            if line == "\n":
                return Heard(fields["event"], fields["id"], fields["data"], asyncio.get_running_loop().time())
            name, _, value = line.removesuffix("\n").partition(":")
            fields[name or "event"] = value.removeprefix(" ") if name else ":"
        raise EOFError


@asynccontextmanager
async def listening(
    session: aiohttp.ClientSession, path: str, token: str, **headers: str
) -> AsyncIterator[EventStream]:
    async with session.get(path, headers={"Authorization": f"Bearer {token}", **headers}) as answer:
        assert answer.status == 200, await answer.text()
        assert answer.content_type == "text/event-stream"
        yield EventStream(answer)
