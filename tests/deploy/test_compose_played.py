"""What docker-compose.yml starts, without Docker: an event is judged and watched while copies are killed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.composed import played
from tests.deploy.front import needs_nginx
from tests.journeys.people import Competitor, Organiser
from tests.journeys.test_typical_journey import SCHEME
from tests.journeys.watching import Screens
from tests.parts import kafka, mongo

if TYPE_CHECKING:
    from pathlib import Path


@needs_nginx
@pytest.mark.timeout(120)
async def test_an_event_goes_on_while_copies_of_the_composed_services_are_killed(tmp_path: Path) -> None:
    if reason := kafka.missing() or mongo.missing():
        pytest.skip(reason)
    async with played(tmp_path) as all_:
        organiser, public = Organiser(all_), Competitor(all_)
        await organiser.creates_a_showcase("autumn", en="Autumn Showcase")
        competition = await organiser.adds_a_competition("autumn", "electronics", en="Electronics")
        await organiser.imports_the_scheme(competition, SCHEME)
        async with Screens(all_.door.url, f"competition/{competition}").on() as screens:
            wu = await public.registers(competition, "Wu", "CN")
            await organiser.approves(competition, wu, "08")
            judge = await organiser.seats_a_judge(competition, "Neutra Lim Example", "SG")
            await judge.finds("Wu")
            await judge.reads(wu, "A1.1", "met")
            await screens.show(lambda board: board["rows"].get(wu, {}).get("marked") == 1)
            all_.containers["livescore-1"].kill()
            all_.containers["registration-2"].kill()
            assert (await judge.reads(wu, "A1.2", "0"))["state"] == "settled"
            assert (await judge.scores(wu, "A1.3", 2))["state"] == "waiting", "for two more judges"
            board = await screens.show(lambda board: board["rows"][wu]["marked"] == 2)
            assert board["rows"][wu]["total"] == "3.00"
        assert all_.containers["broadcast-1"].stop() == 0, "it stops in order"
        log = (all_.broker.folder / "log").read_text()
        assert "was supplied but isn't a known config" not in log
