"""Registration dies under a rush on its last places: nobody is registered twice, and no place is given twice."""

import asyncio
import os
import random
import signal

import pytest

from services.rehearsal.http import RefusedError
from tests.conftest import Running
from tests.faults.rush import API, CAPACITY, COMPETITORS, form, open_for_registration

PEOPLE = 14
KILLS = 4


@pytest.mark.timeout(90)
async def test_places_and_people_stay_single_however_often_registration_dies(running: Running) -> None:
    await open_for_registration(running)
    told: dict[int, set[str]] = {}
    refusals: list[str] = []

    async def person(number: int) -> None:
        for attempt in range(3):
            await asyncio.sleep(random.uniform(0, 1.5))
            try:
                answer = await running.ask("POST", "registration", COMPETITORS, form(number, attempt))
                told.setdefault(number, set()).add(answer["id"])
            except RefusedError as exc:
                refusals.append(exc.problem["code"])

    async def kills() -> None:
        for _ in range(KILLS):
            await asyncio.sleep(random.uniform(0.1, 0.6))
            os.kill(running.supervisor.pid("registration"), signal.SIGKILL)
            before = running.supervisor.starts("registration")
            while running.supervisor.starts("registration") == before:  # noqa: ASYNC110 - there is no event for it
                await asyncio.sleep(0.005)
            await running.supervisor.ready()

    await asyncio.gather(kills(), *(person(number) for number in range(PEOPLE)))
    listed = await running.ask("GET", "registration", COMPETITORS, token=running.organiser)
    ids = [one["id"] for one in listed]
    assert len(ids) == len(set(ids)) == CAPACITY
    assert all(len(answers) == 1 for answers in told.values()), "one person is one registration"
    assert {answer for answers in told.values() for answer in answers} == set(ids)
    assert refusals == ["full"] * 3 * (PEOPLE - CAPACITY)
    about = await running.ask("GET", "registration", f"{API}/showcases/rush")
    assert about["competitions"][0]["places_left"] == 0
