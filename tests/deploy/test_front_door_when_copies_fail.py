"""A copy that is away, breaks off or loses its answer costs nobody a mark, and nobody more than a moment."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.deploy.byway import byway
from tests.deploy.conftest import created
from tests.deploy.front import needs_nginx
from tests.journeys.people import Competitor, Judge, Organiser
from tests.journeys.test_typical_journey import SCHEME

if TYPE_CHECKING:
    from tests.deploy.conftest import Behind, OpenDoor

pytestmark = [needs_nginx, pytest.mark.asyncio(loop_scope="module")]


async def judging(behind: Behind, slug: str = "electronics") -> tuple[Judge, str]:
    """A judge who may mark somebody: everything before that has gone through the door as well."""
    organiser, public = Organiser(behind), Competitor(behind)
    competition = await organiser.adds_a_competition("autumn", slug, en="A competition")
    await organiser.imports_the_scheme(competition, SCHEME)
    who = await public.registers(competition, "Wu", "CN")
    await organiser.approves(competition, who, "08")
    judge = await organiser.seats_a_judge(competition, "Neutra Lim Example", "SG")
    await judge.finds("Wu")
    return judge, who


async def test_a_mark_whose_answer_is_lost_is_sent_to_another_copy_and_counts_once(
    behind: Behind, open_door: OpenDoor
) -> None:
    livescore = behind.at.ports["livescore"]
    async with (
        byway(livescore) as one,
        byway(livescore) as other,
        open_door(livescore_1=one.port, livescore_2=other.port) as door,
    ):
        await Organiser(behind).creates_a_showcase("autumn", en="Autumn Showcase")
        judge, who = await judging(behind)
        before = (await judge.sheet())["seq"]
        used = one if one.requests > other.requests else other
        used.lose = 1
        receipt = await judge.reads(who, "A1.1", "met")
        assert used.lose == 0, "the answer was not lost"
        lines = await door.lines(f"/api/livescore/competitions/{judge.competition}/marks")
        assert [line["status"] for line in lines] == ["201"], "the judge saw it"
        assert lines[0]["copies"].count(",") == 1
        assert (await judge.sheet())["seq"] == receipt["seq"] == before + 1


async def test_marks_of_one_competition_go_to_one_copy_and_competitions_to_all(
    behind: Behind, open_door: OpenDoor
) -> None:
    livescore = behind.at.ports["livescore"]
    async with (
        byway(livescore) as one,
        byway(livescore) as other,
        open_door(livescore_1=one.port, livescore_2=other.port),
        aiohttp.ClientSession() as http,
    ):
        went: set[tuple[bool, bool]] = set()
        for n in range(12):
            counts = one.requests, other.requests
            url = f"{behind.at.url('livescore')}/api/livescore/competitions/autumn.skill-{n}/marking"
            for _ in range(3):
                async with http.get(url) as answer:
                    assert answer.status == 401
            went.add((one.requests > counts[0], other.requests > counts[1]))
        assert went == {(True, False), (False, True)}


async def test_with_one_of_two_copies_dead_nobody_sees_an_error(behind: Behind, open_door: OpenDoor) -> None:
    async with open_door() as door, aiohttp.ClientSession() as http:
        for path in ("/", "/live/state", "/judge", "/organise", "/api/registration/showcases") * 8:
            async with http.get(door.url + path) as answer:
                assert answer.status == 200, path
        await door.lines("/organise")
        assert any("," in line["copies"] for line in door.log_lines()), "the dead ones were never tried"


async def test_with_broadcast_away_no_old_board_passes_for_a_live_one(behind: Behind, open_door: OpenDoor) -> None:
    await created(behind, "winter")
    async with (
        AsyncExitStack() as open_way,
        open_door(broadcast_1=(await open_way.enter_async_context(byway(behind.at.ports["broadcast"]))).port) as door,
        aiohttp.ClientSession() as http,
    ):
        state = f"{door.url}/live/state/showcase/winter"
        async with http.get(state) as answer:
            assert answer.status == 200
        await open_way.aclose()
        async with asyncio.timeout(20):  # broadcast allows a second, and five while the next one is fetched
            while True:
                async with http.get(state) as answer:
                    if answer.status == 503:
                        assert (await answer.json())["code"] == "unavailable"
                        break
                await asyncio.sleep(0.05)


async def test_with_all_copies_dead_pages_are_told_to_come_again_and_the_next_start_is_found(
    behind: Behind, open_door: OpenDoor
) -> None:
    async with open_door() as door, aiohttp.ClientSession() as http:
        competitions = f"{door.url}/api/livescore/competitions"
        stopped = behind.supervisor.pid("livescore")
        os.kill(stopped, signal.SIGKILL)
        refused = 0
        async with asyncio.timeout(15):
            while True:
                async with http.get(competitions) as answer:
                    if answer.status == 401:
                        break
                    refused += 1
                    assert answer.status == 503
                    assert answer.headers["Retry-After"] == "2"
                    assert answer.content_type == "application/problem+json"
                    assert (await answer.json())["code"] == "unavailable"
                async with http.get(f"{door.url}/") as answer:
                    assert answer.status == 200, "viewers are not concerned"
                await asyncio.sleep(0.05)
        assert refused > 0
        assert behind.supervisor.pid("livescore") != stopped
