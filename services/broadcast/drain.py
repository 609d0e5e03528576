"""How viewers are sent away when the process ends: in which order, over how long, and when each may come back.

Whoever they come back to takes so many joins a second, so no more than half of that come back in any second, however
many there are; the other half is for those who come by themselves. The pause of each is chosen here and not left to
clients: they begin to count anew when they are told 1012, and would come back all at once.

Where nobody is there yet to come back to, everybody goes within the window and waits outside. Where a successor is at
work already, viewers go no faster than they can come back, and wait next to nothing: each misses the board for a
moment only. Who comes in meanwhile, because it was at the door already, goes after them.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass

from services.broadcast.house import House

_RETURNS_PER_SECOND = 2500.0  # where no number of joins a second is set
_REPLACED_MS = (50, 350)
_LONGEST_SECONDS = 60.0
_BEAT_SECONDS = 0.05
_A_FEW_PER_SECOND = 1000.0  # where nobody is there to come back to yet, a few are told at once
_DOOR_SECONDS = 10.0  # for who has not asked yet, and will be let in
_REFUSED_SECONDS = 0.5  # for who has, and is about to be refused
_GONE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """`seconds` from the first to the last that goes; pauses are drawn between two numbers of milliseconds, and the
    last one waits `spread` seconds longer than the first.
    """

    seconds: float
    pause_ms: tuple[int, int]
    spread: float

    def retry_ms(self, part: float) -> int:
        """For the viewer at this part (0 to 1) of all."""
        return int(random.uniform(*self.pause_ms) + 1000 * self.spread * part)


def planned(viewers: int, seconds: float, retry_ms: int, joins_per_second: float, *, replaced: bool) -> Plan:
    """How so many viewers are sent away; `seconds` and `retry_ms` count where there is no successor yet."""
    needed = viewers / (joins_per_second / 2 or _RETURNS_PER_SECOND)
    if replaced:
        return Plan(min(needed, _LONGEST_SECONDS), _REPLACED_MS, max(0.0, needed - _LONGEST_SECONDS))
    seconds = min(seconds, viewers / _A_FEW_PER_SECOND)
    return Plan(seconds, (retry_ms // 2, retry_ms * 3 // 2), max(0.0, needed - seconds))


async def send_away(house: House, plan: Plan) -> None:
    """Send everybody away by the plan; who is not gone soon after is cut."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    rest = list(house.viewers)
    done = 0
    while done < len(rest):
        part = (loop.time() - began) / plan.seconds if plan.seconds else 1.0
        due = int(part * len(rest))
        for place, viewer in enumerate(rest[done:due], done):
            viewer.close(1012, "restarting", retry_ms=plan.retry_ms(place / len(rest)))
        done = due
        await asyncio.sleep(_BEAT_SECONDS)
    patience = _REFUSED_SECONDS if house.draining else _DOOR_SECONDS
    await _see_out(house, plan, patience, lambda: house.wheel.waiting > 0)
    await _see_out(house, plan, _GONE_SECONDS, lambda: bool(house.viewers))
    for viewer in list(house.viewers):
        viewer.transport.abort()


async def _see_out(house: House, plan: Plan, seconds: float, there_are: Callable[[], bool]) -> None:
    """Send away who still comes in, for as long as there are any, but not for ever."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while there_are() and loop.time() < until:
        for viewer in list(house.viewers):
            viewer.close(1012, "restarting", retry_ms=plan.retry_ms(0))
        await asyncio.sleep(_BEAT_SECONDS)
