"""Three people who watch the same board: over a WebSocket, over Server-Sent Events, and by asking again and again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol

import aiohttp
import orjson
from websockets.asyncio.client import connect

from shared.contracts.viewer import applied

Board = dict[str, Any]
"""`{"head": {...}, "rows": {...}}`"""


class Watching(Protocol):
    """Somebody who watches: the position and the board as they stand on that screen."""

    position: tuple[str, int]
    board: Board

    async def run(self) -> None: ...


class _Following:
    """Keeps a board by the protocol's rules: a snapshot replaces it, a delta must begin where it stands."""

    def __init__(self, url: str, channel: str) -> None:
        self.position = ("", -1)
        self.board: Board = {"head": {}, "rows": {}}
        self._url = url
        self._channel = channel

    def take(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "snapshot":
            self.board = frame["state"]
        elif frame["type"] == "delta":
            assert (frame["epoch"], frame["base"]) == self.position, "a delta that does not fit"
            self.board = applied(self.board, frame)
        assert frame["epoch"] != self.position[0] or frame["seq"] > self.position[1], "an older board"
        self.position = (frame["epoch"], frame["seq"])


class OverWebSocket(_Following):
    async def run(self) -> None:
        async with connect(f"{self._url.replace('http', 'ws', 1)}/live?c={self._channel}", proxy=None) as socket:
            async for message in socket:
                self.take(orjson.loads(message))


class OverEvents(_Following):
    async def run(self) -> None:
        timeout = aiohttp.ClientTimeout(total=None)
        url = f"{self._url}/live/events?c={self._channel}"
        async with aiohttp.ClientSession(timeout=timeout) as http, http.get(url) as answer:
            async for line in answer.content:
                if line.startswith(b"data: "):
                    self.take(orjson.loads(line[6:]))


class ByPolling(_Following):
    """Asks with the tag of what it has, so that only a newer board is sent."""

    async def run(self) -> None:
        async with aiohttp.ClientSession() as http:
            tag = ""
            while True:
                headers = {"If-None-Match": tag} if tag else {}
                async with http.get(f"{self._url}/live/state/{self._channel}", headers=headers) as answer:
                    if answer.status == 200:
                        tag = answer.headers["ETag"]
                        self.take(orjson.loads(await answer.read()))
                    else:
                        assert answer.status == 304
                await asyncio.sleep(0.05)


class Screens:
    """All three; they are asked together, because none may ever show anything else than the others."""

    def __init__(self, url: str, channel: str) -> None:
        self._state = f"{url}/live/state/{channel}"
        self._all: list[Watching] = [kind(url, channel) for kind in (OverWebSocket, OverEvents, ByPolling)]
        self._tasks: list[asyncio.Task[None]] = []

    @asynccontextmanager
    async def on(self) -> AsyncIterator[Screens]:
        await self._doors_open()
        self._tasks = [asyncio.create_task(one.run()) for one in self._all]
        try:
            yield self
        finally:
            for task in self._tasks:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def _doors_open(self) -> None:
        """A board reaches broadcast a moment after the competition was added; sooner there is nothing to watch."""
        async with aiohttp.ClientSession() as http, asyncio.timeout(10):
            while True:
                async with http.get(self._state) as answer:
                    if answer.status == 200:
                        return
                await asyncio.sleep(0.02)

    async def show(self, what: Callable[[Board], bool]) -> Board:
        """Wait until all three show this, and the same board at the same position; returns it."""
        async with asyncio.timeout(10):
            while not self._agree() or not what(self._all[0].board):
                for task in self._tasks:
                    assert not task.done(), task.exception()
                await asyncio.sleep(0.01)
        return self._all[0].board

    def _agree(self) -> bool:
        first = self._all[0]
        return first.position[0] != "" and all(
            one.position == first.position and one.board == first.board for one in self._all
        )

    @property
    def changes(self) -> int:
        """How many public changes there have been."""
        return self._all[0].position[1]
