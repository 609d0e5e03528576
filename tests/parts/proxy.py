"""A TCP proxy that misbehaves on purpose: a slow line, a cut, a line that is open and dead, an answer that never comes.

Everything is switched while connections run:

- `delay`: seconds that every piece takes on its way, both ways;
- `freeze()` and `thaw()`: nothing passes any more, nothing is closed (half-open; what a pulled cable looks like);
- `deaf`: what clients say passes, what the server answers is swallowed: a write happens and nobody hears of it;
- `cut()`: all connections are reset; `refusing`: new ones are reset at once, as when nothing listens.

One event loop and no threads. `passed` counts bytes to the server, so that a test can see that a request went out.
"""

import asyncio
import contextlib
import socket as sockets
import struct
from types import TracebackType
from typing import Self

_PIECE = 65536
_RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Listens on a free port and passes on to `port`; open with `async with`."""

    def __init__(self, port: int, *, listen: int = 0) -> None:
        self.port = listen
        self.delay = 0.0
        self._flowing = asyncio.Event()
        self._flowing.set()
        self.deaf = False
        self.refusing = False
        self.passed = 0
        self._behind = port
        self._writers: set[asyncio.StreamWriter] = set()
        self._closing: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(writer.wait_closed() for writer in self._closing), return_exceptions=True)

    def freeze(self) -> None:
        self._flowing.clear()

    def thaw(self) -> None:
        self._flowing.set()

    def cut(self) -> None:
        """Reset every connection, on both sides."""
        for writer in list(self._writers):
            self._reset(writer)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            self._reset(writer)
            return
        try:
            behind, onward = await asyncio.open_connection("127.0.0.1", self._behind)
        except OSError:
            self._reset(writer)
            return
        for source, to, answers in ((reader, onward, False), (behind, writer, True)):
            self._writers.add(to)
            task = asyncio.create_task(self._pass_on(source, to, answers))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, answers: bool) -> None:
        try:
            while piece := await source.read(_PIECE):
                if self.delay:
                    await asyncio.sleep(self.delay)
                await self._flowing.wait()
                if answers and self.deaf:
                    continue
                if not answers:
                    self.passed += len(piece)
                to.write(piece)
                await to.drain()
        except OSError:
            pass  # the other side is gone; so is this one
        finally:
            self._writers.discard(to)
            self._closing.add(to)
            with contextlib.suppress(OSError, RuntimeError):
                to.close()

    def _reset(self, writer: asyncio.StreamWriter) -> None:
        sock = writer.get_extra_info("socket")
        with contextlib.suppress(OSError):
            sock.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, _RESET)
        writer.transport.abort()
        self._closing.add(writer)
