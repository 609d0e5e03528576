"""A viewer as the server sees one and as a person is one, over a real socket with little room.

The server's side does what an asyncio transport does: it tries to send, keeps what does not go out, and tells when it
has begun and ceased to hold bytes back. The person's side is in `person.py`.
"""

import contextlib
import os
import socket

from services.broadcast.group import Group
from services.broadcast.hub import Hub
from services.broadcast.lane import Lane
from services.broadcast.question import parse_question
from services.broadcast.wire import Wire
from tests.properties.person import Person

SOFT_LIMIT = 2000


class ModelViewer(Person):
    def __init__(self, wire: Wire, channels: tuple[str, ...]) -> None:
        super().__init__(wire, channels)
        self.lane: Lane | None = None

    # The connection

    def connect(self, hub: Hub, *, remember: bool = True, answer: int = 0) -> None:
        """Come, or come back, to whatever process there is now.

        The connection is new, or one on which an answer of so many bytes to an earlier request is still going out.
        """
        self._hub = hub
        self._server, self._person = socket.socketpair()
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2048)
        self._server.setblocking(False)
        self._person.setblocking(False)
        self.fd = self._server.fileno()
        self.group: Group | None = None
        self._not_ours = answer
        self._unsent = bytes(answer)
        if answer:
            self._unsent = self._unsent[os.write(self.fd, self._unsent) :]
        self.held = bool(self._unsent)
        question = parse_question(self.asks(remember=remember), self.last_id)
        self.lane = hub.lane(question, self.wire)
        self._write(self.lane.join(self, question.since))

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

    def read(self) -> None:
        """Read until nothing more comes."""
        self._room()
        while self.read_some(1 << 16):
            pass
        if self.last_id:
            assert self.last_id == ",".join(self.positions()), "the last id is not what we hold"

    def read_some(self, size: int, *, noticed: bool = True) -> bool:
        """Read at most so many bytes; whether any came. The server may notice later that there is room again."""
        data = b""
        with contextlib.suppress(BlockingIOError):
            data = self._person.recv(size)
        before = min(self._not_ours, len(data))
        self._not_ours -= before
        self.hears(data[before:])
        if noticed:
            self._room()
        return bool(data)
