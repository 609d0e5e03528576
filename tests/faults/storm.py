"""A load that never ends by itself, and kills without warning.

The load is the reference event, judged through the real edge; when it is complete, every measured aspect is corrected,
again and again, each time under a new client-made id and naming the mark it corrects.
"""

import asyncio
import os
import random
import signal
import time
from dataclasses import replace

from services.rehearsal.event import Cell, Event, Turn
from services.rehearsal.http import Http
from services.rehearsal.judges import Judges, Told
from services.rehearsal.organiser import Cast
from services.supervisor import Place, Supervisor

NOT_ATTEMPTED = "not_attempted"


async def judge_until(over: asyncio.Event, event: Event, at: Place, cast: Cast, http: Http, told: Told) -> None:
    """Play the event, then correct it, until `over`; what was begun is finished, so every mark sent is answered."""
    pace: float | None = 40.0  # slow at first: panels are open while services die
    rounds = 0
    while not rounds or not over.is_set():
        judges = Judges(event, at, cast, http)
        judges.told = told
        await judges.play(pace)
        rounds += 1
        pace = 150.0
        event = corrected(event)


def corrected(event: Event) -> Event:
    """The same event with every reading taken back, or given again."""
    return replace(event, cells=tuple(cell if cell.turns[-1].value is None else _flipped(cell) for cell in event.cells))


def _flipped(cell: Cell) -> Cell:
    last, first = cell.turns[-1], cell.turns[0]
    value = first.value if last.value == NOT_ATTEMPTED else NOT_ATTEMPTED
    return replace(cell, turns=(first, Turn(last.judge, value=value, corrects=True)))


class Killer:
    """Kills services of a supervisor with SIGKILL and measures how long each takes to be ready again."""

    def __init__(self, supervisor: Supervisor, seed: int) -> None:
        self.kills = 0
        self.recoveries: list[float] = []
        self._supervisor = supervisor
        self._random = random.Random(seed)

    async def kill(self, *services: str) -> None:
        """At a random moment: sometimes before a service that was killed before is ready again."""
        await asyncio.sleep(self._random.uniform(0.05, 0.9))
        before = {name: self._supervisor.starts(name) for name in services}
        struck = time.perf_counter()
        for name in services:
            os.kill(self._supervisor.pid(name), signal.SIGKILL)
            self.kills += 1
        await asyncio.gather(*(self._started_again(name, before[name]) for name in services))
        if self._random.random() < 0.8:
            await self._supervisor.ready()
            self.recoveries.append(time.perf_counter() - struck)

    async def _started_again(self, name: str, before: int) -> None:
        while self._supervisor.starts(name) == before:  # noqa: ASYNC110 - the supervisor has no event for it
            await asyncio.sleep(0.005)
