"""`showcase import`: an event folder into a showcase that runs, through the same doors an organiser uses."""

from __future__ import annotations

import asyncio
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from services.rehearsal.http import Http
from services.supervisor import Place, Supervisor, place
from shared.errors import BadStart
from tests.conftest import Running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

EVENT = Path(__file__).parents[2] / "examples" / "reference-event"


def three_ports_in_a_row(data: Path) -> Place:
    """As `--port` lays them out; a command that joins later finds them by the first."""
    for _ in range(50):
        try:
            return place(data, "127.0.0.1", random.randrange(20_000, 30_000))
        except BadStart:
            continue
    raise AssertionError("no three free ports in a row")


@pytest.fixture
async def in_a_row(tmp_path: Path) -> AsyncIterator[Running]:
    at = three_ports_in_a_row(tmp_path / "data")
    async with Supervisor(at) as supervisor, Http() as http:
        yield Running(at, supervisor, http)


async def imported(running: Running, event: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "services", "import", str(event), "--data", str(running.data)]
    command += ["--port", str(running.at.ports["broadcast"])]
    return await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=30, check=False)


async def board(running: Running) -> dict[str, Any]:
    """The public board once all ten competitors are on it."""
    async with asyncio.timeout(10):
        while True:
            found = await running.ask("GET", "broadcast", "/live/state/competition/uk-china-2020.electronics")
            if len(found["state"]["rows"]) == 10 and found["state"]["head"]["aspects"] == 30:
                return dict(found)
            await asyncio.sleep(0.02)


async def test_an_event_is_loaded_once_however_often_it_is_loaded(in_a_row: Running) -> None:
    first = await imported(in_a_row, EVENT)
    assert (first.returncode, first.stderr) == (0, "")
    assert "10 competitors, 4 judges" in first.stdout
    assert f"{in_a_row.at.url('broadcast')}/s/uk-china-2020" in first.stdout
    before = await board(in_a_row)
    again = await imported(in_a_row, EVENT)
    assert (again.returncode, again.stdout) == (0, first.stdout)
    assert await board(in_a_row) == before


async def test_an_event_brings_its_video_streams(in_a_row: Running, tmp_path: Path) -> None:
    event = Path(shutil.copytree(EVENT, tmp_path / "event"))
    about = event / "showcase.yaml"
    streams = "  streams:\n    - {url: https://youtu.be/aB3_-xYz012, title: {en: The hall}, lang: en}\n  programme:\n"
    await asyncio.to_thread(about.write_text, about.read_text().replace("  programme:\n", streams, 1))
    assert (await imported(in_a_row, event)).returncode == 0
    async with asyncio.timeout(10):
        while True:
            found = await in_a_row.ask("GET", "broadcast", "/live/state/showcase/uk-china-2020")
            if "streams" in found["state"]["head"]:
                break
            await asyncio.sleep(0.02)
    expected = {"url": "https://youtu.be/aB3_-xYz012", "title": {"en": "The hall"}, "lang": "en"}
    assert found["state"]["head"]["streams"] == [expected]


async def test_a_faulty_scheme_is_one_line_with_its_place_and_rule(in_a_row: Running, tmp_path: Path) -> None:
    event = Path(shutil.copytree(EVENT, tmp_path / "event"))
    scheme = event / "scheme.yaml"
    await asyncio.to_thread(scheme.write_text, (EVENT / "scheme.yaml").read_text().replace("max: 1.00", "max: 7.00", 1))
    done = await imported(in_a_row, event)
    assert done.returncode == 2
    (line,) = done.stderr.strip().splitlines()
    assert "R5" in line
    assert "106.00" in line
