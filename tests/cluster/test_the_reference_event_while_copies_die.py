"""The reference event from its panels to the last place revealed, on two copies of everything, each of which is killed.

Half of them die while judges mark, the others while sheets are signed and the result is made final. At the end the
demo's own comparison decides: what judges were told, what the database holds, what each viewer ended with, and the
totals and ranks of the rule book's example.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from services.cli import EXAMPLE
from services.rehearsal.audit import read_held
from services.rehearsal.demo import compare
from services.rehearsal.event import load_event
from services.rehearsal.http import Answered, Http, RefusedError
from services.rehearsal.judges import Judges
from services.rehearsal.officials import Officials
from services.rehearsal.organiser import set_up
from services.rehearsal.viewers import Audience
from services.serve import SERVICES

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from tests.cluster.conftest import Twice

VIEWERS = 50
PACE = 30.0
_ACTS = 200
"""Officials' acts among which copies die; there are more."""


class Acting(Http):
    """Counts what officials were answered and how often they had to send it again, and keeps what was refused."""

    def __init__(self, copies: Mapping[str, Sequence[str]]) -> None:
        super().__init__(copies=copies)
        self.acts = 0
        self.again = 0
        self.refused: list[RefusedError] = []

    @override
    async def send(
        self, method: str, url: str, token: str | None = None, body: Any = None, media: str = "application/json"
    ) -> Answered:
        try:
            answered = await super().send(method, url, token, body, media)
        except RefusedError as exc:
            self.refused.append(exc)
            raise
        if url.endswith("/acts"):
            self.acts += 1
            self.again += answered.tries - 1
        return answered


@pytest.mark.timeout(180)
async def test_the_whole_event_comes_out_right_while_all_six_copies_are_killed_one_by_one(
    twice: Twice, capsys: pytest.CaptureFixture[str]
) -> None:
    event = load_event(EXAMPLE)
    cast = await set_up(event, twice.at, twice.http)
    async with (
        Acting(copies=twice.at.alternatives()) as http,
        Audience(twice.at.urls("broadcast"), f"competition/{event.competition_id}", VIEWERS) as audience,
    ):
        judges, officials = Judges(event, twice.at, cast, twice.http), Officials(event, twice.at, cast, http)
        await officials.name_panels()
        await _killed_meanwhile(twice, 0, judges.play(PACE), lambda: len(judges.told.acks), event.marks)
        panels = http.acts
        await _killed_meanwhile(twice, 1, _conclude(officials), lambda: http.acts - panels, _ACTS)
        result = await officials.result()
        held = await read_held(twice.at, event.competition_id)
        await audience.wait_for_seq(held.board.seq)
        seen = [viewer.seen for viewer in audience.viewers]
    report = compare(event, cast, judges.told, held, seen)
    with capsys.disabled():
        said = {name: report[name] for name in ("marks_acknowledged", "marks_in_ledger", "lost", "duplicated")}
        sys.stdout.write(
            f"\n  the whole event while six copies are killed: {said}, longest ack {_longest(judges)} s, "
            f"{http.acts} acts, {http.again} times sent again\n"
        )
    assert report["fine"], report
    assert (result["final"], held.board.head["final"], "frozen" in held.board.head) == (True, True, False)
    assert http.refused == []  # what was stored and not answered got the same answer when it was sent again (R45)
    assert [twice.supervisor.starts(service, copy) for copy in (0, 1) for service in SERVICES] == [2] * 6


async def _conclude(officials: Officials) -> None:
    await officials.freeze()
    await officials.sign_off()
    await officials.finalise()
    await officials.reveal(0)


async def _killed_meanwhile(
    twice: Twice, copy: int, work: Coroutine[Any, Any, None], done: Callable[[], int], of: int
) -> None:
    """Kill this copy of every service, one after the other, while `work` goes on."""
    working = asyncio.create_task(work)
    for nth, service in enumerate(SERVICES, 1):
        while done() < of * nth // (len(SERVICES) + 1):
            assert not working.done(), working
            await asyncio.sleep(0.01)
        os.kill(twice.supervisor.pid(service, copy), signal.SIGKILL)
    await working


def _longest(judges: Judges) -> float:
    return round(max(ack.acked - ack.sent for ack in judges.told.acks), 1)
