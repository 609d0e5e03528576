"""Viewers on a socket pair, decoded by `websockets`: every byte on the wire is counted, every frame applied."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from typing_extensions import override
from websockets.client import ClientProtocol
from websockets.extensions import ClientExtensionFactory
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.uri import parse_uri

from shared.contracts.viewer import applied

State = dict[str, Any]


class Follower(asyncio.Protocol):
    """One viewer as a browser would be. `told` is called with each frame and the state that it leads to."""

    def __init__(
        self, query: str, *, deflate: bool, told: Callable[[State, State], None] = lambda _frame, _state: None
    ) -> None:
        extensions: Sequence[ClientExtensionFactory] | None = None
        if deflate:
            extensions = [ClientPerMessageDeflateFactory(client_max_window_bits=True)]
        self._protocol = ClientProtocol(parse_uri(f"ws://showcase.example/live?{query}"), extensions=extensions)
        self._told = told
        self.down = self.up = self.packets_down = self.packets_up = 0
        self.states: dict[str, State] = {}
        self.agreed = False
        """Whether the server agreed to deflate."""
        self.closed = False
        self.transport: asyncio.Transport

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._protocol.send_request(self._protocol.connect())
        self._send()

    @override
    def data_received(self, data: bytes) -> None:
        self.down += len(data)
        self.packets_down += 1
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Response):
                self.agreed = "permessage-deflate" in event.headers.get("Sec-WebSocket-Extensions", "")
            elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self._take(orjson.loads(event.data))
        if self._protocol.parser_exc is not None:
            raise self._protocol.parser_exc
        self._send()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True

    def _send(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self.up += len(data)
                self.packets_up += 1
                self.transport.write(data)

    def _take(self, frame: State) -> None:
        channel, before = frame["channel"], self.states.get(frame["channel"])
        if frame["type"] == "snapshot":
            state = frame["state"]
        else:
            assert before is not None, "a delta before any snapshot"
            assert (frame["epoch"], frame["base"]) == (before["epoch"], before["seq"]), "a delta that does not fit"
            state = applied(before, frame)
        self.states[channel] = {"epoch": frame["epoch"], "seq": frame["seq"], **state}
        self._told(frame, self.states[channel])


async def follow(door: Callable[[], asyncio.Protocol], follower: Follower) -> Follower:
    """Open a connection between the two in this loop."""
    ours, theirs = socket.socketpair()
    for one in (ours, theirs):
        one.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.connect_accepted_socket(door, theirs)
    await loop.create_connection(lambda: follower, sock=ours)
    return follower
