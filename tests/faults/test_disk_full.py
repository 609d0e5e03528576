"""Nothing can be written for a while: marks are refused with a reason, reads go on, and no restart is needed after."""

import asyncio
import mmap
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from services.cli import EXAMPLE
from services.rehearsal.audit import read_ledger
from services.rehearsal.event import load_event
from services.rehearsal.http import Http
from services.rehearsal.viewers import Audience
from services.serve import SERVICES
from services.supervisor import Supervisor, place
from services.verify import run_verify
from shared.sqlite import open_reader
from tests.conftest import Running
from tests.faults.command import run
from tests.faults.disks import TROUBLES, empty, fill, mounted_disk
from tests.faults.judging import PATIENCE_SECONDS, judging, readiness
from tests.faults.rush import COMPETITORS, form, open_for_registration


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted_disk(tmp_path / "disk") as folder:
        yield folder


@pytest.mark.timeout(90)
@pytest.mark.parametrize("name", TROUBLES)
async def test_marks_are_refused_with_a_reason_and_taken_later_without_a_restart(name: str, small_disk: Path) -> None:
    trouble, competition = TROUBLES[name], load_event(EXAMPLE).competition_id
    async with judging(small_disk / "data") as (supervisor, judge, session):
        channel = f"competition/{competition}"
        async with Audience(supervisor.place.url("broadcast"), channel, 3) as audience:
            before, during, after = judge.marks[:20], judge.marks[20:60], judge.marks[60:70]
            for mark in before:
                assert (await judge.give(mark))[0] == 201

            trouble.begin(supervisor)
            refused = []
            for mark in during:
                status, problem, headers = await judge.give(mark)
                if status != 201:
                    assert status == 503
                    assert headers["Content-Type"] == "application/problem+json"
                    assert int(headers["Retry-After"]) >= 1
                    assert "livescore.db" in problem["detail"]
                    refused.append(mark)
            assert len(refused) >= len(during) // 2
            assert await judge.sheet() > 0
            status, reasons = await readiness(supervisor, session)
            assert status == 503
            assert "livescore.db" in reasons
            trouble.end(supervisor)

            for mark in [*refused, *after]:
                await judge.give_until_taken(mark)
            held = read_ledger(supervisor.place.data, competition)
            given = [mark["id"] for mark in (*before, *during, *after)]
            assert sorted(held.marks) == sorted(given)
            assert await audience.wait_for_seq(held.board.seq, PATIENCE_SECONDS) == 3
            await supervisor.ready()
            assert [supervisor.starts(service) for service in SERVICES] == [1, 1, 1]
        assert open_reader(supervisor.place.data / "livescore.db").execute("PRAGMA integrity_check").get == "ok"
        assert await run_verify(supervisor.place.data, as_json=True) == 0


@pytest.mark.timeout(90)
async def test_marks_go_on_while_the_bus_is_full_and_boards_catch_up_by_themselves(
    small_disk: Path, tmp_path: Path
) -> None:
    """The logs are on the full disk too: a line that cannot be written must stop nothing."""
    (tmp_path / "data").mkdir()
    for name in ("bus", "logs"):
        (small_disk / name).mkdir()
        (tmp_path / "data" / name).symlink_to(small_disk / name)
    async with judging(tmp_path / "data") as (supervisor, judge, session):
        competition = load_event(EXAMPLE).competition_id
        async with Audience(supervisor.place.url("broadcast"), f"competition/{competition}", 3) as audience:
            log = small_disk / "logs" / "livescore.log"
            with log.open("ab") as file:  # to the end of its last page, or there is room for a few lines yet
                file.write(b"\n" * (-log.stat().st_size % mmap.PAGESIZE))
            fill(small_disk)
            for mark in judge.marks[:60]:
                assert (await judge.give(mark))[0] == 201
            async with asyncio.timeout(PATIENCE_SECONDS):
                while (ready := await readiness(supervisor, session))[0] != 503:  # noqa: ASYNC110 - asked from outside
                    await asyncio.sleep(0.02)
            assert "livescore.livescore.db" in ready[1] or "boards.livescore.db" in ready[1]
            assert (
                max(viewer.seen.seq for viewer in audience.viewers)
                < read_ledger(supervisor.place.data, competition).board.seq
            )
            empty(small_disk)

            held = read_ledger(supervisor.place.data, competition)
            assert sorted(held.marks) == sorted(mark["id"] for mark in judge.marks[:60])
            assert await audience.wait_for_seq(held.board.seq, PATIENCE_SECONDS) == 3
            await supervisor.ready()
            assert supervisor.starts("livescore") == 1
    assert await run_verify(supervisor.place.data, as_json=True) == 0


@pytest.mark.timeout(90)
async def test_a_registration_refused_by_a_full_disk_leaves_no_half_and_is_taken_later(small_disk: Path) -> None:
    at = place(small_disk / "data", "127.0.0.1", 0)
    async with Supervisor(at) as supervisor, Http() as http, aiohttp.ClientSession() as session:
        running = Running(at, supervisor, http)
        await open_for_registration(running)
        await running.ask("POST", "registration", COMPETITORS, form(1, 0))
        fill(small_disk)
        statuses = []
        for number in range(2, 6):
            async with session.post(at.url("registration") + COMPETITORS, json=form(number, 0)) as answer:
                statuses.append(answer.status)
        assert statuses[-1] == 503
        assert set(statuses) <= {201, 503}
        async with session.get(at.url("registration") + "/readyz") as answer:
            assert answer.status == 503
        empty(small_disk)
        for number in range(1, 6):
            await running.ask("POST", "registration", COMPETITORS, form(number, 0))
        listed = await running.ask("GET", "registration", COMPETITORS, token=running.organiser)
        assert sorted(one["id"] for one in listed) == [f"rush-{number}-0" for number in range(1, 6)]
        assert supervisor.starts("registration") == 1


@pytest.mark.timeout(90)
async def test_a_service_that_dies_on_a_full_disk_comes_back_when_there_is_room(small_disk: Path) -> None:
    async with judging(small_disk / "data") as (supervisor, judge, _):
        for mark in judge.marks[:20]:
            assert (await judge.give(mark))[0] == 201
        fill(small_disk)
        os.kill(supervisor.pid("livescore"), signal.SIGKILL)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while supervisor.starts("livescore") < 3:  # noqa: ASYNC110 - the supervisor has no event for it
                await asyncio.sleep(0.02)
        empty(small_disk)
        await supervisor.ready()
        for mark in judge.marks[:30]:
            await judge.give_until_taken(mark)
    held = read_ledger(supervisor.place.data, load_event(EXAMPLE).competition_id)
    assert sorted(held.marks) == sorted(mark["id"] for mark in judge.marks[:30])


def test_a_start_on_a_full_disk_says_so_in_one_line(small_disk: Path) -> None:
    fill(small_disk)
    ended = run("serve", "livescore", "--data", str(small_disk / "data"), "--port", "0")
    assert ended.returncode == 2
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "No space left" in ended.stderr or "full" in ended.stderr
