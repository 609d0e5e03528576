"""Viewers that note everything a viewer could complain of: refusals, ends without a word, states that go back."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from shared.bus.port import Message
from shared.bus.sqlite import SqliteBus
from shared.contracts.board import Board, encode_board
from shared.contracts.topics import BOARDS

CHANNEL = "competition/expo.electronics"
COUNT = f"audience/{CHANNEL}"
_PATIENCE_SECONDS = 30.0


class Follower:
    """One viewer of the board and of its own count; it does what the protocol asks of a client."""

    def __init__(self, port: int, closes: Counter[int]) -> None:
        self.connected = False
        self.seq = -1
        self.watching = -1
        self.fewest = 10**6
        """The smallest number of viewers it was ever told."""
        self.complaints: list[str] = []
        self._address = f"ws://127.0.0.1:{port}/live?c={CHANNEL}&c={COUNT}"
        self._closes = closes
        self._positions: dict[str, tuple[str, int]] = {}

    async def run(self) -> None:
        while True:
            held = [self._positions.get(channel) for channel in (CHANNEL, COUNT)]
            since = "".join(f"&since={one[0]}.{one[1]}" if one else "&since=" for one in held)
            pause = 0.05
            try:
                async with connect(self._address + since, proxy=None, compression=None, open_timeout=20) as socket:
                    self.connected = True
                    pause = await self._follow(socket)
            except (OSError, InvalidHandshake, TimeoutError) as exc:
                self.complaints.append(f"refused: {exc!r}")
            finally:
                self.connected = False
            await asyncio.sleep(pause)

    async def _follow(self, socket: ClientConnection) -> float:
        """Until the other side ends it; the pause before the next time, in seconds."""
        pause = 0.05
        try:
            async for message in socket:
                frame = orjson.loads(message)
                if frame["type"] == "bye":
                    pause = frame["retry_ms"] / 1000
                else:
                    self._take(frame)
        except ConnectionClosed:
            pass
        self._closes[socket.close_code or 0] += 1
        return pause

    def _take(self, frame: dict[str, object]) -> None:
        channel, epoch, seq = str(frame["channel"]), str(frame["epoch"]), int(str(frame["seq"]))
        had = self._positions.get(channel)
        if had is not None and had[0] == epoch and had[1] > seq:
            self.complaints.append(f"{channel} went back from {had[1]} to {seq}")
        if frame["type"] == "delta" and had != (epoch, frame["base"]):
            self.complaints.append(f"{channel}: a change of {frame['base']} at {had}")
        self._positions[channel] = epoch, seq
        if channel == CHANNEL:
            self.seq = seq
        else:
            state = frame["state"] if frame["type"] == "snapshot" else frame
            self.watching = orjson.loads(orjson.dumps(state))["head"].get("watching", self.watching)
            self.fewest = min(self.fewest, self.watching)


class Crowd:
    def __init__(self, port: int, size: int) -> None:
        self.closes: Counter[int] = Counter()
        self.viewers = [Follower(port, self.closes) for _ in range(size)]

    @property
    def complaints(self) -> list[str]:
        return [one for viewer in self.viewers for one in viewer.complaints]

    async def until(self, condition: Callable[[Follower], bool]) -> None:
        """Wait until it is so for every viewer."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not all(condition(viewer) for viewer in self.viewers):  # noqa: ASYNC110 - they are asked, not told
                await asyncio.sleep(0.02)


@asynccontextmanager
async def following(port: int, size: int) -> AsyncIterator[Crowd]:
    """So many viewers, all of them with a board."""
    crowd = Crowd(port, size)
    tasks = [asyncio.create_task(viewer.run()) for viewer in crowd.viewers]
    try:
        await crowd.until(lambda viewer: viewer.connected and viewer.seq >= 0)
        yield crowd
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Publisher:
    """Puts a board on the bus that changes all the time."""

    def __init__(self, bus: SqliteBus) -> None:
        self._bus = bus
        self.seq = 0

    async def publish(self) -> None:
        self.seq += 1
        rows = {f"{bib:02}": {"name": f"Ada {bib}", "marked": self.seq - bib} for bib in range(10)}
        board = Board(channel=CHANNEL, epoch="e1", seq=self.seq, head={"status": "live"}, rows=rows)
        await self._bus.publish(BOARDS, [Message(CHANNEL, encode_board(board))])

    async def run(self) -> None:
        while True:
            await self.publish()
            await asyncio.sleep(0.1)


@asynccontextmanager
async def publishing(data: Path) -> AsyncIterator[Publisher]:
    """A board that is there, and then changes ten times a second until the block ends."""
    async with SqliteBus(data / "bus", "test") as bus:
        publisher = Publisher(bus)
        await publisher.publish()
        task = asyncio.create_task(publisher.run())
        try:
            yield publisher
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


class Knocker:
    """Opens connections all the time, some of which ask only a while later, and notes each that was not served."""

    def __init__(self, port: int) -> None:
        self.answered = 0
        self.slowest = 0.0
        self.complaints: list[str] = []
        self._port = port

    async def run(self) -> None:
        state = f"GET /live/state/{CHANNEL} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
        events = f"GET /live/events?c={CHANNEL} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        await asyncio.gather(*(self._again(request, wait) for request in (state, events) for wait in (0.0, 0.1, 0.4)))

    async def _again(self, request: bytes, wait: float) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    line = await self._ask(request, wait)
            except OSError as exc:
                self.complaints.append(repr(exc))
            else:
                self.answered += 1
                if b" 200 " not in line:
                    self.complaints.append(f"{request!r} after {wait} s: {line!r}")
            self.slowest = max(self.slowest, loop.time() - began - wait)
            await asyncio.sleep(0.01)

    async def _ask(self, request: bytes, wait: float) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            await asyncio.sleep(wait)
            writer.write(request)
            return await reader.readline()
        finally:
            writer.close()


@asynccontextmanager
async def knocking(port: int) -> AsyncIterator[Knocker]:
    knocker = Knocker(port)
    task = asyncio.create_task(knocker.run())
    try:
        yield knocker
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
