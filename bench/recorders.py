"""Viewers that only write down what comes and when, so that a thousand of them in one process delay nobody.

Each is a real WebSocket connection that reads frames and answers pings; what a frame means is worked out afterwards,
with the same rules as any viewer's. A robot that applies every delta at once takes 60 us for it, so the last of a
thousand would see each board 60 ms late by its neighbours' doing.
"""

import asyncio
import base64
import os
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import orjson
from typing_extensions import override

from services.rehearsal.viewers import Seen

_TEXT, _PING = 0x81, 0x89
_AT_ONCE = 100


class Recorder(asyncio.Protocol):
    """One connection; `frames` are the texts with the time at which they were read."""

    def __init__(self, request: bytes) -> None:
        self.frames: list[tuple[float, bytes]] = []
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed = False
        self._request = request
        self._buffer = b""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("refused"))

    @override
    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self._buffer += data
        if not self.opened.done():
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            self._buffer = rest
            self.opened.set_result(None)
        self._buffer = self._buffer[self._take(now) :]

    def _take(self, now: float) -> int:
        """Take all whole frames; how many bytes they were."""
        buffer, at = self._buffer, 0
        while len(buffer) - at >= 2:
            size, start = buffer[at + 1], at + 2
            if size == 126:
                size, start = int.from_bytes(buffer[at + 2 : at + 4], "big"), at + 4
            elif size == 127:
                size, start = int.from_bytes(buffer[at + 2 : at + 10], "big"), at + 10
            if len(buffer) < start + size:
                break
            if buffer[at] == _TEXT:
                self.frames.append((now, buffer[start : start + size]))
            elif buffer[at] == _PING:
                mask = os.urandom(4)
                said = bytes(byte ^ mask[n % 4] for n, byte in enumerate(buffer[start : start + size]))
                self._transport.write(bytes((0x8A, 0x80 | size)) + mask + said)
            at = start + size
        return at

    def close(self) -> None:
        self._transport.abort()

    def seen(self) -> Seen:
        """What a viewer who got these frames at these times ended with."""
        seen = Seen(connections=1)
        for at, body in self.frames:
            if not seen.apply(orjson.loads(body), at):
                seen.faults.append("a delta that does not begin where the viewer stands")
        return seen


class Recorders:
    """Many of one channel; open with `async with`, entered when each has its first state."""

    def __init__(self, url: str, channel: str, size: int) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        key = base64.b64encode(os.urandom(16)).decode()
        self._request = (
            f"GET /live?c={channel} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        ).encode()
        self._size = size
        self.all: list[Recorder] = []

    async def __aenter__(self) -> "Recorders":
        loop = asyncio.get_running_loop()
        while len(self.all) < self._size:
            some = min(_AT_ONCE, self._size - len(self.all))
            made = await asyncio.gather(
                *(loop.create_connection(lambda: Recorder(self._request), self._host, self._port) for _ in range(some))
            )
            self.all += [recorder for _, recorder in made]
            await asyncio.gather(*(recorder.opened for _, recorder in made))
        await self.until(lambda one: bool(one.frames))
        return self

    async def __aexit__(self, *_exc: object) -> None:
        for one in self.all:
            one.close()

    async def wait_for_seq(self, seq: int) -> None:
        await self.until(lambda one: bool(orjson.loads(one.frames[-1][1])["seq"] >= seq))

    async def until(self, so: Callable[[Recorder], bool], seconds: float = 30.0) -> None:
        """Wait until something is so of everybody, or the time is up."""
        deadline = time.perf_counter() + seconds
        while True:
            if all(map(so, self.all)) or time.perf_counter() > deadline:
                return
            await asyncio.sleep(0.05)
