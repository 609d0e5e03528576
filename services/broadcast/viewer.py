"""One viewer: a small object on an asyncio transport. No task, no queue, no compressor, no timer of its own.

The handshake's protocol object is thrown away: nearly all that a viewer ever sends is a pong, which is recognised by
its bytes. For anything else a `websockets` Sans-I/O protocol is made again, in the state OPEN; it answers pings and
finds oversize and broken frames. Viewers have nothing to say, so any message ends the connection with 4400.

The transport's high-water mark is zero, hence `pause_writing` and `resume_writing` tell exactly when it holds bytes
back. Only while it holds none may a lane write to the descriptor itself, or bytes would overtake each other; and it
leaves its lane at the moment of closing, because the descriptor may be another connection's soon after.
"""

import asyncio
from typing import Protocol

from typing_extensions import override
from websockets.frames import Frame as WsFrame
from websockets.frames import Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from services.broadcast.extension import incoming
from services.broadcast.group import Group
from services.broadcast.lane import Lane
from services.broadcast.wire import Wire, bye, is_lone_pong
from shared.contracts.viewer import MAX_FROM_VIEWER

_GONE = 1006
_MESSAGES = frozenset({Opcode.TEXT, Opcode.BINARY, Opcode.CONT})
_CHATTER_BYTES = 2048  # of control frames that a viewer may send between two of our pings: reading them is our time


class Keeper(Protocol):
    """What a viewer tells the house about."""

    def left(self, viewer: "Viewer", code: int) -> None:
        """It gets nothing any more; called once."""

    def held_back(self, viewer: "Viewer") -> None:
        """Its transport holds bytes."""

    def drained(self, viewer: "Viewer") -> None:
        """Its transport holds none any more."""

    def closing(self, viewer: "Viewer") -> None:
        """It was told to go, and must be gone some seconds from now."""

    def gone(self, viewer: "Viewer") -> None:
        """The connection is over; called once, after `left`."""


class Viewer(asyncio.Protocol):
    __slots__ = (
        "_keeper",
        "_protocol",
        "_soft_limit",
        "address",
        "awaits_pong",
        "chatter",
        "closed",
        "country",
        "fd",
        "group",
        "held",
        "lane",
        "slot",
        "transport",
        "wire",
    )

    def __init__(
        self, transport: asyncio.Transport, wire: Wire, address: str, keeper: Keeper, soft_limit: int = 32 * 1024
    ) -> None:
        self.transport = transport
        self.wire = wire
        self.address = address
        self.country = ""
        self.lane: Lane | None = None
        self.group: Group | None = None
        self.slot = 0
        self.awaits_pong = False
        self.chatter = 0
        self.closed = False
        self._keeper = keeper
        self._soft_limit = soft_limit
        self._protocol: ServerProtocol | None = None
        self.fd = transport.get_extra_info("socket").fileno()
        self.held = transport.get_write_buffer_size() > 0  # of an answer to an earlier request
        transport.set_write_buffer_limits(high=0)

    # What the lane needs

    def send_rest(self, data: bytes, sent: int) -> None:
        self.transport.write(data[sent:] if sent else data)

    def send_behind(self, data: bytes) -> bool:
        if self.closed or self.transport.get_write_buffer_size() > self._soft_limit:
            return False
        self.transport.write(data)
        return True

    def broken(self) -> None:
        self._leave(_GONE)
        self.transport.abort()

    # What the house tells it

    def send(self, data: bytes) -> None:
        if not self.closed:
            self.transport.write(data)

    def close(self, code: int, reason: str = "", retry_ms: int | None = None) -> None:
        """Say why and let go; the house cuts the connection if the other side does not."""
        if self.closed:
            return
        if retry_ms is not None:
            self.transport.write(bye(self.wire, retry_ms))
        if self.wire is not Wire.SSE:
            protocol = self._sans_io()
            protocol.send_close(code, reason)
            self._flush(protocol)
        else:
            self.transport.close()
        self._leave(code)
        self._keeper.closing(self)

    # What asyncio tells it

    @override
    def data_received(self, data: bytes) -> None:
        self.awaits_pong = False
        room = _CHATTER_BYTES - self.chatter
        self.chatter += len(data)
        if self.wire is Wire.SSE:
            if len(data) > room:
                self.close(4400)
            return
        if self._protocol is None and room > 0 and is_lone_pong(data):
            return
        protocol = self._sans_io()
        protocol.receive_data(data[: max(0, room)])
        spoke = any(isinstance(one, WsFrame) and one.opcode in _MESSAGES for one in protocol.events_received())
        self._flush(protocol)
        if protocol.close_sent is not None:
            # The code a viewer chose itself is not counted under that code: it could choose thousands.
            self._end(1000 if protocol.close_rcvd_then_sent else protocol.close_sent.code)
        elif spoke:
            self.close(4400, "viewers have nothing to send")
        elif len(data) > room:
            self.close(4400, "too much to read")
            if self.transport.can_write_eof():
                self.transport.write_eof()  # its answer is among what is not read any more

    @override
    def pause_writing(self) -> None:
        self.held = True
        if not self.closed:
            if self.lane is not None:
                self.lane.hold(self)
            self._keeper.held_back(self)

    @override
    def resume_writing(self) -> None:
        self.held = False
        if not self.closed:
            self._keeper.drained(self)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._leave(_GONE)
        self._keeper.gone(self)

    def _sans_io(self) -> ServerProtocol:
        if self._protocol is None:
            self._protocol = ServerProtocol(state=OPEN, max_size=MAX_FROM_VIEWER)
            if self.wire is Wire.DEFLATE:
                self._protocol.extensions = [incoming()]
        return self._protocol

    def _flush(self, protocol: ServerProtocol) -> None:
        for data in protocol.data_to_send():
            if data:
                self.transport.write(data)
            elif self.transport.can_write_eof():
                self.transport.write_eof()

    def _end(self, code: int) -> None:
        """The closing handshake has begun, by the other side or by a fault in what it sent."""
        if not self.closed:
            self._leave(code)
            self._keeper.closing(self)

    def _leave(self, code: int) -> None:
        if not self.closed:
            self.closed = True
            self._keeper.left(self, code)
