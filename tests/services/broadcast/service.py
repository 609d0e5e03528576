"""Words for tests of a whole broadcast service: publish a board, look at it live, wait for what is so."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from urllib.parse import quote

import aiohttp
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from shared.bus.port import Message
from shared.bus.sqlite import SqliteBus
from shared.contracts.board import Board, encode_board
from shared.contracts.topics import BOARDS

CHANNEL = "competition/expo.electronics"
Json = dict[str, Any]
UPGRADE = (
    f"GET /live?c={CHANNEL} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
).encode()


class Broadcast:
    """The service under test, and the hand that publishes boards to it."""

    def __init__(self, port: int, bus: SqliteBus, http: aiohttp.ClientSession) -> None:
        self.port = port
        self.http = http
        self.url = f"http://127.0.0.1:{port}"
        self._bus = bus

    async def publish(
        self,
        seq: int,
        rows: dict[str, Json] | None = None,
        head: Json | None = None,
        epoch: str = "e1",
        channel: str = CHANNEL,
    ) -> None:
        board = Board(channel=channel, epoch=epoch, seq=seq, head=head or {}, rows=rows or {})
        await self.publish_raw(encode_board(board), channel)

    async def publish_raw(self, body: bytes, channel: str = CHANNEL) -> None:
        await self._bus.publish(BOARDS, [Message(channel, body)])

    async def show(
        self,
        seq: int,
        rows: dict[str, Json] | None = None,
        head: Json | None = None,
        epoch: str = "e1",
        channel: str = CHANNEL,
    ) -> None:
        """Publish, and wait until the service tells it."""
        await self.publish(seq, rows, head, epoch, channel)

        async def shown() -> bool:
            async with self.http.get(f"{self.url}/live/state/{channel}") as answer:
                return answer.headers.get("ETag") == f'"{epoch}.{seq}"'

        await until(shown)

    async def ready(self) -> bool:
        async with self.http.get(f"{self.url}/readyz") as answer:
            return answer.status == 200

    async def figure(self, name: str) -> float:
        """One line of /metrics; 0 when it is not there."""
        async with self.http.get(f"{self.url}/metrics") as answer:
            for line in (await answer.text()).splitlines():
                if line.startswith(f"showcase_broadcast_{name} "):
                    return float(line.split()[-1])
        return 0.0

    def query(self, channels: tuple[str, ...] = (), since: tuple[str, ...] = ()) -> str:
        parts = [f"c={quote(channel, safe='/')}" for channel in channels or (CHANNEL,)]
        return "&".join(parts + [f"since={one}" for one in since])

    def live(self, *channels: str, since: tuple[str, ...] = (), query: str | None = None, **kwargs: Any) -> connect:
        query = self.query(channels, since) if query is None else query
        return connect(f"ws://127.0.0.1:{self.port}/live?{query}", proxy=None, **kwargs)

    async def raw(self, data: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(data)
        await writer.drain()
        return reader, writer


async def frame(viewer: ClientConnection) -> Json:
    async with asyncio.timeout(5):
        return dict(orjson.loads(await viewer.recv()))


async def close_code(viewer: ClientConnection) -> int:
    """Read to the end; the code it was closed with."""
    async with asyncio.timeout(10):
        try:
            while True:
                await viewer.recv()
        except ConnectionClosed as exc:
            return exc.rcvd.code if exc.rcvd else 1006


async def answer_of(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The status and all bytes of a connection that the other side ends."""
    async with asyncio.timeout(15):
        data = await reader.read()
    return int(data.split(b" ", 2)[1]) if data else 0, data


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Ask from outside until it is so: a service has no event that a test could wait for."""
    async with asyncio.timeout(10):
        while not await condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


Start = Callable[..., AbstractAsyncContextManager[Broadcast]]
