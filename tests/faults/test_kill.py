"""`kill -9` at random moments under load: nothing acknowledged is lost or doubled, and every viewer ends current.

A killed process leaves the page cache behind, so this shows what our code forgets, never what the disk forgets: that
is `test_power_cut.py`.
"""

import asyncio
import itertools
import random
import sys

import pytest

from services.cli import EXAMPLE
from services.rehearsal.audit import Held, read_ledger
from services.rehearsal.event import load_event
from services.rehearsal.judges import Told
from services.rehearsal.organiser import set_up
from services.rehearsal.viewers import Audience, Seen
from services.serve import SERVICES
from services.verify import run_verify
from shared.contracts.board import decode_board, encode_board
from tests.conftest import Running
from tests.faults.storm import Killer, judge_until

KILLS = 25
SINGLE_KILLS_PER_STORM = 6
VIEWERS = 30


@pytest.mark.timeout(150)
async def test_twenty_five_kills_under_load_lose_and_double_nothing(
    running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    event, told, over = load_event(EXAMPLE), Told(), asyncio.Event()
    cast = await set_up(event, running.at, running.http)
    killer = Killer(running.supervisor, seed)
    channel = f"competition/{event.competition_id}"
    async with Audience(running.at.url("broadcast"), channel, VIEWERS) as audience:
        load = asyncio.create_task(judge_until(over, event, running.at, cast, running.http, told))
        for number, service in enumerate(itertools.cycle(SERVICES), 1):
            await killer.kill(*(SERVICES if number % SINGLE_KILLS_PER_STORM == 0 else (service,)))
            assert not load.done() or load.result() is None
            if killer.kills >= KILLS:
                break
        over.set()
        await load
        await running.supervisor.ready()
        held = read_ledger(running.data, event.competition_id)
        await audience.wait_for_seq(held.board.seq)
        viewers = [viewer.seen for viewer in audience.viewers]
    acknowledged = {ack.mark for ack in told.acks}
    lost = acknowledged - set(held.marks)
    doubled = len(held.marks) - len(set(held.marks))
    with capsys.disabled():
        sys.stdout.write(
            f"\n  seed {seed}: {killer.kills} kills, {len(told.acks)} marks acknowledged, {len(lost)} lost, "
            f"{doubled} doubled, longest recovery {max(killer.recoveries):.1f} s\n"
        )
    assert not lost
    assert not doubled
    assert not told.contradictions
    assert len(held.marks) == len(told.acks)
    assert [seen for seen in viewers if not is_current(seen, held)] == []
    assert min(seen.connections for seen in viewers) > 1
    assert await run_verify(running.data, as_json=True) == 0


@pytest.mark.timeout(90)
async def test_an_event_that_is_set_up_while_services_die_is_set_up_once(running: Running) -> None:
    event, killer = load_event(EXAMPLE), Killer(running.supervisor, seed=7)
    setting_up = asyncio.create_task(set_up(event, running.at, running.http))
    for service in ("registration", "livescore", "registration", "registration", "livescore"):
        await killer.kill(service)
    cast = await setting_up
    await running.supervisor.ready()
    assert len(set(cast.competitors.values())) == len(event.competitors)
    async with Audience(running.at.url("broadcast"), f"competition/{event.competition_id}", 1) as audience:
        seen = audience.viewers[0].seen
        async with asyncio.timeout(10):
            while len(seen.rows) < len(event.competitors):  # noqa: ASYNC110 - the roster arrives over the bus
                await asyncio.sleep(0.02)
        assert set(seen.rows) == set(cast.competitors.values())
    assert await run_verify(running.data, as_json=True) == 0


def is_current(seen: Seen, held: Held) -> bool:
    """Whether a viewer who never reloaded ended with exactly what the ledger folds to."""
    board = decode_board(encode_board(held.board))
    same = (seen.epoch, seen.seq, seen.head, seen.rows) == (board.epoch, board.seq, board.head, board.rows)
    return same and not seen.faults
