from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.services.registration.conftest import Registration, Run

    Filled = Callable[..., dict[str, Any]]

API = "/api/registration"


def showcase(**changed: Any) -> dict[str, Any]:
    return {
        "id": "spring",
        "title": {"en": "Spring Showcase", "zh": "春季展示"},
        "timezone": "Europe/London",
        "starts_on": "2031-04-01",
        "ends_on": "2031-04-02",
        "programme": [
            {
                "starts_at": "2031-04-01T09:00:00+01:00",
                "ends_at": "2031-04-01T10:00:00+01:00",
                "title": {"en": "Opening"},
            }
        ],
        **changed,
    }


async def test_a_showcase_is_public_with_its_programme_and_places(registration: Registration, filled: Filled) -> None:
    created = await registration.organise("POST", "/showcases", showcase())
    assert created["programme"][0]["title"]["en"] == "Opening"
    await registration.register(filled())
    status, shown = await registration.ask("GET", f"{API}/showcases/autumn")
    assert status == 200
    assert shown["competitions"][0]["places_left"] == 9
    assert shown["competitions"][0]["open"] is True
    status, everything = await registration.ask("GET", f"{API}/showcases")
    assert [one["id"] for one in everything] == ["autumn", "spring"]
    assert (await registration.ask("GET", f"{API}/showcases/summer"))[0] == 404


async def test_sending_the_same_showcase_again_is_the_same_answer(registration: Registration) -> None:
    first = await registration.organise("POST", "/showcases", showcase())
    assert await registration.organise("POST", "/showcases", showcase()) == first
    status, problem = await registration.ask(
        "POST", f"{API}/showcases", showcase(timezone="Asia/Shanghai"), token=registration.organiser
    )
    assert (status, problem["code"]) == (409, "showcase_exists")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"id": "Spring"}, "id"),
        ({"id": "spring/../x"}, "id"),
        ({"title": {}}, "title"),
        ({"title": {"en": "Spring\u202e"}}, "title.en"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"ends_on": "2031-03-31"}, "ends_on"),
        ({"ends_on": "9999-12-31"}, "ends_on"),
        ({"owner": "me"}, "owner"),
        ({"programme": [{"starts_at": "2031-04-01T09:00:00", "ends_at": "2031-04-01T10:00:00", "title": {"en": "x"}}]},
         "programme.0.starts_at"),
    ],
)  # fmt: skip
async def test_a_wrong_showcase_is_refused_by_field(
    registration: Registration, changed: dict[str, Any], field: str
) -> None:
    status, problem = await registration.ask(
        "POST", f"{API}/showcases", showcase(**changed), token=registration.organiser
    )
    assert status == 422
    assert problem["errors"][0]["field"] == field
    assert (await registration.ask("GET", f"{API}/showcases/spring"))[0] == 404


async def test_a_registration_is_approved_once_with_a_bib(registration: Registration, filled: Filled) -> None:
    await registration.register(filled(1))
    await registration.register(filled(2, consents={}))
    status, first = await registration.change("competitor-0001", "approve", {"bib": "7"})
    assert (status, first["status"], first["bib"], first["display_name"]) == (200, "approved", "07", "Given1")
    assert await registration.change("competitor-0001", "approve") == (200, first)
    _, second = await registration.change("competitor-0002", "approve", {"bib": "8"})
    assert second["display_name"] == "No. 08"
    status, problem = await registration.change("competitor-0002", "approve", {"bib": "9"})
    assert (status, problem["current"]) == (409, {"status": "approved", "bib": "08"})


async def test_drawing_bibs_at_once_gives_everyone_another(registration: Registration, filled: Filled) -> None:
    await asyncio.gather(*(registration.register(filled(n)) for n in range(10)))
    answers = await asyncio.gather(*(registration.change(f"competitor-{n:04d}", "approve") for n in range(10)))
    assert {answer["bib"] for _, answer in answers} == {f"{n:02d}" for n in range(1, 11)}


async def test_a_minor_is_approved_once_a_guardian_agreed(registration: Registration, filled: Filled) -> None:
    minor = filled(1, birth_date=f"{int((await _first_day(registration))[:4]) - 17}-01-01")
    assert (await registration.register(minor))[0] == 201
    status, problem = await registration.change("competitor-0001", "approve")
    assert (status, problem["code"], problem["errors"][0]["rule"]) == (422, "guardian_needed", "R95")
    assert (await registration.register({**minor, "id": "competitor-0002", "guardian_agreed": True}))[0] == 200
    status, approved = await registration.change("competitor-0001", "approve")
    assert (status, approved["guardian_agreed"]) == (200, True)


async def test_rejecting_and_withdrawing_end_a_registration(registration: Registration, filled: Filled) -> None:
    for n in (1, 2):
        await registration.register(filled(n))
    status, rejected = await registration.change("competitor-0001", "reject", {"reason": "incomplete"})
    assert (status, rejected["status"], rejected["reason"]) == (200, "rejected", "incomplete")
    assert (await registration.change("competitor-0001", "reject", {"reason": "rude"}))[0] == 422
    await registration.change("competitor-0002", "approve")
    assert (await registration.change("competitor-0002", "reject", {"reason": "other"}))[0] == 409
    status, withdrawn = await registration.change("competitor-0002", "withdraw")
    assert (status, withdrawn["status"]) == (200, "withdrawn")
    assert (await registration.change("competitor-0009", "withdraw"))[0] == 404
    # a person who left is told so instead of being entered twice
    assert (await registration.register(filled(2)))[1]["status"] == "withdrawn"


async def test_a_restart_keeps_everything(run: Run, filled: Filled) -> None:
    async with run() as service:
        await service.prepare()
        await service.register(filled(1))
        await service.register(filled(2))
        await service.change("competitor-0001", "approve", {"bib": "3"})
        judge = {"id": "judge-0001", "name": "Jo Invented", "country": "GB", "competitions": ["autumn.electronics"]}
        seated = await service.organise("POST", "/showcases/autumn/judges", judge)
        before = (await service.listed(), await service.organise("GET", "/showcases/autumn/judges"), service.organiser)
    async with run() as service:
        after = (await service.listed(), await service.organise("GET", "/showcases/autumn/judges"), service.organiser)
        assert after == before
        assert await service.organise("POST", "/showcases/autumn/judges", judge) == seated
        assert (await service.register(filled(3, email="competitor2@school.example")))[1]["id"] == "competitor-0002"


async def test_pages_and_addresses_are_served(registration: Registration) -> None:
    for path in ("/register/autumn", "/shared/base.css"):
        async with registration.session.get(path) as answer:
            assert answer.status == 200
    _, addresses = await registration.ask("GET", f"{API}/addresses")
    assert set(addresses) == {"registration", "livescore", "broadcast"}
    _, document = await registration.ask("GET", "/openapi.json")
    assert f"{API}/competitions/{{competition}}/competitors" in document["paths"]


async def _first_day(registration: Registration) -> str:
    _, shown = await registration.ask("GET", f"{API}/showcases/autumn")
    return str(shown["starts_on"])
