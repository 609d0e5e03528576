"""A showcase with facts of every kind is copied, restored and moved, and stays the same to the last byte."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from services.archive.backup import run_backup
from services.archive.house import survey
from services.archive.migrate import run_migrate
from services.archive.places import Database, Folder, existing
from services.archive.progress import Progress
from services.archive.restore import run_restore
from services.supervisor import Supervisor, place
from services.verify import run_verify
from shared.ledger.mongo import MongoLedger
from shared.ledger.sqlite import SqliteLedger, read_file
from shared.mongo import Mongo
from tests.journeys.played_competitions import play_into
from tests.journeys.small_showcase import make_showcase

if TYPE_CHECKING:
    from pathlib import Path

    from services.archive.inventory import Inventory
    from services.archive.places import Location
    from shared.ledger.port import Stored

pytestmark = pytest.mark.timeout(120)


async def contents(at: Location) -> Inventory:
    async with existing(at) as house:
        return await survey(house, Progress("looking"))


async def stored(ledger: SqliteLedger, streams: list[str]) -> list[list[Stored]]:
    return [await ledger.export(stream) for stream in streams]


def bodies(data: Path) -> list[bytes]:
    return sorted(read_file(data / "livescore.db")[1])


async def test_facts_of_every_kind_come_back_from_an_archive_and_both_scorers_agree(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The services start on what was restored, publish every board, and `verify` finds nothing that differs."""
    old, archive, restored = await make_showcase(tmp_path / "old"), tmp_path / "copy.zip", tmp_path / "restored"
    streams = await play_into(old)
    assert await run_backup(Folder(old), archive, people=True, keys=True, as_json=False) == 0
    assert await run_restore(archive, Folder(restored), as_json=False) == 0
    assert bodies(restored) == bodies(old)
    assert await contents(Folder(restored)) == await contents(Folder(old))
    async with SqliteLedger(old / "livescore.db") as before, SqliteLedger(restored / "livescore.db") as after:
        assert await stored(after, streams) == await stored(before, streams)  # with the ids they were sent under (R45)
    async with Supervisor(place(restored, "127.0.0.1", 0)):
        pass  # ready means that its boards are published
    capsys.readouterr()
    code = await run_verify(restored, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (code, told["different"], told["cells"]) == (0, [], {})
    assert told["boards"] == len(streams) + 2


async def test_facts_of_every_kind_move_into_a_database_and_home_again(
    mongo_uri: str, mongo_database: str, tmp_path: Path
) -> None:
    old, home, again = await make_showcase(tmp_path / "old"), tmp_path / "home", tmp_path / "again"
    streams = await play_into(old)
    database = Database(mongo_uri, mongo_database, tmp_path / "keys")
    assert await run_migrate(Folder(old), database, as_json=False) == 0
    assert await contents(database) == await contents(Folder(old))
    async with (
        Mongo(database.uri, database=database.name) as mongo,
        MongoLedger(mongo, "livescore") as there,
        SqliteLedger(old / "livescore.db") as here,
    ):
        for stream in streams:
            assert await there.read(stream) == await here.read(stream)
    assert await run_backup(database, tmp_path / "there.zip", people=True, keys=True, as_json=False) == 0
    assert await run_restore(tmp_path / "there.zip", Folder(again), as_json=False) == 0
    assert await run_migrate(database, Folder(home), as_json=False) == 0
    assert bodies(home) == bodies(again) == bodies(old)
    assert await contents(Folder(home)) == await contents(Folder(old))
