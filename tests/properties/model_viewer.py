"""A viewer as the server sees one and as a person is one, over a real socket with little room.

The server's side does what an asyncio transport does: it tries to send, keeps what does not go out, and tells when it
has begun and ceased to hold bytes back. The person's side reads bytes by the standards alone, with a decoder of its own
(RFC 6455 frames, RFC 7692 messages, event streams), folds frames as docs/protocol.md says, and checks each one: a delta
has to fit what it holds, and within an epoch its position never goes back.
"""

import contextlib
import os
import socket
import zlib
from typing import Any

import orjson

from services.broadcast.group import Group
from services.broadcast.hub import Hub
from services.broadcast.lane import Lane
from services.broadcast.question import Position, Question
from services.broadcast.wire import Wire
from shared.contracts.viewer import applied

Json = dict[str, Any]
SOFT_LIMIT = 2000


class WebSocketReader:
    """Takes bytes as they come, gives whole messages; one inflater for the life of the connection."""

    def __init__(self, *, deflate: bool) -> None:
        self._bytes = b""
        self._inflater = zlib.decompressobj(-13) if deflate else None
        self.inflated = 0

    def feed(self, data: bytes) -> list[bytes]:
        self._bytes += data
        found = []
        while (one := self._next()) is not None:
            found.append(one)
        return found

    def _next(self) -> bytes | None:
        if len(self._bytes) < 2:
            return None
        first, size, start = self._bytes[0], self._bytes[1], 2
        if size == 126:
            size, start = int.from_bytes(self._bytes[2:4], "big"), 4
        elif size == 127:
            size, start = int.from_bytes(self._bytes[2:10], "big"), 10
        if len(self._bytes) < start + size:
            return None
        body, self._bytes = self._bytes[start : start + size], self._bytes[start + size :]
        if first == 0x81:
            return body
        assert first == 0xC1, f"{first:#x} begins no text frame"
        assert self._inflater is not None, "compressed for one that did not ask for it"
        self.inflated += 1
        return self._inflater.decompress(body + b"\x00\x00\xff\xff")


class EventReader:
    """Takes bytes as they come, gives what stands in whole events, and remembers the last id as a browser does."""

    def __init__(self) -> None:
        self._bytes = b""
        self.last_id = ""

    def feed(self, data: bytes) -> list[bytes]:
        *events, self._bytes = (self._bytes + data).split(b"\n\n")
        found = []
        for event in events:
            fields = dict(line.split(b": ", 1) for line in event.split(b"\n"))
            self.last_id = fields[b"id"].decode()
            found.append(fields[b"data"])
        return found


class ModelViewer:
    def __init__(self, wire: Wire, channels: tuple[str, ...]) -> None:
        self.wire = wire
        self.channels = channels
        self.boards: dict[str, Json] = {}
        self.frames = 0
        self.lane: Lane | None = None

    # The connection

    def connect(self, hub: Hub, *, remember: bool = True) -> None:
        """Come, or come back: over a new connection, to whatever process there is now."""
        self._hub = hub
        if not remember:
            self.boards = {}
        self._server, self._person = socket.socketpair()
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2048)
        self._server.setblocking(False)
        self._person.setblocking(False)
        self.fd = self._server.fileno()
        self.held = False
        self.group: Group | None = None
        self._unsent = b""
        self._reader = EventReader() if self.wire is Wire.SSE else WebSocketReader(deflate=self.wire is Wire.DEFLATE)
        self.lane = hub.lane(Question(self.channels, self._since()), self.wire)
        self._write(self.lane.join(self, self._since()))

    def _since(self) -> tuple[Position | None, ...]:
        return tuple((held["epoch"], held["seq"]) if (held := self.boards.get(c)) else None for c in self.channels)

    def disconnect(self) -> None:
        """The server notices at once that it is gone."""
        if self.lane is not None:
            self._hub.leave(self, self.lane)
            self.lane = None
            self._server.close()
            self._person.close()

    def vanish(self) -> None:
        """The server will notice when it writes."""
        self._person.close()

    # What a lane needs

    def send_rest(self, data: bytes, sent: int) -> None:
        self._write(data[sent:])

    def send_behind(self, data: bytes) -> bool:
        assert self.held
        if len(self._unsent) > SOFT_LIMIT:
            return False
        self._unsent += data
        return True

    def broken(self) -> None:
        self.disconnect()

    def _write(self, data: bytes) -> None:
        if not self.held:
            with contextlib.suppress(BlockingIOError, BrokenPipeError):
                data = data[os.write(self.fd, data) :]
        self._unsent += data
        if self._unsent and not self.held:
            self.held = True
            assert self.lane is not None
            self.lane.hold(self)

    def _room(self) -> None:
        """The socket takes bytes again."""
        with contextlib.suppress(BlockingIOError):
            self._unsent = self._unsent[os.write(self.fd, self._unsent) :]
        if self.held and not self._unsent:
            self.held = False
            assert self.lane is not None
            self._write(self.lane.catch_up(self))

    # The person

    def inflated(self) -> int:
        """How many compressed messages have come over this connection."""
        assert isinstance(self._reader, WebSocketReader)
        return self._reader.inflated

    def read(self) -> None:
        """Read until nothing more comes."""
        while self.read_some(1 << 16):
            pass
        if isinstance(self._reader, EventReader) and self.frames:
            told = [f"{held['epoch']}.{held['seq']}" if (held := self.boards.get(c)) else "" for c in self.channels]
            assert self._reader.last_id in ("", ",".join(told)), "the id of an event is not what it brought us to"

    def read_some(self, size: int) -> bool:
        """Read at most so many bytes; whether any came."""
        data = b""
        with contextlib.suppress(BlockingIOError):
            data = self._person.recv(size)
        for body in self._reader.feed(data):
            self._take(orjson.loads(body))
        self._room()
        return bool(data)

    def _take(self, frame: Json) -> None:
        self.frames += 1
        assert frame["channel"] in self.channels
        held = self.boards.get(frame["channel"])
        if held is not None and held["epoch"] == frame["epoch"]:
            assert frame["seq"] >= held["seq"], "an older board came"
        if frame["type"] == "snapshot":
            state = frame["state"]
        else:
            assert held is not None
            assert (held["epoch"], held["seq"]) == (frame["epoch"], frame["base"]), "a delta that does not fit"
            state = applied(held, frame)
        self.boards[frame["channel"]] = {"epoch": frame["epoch"], "seq": frame["seq"], **state}
