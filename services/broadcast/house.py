"""The house in which viewers are: brings together the hub, the wheel and admission, and knows whether it is open.

A viewer's life: admitted -> joined to a lane -> (held back -> drained)* -> left the lane -> connection gone. Places are
given back only when the connection is gone, so closing connections count against the limits too.
"""

import asyncio
import random

from services.broadcast.admission import Admission, Refusal
from services.broadcast.audience import PREFIX, Audience
from services.broadcast.figures import Figures
from services.broadcast.hub import Hub
from services.broadcast.question import Question
from services.broadcast.viewer import Viewer
from services.broadcast.wheel import Wheel
from shared.contracts.board import Board


class House:
    def __init__(
        self, hub: Hub, wheel: Wheel, admission: Admission, audience: Audience, figures: Figures, soft_limit: int
    ) -> None:
        self.hub = hub
        self.wheel = wheel
        self.admission = admission
        self.figures = figures
        self.soft_limit = soft_limit
        self.ready = False
        self.draining = False
        """Nobody is let in any more; who is sent away to a successor that is at work already needs no such door."""
        self._audience = audience
        self._loop = asyncio.get_running_loop()
        self.viewers: set[Viewer] = set()

    # Boards

    def offer(self, board: Board) -> None:
        """Take a board from the bus. Raises ValueError for a channel that is ours alone."""
        if board.channel.startswith(PREFIX):
            raise ValueError("audience channels have one writer, this process")
        if self.hub.offer(board):
            self.figures.boards += 1
            self._audience.follow(board.channel)

    def positions(self) -> dict[str, int]:
        """The seq that viewers were told, per board; the counts of viewers are ours and compare with nobody's."""
        channels = self.hub.channels.values()
        return {one.name: one.seq for one in channels if one.told and not one.name.startswith(PREFIX)}

    # Viewers

    def refusal(self, address: str) -> Refusal | None:
        """Why nobody, or nobody from this address, can come in now; or None."""
        if self.draining or not self.ready:
            why = "The server is about to stop." if self.draining else "The boards are still being read."
            return Refusal(503, "not_open", why, random.randint(1, 3))
        return self.admission.refusal(address, self._loop.time())

    def enter(self, viewer: Viewer) -> None:
        self.admission.enter(viewer.address, self._loop.time())
        self.figures.viewers[viewer.wire.value] += 1
        self.viewers.add(viewer)
        if viewer.held:  # by an answer to an earlier request: its transport has said so to whoever was there before
            self.held_back(viewer)

    def join(self, viewer: Viewer, question: Question) -> bytes:
        """Put a viewer into its lane; the bytes that bring it up to date. Raises UnknownChannel."""
        lane = self.hub.lane(question, viewer.wire)
        data = lane.join(viewer, question.since)
        viewer.lane = lane
        viewer.country = question.country
        self._audience.joined(question.channels, viewer.country)
        self.wheel.add(viewer)
        self.figures.joins[viewer.wire.value] += 1
        self.figures.bytes_joined += len(data)
        if viewer.country:
            self.figures.countries[viewer.country] += 1
        return data

    def left(self, viewer: Viewer, code: int) -> None:
        self.figures.closes[code] += 1
        if viewer.lane is not None:
            if viewer.country:
                self.figures.countries[viewer.country] -= 1
            self._audience.left([channel.name for channel in viewer.lane.channels], viewer.country)
            self.hub.leave(viewer, viewer.lane)
            viewer.lane = None
        self.wheel.discard(viewer)

    def held_back(self, viewer: Viewer) -> None:
        self.wheel.hold(viewer, self._loop.time())

    def drained(self, viewer: Viewer) -> None:
        self.wheel.release(viewer)
        if viewer.lane is not None and (data := viewer.lane.catch_up(viewer)):
            viewer.send(data)

    def closing(self, viewer: Viewer) -> None:
        self.wheel.leaving(viewer, self._loop.time())

    def gone(self, viewer: Viewer) -> None:
        self.wheel.left(viewer)
        self.admission.leave(viewer.address)
        self.figures.viewers[viewer.wire.value] -= 1
        self.viewers.discard(viewer)
