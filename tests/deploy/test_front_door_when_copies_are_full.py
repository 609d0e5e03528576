"""A copy that is full refuses for itself: what it still takes comes through the front door all the same."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import aiohttp
import pytest

from shared.contracts.board import Board
from tests.deploy.front import needs_nginx
from tests.journeys.people import Organiser
from tests.services.broadcast.process import BroadcastProcess

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deploy.conftest import Behind, OpenDoor

pytestmark = [needs_nginx, pytest.mark.asyncio(loop_scope="module")]

FEEDS = 200  # of one copy of livescore
KNOCKS = 20


async def test_strangers_who_fill_the_feeds_keep_no_judge_out(behind: Behind, open_door: OpenDoor) -> None:
    connector = aiohttp.TCPConnector(limit=0)
    async with open_door() as door, aiohttp.ClientSession(connector=connector) as http, AsyncExitStack() as feeds:
        await Organiser(behind).creates_a_showcase("autumn", en="Autumn Showcase")
        competition = await Organiser(behind).adds_a_competition("autumn", "electronics", en="Electronics")
        path = f"/api/livescore/competitions/{competition}/feed"
        opened = 0
        async with asyncio.timeout(30):
            while opened < FEEDS:
                feed = http.get(f"http://127.0.0.1:{behind.at.ports['livescore']}{path}")
                opened += (await feeds.enter_async_context(feed)).status == 200  # the competition is heard of by then
        for _ in range(KNOCKS):
            async with http.get(door.url + path) as refused:
                assert refused.status == 503
            async with http.get(f"{door.url}/api/livescore/competitions") as answer:
                assert answer.status == 401, "a judge with a link is let in"


async def test_full_of_viewers_pages_and_states_are_there_and_a_place_that_is_given_back_is_taken(
    behind: Behind, open_door: OpenDoor, tmp_path: Path
) -> None:
    async with AsyncExitStack() as running:
        copies = []
        for n in (1, 2):
            (tmp_path / f"{n}").mkdir()
            copies.append(running.enter_context(BroadcastProcess(tmp_path / f"{n}", MAX_VIEWERS="1")))
            copies[-1].publish([Board(channel="showcase/full", epoch="e", seq=1, head={}, rows={})])
        door = await running.enter_async_context(open_door(broadcast_1=copies[0].port, broadcast_2=copies[1].port))
        http = await running.enter_async_context(aiohttp.ClientSession())
        feed = f"{door.url}/live/events?c=showcase/full"
        viewers = [await http.get(feed) for _ in copies]
        assert [viewer.status for viewer in viewers] == [200, 200]
        for _ in range(KNOCKS):
            async with http.get(feed) as refused:
                assert (refused.status, (await refused.json(content_type=None))["code"]) == (503, "full")
                assert 5 <= int(refused.headers["Retry-After"]) <= 20, "the copy's own, drawn by lot"
            for path in ("/", "/live/state/showcase/full"):
                async with http.get(door.url + path) as answer:
                    assert (path, answer.status) == (path, 200)
        viewers.pop().close()
        status = 503
        while status == 503:  # until the copy has seen it go; nobody else knocks for it
            async with http.get(feed) as viewer:
                status = viewer.status
        assert status == 200
        viewers.pop().close()
