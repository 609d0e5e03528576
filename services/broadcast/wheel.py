"""One clock for everybody: pings, and the three kinds of connections that must end.

Each viewer sits in one of twenty slots; every second the next slot is pinged, so a viewer is pinged every 20 s and a
half-open one is cut 20 s after a ping without a pong, 40 s after it fell silent at the latest. When our own loop came
late, nobody is cut for that round: the pong may be waiting in the kernel, and a thousand innocent reconnects would
make us later still. SSE has no pong; there the kernel gives up on unacknowledged comments (TCP_USER_TIMEOUT).

`turn` gets the time as data. `run` calls it once a second.
"""

import asyncio
from typing import Protocol

from services.broadcast.figures import Figures
from services.broadcast.viewer import Viewer
from services.broadcast.wire import SSE_PING, WS_PING, Wire

PING_SECONDS = 20
_LATE_SECONDS = 1.0
_LEAVE_SECONDS = 4.0


class Opening(Protocol):
    """A connection that has not yet said what it wants."""

    def too_late(self) -> None: ...


class Wheel:
    def __init__(
        self, figures: Figures, behind_seconds: float = 8.0, hard_limit: int = 256 * 1024, head_seconds: float = 8.0
    ) -> None:
        self._figures = figures
        self._behind_seconds = behind_seconds
        self._hard_limit = hard_limit
        self._head_seconds = head_seconds
        self._slots: list[set[Viewer]] = [set() for _ in range(PING_SECONDS)]
        self._entered = 0
        self._turn = 0
        self._lenient_until = 0.0
        self._held: dict[Viewer, float] = {}
        self._leaving: dict[Viewer, float] = {}
        self._opening: dict[Opening, float] = {}

    def add(self, viewer: Viewer) -> None:
        viewer.slot = self._entered = (self._entered + 1) % PING_SECONDS
        self._slots[viewer.slot].add(viewer)

    def discard(self, viewer: Viewer) -> None:
        self._slots[viewer.slot].discard(viewer)
        self._held.pop(viewer, None)

    def hold(self, viewer: Viewer, now: float) -> None:
        self._held.setdefault(viewer, now)

    def release(self, viewer: Viewer) -> None:
        self._held.pop(viewer, None)

    @property
    def held(self) -> int:
        """Viewers that cannot take bytes now."""
        return len(self._held)

    def leaving(self, viewer: Viewer, now: float) -> None:
        self._leaving[viewer] = now + _LEAVE_SECONDS

    def left(self, viewer: Viewer) -> None:
        self._leaving.pop(viewer, None)

    def opening(self, one: Opening, now: float) -> None:
        self._opening[one] = now + self._head_seconds

    def opened(self, one: Opening) -> None:
        self._opening.pop(one, None)

    @property
    def waiting(self) -> int:
        """Connections that have not yet said what they want."""
        return len(self._opening)

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due += 1.0
            await asyncio.sleep(due - loop.time())
            now = loop.time()
            self._figures.loop_lag_seconds = late = max(0.0, now - due)
            self._figures.loop_late.observe(late)
            self.turn(now, late)
            if late > _LATE_SECONDS:
                due = now

    def turn(self, now: float, late: float = 0.0) -> None:
        if late > _LATE_SECONDS:
            self._forgive(now, late)
        self._turn = (self._turn + 1) % PING_SECONDS
        for viewer in list(self._slots[self._turn]):
            self._ping(viewer, lenient=now < self._lenient_until)
        for viewer, since in list(self._held.items()):
            if now - since > self._behind_seconds or viewer.transport.get_write_buffer_size() > self._hard_limit:
                viewer.close(4008, "too slow")
        for viewer, deadline in list(self._leaving.items()):
            if now > deadline:
                viewer.transport.abort()
        for one, deadline in list(self._opening.items()):
            if now > deadline:
                one.too_late()

    def _forgive(self, now: float, late: float) -> None:
        """Count the time that we were away for nobody: not as silence, not as not reading, not as not asking."""
        self._lenient_until = now + PING_SECONDS
        self._held = {viewer: since + late for viewer, since in self._held.items()}
        self._opening = {one: deadline + late for one, deadline in self._opening.items()}

    def _ping(self, viewer: Viewer, *, lenient: bool) -> None:
        viewer.chatter = 0
        if viewer.held:
            return  # it has bytes to read before a ping would reach it; `_held` watches over it
        if viewer.awaits_pong and not lenient:
            viewer.broken()
            return
        if viewer.wire is Wire.SSE:
            viewer.send(SSE_PING)
        else:
            viewer.awaits_pong = True
            viewer.send(WS_PING)
