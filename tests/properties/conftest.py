"""The running services that hostile input is sent to, one set for each module of tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest
import pytest_asyncio

from services.rehearsal.http import Http
from services.supervisor import Supervisor, place
from tests.conftest import Running
from tests.journeys.people import Competitor, Organiser
from tests.properties.hostile import COMPETITION, SCHEME, Target

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def target(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Target]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGISTRATION_REGISTRATIONS_PER_MINUTE", "6000")
        patch.setenv("REGISTRATION_REGISTRATIONS_BURST", "6000")
        at = place(tmp_path_factory.mktemp("fuzz") / "data", "127.0.0.1", 0)
        async with Supervisor(at) as supervisor, Http() as http, aiohttp.ClientSession() as session:
            running = Running(at, supervisor, http)
            organiser = Organiser(running)
            await organiser.creates_a_showcase("autumn", en="Autumn")
            await organiser.adds_a_competition("autumn", "electronics", en="Electronics")
            await organiser.imports_the_scheme(COMPETITION, SCHEME)
            competitor = await Competitor(running).registers(COMPETITION, "Ivy", "GB")
            await organiser.approves(COMPETITION, competitor, "03")
            judges = [await organiser.seats_a_judge(COMPETITION, "Heidi Nullpunkt", "CH") for _ in range(4)]
            officials = {
                office: await organiser.seats_an_official(COMPETITION, office)
                for office in ("chief", "manager", "presenter")
            }
            await judges[-1].finds("Ivy")
            yield Target(
                running, session, {"judge": judges[0].token, **officials}, competitor, [one.id for one in judges]
            )
            for service in ("registration", "livescore", "broadcast"):
                assert supervisor.starts(service) == 1, f"{service} died and was started again"
