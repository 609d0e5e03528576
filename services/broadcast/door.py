"""The front door: one listener for viewers, pages and state. Reads a request's head and passes the connection on.

`/live` and `/live/events` become viewers at once, without a task or a request object; everything else is handed, with
the bytes read so far, to an aiohttp protocol, which keeps the connection. When a later request on such a connection is
for a live feed (proxies and EventSource reuse connections), `take_back` turns it into a viewer after all.

A head has 16 kB and some seconds; whoever is slower is cut by the wheel. What is refused gets a problem document, then
half a close, so that the answer is not lost to bytes that were still on their way.
"""

import asyncio
import socket
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import cast

import orjson
from typing_extensions import override
from websockets.datastructures import Headers
from websockets.http11 import Request
from websockets.server import ServerProtocol

from services.broadcast.admission import Refusal
from services.broadcast.extension import SharedDeflateOffer
from services.broadcast.head import END, MAX_HEAD, BadHead, Head, live_target, read_head
from services.broadcast.house import House
from services.broadcast.hub import UnknownChannel
from services.broadcast.question import BadQuestion, parse_question
from services.broadcast.viewer import Viewer
from services.broadcast.wire import SSE_HEAD, Wire

_UNACKNOWLEDGED_MS = 20_000  # after this long without an acknowledgement the kernel ends an SSE connection (F21)
_RETRY_MS = 2000
# One for all: accepting leaves nothing behind in it but what the last one agreed on, and making one takes 20 µs.
_HANDSHAKES = ServerProtocol(extensions=[SharedDeflateOffer()])
_OF_THE_HANDSHAKE = frozenset(
    {"connection", "upgrade", "sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions"}
)

HttpServer = Callable[[], asyncio.Protocol]


class Door(asyncio.Protocol):
    __slots__ = ("_buffer", "_house", "_http", "_refused", "_transport")

    def __init__(self, house: House, http: HttpServer) -> None:
        self._house = house
        self._http = http
        self._buffer = bytearray()
        self._refused = False
        self._transport: asyncio.Transport

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._house.wheel.opening(self, asyncio.get_running_loop().time())

    def take_back(self, transport: asyncio.Transport, head: bytes) -> None:
        """Go on with a connection that an HTTP protocol has let go of."""
        transport.set_protocol(self)
        transport.resume_reading()  # the other one pauses it when a lot was asked for at once
        self.connection_made(transport)
        self.data_received(head)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._house.wheel.opened(self)

    def too_late(self) -> None:
        self._house.wheel.opened(self)
        self._transport.abort()

    @override
    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._buffer += data
        end = self._buffer.find(END)
        if end > MAX_HEAD or (end < 0 and len(self._buffer) > MAX_HEAD):
            self._refuse(Refusal(431, "head_too_large", "The head of a request has at most 16 kB."))
        elif end >= 0:
            self._pass_on(bytes(self._buffer[: end + len(END)]), bytes(self._buffer[end + len(END) :]))

    def _pass_on(self, raw: bytes, rest: bytes) -> None:
        target = live_target(raw)
        if target is None:
            self._house.wheel.opened(self)
            protocol = self._http()
            self._transport.set_protocol(protocol)
            protocol.connection_made(self._transport)
            protocol.data_received(raw + rest)
            return
        try:
            head = read_head(raw, target)
        except BadHead as exc:
            self._refuse(Refusal(400, "bad_head", f"The request is not valid: {exc}."))
            return
        peer = self._transport.get_extra_info("peername")
        address = self._house.admission.address(peer[0] if peer else "", head.headers)
        if not self._house.admission.origin_allowed(head.headers):
            self._refuse(Refusal(403, "foreign_origin", "Pages of this origin may not open a live feed here."))
        elif refusal := self._house.refusal(address):
            self._refuse(refusal)
        elif head.path == "/live/events":
            self._by_events(head, address)
        else:
            self._by_websocket(head, rest, address)

    def _by_websocket(self, head: Head, rest: bytes, address: str) -> None:
        # The head has been read already; the library looks at what belongs to the handshake.
        asked = Headers({name: value for name, value in head.headers.items() if name in _OF_THE_HANDSHAKE})
        response = _HANDSHAKES.accept(Request(head.path, asked))
        if response.status_code != 101:
            detail = "This address is for WebSocket; the same feed is at /live/events for plain HTTP."
            self._refuse(Refusal(response.status_code, "no_websocket", detail))
            return
        hello = response.serialize()
        viewer = self._viewer(Wire.DEFLATE if _HANDSHAKES.extensions else Wire.WS, address)
        try:
            viewer.send(hello + self._house.join(viewer, parse_question(head.query)))
        except BadQuestion as exc:
            viewer.send(hello)
            viewer.close(4400, str(exc))
        except UnknownChannel:
            viewer.send(hello)
            viewer.close(4404, "no such channel")
        if rest:
            viewer.data_received(rest)

    def _by_events(self, head: Head, address: str) -> None:
        try:
            question = parse_question(head.query, head.headers.get("last-event-id", ""))
            self._house.hub.lane(question, Wire.SSE)
        except BadQuestion as exc:
            self._refuse(Refusal(400, "bad_question", f"Not a question for channels: {exc}."), head.headers)
            return
        except UnknownChannel:
            self._refuse(Refusal(404, "no_such_channel", "There is no such channel."), head.headers)
            return
        viewer = self._viewer(Wire.SSE, address)
        connection: socket.socket = self._transport.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNACKNOWLEDGED_MS)
        hello = SSE_HEAD + _cors(head.headers) + b"\r\nretry: %d\n\n" % _RETRY_MS
        viewer.send(hello + self._house.join(viewer, question))

    def _viewer(self, wire: Wire, address: str) -> Viewer:
        self._house.wheel.opened(self)
        viewer = Viewer(self._transport, wire, address, self._house, self._house.soft_limit)
        self._transport.set_protocol(viewer)
        self._house.enter(viewer)
        return viewer

    def _refuse(self, refusal: Refusal, headers: Mapping[str, str] | None = None) -> None:
        self._refused = True
        self._buffer.clear()
        self._house.figures.refused[refusal.code] += 1
        self._transport.write(_problem(refusal, _cors(headers or {})))
        if self._transport.can_write_eof():
            self._transport.write_eof()  # the wheel ends it if the other side does not


def _cors(headers: Mapping[str, str]) -> bytes:
    # Only an origin that was allowed gets this far; without this line its browser would not hand the frames on.
    origin = headers.get("origin")
    return b"" if origin is None else b"Access-Control-Allow-Origin: %b\r\nVary: Origin\r\n" % origin.encode("latin-1")


def _problem(refusal: Refusal, extra: bytes) -> bytes:
    title = HTTPStatus(refusal.status).phrase
    body = orjson.dumps(
        {
            "type": f"urn:showcase:problem:{refusal.code}",
            "title": title,
            "status": refusal.status,
            "detail": refusal.detail,
            "code": refusal.code,
            "errors": [],
        }
    )
    lines = [
        f"HTTP/1.1 {refusal.status} {title}",
        "Content-Type: application/problem+json",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Connection: close",
    ]
    if refusal.retry_after is not None:
        lines.append(f"Retry-After: {refusal.retry_after}")
    if refusal.status == 426:
        lines.append("Upgrade: websocket")
    return "\r\n".join(lines).encode() + b"\r\n" + extra + b"\r\n" + body
