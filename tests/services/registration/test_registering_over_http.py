from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.services.registration.conftest import Registration, Run

    Filled = Callable[..., dict[str, Any]]

SCRIPT = "<img src=x onerror=alert(1)>"
COMPETITORS = "/api/registration/competitions/autumn.electronics/competitors"


async def test_registering_answers_with_id_and_status_and_nothing_personal(
    registration: Registration, filled: Filled
) -> None:
    assert await registration.register(filled()) == (201, {"id": "competitor-0001", "status": "registered"})
    (listed,) = await registration.listed()
    assert listed["given_name"] == "Given1"
    assert listed["email"] == "competitor1@school.example"
    assert listed["age_band"] == "18+"
    assert "birth_date" not in listed


async def test_no_consent_is_given_by_itself_and_none_is_a_condition(
    registration: Registration, filled: Filled
) -> None:
    """R96."""
    form = {name: value for name, value in filled().items() if name != "consents"}
    assert (await registration.register(form))[0] == 201
    (listed,) = await registration.listed()
    assert listed["consents"] == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"released": True}, "released"),
        ({"role": "organiser"}, "role"),
        ({"given_name": 7}, "given_name"),
        ({"given_name": ""}, "given_name"),
        ({"given_name": "  "}, "given_name"),
        ({"given_name": "a" * 81}, "given_name"),
        ({"given_name": "Ann\u202egnissecca"}, "given_name"),
        ({"given_name": "Ann\u0000"}, "given_name"),
        ({"family_name": None}, "family_name"),
        ({"email": "nobody"}, "email"),
        ({"email": "a b@school.example"}, "email"),
        ({"email": "a\u200b@school.example"}, "email"),
        ({"email": "a" * 250 + "@school.example"}, "email"),
        ({"birth_date": 946684800}, "birth_date"),
        ({"birth_date": "1999-02-30"}, "birth_date"),
        ({"country": "cn"}, "country"),
        ({"country": "China"}, "country"),
        ({"locale": "de"}, "locale"),
        ({"agreed": False}, "agreed"),
        ({"agreed": "yes"}, "agreed"),
        ({"guardian_agreed": 1}, "guardian_agreed"),
        ({"consents": {"named_results": "true"}}, "consents.named_results"),
        ({"consents": {"everything": True}}, "consents.everything"),
        ({"id": "short"}, "id"),
        ({"id": "../../etc/passwd"}, "id"),
    ],
)
async def test_a_wrong_field_is_refused_by_name_and_nothing_is_kept(
    registration: Registration, filled: Filled, changed: dict[str, Any], field: str
) -> None:
    status, problem = await registration.register(filled(**changed))
    assert status == 422
    assert [one["field"] for one in problem["errors"]] == [field]
    assert await registration.listed() == []


@pytest.mark.parametrize("body", [b"", b"{", b"[1,2", b"\xff\xfe", b'{"id": }', b'{"capacity": 1e}'])
async def test_bytes_that_are_no_json_are_malformed(registration: Registration, body: bytes) -> None:
    status, problem = await registration.ask("POST", COMPETITORS, body)
    assert (status, problem["code"]) == (400, "malformed_json")


async def test_not_a_number_is_no_capacity(registration: Registration) -> None:
    for number in (b"NaN", b"Infinity", b"1e400", b"10.5", b'"10"', b"true"):
        body = (
            b'{"slug":"welding","title":{"en":"Welding"},"opens_at":"2026-01-01T00:00:00Z",'
            b'"closes_at":"2027-01-01T00:00:00Z","capacity":' + number + b"}"
        )
        path = "/api/registration/showcases/autumn/competitions"
        status, problem = await registration.ask("POST", path, body, token=registration.organiser)
        assert status == 422, number
        assert problem["errors"][0]["field"] == "capacity"


async def test_a_huge_body_is_refused_unread(registration: Registration) -> None:
    status, problem = await registration.ask("POST", COMPETITORS, b'{"id":"' + b"a" * 20_000 + b'"}')
    assert (status, problem["code"]) == (413, "http_413")


async def test_a_form_post_or_a_foreign_page_is_refused(registration: Registration, filled: Filled) -> None:
    status, _ = await registration.ask("POST", COMPETITORS, b"a=1", Content_Type="application/x-www-form-urlencoded")
    assert status == 415
    status, problem = await registration.ask("POST", COMPETITORS, filled(), Origin="https://evil.example")
    assert (status, problem["code"]) == (403, "foreign_origin")
    assert await registration.listed() == []


async def test_markup_in_a_name_is_kept_as_typed_and_never_echoed(registration: Registration, filled: Filled) -> None:
    assert (await registration.register(filled(1, family_name=SCRIPT)))[0] == 201
    assert (await registration.listed())[0]["family_name"] == SCRIPT
    status, problem = await registration.register(filled(2, given_name=SCRIPT * 10, email=SCRIPT, country=SCRIPT))
    assert status == 422
    assert "onerror" not in str(problem)


@pytest.mark.parametrize("name", ["محمد", "李雷", "O'Neill-Şahin", "Nguyễn Thị Ánh", "🦉 Owl"])
async def test_names_of_every_script_are_welcome(registration: Registration, filled: Filled, name: str) -> None:
    assert (await registration.register(filled(given_name=name)))[0] == 201
    status, approved = await registration.change("competitor-0001", "approve")
    assert (status, approved["display_name"]) == (200, name)


@pytest.mark.parametrize(
    "again", ["competitor1@school.example", " COMPETITOR1@School.Example ", "ｃompetitor1@school.example"]
)
async def test_the_same_address_is_one_registration_under_the_first_id(
    registration: Registration, filled: Filled, again: str
) -> None:
    await registration.register(filled(1))
    assert await registration.register(filled(2, email=again)) == (
        200,
        {"id": "competitor-0001", "status": "registered"},
    )
    assert len(await registration.listed()) == 1


async def test_the_same_person_at_once_is_one_registration(registration: Registration, filled: Filled) -> None:
    tries = [registration.register(filled(n, email="one@school.example")) for n in range(20)]
    answers = await asyncio.gather(*tries)
    assert sorted(status for status, _ in answers) == [200] * 19 + [201]
    assert len({answer["id"] for _, answer in answers}) == 1
    assert len(await registration.listed()) == 1


async def test_someone_elses_id_is_not_taken_over(registration: Registration, filled: Filled) -> None:
    await registration.register(filled(1))
    status, problem = await registration.register(filled(1, email="other@school.example", given_name="Other"))
    assert (status, problem["code"]) == (409, "id_taken")
    (listed,) = await registration.listed()
    assert listed["given_name"] == "Given1"


async def test_thirty_at_once_for_ten_places_are_exactly_ten(registration: Registration, filled: Filled) -> None:
    answers = await asyncio.gather(*(registration.register(filled(n)) for n in range(30)))
    assert sorted(status for status, _ in answers) == [201] * 10 + [422] * 20
    assert {answer["code"] for status, answer in answers if status == 422} == {"full"}
    listed = await registration.listed()
    assert len(listed) == 10
    assert all(one["given_name"] for one in listed)


@pytest.mark.parametrize(("opens", "closes"), [(1, 2), (-2, -1)], ids=["too early", "too late"])
async def test_a_closed_registration_names_its_times(run: Run, filled: Filled, opens: int, closes: int) -> None:
    async with run() as service:
        await service.prepare(opens_in_days=opens, closes_in_days=closes)
        status, problem = await service.register(filled())
        assert (status, problem["code"]) == (422, "registration_closed")
        _, showcase = await service.ask("GET", "/api/registration/showcases/autumn")
        (competition,) = showcase["competitions"]
        assert not competition["open"]
        assert competition["opens_at"][:19] in problem["detail"]
        assert competition["closes_at"][:19] in problem["detail"]


async def test_too_young_is_refused_and_nothing_is_kept(registration: Registration, filled: Filled) -> None:
    status, problem = await registration.register(filled(birth_date="2020-01-01"))
    assert (status, problem["code"], problem["errors"][0]["rule"]) == (422, "too_young", "R94")
    # nothing was kept for this address, so a corrected form is a first registration
    assert (await registration.register(filled(2, email=filled(1)["email"])))[0] == 201


async def test_an_unknown_competition_is_not_found(registration: Registration, filled: Filled) -> None:
    for competition in ("autumn.welding", "spring.electronics", "nonsense"):
        assert (await registration.register(filled(), competition))[0] == 404


async def test_a_flood_is_told_when_to_come_back(run: Run, filled: Filled) -> None:
    async with run(registrations_burst=3, registrations_per_minute=2) as service:
        await service.prepare()
        statuses = [(await service.register(filled(n)))[0] for n in range(4)]
        assert statuses == [201, 201, 201, 429]
        async with service.session.post(COMPETITORS, json=filled(5)) as answer:
            assert answer.status == 429
            assert 1 <= int(answer.headers["Retry-After"]) <= 31
