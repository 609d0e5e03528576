"""The `showcase` command as people run it: the demo that checks itself, and the check of a data folder."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.rehearsal.event import load_event
from services.rehearsal.http import Http
from services.rehearsal.judges import Judges
from services.rehearsal.organiser import set_up
from services.supervisor import Supervisor, place

if TYPE_CHECKING:
    from collections.abc import Callable

EVENT = Path(__file__).parents[2] / "examples" / "reference-event"
BOARDS = Path("bus") / "boards.livescore.db"


def showcase(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "services", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)


def test_the_demo_plays_the_reference_event_and_finds_everything_in_order() -> None:
    demo = showcase("demo", "--once", "--json")
    assert demo.returncode == 0, demo.stderr
    report = json.loads(demo.stdout.splitlines()[-1])
    assert set(report) == {
        "competitors", "judges", "marks_acknowledged", "marks_in_ledger", "lost", "duplicated", "viewers",
        "viewers_current", "board", "mark_to_screen_ms", "judge_ack_ms", "medals", "medallions", "best_of_nation",
    }  # fmt: skip
    # W16, after panels, signatures, freeze, result and reveal.
    assert report["medals"] == {"08": "gold", "02": "silver", "06": "silver"}
    assert (report["medallions"], report["best_of_nation"]) == (["03", "07"], {"CN": "08", "GB": "03"})
    assert (report["competitors"], report["judges"]) == (10, 4)
    assert (report["lost"], report["duplicated"]) == (0, 0)
    assert report["marks_acknowledged"] == report["marks_in_ledger"] == load_event(EVENT).marks
    assert report["viewers"] == report["viewers_current"] == 200
    for figure in ("mark_to_screen_ms", "judge_ack_ms"):
        assert 0 < report[figure]["p50"] <= report[figure]["p99"]
    assert [(row["rank"], row["total"]) for row in report["board"]][:4] == [
        (1, "88.75"), (2, "84.50"), (2, "84.50"), (4, "81.50")
    ]  # fmt: skip
    assert {row["country"] for row in report["board"]} == {"CN", "GB"}
    assert all(row["name"] for row in report["board"])
    assert "Traceback" not in demo.stderr


@pytest.fixture
def sabotaged(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """A copy of the reference event in which something is not as it should be."""

    def make(file: str, old: str, new: str) -> Path:
        folder = tmp_path / "event"
        shutil.copytree(EVENT, folder)
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1))
        return folder

    return make


def test_the_demo_fails_when_the_totals_are_not_the_files(sabotaged: Callable[[str, str, str], Path]) -> None:
    folder = sabotaged("marks.yaml", "total: 69.00", "total: 69.25")
    demo = showcase("demo", "--once", "--json", "--viewers", "3", "--event", folder)
    assert demo.returncode == 1, demo.stderr
    report = json.loads(demo.stdout.splitlines()[-1])
    assert (report["lost"], report["viewers_current"]) == (0, 3)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("marks.yaml", "A1.1: {sg: met}", "A1.1: {gb: met}"),
        ("showcase.yaml", "birth_date: 2001-03-14", "birth_date: 2019-03-14"),
    ],
    ids=["a mark by a compatriot", "a competitor who is too young"],
)
def test_the_demo_fails_when_something_is_refused(
    sabotaged: Callable[[str, str, str], Path], file: str, old: str, new: str
) -> None:
    demo = showcase("demo", "--once", "--json", "--viewers", "3", "--event", sabotaged(file, old, new))
    assert demo.returncode == 2
    assert demo.stdout == ""
    assert len(demo.stderr.strip().splitlines()) == 1
    assert "refused" in demo.stderr


def test_a_folder_that_is_no_event_is_one_clear_line(tmp_path: Path) -> None:
    demo = showcase("demo", "--once", "--json", "--event", tmp_path)
    assert demo.returncode == 2
    assert demo.stdout == ""
    assert len(demo.stderr.strip().splitlines()) == 1
    assert "is not an event" in demo.stderr


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the reference event was played; nothing runs on it any more."""
    data = tmp_path_factory.mktemp("played") / "data"

    async def play() -> None:
        event, at = load_event(EVENT), place(data, "127.0.0.1", 0)
        async with Supervisor(at), Http() as http:
            cast = await set_up(event, at, http)
            await Judges(event, at, cast, http).play(pace=None)
            running = await asyncio.to_thread(showcase, "verify", "--data", data, "--json")
            assert running.returncode == 0, "it may also be checked while it runs"

    asyncio.run(play())
    return data


@pytest.fixture
def copied(played: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(played, tmp_path / "data"))


def verified(data: Path) -> tuple[int, dict[str, object]]:
    done = showcase("verify", "--data", data, "--json")
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


def test_boards_equal_to_the_ledger_are_found_equal(played: Path) -> None:
    assert verified(played) == (0, {"boards": 1, "different": [], "cells": {}, "chains": {}})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            'UPDATE log SET body = CAST(replace(CAST(body AS TEXT), \'"total":"88.75"\', \'"total":"98.75"\') AS BLOB)',
            " total: 88.75 by the second scorer, 98.75 by the first",
        ),
        (
            "UPDATE log SET body = CAST(replace(CAST(body AS TEXT), '\"rank\":2', '\"rank\":3') AS BLOB)",
            " rank: 2 by the second scorer, 3 by the first",
        ),
        ("DELETE FROM log", None),
    ],
    ids=["a total", "a rank", "a board that is gone"],
)
def test_a_board_that_was_tampered_with_is_found_and_the_field_named(
    copied: Path, change: str, told: str | None
) -> None:
    assert tampered(copied / BOARDS, change) > 0
    status, report = verified(copied)
    assert (status, report["different"]) == (1, ["competition/uk-china-2020.electronics"])
    cells = report["cells"]
    assert isinstance(cells, dict)
    assert [one.endswith(told) for one in cells.values() if told] == [True] * bool(told)


def test_a_board_of_a_competition_that_is_not_in_the_ledger_is_found(copied: Path) -> None:
    change = """INSERT INTO log(key, body) SELECT 'competition/uk-china-2020.forged',
                CAST(replace(CAST(body AS TEXT), 'electronics', 'forged') AS BLOB) FROM log"""
    assert tampered(copied / BOARDS, change) == 1
    status, report = verified(copied)
    assert (status, report["different"], report["cells"]) == (1, ["competition/uk-china-2020.forged"], {})


def test_a_mark_that_was_tampered_with_is_found(copied: Path) -> None:
    change = """UPDATE events SET body = CAST(replace(CAST(body AS TEXT), '"value":"met"', '"value":"not_met"') AS BLOB)
                WHERE pos = (SELECT max(pos) FROM events WHERE CAST(body AS TEXT) LIKE '%"value":"met"%')"""
    with pytest.raises(sqlite3.IntegrityError, match="events never change"):
        tampered(copied / "livescore.db", change)
    assert tampered(copied / "livescore.db", "DROP TRIGGER events_are_final", change) == 1
    assert verified(copied)[0] == 1


def test_a_folder_without_a_ledger_is_one_clear_line(tmp_path: Path) -> None:
    done = showcase("verify", "--data", tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


def tampered(file: Path, *changes: str) -> int:
    """Edit a closed file as somebody with a tool of their own would; the rows that were changed."""
    db = sqlite3.connect(file)
    try:
        with db:
            return [db.execute(change).rowcount for change in changes][-1]
    finally:
        db.close()
