"""As `test_every_viewer_sees_the_board.py`, over the real door, viewers, wheel and transports: no stream is ever torn.

Pings and pongs from both sides, closes by either, half-open and reset connections, requests in pieces, viewers behind
an earlier answer, all between partial writes to sockets with little room. Each seed is another story; when its steps
come to pass is the kernel's affair, so nothing that is asserted depends on it.
"""

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from typing_extensions import override
from websockets.frames import Opcode

from services.broadcast.admission import Admission, Limits
from services.broadcast.audience import Audience
from services.broadcast.door import Door
from services.broadcast.figures import Figures
from services.broadcast.house import House
from services.broadcast.hub import Hub
from services.broadcast.wheel import Wheel
from services.broadcast.wire import Wire
from shared.contracts.board import Board
from tests.properties.person import Person, WebSocketReader
from tests.services.broadcast.raw_viewer import frame_of

BOARDS = ("competition/x.y", "showcase/x")
CHANNELS = (*BOARDS, "audience/competition/x.y")
WIRES = (Wire.WS, Wire.DEFLATE, Wire.DEFLATE, Wire.SSE)
STEPS = 500
PATIENCE_SECONDS = 20.0
BEHIND_SECONDS = 8.0


class Caller(Person):
    """A person at a plain socket, who answers or not, and may do what clients do in between."""

    def __init__(self, dice: random.Random, port: int) -> None:
        channels = dice.sample(CHANNELS, dice.randint(1, len(CHANNELS)))
        super().__init__(dice.choice(WIRES), tuple(channels))
        self._dice = dice
        self._port = port
        self.connect(remember=False)

    def connect(self, *, remember: bool) -> None:
        self.over = False
        """Whether it need not be told anything more: told to go, or on its own way out."""
        self._head = b""
        self._accepted = False
        self._answered = 0
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2304)
        self._socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            self._socket.connect(("127.0.0.1", self._port))
        query, more = self.asks(remember=remember), ""
        if self.wire is Wire.SSE:
            path, more = "/live/events", f"Last-Event-ID: {self.last_id}\r\n"
        else:
            path = "/live"
            more = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            more += "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            more += "Sec-WebSocket-Extensions: permessage-deflate\r\n" if self.wire is Wire.DEFLATE else ""
        self._unsent = f"GET {path}?{query} HTTP/1.1\r\nHost: x\r\n{more}\r\n".encode()

    def push(self) -> None:
        """Send some of what is to be sent."""
        with contextlib.suppress(OSError):
            size = self._dice.choice([len(self._unsent), 1 + len(self._unsent) // 2])
            self._unsent = self._unsent[self._socket.send(self._unsent[:size]) :]

    def read(self, size: int) -> None:
        try:
            data = self._socket.recv(size)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.over = True
        elif self._accepted:
            self.hears(data)
        else:
            self._head += data
            if b"\r\n\r\n" in self._head:
                head, _, rest = self._head.partition(b"\r\n\r\n")
                assert head.lstrip(b"\0").startswith((b"HTTP/1.1 101 ", b"HTTP/1.1 200 ")), "an answer came between"
                self._accepted = True
                self.hears(rest)
        self._answer_control_frames()

    def _answer_control_frames(self) -> None:
        if not isinstance(self.reader, WebSocketReader):
            return
        for opcode, body in self.reader.control[self._answered :]:
            self._answered += 1
            if opcode == Opcode.PING and self._dice.random() < 0.8:
                self._unsent += frame_of(Opcode.PONG, body)
            elif opcode == Opcode.CLOSE:
                if not self.over and self._dice.random() < 0.7:
                    self._unsent += frame_of(Opcode.CLOSE, body[:2])
                self.over = True

    def says_something(self) -> None:
        if self.over or not self._accepted or self.wire is Wire.SSE:
            return
        said, last = self._dice.choice(
            [
                (frame_of(Opcode.PING, b"hi"), False),
                (frame_of(Opcode.PING, b"hi"), False),
                (frame_of(Opcode.PONG, b""), False),
                (frame_of(Opcode.CLOSE, b"\x03\xe8"), True),
                (frame_of(Opcode.TEXT, b"hello"), True),
                (frame_of(Opcode.PING, b"x" * 20) * 120, True),
            ]
        )
        self._unsent += said
        self.over = last
        self.push()

    def leaves(self) -> None:
        if self.over:
            return
        self.over = True
        match self._dice.choice(["resets", "closes", "half"]):
            case "resets":
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self._socket.close()
            case "closes":
                self._socket.close()
            case _:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_WR)

    def hang_up(self) -> None:
        self.over = True
        self._socket.close()


class Hall:
    """The real things, with the ticks and the seconds made by the test; and those who call."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.hub = Hub(Figures(), slice_writes=3)
        self.wheel = Wheel(Figures(), behind_seconds=BEHIND_SECONDS, hard_limit=20_000)
        self.audience = Audience(self.hub, "boot")
        self.house = House(self.hub, self.wheel, Admission(Limits(1000)), self.audience, Figures(), 4000)
        self.house.ready = True
        self.told = dict.fromkeys(BOARDS, ("e0", 1))
        for name in BOARDS:
            self.house.offer(Board(channel=name, epoch="e0", seq=1, head={}, rows={}))
        self.callers: list[Caller] = []
        self.port = 0
        self._fan_out: Any = None

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        faults: list[dict[str, Any]] = []  # what asyncio would only log
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, context: faults.append(context))
        hall = self

        class SmallDoor(Door):
            @override
            def connection_made(self, transport: Any) -> None:
                super().connection_made(transport)
                transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
                # Bytes of an answer to an earlier request, that may still be going out when the next one is read.
                transport.write(bytes(hall.dice.choice([0, 0, 0, 0, 10, 20_000])))

        server = await loop.create_server(lambda: SmallDoor(self.house, _no_http), "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
            assert faults == []
        finally:
            for caller in self.callers:
                caller.hang_up()
            server.close()

    async def step(self) -> None:
        dice = self.dice
        match dice.choices(range(8), (12, 10, 20, 3, 2, 6, 40, 7))[0]:
            case 0 if len(self.callers) < 20:
                self.callers.append(Caller(dice, self.port))
            case 1:
                self._change()
            case 2:
                self._write_on()
            case 3:
                self.settle()
            case 4:
                self.audience.turn()
            case 5:
                later = dice.choice([0, 0, 0, 0, 0, BEHIND_SECONDS + 1])
                self.wheel.turn(asyncio.get_running_loop().time() + later)
            case 7 if self.house.viewers:
                viewer = dice.choice(sorted(self.house.viewers, key=lambda one: one.fd))
                viewer.close(dice.choice([4008, 1012]), "", dice.choice([None, 500]))
            case _:
                self._one_of_them()
        for _ in range(dice.randint(0, 3)):
            await asyncio.sleep(0)
        self.look()

    def _one_of_them(self) -> None:
        if not self.callers:
            return
        caller = self.dice.choice(self.callers)
        for each in self.callers:
            each.push()
        match self.dice.choices(range(5), (60, 20, 10, 5, 10))[0]:
            case 0:
                caller.read(self.dice.choice([1, 50, 500, 3000, 1 << 16]))
            case 1:
                for each in self.callers:
                    each.read(1 << 16)
            case 2:
                caller.says_something()
            case 3:
                caller.leaves()
            case 4 if caller.over:
                caller.hang_up()
                caller.connect(remember=self.dice.random() < 0.8)

    def _change(self) -> None:
        dice, name = self.dice, self.dice.choice(BOARDS)
        epoch, seq = self.told[name]
        self.told[name] = (f"e{dice.getrandbits(40)}", seq // 2) if dice.random() < 0.06 else (epoch, seq + 1)
        rows: dict[str, Any] = {
            row: {"total": str(dice.randint(0, 9)), "noise": dice.randbytes(dice.choice([1, 400, 1500])).hex()}
            for row in dice.sample("abcd", dice.randint(0, 4))
        }
        epoch, seq = self.told[name]
        self.house.offer(Board(channel=name, epoch=epoch, seq=seq, head={"n": seq % 3 or None}, rows=rows))

    def _write_on(self) -> None:
        if self._fan_out is None:
            self._fan_out = self.hub.fan_out(self.hub.flush())
        try:
            self._fan_out.send(None)
        except StopIteration:
            self._fan_out = None

    def settle(self) -> None:
        """Finish the fan-out that is under way, and do another."""
        for _ in range(2):
            self._write_on()
            while self._fan_out is not None:
                self._write_on()

    def look(self) -> None:
        """What holds at any moment between two callbacks of the loop."""
        assert self.house.admission.inside == len(self.house.viewers)
        assert self.wheel.held == sum(viewer.held and not viewer.closed for viewer in self.house.viewers)
        for viewer in self.house.viewers:
            going = viewer.transport.is_closing()
            assert going or viewer.held == (viewer.transport.get_write_buffer_size() > 0)
            if viewer.closed:
                assert viewer.lane is None
                assert viewer.group is None
            elif viewer.group is not None:
                assert not viewer.held, "the lane would write past what the transport holds"
                assert viewer.group.viewers[viewer.fd] is viewer

    def up_to_date(self, caller: Caller) -> bool:
        return caller.over or caller.positions() == [self.hub.channel(name).position for name in caller.channels]

    async def everybody_is_up_to_date(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not all(map(self.up_to_date, self.callers)):
                for caller in self.callers:
                    if not caller.over:
                        caller.push()
                        caller.read(1 << 16)
                await asyncio.sleep(0.001)
                self.look()

    async def everybody_is_gone(self) -> None:
        for caller in self.callers:
            caller.hang_up()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.house.viewers:  # noqa: ASYNC110 - nothing tells when the last is gone
                await asyncio.sleep(0.001)


def _no_http() -> asyncio.Protocol:
    raise AssertionError("nobody asks for anything else")


@pytest.mark.parametrize("seed", range(10))
async def test_whatever_comes_in_between_everybody_who_stays_sees_the_board(seed: int) -> None:
    hall = Hall(seed)
    async with hall.opened():
        for _ in range(STEPS):
            await hall.step()
        hall.settle()
        await hall.everybody_is_up_to_date()
        for caller in hall.callers:
            if not caller.over:
                for name in caller.channels:
                    told = orjson.loads(hall.hub.channel(name).snapshot().body)
                    assert caller.boards[name] == {"epoch": told["epoch"], "seq": told["seq"], **told["state"]}
        await hall.everybody_is_gone()
        assert not any(hall.hub.lanes().values()), "a lane outlived its viewers"
        assert hall.wheel.held == 0
        assert not hall.audience.here.watching
