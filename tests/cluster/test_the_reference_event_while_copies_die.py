"""The reference event from its first mark to its last, on two copies of everything, while each of the six is killed.

At the end the demo's own comparison decides: what judges were told, what the database holds, what each viewer ended
with, and the totals and ranks of the rule book's example.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from services.cli import EXAMPLE
from services.rehearsal.audit import read_held
from services.rehearsal.demo import compare
from services.rehearsal.event import load_event
from services.rehearsal.judges import Judges
from services.rehearsal.organiser import set_up
from services.rehearsal.viewers import Audience
from services.serve import SERVICES

if TYPE_CHECKING:
    from tests.cluster.conftest import Twice

VIEWERS = 50
PACE = 30.0


@pytest.mark.timeout(180)
async def test_the_whole_event_comes_out_right_while_all_six_copies_are_killed_one_by_one(
    twice: Twice, capsys: pytest.CaptureFixture[str]
) -> None:
    event = load_event(EXAMPLE)
    cast = await set_up(event, twice.at, twice.http)
    async with Audience(twice.at.urls("broadcast"), f"competition/{event.competition_id}", VIEWERS) as audience:
        judges = Judges(event, twice.at, cast, twice.http)
        playing = asyncio.create_task(judges.play(PACE))
        copies = list(itertools.product((0, 1), SERVICES))
        for nth, (copy, service) in enumerate(copies, 1):
            while len(judges.told.acks) < event.marks * nth // (len(copies) + 1):
                assert not playing.done(), playing
                await asyncio.sleep(0.01)
            os.kill(twice.supervisor.pid(service, copy), signal.SIGKILL)
        await playing
        held = await read_held(twice.at, event.competition_id)
        await audience.wait_for_seq(held.board.seq)
        seen = [viewer.seen for viewer in audience.viewers]
    report = compare(event, cast, judges.told, held, seen)
    with capsys.disabled():
        said = {name: report[name] for name in ("marks_acknowledged", "marks_in_ledger", "lost", "duplicated")}
        sys.stdout.write(f"\n  the whole event while six copies are killed: {said}, longest ack {_longest(judges)} s\n")
    assert report["fine"], report
    assert [twice.supervisor.starts(service, copy) for copy, service in copies] == [2] * len(copies)


def _longest(judges: Judges) -> float:
    return round(max(ack.acked - ack.sent for ack in judges.told.acks), 1)
