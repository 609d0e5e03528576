"""Thousands of viewers in a process of their own: `python -m tests.faults.herd PORT CHANNEL SIZE`.

They watch, and come back by themselves when they are cut off, as pages do: at random within a second, later each time
they fail. Says ten times a second on standard output how many have a board now, and how many connections failed.
"""

import asyncio
import random
import sys

from typing_extensions import override

_UPGRADE = (
    "GET /live?c={} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
_AT_FIRST = 100  # connections that are begun at a time


class _Viewer(asyncio.Protocol):
    def __init__(self, herd: "_Herd") -> None:
        self._herd = herd
        self._has_board = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._herd.request)

    @override
    def data_received(self, data: bytes) -> None:
        if not self._has_board and b'"snapshot"' in data:
            self._has_board = True
            self._herd.watching += 1

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self._has_board:
            self._herd.watching -= 1
        else:
            self._herd.failed += 1
        self._herd.come_back(1.0)


class _Herd:
    def __init__(self, port: int, channel: str) -> None:
        self.request = _UPGRADE.format(channel).encode()
        self.watching = 0
        self.failed = 0
        self._port = port
        self._loop = asyncio.get_running_loop()
        self._coming: set[asyncio.Task[None]] = set()

    def come_back(self, within: float) -> None:
        task = self._loop.create_task(self._come(random.uniform(0, within), within))
        self._coming.add(task)
        task.add_done_callback(self._coming.discard)

    async def _come(self, pause: float, within: float) -> None:
        await asyncio.sleep(pause)
        try:
            await self._loop.create_connection(lambda: _Viewer(self), "127.0.0.1", self._port)
        except OSError:
            self.failed += 1
            self.come_back(min(within * 2, 30.0))


async def _main(port: int, channel: str, size: int) -> None:
    herd = _Herd(port, channel)
    for number in range(size):
        herd.come_back(size / 2000)
        if number % _AT_FIRST == 0:
            await asyncio.sleep(0)
    while True:
        sys.stdout.write(f"{herd.watching} {herd.failed}\n")
        sys.stdout.flush()
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
