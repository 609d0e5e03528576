"""A judge's live view through nginx: nothing of it is held back, and quiet is no reason to cut it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.deploy.front import needs_nginx
from tests.journeys.people import Competitor, Organiser
from tests.journeys.test_typical_journey import SCHEME
from tests.services.event_stream import listening

if TYPE_CHECKING:
    from tests.deploy.conftest import Behind, OpenDoor

pytestmark = [needs_nginx, pytest.mark.asyncio(loop_scope="module")]

_ORDINARY_SECONDS = 7
"""After which the door gives up any other request that says nothing."""


async def test_a_judges_live_view_comes_at_once_and_outlasts_a_quiet_time(behind: Behind, open_door: OpenDoor) -> None:
    async with open_door() as door, aiohttp.ClientSession(door.url) as http:
        organiser, public = Organiser(behind), Competitor(behind)
        await organiser.creates_a_showcase("autumn", en="Autumn Showcase")
        competition = await organiser.adds_a_competition("autumn", "electronics", en="Electronics")
        await organiser.imports_the_scheme(competition, SCHEME)
        wu = await public.registers(competition, "Wu", "CN")
        await organiser.approves(competition, wu, "08")
        judge = await organiser.seats_a_judge(competition, "Neutra Lim Example", "SG")
        await judge.finds("Wu")
        path = f"/api/livescore/competitions/{competition}/marking/live"
        async with listening(http, path, judge.token) as stream:
            first = await stream.next()
            assert await stream.silent(_ORDINARY_SECONDS + 0.7)
            await judge.reads(wu, "A1.1", "met")
            heard = await stream.next(2)
    assert (first.name, heard.name) == ("changed", "changed")
    assert heard.tag != first.tag
