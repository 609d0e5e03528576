"""What a person has in front of them: reads bytes by the standards alone, folds frames, and checks each one.

A decoder of its own (RFC 6455 frames, RFC 7692 messages, event streams), then frames as docs/protocol.md says: a delta
has to fit what is held, within an epoch a position never goes back, and an id says what its event has brought one to.
"""

import zlib
from collections.abc import Iterator
from typing import Any

import orjson

from services.broadcast.wire import Wire
from shared.contracts.viewer import applied

Json = dict[str, Any]


class WebSocketReader:
    """Takes bytes as they come, gives whole messages; one inflater for the life of the connection."""

    def __init__(self, *, deflate: bool) -> None:
        self._bytes = b""
        self._inflater = zlib.decompressobj(-13) if deflate else None
        self.inflated = 0
        self.control: list[tuple[int, bytes]] = []
        """Control frames that have come in between: opcode and payload."""

    def feed(self, data: bytes) -> list[bytes]:
        self._bytes += data
        found = []
        while (one := self._next()) is not None:
            first, body = one
            if first & 0x08:
                self.control.append((first & 0x0F, body))
            else:
                found.append(self._message(first, body))
        return found

    def _next(self) -> tuple[int, bytes] | None:
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
        assert first in (0x81, 0xC1, 0x88, 0x89, 0x8A), f"{first:#x} begins no frame of ours"
        return first, body

    def _message(self, first: int, body: bytes) -> bytes:
        assert self.control[-1:] == [] or self.control[-1][0] != 8, "a message behind the close frame"
        if first == 0x81:
            return body
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
            fields = dict(line.split(b": ", 1) for line in event.split(b"\n") if line != b":")
            if b"id" in fields:
                self.last_id = fields[b"id"].decode()
            if b"data" in fields:
                yield fields[b"data"]


class Person:
    def __init__(self, wire: Wire, channels: tuple[str, ...]) -> None:
        self.wire = wire
        self.channels = channels
        self.boards: dict[str, Json] = {}
        self.frames = 0
        self.last_id = ""
        self.reader = self._new_reader()

    def asks(self, *, remember: bool = True) -> str:
        """The query for a new connection.

        With all positions, as a page asks; or with an address of long ago, as a browser does, which sends `last_id`.
        """
        if not remember:
            self.boards = {}
            self.last_id = ""
        self.reader = self._new_reader()
        channels = "&".join(f"c={name}" for name in self.channels)
        if self.wire is Wire.SSE:
            return channels
        return channels + "".join(f"&since={position}" for position in self.positions())

    def positions(self) -> list[str]:
        return [f"{held['epoch']}.{held['seq']}" if (held := self.boards.get(c)) else "" for c in self.channels]

    def hears(self, data: bytes) -> None:
        for body in self.reader.feed(data):
            frame = orjson.loads(body)
            if frame["type"] != "bye":
                self._take(frame)
                if isinstance(self.reader, EventReader):
                    self._look_at_the_id(frame["channel"], self.reader.last_id)

    def inflated(self) -> int:
        """How many compressed messages have come over this connection."""
        assert isinstance(self.reader, WebSocketReader)
        return self.reader.inflated

    def _new_reader(self) -> WebSocketReader | EventReader:
        if self.wire is Wire.SSE:
            return EventReader(self.last_id)
        return WebSocketReader(deflate=self.wire is Wire.DEFLATE)

    def _look_at_the_id(self, channel: str, last_id: str) -> None:
        """Where the connection may break after this event, and what is asked for then."""
        for name, position, held in zip(self.channels, last_id.split(","), self.positions(), strict=True):
            assert position == held or (position == "" and name != channel), "an id is not what its event brought us to"
        self.last_id = last_id

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
