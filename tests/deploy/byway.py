"""A way to a copy on which things go wrong: a plain TCP relay that counts, loses answers, or lets nobody through."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Byway:
    """`requests` are the packets that came from the front; `lose` answers are thrown away, each with its connection."""

    def __init__(self, to: int) -> None:
        self.requests = 0
        self.heads: list[bytes] = []
        self.lose = 0
        self.port = 0
        self._to = to
        self._open: set[asyncio.Task[None]] = set()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        try:
            back, forth = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.close()
            return
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._ask(reader, forth))
                both.create_task(self._answer(back, writer))
        except* (OSError, EOFError):
            pass
        finally:
            writer.close()
            forth.close()

    async def _ask(self, reader: asyncio.StreamReader, forth: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            self.requests += 1
            self.heads.append(data)
            forth.write(data)
        raise EOFError

    async def _answer(self, back: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await back.read(65536):
            if self.lose:
                self.lose -= 1
                raise EOFError
            writer.write(data)
        raise EOFError

    async def end(self) -> None:
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)


@asynccontextmanager
async def byway(to: int) -> AsyncIterator[Byway]:
    way = Byway(to)
    server = await asyncio.start_server(way._take, "127.0.0.1", 0)
    way.port = server.sockets[0].getsockname()[1]
    try:
        yield way
    finally:
        server.close()
        await way.end()
