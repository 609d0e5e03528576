"""Moving house: from a data folder into a database and back, equal to the last byte, or not at all."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from services.archive.backup import run_backup
from services.archive.house import survey
from services.archive.migrate import run_migrate
from services.archive.places import Database, Folder, existing, new
from services.archive.progress import Progress
from services.archive.restore import run_restore
from shared.engine.filling import Filling
from shared.errors import BadStart
from shared.ids import record
from shared.ledger.mongo import MongoLedger
from shared.ledger.sqlite import SqliteLedger, read_file
from shared.lifecycle import claimed
from shared.mongo import Mongo
from tests.faults.command import ROOT, run
from tests.journeys.small_showcase import COMPETITION, MARKS, make_showcase

if TYPE_CHECKING:
    from pathlib import Path

    from services.archive.inventory import Inventory
    from services.archive.places import Location

STREAM = f"competition/{COMPETITION}"


BOTH_DRIVERS = pytest.mark.parametrize("database", ["motor", "pymongo"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest, mongo_uri: str, mongo_database: str, tmp_path: Path) -> Database:
    return Database(mongo_uri, mongo_database, tmp_path / "cluster-keys", getattr(request, "param", "motor"))


@pytest.fixture
async def old(tmp_path: Path) -> Path:
    return await make_showcase(tmp_path / "old")


async def contents(place: Location) -> Inventory:
    async with existing(place) as house:
        return await survey(house, Progress("looking"))


async def nothing_is_in(database: Database) -> bool:
    async with Mongo(database.uri, database=database.name) as mongo:
        left = [await mongo.collection(name).find({}, limit=1) for name in ("livescore_commits", "registration_people")]
        return not any(left) and not await Filling(mongo).there()


@BOTH_DRIVERS
async def test_a_showcase_moves_into_the_cluster_and_back_and_stays_the_same(
    old: Path, database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    back = tmp_path / "back"
    assert await run_migrate(Folder(old), database, as_json=False) == 0
    said = capsys.readouterr().out
    assert f"livescore: {MARKS + 7} events in 2 streams" in said
    assert "3 people with every answer, 1 judges" in said
    assert "links go on working" in said
    assert await run_migrate(database, Folder(back), as_json=True) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["equal"] is True
    assert await contents(database) == await contents(Folder(old)) == await contents(Folder(back))
    epochs = set()
    for folder in (old, back):
        epoch, bodies = read_file(folder / "livescore.db")
        epochs.add(epoch)
        assert sorted(bodies) == sorted(read_file(old / "livescore.db")[1])
    async with Mongo(database.uri, database=database.name) as mongo, MongoLedger(mongo, "livescore") as ledger:
        epochs.add(ledger.epoch)
    assert len(epochs) == 3
    keys = {(place / "signing.pem").read_bytes() for place in (old / "keys", database.keys, back / "keys")}
    assert len(keys) == 1


async def test_a_command_sent_again_after_the_move_is_known(old: Path, database: Database) -> None:
    await run_migrate(Folder(old), database, as_json=False)
    async with Mongo(database.uri, database=database.name) as mongo, MongoLedger(mongo, "livescore") as ledger:
        stored = await ledger.export(STREAM)
        commands = [one.command for one in stored if one.command]
        assert commands == [f"mark-{number:04d}" for number in range(MARKS)]
        last = await ledger.read(STREAM, after=stored[-2].last)
        with pytest.raises(Exception, match=STREAM):
            await ledger.append(record(STREAM, stored[-1].last, [last[0].event]), commands[-1])


@BOTH_DRIVERS
async def test_a_showcase_is_backed_up_from_one_engine_and_restored_to_the_other(
    old: Path, database: Database, tmp_path: Path
) -> None:
    first, second, back = tmp_path / "first.zip", tmp_path / "second.zip", tmp_path / "back"
    assert await run_backup(Folder(old), first, people=True, keys=True, as_json=False) == 0
    assert await run_restore(first, database, as_json=False) == 0
    assert await run_backup(database, second, people=True, keys=True, as_json=False) == 0
    assert await run_restore(second, Folder(back), as_json=False) == 0
    assert await contents(database) == await contents(Folder(old)) == await contents(Folder(back))


async def test_it_does_not_move_while_a_service_runs_on_the_folder(old: Path, database: Database) -> None:
    with claimed(old, "livescore"), pytest.raises(BadStart, match="another livescore already runs"):
        await run_migrate(Folder(old), database, as_json=False)
    assert await nothing_is_in(database)


async def test_it_moves_into_nothing_that_is_in_use(old: Path, database: Database, tmp_path: Path) -> None:
    await run_migrate(Folder(old), database, as_json=False)
    before = await contents(database)
    with pytest.raises(BadStart, match="is not empty"):
        await run_migrate(Folder(old), database, as_json=False)
    with pytest.raises(BadStart, match="is not empty"):
        await run_migrate(database, Folder(old), as_json=False)
    with pytest.raises(BadStart, match="there is no showcase in the database nowhere"):
        await run_migrate(Database(database.uri, "nowhere", database.keys), Folder(tmp_path / "new"), as_json=False)
    assert await contents(database) == before


async def test_a_place_that_goes_on_while_it_is_copied_is_found_out(
    old: Path, database: Database, tmp_path: Path
) -> None:
    """A database cannot be held as a folder is: somebody may have forgotten to stop a service that runs on it."""
    await run_migrate(Folder(old), database, as_json=False)
    async with Mongo(database.uri, database=database.name) as mongo, MongoLedger(mongo, "livescore") as ledger:
        last = (await ledger.export(STREAM))[-1].last
        event = (await ledger.read(STREAM, after=last - 1))[0].event

        async def going_on() -> None:
            for seq in itertools.count(last):
                await ledger.append(record(STREAM, seq, [event]))

        service = asyncio.create_task(going_on())
        with pytest.raises(BadStart, match="Stop all services of the old place"):
            await run_migrate(database, Folder(tmp_path / "new"), as_json=False)
        service.cancel()
        await asyncio.wait({service})
    assert not (tmp_path / "new").exists()


async def test_another_key_in_the_new_place_is_not_written_over(old: Path, database: Database) -> None:
    database.keys.mkdir()
    (database.keys / "signing.pem").write_text("another one")
    with pytest.raises(BadStart, match="holds another signing key"):
        await run_migrate(Folder(old), database, as_json=False)
    assert (database.keys / "signing.pem").read_text() == "another one"
    assert await nothing_is_in(database)


DIE = """
import asyncio, os, signal, sys
from pathlib import Path
from services.archive import migrate, places
from services.registration.people_mongo import MongoPeople
MongoPeople.adopt = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
old, uri, name, keys = sys.argv[1:]
asyncio.run(migrate.run_migrate(places.Folder(Path(old)), places.Database(uri, name, Path(keys)), False))
"""


async def test_after_a_kill_no_service_starts_on_the_half_and_the_next_attempt_clears_up(
    old: Path, database: Database
) -> None:
    argv = [sys.executable, "-c", DIE, str(old), database.uri, database.name, str(database.keys)]
    killed = await asyncio.to_thread(subprocess.run, argv, cwd=ROOT, check=False, capture_output=True, env=os.environ)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    async with Mongo(database.uri, database=database.name) as mongo:
        assert await mongo.collection("livescore_commits").find({}, limit=1), "it did not die in the middle"
        with pytest.raises(BadStart, match="has not ended"):
            await Filling(mongo).must_be_over()
    with pytest.raises(BadStart, match="has not ended"):
        await contents(database)
    assert await run_migrate(Folder(old), database, as_json=False) == 0
    assert await contents(database) == await contents(Folder(old))


async def test_of_two_attempts_at_once_the_later_one_is_refused(old: Path, database: Database) -> None:
    async with new(database):
        with pytest.raises(BadStart, match="is at work"):
            await run_migrate(Folder(old), database, as_json=False)
    assert (await contents(database)).events == 0


async def test_the_command_line_moves_a_showcase_by_the_services_own_settings(old: Path, database: Database) -> None:
    where = {"REGISTRATION_MONGO": database.uri, "REGISTRATION_MONGO_DATABASE": database.name}
    args = ("migrate", "--to", "cluster", "--data", str(old), "--keys", str(database.keys), "--json")
    done = await asyncio.to_thread(lambda: run(*args, **where))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["people"] == 3
    assert database.uri not in done.stdout + done.stderr
    again = await asyncio.to_thread(lambda: run(*args, **where))
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)


async def test_a_database_that_does_not_answer_is_one_clear_line(old: Path, tmp_path: Path) -> None:
    nobody = Database("mongodb://127.0.0.1:9/?directConnection=true", "x", tmp_path / "keys", patience_seconds=0.5)
    with pytest.raises(BadStart, match="MongoDB does not answer"):
        await run_migrate(Folder(old), nobody, as_json=False)
    async with SqliteLedger(old / "livescore.db") as ledger:
        assert await ledger.streams(), "the old place was touched"
