"""Copies are killed and restarted under marks: nothing acknowledged is lost or doubled, and viewers go on elsewhere.

Judges send again what was not answered, as their page does, and meet the next copy with every try; viewers come back
to the next node with the position they hold. There is no front door, which would only make it smoother.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import aiohttp
import pytest

from services.cli import EXAMPLE
from services.rehearsal.audit import Held, read_held
from services.rehearsal.event import load_event
from services.rehearsal.judges import Judges, Told
from services.rehearsal.organiser import set_up
from services.rehearsal.viewers import Audience
from services.serve import SERVICES
from tests.faults.storm import corrected

if TYPE_CHECKING:
    from tests.cluster.conftest import Twice

VIEWERS = 20
PACE = 20.0
RECOVERY_SECONDS = 10.0


class Event:
    """The reference event while it is marked and watched."""

    def __init__(self, twice: Twice, audience: Audience, competition: str) -> None:
        self.told = Told()
        self.times: dict[str, float] = {}
        self.audience = audience
        self._twice = twice
        self._competition = competition

    @property
    def slowest(self) -> int:
        """The position that every viewer has reached."""
        return min(viewer.seen.seq for viewer in self.audience.viewers)

    async def acknowledged(self, more: int) -> None:
        wanted = len(self.told.acks) + more
        async with asyncio.timeout(30):
            while len(self.told.acks) < wanted:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def moves_again(self) -> float:
        """Seconds until every screen shows a board with marks that came from now on."""
        began = time.perf_counter()
        position = (await self._held()).board.seq
        while (now := (await self._held()).board.seq) <= position:  # noqa: ASYNC110 - not every mark moves the board
            await asyncio.sleep(0.01)
        async with asyncio.timeout(30):
            while self.slowest < now:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return time.perf_counter() - began

    async def _held(self) -> Held:
        return await read_held(self._twice.at, self._competition)

    def signal(self, service: str, copy: int, number: signal.Signals) -> None:
        os.kill(self._twice.supervisor.pid(service, copy), number)

    async def owner(self) -> int:
        """The copy of livescore that publishes the board."""
        async with aiohttp.ClientSession() as http, asyncio.timeout(30):
            while True:
                for copy, url in enumerate(self._twice.at.urls("livescore")):
                    async with http.get(f"{url}/metrics") as answer:
                        if f'showcase_livescore_board_seq{{channel="competition/{self._competition}"}}' in (
                            await answer.text()
                        ):
                            return copy
                await asyncio.sleep(0.05)

    async def back(self, service: str, copy: int, starts: int) -> None:
        """Wait until a copy has been started so often and is ready."""
        async with asyncio.timeout(30):
            while self._twice.supervisor.starts(service, copy) < starts:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        async with aiohttp.ClientSession() as http, asyncio.timeout(30):
            await self._twice.supervisor.copy_ready(http, service, copy)


@asynccontextmanager
async def marked(twice: Twice, capsys: pytest.CaptureFixture[str], fault: str) -> AsyncIterator[Event]:
    """Marking goes on inside; at the end what judges were told, the ledger and every screen are compared."""
    files = load_event(EXAMPLE)
    cast = await set_up(files, twice.at, twice.http)
    channel = f"competition/{files.competition_id}"
    async with Audience(twice.at.urls("broadcast"), channel, VIEWERS) as audience:
        event, over = Event(twice, audience, files.competition_id), asyncio.Event()

        async def judge() -> None:
            playing = files
            while not over.is_set():
                for start in range(0, len(playing.cells), 24):
                    judges = Judges(
                        replace(playing, cells=playing.cells[start : start + 24]), twice.at, cast, twice.http
                    )
                    judges.told = event.told
                    await judges.play(PACE)
                    if over.is_set():
                        return
                playing = corrected(playing)

        load = asyncio.create_task(judge())
        try:
            await event.acknowledged(20)
            yield event
            over.set()
            await load
        finally:
            load.cancel()
        held = await read_held(twice.at, files.competition_id)
        await audience.wait_for_seq(held.board.seq)
        seen = [viewer.seen for viewer in audience.viewers]
    acknowledged = {ack.mark for ack in event.told.acks}
    lost, doubled = acknowledged - set(held.marks), len(held.marks) - len(set(held.marks))
    times = ", ".join(f"{what} {seconds:.1f} s" for what, seconds in event.times.items())
    with capsys.disabled():
        sys.stdout.write(f"\n  {fault}: {len(acknowledged)} marks, {len(lost)} lost, {doubled} doubled; {times}\n")
    assert not lost
    assert not doubled
    assert len(held.marks) == len(acknowledged)
    assert not event.told.contradictions
    board = (held.board.epoch, held.board.seq, held.board.head, held.board.rows)
    assert [viewer.faults for viewer in seen if viewer.faults] == []
    assert all((viewer.epoch, viewer.seq, viewer.head, viewer.rows) == board for viewer in seen)


@pytest.mark.timeout(180)
async def test_a_killed_copy_is_missed_by_nobody(twice: Twice, capsys: pytest.CaptureFixture[str]) -> None:
    async with marked(twice, capsys, "each copy of livescore and broadcast killed") as event:
        owner = await event.owner()
        for what, service, copy in (
            ("livescore, owner of the board", "livescore", owner),
            ("broadcast", "broadcast", 0),
            ("the other livescore", "livescore", 1 - owner),
            ("the other broadcast", "broadcast", 1),
        ):
            event.signal(service, copy, signal.SIGKILL)
            event.times[what] = seconds = await event.moves_again()
            assert seconds < RECOVERY_SECONDS
            await event.back(service, copy, 2)


@pytest.mark.timeout(180)
async def test_every_copy_is_restarted_in_turn_and_judges_and_viewers_go_on(
    twice: Twice, capsys: pytest.CaptureFixture[str]
) -> None:
    async with marked(twice, capsys, "rolling restart of everything") as event:
        for service in SERVICES:
            for copy in (0, 1):
                event.signal(service, copy, signal.SIGTERM)
                event.times[f"{service} {copy}"] = seconds = await event.moves_again()
                assert seconds < RECOVERY_SECONDS
                await event.back(service, copy, 2)
