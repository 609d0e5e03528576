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
from collections.abc import Iterator
from typing import Any

import orjson

from services.broadcast.group import Group
from services.broadcast.hub import Hub
from services.broadcast.lane import Lane
from services.broadcast.question import Question, parse_question
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

    def __init__(self, last_id: str) -> None:
        self._bytes = b""
        self.last_id = last_id

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The id is that of the event whose turn it is."""
        *events, self._bytes = (self._bytes + data).split(b"\n\n")
        for event in events:
            fields = dict(line.split(b": ", 1) for line in event.split(b"\n"))
            self.last_id = fields[b"id"].decode()
            yield fields[b"data"]


class ModelViewer:
    def __init__(self, wire: Wire, channels: tuple[str, ...]) -> None:
        self.wire = wire
        self.channels = channels
        self.boards: dict[str, Json] = {}
        self.frames = 0
        self.lane: Lane | None = None
        self._last_id = ""

    # The connection

    def connect(self, hub: Hub, *, remember: bool = True, answer: int = 0) -> None:
        """Come, or come back, to whatever process there is now.

        The connection is new, or one on which an answer of so many bytes to an earlier request is still going out.
        """
        self._hub = hub
        if not remember:
            self.boards = {}
            self._last_id = ""
        self._server, self._person = socket.socketpair()
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2048)
        self._server.setblocking(False)
        self._person.setblocking(False)
        self.fd = self._server.fileno()
        self.group: Group | None = None
        self._reader: EventReader | WebSocketReader
        if self.wire is Wire.SSE:
            self._reader = EventReader(self._last_id)
        else:
            self._reader = WebSocketReader(deflate=self.wire is Wire.DEFLATE)
        self._not_ours = answer
        self._unsent = bytes(answer)
        if answer:
            self._unsent = self._unsent[os.write(self.fd, self._unsent) :]
        self.held = bool(self._unsent)
        question = self._question()
        self.lane = hub.lane(question, self.wire)
        self._write(self.lane.join(self, question.since))

    def _question(self) -> Question:
        """With all positions, as a page asks; or with an address of long ago and the last id, as a browser does."""
        channels = "&".join(f"c={name}" for name in self.channels)
        if self.wire is Wire.SSE:
            return parse_question(channels, self._last_id)
        return parse_question(channels + "".join(f"&since={position}" for position in self._positions()))

    def _positions(self) -> list[str]:
        return [f"{held['epoch']}.{held['seq']}" if (held := self.boards.get(c)) else "" for c in self.channels]

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
        self._room()
        while self.read_some(1 << 16):
            pass
        if self._last_id:
            assert self._last_id == ",".join(self._positions()), "the last id is not what we hold"

    def read_some(self, size: int, *, noticed: bool = True) -> bool:
        """Read at most so many bytes; whether any came. The server may notice later that there is room again."""
        data = b""
        with contextlib.suppress(BlockingIOError):
            data = self._person.recv(size)
        before = min(self._not_ours, len(data))
        self._not_ours -= before
        for body in self._reader.feed(data[before:]):
            self._take(frame := orjson.loads(body))
            if isinstance(self._reader, EventReader):
                self._look_at_the_id(frame["channel"], self._reader.last_id)
        if noticed:
            self._room()
        return bool(data)

    def _look_at_the_id(self, channel: str, last_id: str) -> None:
        """Where the connection may break after this event, and what is asked for then."""
        for name, position, held in zip(self.channels, last_id.split(","), self._positions(), strict=True):
            assert position == held or (position == "" and name != channel), "an id is not what its event brought us to"
        self._last_id = last_id

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
