"""A running showcase is copied while judges mark, and lives again elsewhere from that copy."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from services.cli import EXAMPLE
from services.rehearsal.audit import read_ledger
from services.rehearsal.event import load_event
from services.rehearsal.http import Http, RefusedError
from services.rehearsal.judges import Judges
from services.rehearsal.officials import Officials
from services.rehearsal.organiser import organiser_token, set_up
from services.rehearsal.viewers import Audience
from services.supervisor import Supervisor, place
from services.verify import run_verify
from shared.ledger.sqlite import read_file
from tests.faults.command import run
from tests.journeys.moved import boards, gives_a_mark, told_by, without_epoch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Running

pytestmark = pytest.mark.timeout(120)


async def test_a_copy_made_while_marks_flow_holds_every_mark_acknowledged_before_it(
    running: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    event = load_event(EXAMPLE)
    cast = await set_up(event, running.at, running.http)
    judges = Judges(event, running.at, cast, running.http)
    told, load = judges.told, asyncio.create_task(judges.play(60.0))
    while len(told.acks) < 150:  # noqa: ASYNC110 - the robots have no event for it
        await asyncio.sleep(0.01)
    before = {ack.mark for ack in told.acks}
    archive, restored = tmp_path / "copy.zip", tmp_path / "restored"
    backup = await asyncio.to_thread(told_by, "backup", str(archive), "--data", str(running.data), "--with-keys")
    during = len(told.acks) - len(before)
    load.cancel()
    await asyncio.wait({load})

    began = time.monotonic()
    await asyncio.to_thread(told_by, "restore", str(archive), "--data", str(restored))
    async with Supervisor(place(restored, "127.0.0.1", 0)) as supervisor, Http() as http:
        await boards(supervisor.place.url("broadcast"), event)
        recovery = time.monotonic() - began
        await gives_a_mark(supervisor.place.url("livescore"), event, cast, http)
    held, original = (read_ledger(data, event.competition_id).marks for data in (restored, running.data))
    with capsys.disabled():
        sys.stdout.write(
            f"\n  drill: {backup['events']} events copied in {backup['seconds']} s while {during} marks were "
            f"acknowledged; {len(before)} acknowledged before, {len(before - set(held))} lost; "
            f"RTO {recovery:.1f} s from archive to boards on screens\n"
        )
    assert during > 0, "nothing flowed while the copy was made"
    assert before <= set(held)
    assert held[:-1] == original[: len(held) - 1]  # a prefix, and the one mark given after the move
    assert await run_verify(restored, as_json=True) == 0


async def test_a_restored_showcase_shows_the_same_boards_under_a_new_epoch_and_links_go_on_working(
    running: Running, tmp_path: Path
) -> None:
    event = load_event(EXAMPLE)
    cast = await set_up(event, running.at, running.http)
    await Judges(event, running.at, cast, running.http).play(None)
    archive, restored = tmp_path / "copy.zip", tmp_path / "new" / "restored"
    told = await asyncio.to_thread(told_by, "backup", str(archive), "--data", str(running.data), "--with-keys")
    assert (told["people"], told["judges"]) == (len(event.competitors), len(event.judges) + len(event.officials))
    organiser = organiser_token(running.at.organiser_link)
    seq = read_ledger(running.data, event.competition_id).board.seq
    shown = await boards(running.at.url("broadcast"), event, seq)
    await asyncio.to_thread(told_by, "restore", str(archive), "--data", str(restored))

    async with Supervisor(place(restored, "127.0.0.1", 0)) as supervisor, Http() as http:
        at = supervisor.place
        again = await boards(at.url("broadcast"), event, seq)
        assert without_epoch(again) == without_epoch(shown)
        assert all(again[channel]["epoch"] != board["epoch"] for channel, board in shown.items())
        receipt = await gives_a_mark(at.url("livescore"), event, cast, http)
        assert receipt["state"] == "settled"
        path = f"/api/registration/competitions/{event.competition_id}/competitors"
        now, then = [
            (await http.send("GET", f"{where.url('registration')}{path}", organiser)).body for where in (at, running.at)
        ]
        assert now == then
    assert {file.stat().st_mode & 0o077 for file in restored.rglob("*.db")} | {restored.stat().st_mode & 0o077} == {0}


async def test_a_result_that_two_people_made_final_comes_back_with_every_signature(
    running: Running, tmp_path: Path
) -> None:
    """R48: the digest, and every person's part in it, are in the copy."""
    event = load_event(EXAMPLE)
    cast = await set_up(event, running.at, running.http)
    officials = Officials(event, running.at, cast, running.http)
    await officials.name_panels()
    await Judges(event, running.at, cast, running.http).play(None)
    await officials.freeze()
    await officials.sign_off()
    await officials.finalise()
    archive, restored = tmp_path / "copy.zip", tmp_path / "restored"
    await asyncio.to_thread(told_by, "backup", str(archive), "--data", str(running.data), "--with-keys")
    result = await officials.result()
    assert (result["final"], result["version"]) == (True, 1)
    await asyncio.to_thread(told_by, "restore", str(archive), "--data", str(restored))

    async with Supervisor(place(restored, "127.0.0.1", 0)) as supervisor, Http() as http:
        again = Officials(event, supervisor.place, cast, http)
        assert await again.result() == result
        await again.reveal(0)  # the ceremony goes on where the copy was made
        board = read_ledger(restored, event.competition_id).board
        shown = await boards(supervisor.place.url("broadcast"), event, board.seq)
        head = shown[f"competition/{event.competition_id}"]["state"]["head"]
        assert (head["final"], "frozen" in head) == (True, False)
    bodies = read_file(running.data / "livescore.db")[1]
    assert read_file(restored / "livescore.db")[1][: len(bodies)] == bodies


async def test_without_people_and_keys_no_name_leaves_and_every_link_is_void(running: Running, tmp_path: Path) -> None:
    event = load_event(EXAMPLE)
    cast = await set_up(event, running.at, running.http)
    archive, restored = tmp_path / "copy.zip", tmp_path / "restored"
    done = await asyncio.to_thread(run, "backup", str(archive), "--data", str(running.data), "--without-people")
    assert done.returncode == 0
    assert "personal data" not in done.stdout
    assert "does not hold the signing key" in done.stdout
    with zipfile.ZipFile(archive) as zipped:
        everything = b"".join(zipped.read(name) for name in zipped.namelist())
    assert not [one for one in event.competitors.values() if one["family_name"].encode() in everything]
    assert b"example.org" not in everything
    done = await asyncio.to_thread(run, "restore", str(archive), "--data", str(restored))
    assert "every link from before is void" in done.stdout
    async with Supervisor(place(restored, "127.0.0.1", 0)) as supervisor, Http() as http:
        with pytest.raises(RefusedError) as caught:
            await gives_a_mark(supervisor.place.url("livescore"), event, cast, http)
        assert caught.value.problem["code"] == "token_invalid"


async def test_an_archive_is_private_and_says_what_it_holds(running: Running, tmp_path: Path) -> None:
    archive = tmp_path / "copy.zip"
    done = await asyncio.to_thread(run, "backup", str(archive), "--data", str(running.data), "--with-keys")
    assert archive.stat().st_mode & 0o777 == 0o600
    assert "personal data" in done.stdout
    assert "the key that signs links" in done.stdout
    done = await asyncio.to_thread(run, "backup", str(archive), "--data", str(running.data))
    assert (done.returncode, done.stderr) == (2, f"showcase: {archive} is there already; name another file\n")
    assert not archive.with_name("copy.zip.new").exists()


async def test_two_copies_of_one_moment_are_of_the_same_content(running: Running, tmp_path: Path) -> None:
    event = load_event(EXAMPLE)
    await set_up(event, running.at, running.http)
    first, second, restored = tmp_path / "first.zip", tmp_path / "second.zip", tmp_path / "restored"
    for source, archive in ((running.data, first), (restored, second)):
        await asyncio.to_thread(told_by, "backup", str(archive), "--data", str(source))
        if source == running.data:
            await asyncio.to_thread(told_by, "restore", str(archive), "--data", str(restored))
    found = [json.loads(zipfile.ZipFile(one).read("manifest.json"))["inventory"] for one in (first, second)]
    assert found[0] == found[1]
    assert read_file(restored / "livescore.db")[1] == read_file(running.data / "livescore.db")[1]


async def test_viewers_who_stay_come_back_to_the_older_board_of_a_restored_showcase(tmp_path: Path) -> None:
    """Their positions are ahead of the restored ledger's: only another epoch tells them that it is another history."""
    event, archive = load_event(EXAMPLE), tmp_path / "copy.zip"
    at = place(tmp_path / "data", "127.0.0.1", 0)
    restored = replace(at, data=tmp_path / "restored")
    channel = f"competition/{event.competition_id}"
    async with contextlib.AsyncExitStack() as watching:
        async with Supervisor(at), Http() as http:
            cast = await set_up(event, at, http)
            await asyncio.to_thread(told_by, "backup", str(archive), "--data", str(at.data))
            copied = read_ledger(at.data, event.competition_id).board
            await Judges(event, at, cast, http).play(None)
            audience = await watching.enter_async_context(Audience(at.url("broadcast"), channel, 20))
            ahead = read_ledger(at.data, event.competition_id).board
            assert await audience.wait_for_seq(ahead.seq) == 20
            assert ahead.seq > copied.seq
        await asyncio.to_thread(told_by, "restore", str(archive), "--data", str(restored.data))
        async with Supervisor(restored):
            held = read_ledger(restored.data, event.competition_id).board
            async with asyncio.timeout(20):
                while any(viewer.seen.epoch != held.epoch for viewer in audience.viewers):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            assert {viewer.seen.seq for viewer in audience.viewers} == {held.seq} == {copied.seq}
            assert all(viewer.seen.rows == held.rows for viewer in audience.viewers)
            assert not [fault for viewer in audience.viewers for fault in viewer.seen.faults]
