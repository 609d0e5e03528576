"""How frames look as bytes: WebSocket (RFC 6455, from server to client unmasked) and Server-Sent Events. Pure.

The bytes are the same for every viewer of a lane, so they are made once. A compressed message is one whose first
reserved bit is set (RSV1, RFC 7692); what is in it is the matter of `deflate.py`.
"""

import struct
from collections.abc import Iterable, Sequence
from enum import Enum

from services.broadcast.channel import Frame
from services.broadcast.deflate import packed_alone

WS_PING = b"\x89\x00"
SSE_PING = b":\n\n"
SSE_HEAD = (
    b"HTTP/1.1 200 OK\r\n"
    b"Content-Type: text/event-stream; charset=utf-8\r\n"
    b"Cache-Control: no-cache, no-transform\r\n"
    b"X-Accel-Buffering: no\r\n"
    b"X-Content-Type-Options: nosniff\r\n"
    b"Connection: close\r\n"
)
_TEXT = 0x81
_PACKED_TEXT = 0xC1


class Wire(Enum):
    WS = "ws"
    DEFLATE = "deflate"
    """WebSocket with permessage-deflate, where any message may be compressed and none has to be."""
    SSE = "sse"


def ws_text(body: bytes, first: int = _TEXT) -> bytes:
    size = len(body)
    if size < 126:
        return bytes((first, size)) + body
    if size < 1 << 16:
        return struct.pack("!BBH", first, 126, size) + body
    return struct.pack("!BBQ", first, 127, size) + body


def sse_event(body: bytes, position: str = "") -> bytes:
    # JSON has no line breaks outside its strings' escapes, so one data line always holds it.
    return b"id: %b\ndata: %b\n\n" % (position.encode(), body) if position else b"data: %b\n\n" % body


def is_lone_pong(data: bytes) -> bool:
    """A whole masked pong and nothing else: what nearly every message from a viewer is."""
    return len(data) >= 6 and data[0] == 0x8A and 0x80 <= data[1] < 0xFE and len(data) == 6 + (data[1] & 0x7F)


def encode(wire: Wire, frames: Sequence[tuple[int, Frame]], positions: list[str]) -> bytes:
    """Frames of a viewer's channels, each with the channel's place in its question; `positions` moves along."""
    if wire is not Wire.SSE:
        return b"".join([ws_text(frame.body) for _, frame in frames])
    events = []
    for place, frame in frames:
        positions[place] = frame.position
        events.append(sse_event(frame.body, ",".join(positions)))
    return b"".join(events)


def encode_packed(packed: Iterable[bytes]) -> bytes:
    """Messages that were compressed before, in the order in which they were."""
    return b"".join([ws_text(one, _PACKED_TEXT) for one in packed])


def encode_alone(wire: Wire, frames: Sequence[tuple[int, Frame]], positions: list[str]) -> bytes:
    """As `encode`, and compressed, each message by itself, where the wire allows it."""
    if wire is Wire.DEFLATE:
        return encode_packed([packed_alone(frame.body) for _, frame in frames])
    return encode(wire, frames, positions)


def bye(wire: Wire, retry_ms: int) -> bytes:
    body = b'{"type":"bye","retry_ms":%d}' % retry_ms
    return b"retry: %d\n" % retry_ms + sse_event(body) if wire is Wire.SSE else ws_text(body)
