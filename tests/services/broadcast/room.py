"""A house without a service around it: its wheel is turned by the test, and its viewers are at socket pairs."""

import asyncio
import socket
from typing import Self

from services.broadcast.admission import Admission, Limits
from services.broadcast.audience import Audience
from services.broadcast.figures import Figures
from services.broadcast.house import House
from services.broadcast.hub import Hub
from services.broadcast.question import Question
from services.broadcast.viewer import Viewer
from services.broadcast.wheel import Wheel
from services.broadcast.wire import Wire
from shared.contracts.board import Board


class Room:
    def __init__(self) -> None:
        self.figures = Figures()
        hub = Hub(self.figures)
        self.wheel = Wheel(self.figures)
        self.house = House(hub, self.wheel, Admission(Limits(100)), Audience(hub, "boot"), self.figures, 1024)
        self.house.offer(Board(channel="showcase/x", epoch="e", seq=1, head={}, rows={}))
        self.now = 1000.0
        self.others: list[socket.socket] = []

    async def viewer(self, wire: Wire = Wire.WS, *, joins: bool = True) -> tuple[Viewer, socket.socket]:
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        self.others.append(theirs)
        transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=ours)
        viewer = Viewer(transport, wire, "peer", self.house)
        transport.set_protocol(viewer)
        self.house.enter(viewer)
        if joins:
            self.house.join(viewer, Question(("showcase/x",), (None,)))
        return viewer, theirs

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for other in self.others:
            other.close()
        await asyncio.sleep(0.01)  # let the transports notice

    def pass_time(self, seconds: int, late: float = 0.0) -> None:
        for _ in range(seconds):
            self.now += 1
            self.wheel.turn(self.now, late)
