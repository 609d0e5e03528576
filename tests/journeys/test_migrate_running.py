"""An event that outgrows its machine: moved to the cluster in a break, judged there by two copies, and brought home."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from services.archive.topics import newest_boards
from services.cli import EXAMPLE
from services.rehearsal.audit import read_ledger
from services.rehearsal.event import load_event
from services.rehearsal.http import Http
from services.rehearsal.judges import Judges
from services.rehearsal.organiser import set_up
from services.supervisor import Cluster, Supervisor, place
from services.verify import run_verify
from shared.contracts.board import decode_board
from shared.ids import new_id
from tests.faults.command import run
from tests.journeys.moved import boards, gives_a_mark, told_by, without_epoch

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.timeout(180)
async def test_an_event_moves_to_the_cluster_between_two_rounds_and_home_again(
    kafka_servers: str, mongo_uri: str, mongo_database: str, tmp_path: Path
) -> None:
    event = load_event(EXAMPLE)
    old, home, archive = tmp_path / "old", tmp_path / "home", tmp_path / "running.zip"
    channel = f"competition/{event.competition_id}"
    prefix, keys = f"{new_id()}-", old / "keys"
    cluster = Cluster(kafka_servers, mongo_uri, prefix, mongo_database=mongo_database, keys=keys, unsafe=True)
    settings = {
        "REGISTRATION_MONGO": mongo_uri,
        "REGISTRATION_MONGO_DATABASE": mongo_database,
        "REGISTRATION_KAFKA": kafka_servers,
        "REGISTRATION_KAFKA_PREFIX": prefix,
        "REGISTRATION_KEYS": str(keys),
    }

    async def command(*args: str) -> dict[str, object]:
        return await asyncio.to_thread(lambda: told_by(*args, **settings))

    # The first marks are given on one machine.
    at = place(old, "127.0.0.1", 0)
    async with Supervisor(at), Http() as http:
        cast = await set_up(event, at, http)
        for_now = asyncio.create_task(Judges(event, at, cast, http).play(100.0))
        await asyncio.wait({for_now}, timeout=2)
        for_now.cancel()
        await asyncio.wait({for_now})
        shown = await boards(at.url("broadcast"), event, read_ledger(old, event.competition_id).board.seq)

    # In the break it moves; two copies of everything go on with it, and links from before work.
    assert (await command("migrate", "--to", "cluster", "--data", str(old)))["equal"] is True
    at = place(tmp_path / "cluster", "127.0.0.1", 0, cluster=cluster, copies=2)
    async with Supervisor(at), Http(copies=at.alternatives()) as http:
        again = await boards(at.url("broadcast"), event, shown[channel]["seq"])
        assert without_epoch(again) == without_epoch(shown)
        assert all(again[one]["epoch"] != board["epoch"] for one, board in shown.items())
        assert (await gives_a_mark(at.url("livescore"), event, cast, http))["state"] == "settled"

        # A backup while marks flow holds all that was acknowledged before it.
        judges = Judges(event, at, cast, http)
        told, load = judges.told, asyncio.create_task(judges.play(40.0))
        while len(told.acks) < 40:  # noqa: ASYNC110 - the robots have no event for it
            await asyncio.sleep(0.01)
        before = {ack.mark for ack in told.acks}
        await command("backup", str(archive), "--engine", "cluster", "--with-keys")
        assert len(told.acks) > len(before), "nothing flowed while the copy was made"
        load.cancel()
        await asyncio.wait({load})
        assert (await command("verify", "--engine", "cluster"))["different"] == []

        # Nothing moves in where another history is.
        args = ("restore", str(archive), "--engine", "cluster", "--mongo-database", f"{mongo_database}-b")
        refused = await asyncio.to_thread(lambda: run(*args, **settings))
        assert refused.returncode == 2
        assert "hold another history" in refused.stderr
        newest = (await newest_boards(kafka_servers, prefix))[channel]
        shown = await boards(at.url("broadcast"), event, decode_board(newest).seq)

    # Home again, from the stopped cluster; and from the backup to a third place.
    await command("migrate", "--to", "embedded", "--data", str(home))
    at = place(home, "127.0.0.1", 0)
    async with Supervisor(at), Http() as http:
        assert without_epoch(await boards(at.url("broadcast"), event, shown[channel]["seq"])) == without_epoch(shown)
        assert (await gives_a_mark(at.url("livescore"), event, cast, http))["state"] == "settled"
    assert await run_verify(home, as_json=True) == 0
    await command("restore", str(archive), "--data", str(tmp_path / "restored"))
    assert before <= set(read_ledger(tmp_path / "restored", event.competition_id).marks)
