"""What stays the same when a showcase has moved: boards as anybody gets them, and a judge's link."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import aiohttp

from shared.ids import new_id, rfc3339, utc_now
from tests.faults.command import run

if TYPE_CHECKING:
    from services.rehearsal.event import Event
    from services.rehearsal.http import Http
    from services.rehearsal.organiser import Cast

Json = dict[str, Any]


def told_by(*args: str, **environment: str) -> Json:
    """What a command that went well says on its last line."""
    done = run(*args, "--json", **environment)
    assert done.returncode == 0, done.stderr
    found: Json = json.loads(done.stdout.splitlines()[-1])
    return found


async def boards(url: str, event: Event, seq: int = 0) -> dict[str, Json]:
    """The public boards, as anybody gets them, by channel; the competition's once it has come to this `seq`."""
    found: dict[str, Json] = {}
    async with aiohttp.ClientSession() as http, asyncio.timeout(20):
        for channel in (f"competition/{event.competition_id}", f"showcase/{event.showcase['id']}"):
            while channel not in found:
                async with http.get(f"{url}/live/state/{channel}") as answer:
                    board = await answer.json() if answer.status == 200 else None
                if board is not None and (board["seq"] >= seq or not channel.startswith("competition/")):
                    found[channel] = board
                await asyncio.sleep(0.02)
    return found


def without_epoch(found: dict[str, Json]) -> dict[str, Json]:
    """Each place has its own, and everything else must be the same."""
    return {
        channel: {name: value for name, value in board.items() if name != "epoch"} for channel, board in found.items()
    }


async def gives_a_mark(url: str, event: Event, cast: Cast, http: Http) -> Json:
    """One more mark with a link from before: the newest reading of some cell is corrected."""
    cell = next(cell for cell in event.cells if cell.turns[-1].value is not None)
    judge = cell.turns[-1].judge
    api = f"{url}/api/livescore/competitions/{event.competition_id}"
    sheet = (await http.send("GET", f"{api}/marking", cast.tokens[judge])).body
    competitor = cast.competitors[cell.bib]
    form = {
        "id": new_id(),
        "competitor": competitor,
        "aspect": cell.aspect,
        "marked_at": rfc3339(utc_now()),
        "value": cell.turns[-1].value,
        "saw": sheet["cells"][competitor][cell.aspect]["seq"],
        "justification": "Looked at again after the move.",
    }
    answer: Json = (await http.send("POST", f"{api}/marks", cast.tokens[judge], form)).body
    return answer
