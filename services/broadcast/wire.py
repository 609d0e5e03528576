"""How frames look as bytes: WebSocket (RFC 6455, from server to client unmasked) and Server-Sent Events. Pure.

The bytes are the same for every viewer of a lane, so they are made once. No compression here: a compressor per viewer
costs 64 kB each; one shared by a whole lane may come later, in this file.
"""

import struct
from collections.abc import Sequence
from enum import Enum

from services.broadcast.channel import Frame

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


class Wire(Enum):
    WS = "ws"
    SSE = "sse"


def ws_text(body: bytes) -> bytes:
    size = len(body)
    if size < 126:
        return bytes((_TEXT, size)) + body
    if size < 1 << 16:
        return struct.pack("!BBH", _TEXT, 126, size) + body
    return struct.pack("!BBQ", _TEXT, 127, size) + body


def sse_event(body: bytes, position: str = "") -> bytes:
    # JSON has no line breaks outside its strings' escapes, so one data line always holds it.
    return b"id: %b\ndata: %b\n\n" % (position.encode(), body) if position else b"data: %b\n\n" % body


def is_lone_pong(data: bytes) -> bool:
    """A whole masked pong and nothing else: what nearly every message from a viewer is."""
    return len(data) >= 6 and data[0] == 0x8A and 0x80 <= data[1] < 0xFE and len(data) == 6 + (data[1] & 0x7F)


def encode(wire: Wire, frames: Sequence[tuple[int, Frame]], positions: list[str]) -> bytes:
    """Frames of a viewer's channels, each with the channel's place in its question; `positions` moves along."""
    if wire is Wire.WS:
        return b"".join([ws_text(frame.body) for _, frame in frames])
    events = []
    for place, frame in frames:
        positions[place] = frame.position
        events.append(sse_event(frame.body, ",".join(positions)))
    return b"".join(events)


def bye(wire: Wire, retry_ms: int) -> bytes:
    body = b'{"type":"bye","retry_ms":%d}' % retry_ms
    return ws_text(body) if wire is Wire.WS else b"retry: %d\n" % retry_ms + sse_event(body)
