"""Links for every office, for trainers and for competitors, over HTTP; tokens are checked as every service does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import jwt
import pytest

from shared.tokens import KeyFile, TokenVerifier

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.access import Caller
    from tests.services.registration.conftest import Registration, Run

    Filled = Callable[..., dict[str, Any]]

API = "/api/registration"
HERE = "autumn.electronics"
PERSON = {"id": "person-0001", "name": "Jo Invented", "country": "SG", "competitions": [HERE]}
TRAINER = {
    "id": "trainer-0001",
    "name": "Tai Invented",
    "competitors": ["competitor-0001", "competitor-0002"],
    "competitions": [HERE],
}


def opened(registration: Registration, link: str) -> tuple[str, Caller]:
    """The page the link leads to, and whom its token speaks for."""
    address, _, token = link.partition("#token=")
    caller = TokenVerifier(KeyFile(registration.data / "keys" / "jwks.json")).verify(token)
    return address.removeprefix("http://127.0.0.1:8082"), caller


@pytest.mark.parametrize(
    ("office", "page"),
    [("judge", "/judge"), ("chief", "/chief"), ("manager", "/chief"), ("presenter", "/presenter")],
)
async def test_each_office_gets_a_token_of_its_role_and_a_link_to_its_page(
    registration: Registration, office: str, page: str
) -> None:
    seat = await registration.organise("POST", "/showcases/autumn/judges", {**PERSON, "office": office})
    assert seat["office"] == office
    address, caller = opened(registration, seat["link"])
    assert (address, caller.role, caller.subject) == (page, office, "person-0001")
    assert caller.serves(HERE)
    assert caller.judges(HERE) == (office == "judge")
    assert not caller.serves("autumn.welding")
    (listed,) = await registration.organise("GET", "/showcases/autumn/judges")
    assert listed["office"] == office


async def test_another_office_for_the_same_person_is_a_clash_that_says_what_to_do(registration: Registration) -> None:
    first = await registration.organise("POST", "/showcases/autumn/judges", {**PERSON, "office": "chief"})
    assert await registration.organise("POST", "/showcases/autumn/judges", {**PERSON, "office": "chief"}) == first
    path = f"{API}/showcases/autumn/judges"
    status, problem = await registration.ask("POST", path, PERSON, token=registration.organiser)
    assert (status, problem["code"], problem["errors"][0]["field"]) == (409, "other_office", "office")
    assert "revoke" in problem["detail"]


async def test_a_renewed_link_keeps_the_office(registration: Registration) -> None:
    await registration.organise("POST", "/showcases/autumn/judges", {**PERSON, "office": "manager"})
    other = await registration.organise("POST", "/showcases/autumn/judges/person-0001/link", {})
    assert opened(registration, other["link"])[1].role == "manager"


async def test_an_unknown_office_is_refused(registration: Registration) -> None:
    body = {**PERSON, "office": "organiser"}
    status, problem = await registration.ask(
        "POST", f"{API}/showcases/autumn/judges", body, token=registration.organiser
    )
    assert (status, problem["errors"][0]["field"]) == (422, "office")


async def test_a_trainers_link_opens_the_own_competitors_results_and_nobody_elses(
    registration: Registration, filled: Filled
) -> None:
    for n in (1, 2, 3):
        await registration.register(filled(n))
    named = await registration.organise("POST", "/showcases/autumn/trainers", TRAINER)
    page, caller = opened(registration, named["link"])
    assert (page, caller.role, caller.subject) == ("/mine", "trainer", "trainer-0001")
    assert caller.follows(HERE, "competitor-0001")
    assert not caller.follows(HERE, "competitor-0003")
    assert not caller.follows("autumn.welding", "competitor-0001")
    assert not caller.serves(HERE)
    claims = jwt.decode(named["link"].partition("#token=")[2], options={"verify_signature": False})
    assert "Tai Invented" not in str(claims)
    assert unquote(named["qr"]).startswith("data:image/svg+xml;charset=utf-8,<svg")


async def test_naming_a_trainer_again_gives_the_same_link_and_renewing_another(
    registration: Registration, filled: Filled
) -> None:
    for n in (1, 2):
        await registration.register(filled(n))
    first = await registration.organise("POST", "/showcases/autumn/trainers", TRAINER)
    assert await registration.organise("POST", "/showcases/autumn/trainers", TRAINER) == first
    other = await registration.organise("POST", "/showcases/autumn/trainers/trainer-0001/link", {"days_valid": 1})
    assert other["link"] != first["link"]
    (listed,) = await registration.organise("GET", "/showcases/autumn/trainers")
    assert listed == {**TRAINER, "revoked": False, "expires_at": other["expires_at"]}
    assert await registration.organise("GET", "/showcases/autumn/judges") == []


async def test_a_revoked_trainer_gets_no_new_link(registration: Registration, filled: Filled) -> None:
    for n in (1, 2):
        await registration.register(filled(n))
    await registration.organise("POST", "/showcases/autumn/trainers", TRAINER)
    path = f"{API}/showcases/autumn/trainers"
    revoked = await registration.organise("POST", "/showcases/autumn/trainers/trainer-0001/revoke", {})
    assert revoked["revoked"] is True
    for again in (f"{path}/trainer-0001/link", path):
        body = {} if again.endswith("link") else TRAINER
        status, problem = await registration.ask("POST", again, body, token=registration.organiser)
        assert (status, problem["code"]) == (409, "trainer_revoked")


async def test_a_trainer_of_nobody_we_know_leaves_no_name(registration: Registration) -> None:
    path = f"{API}/showcases/autumn/trainers"
    status, problem = await registration.ask("POST", path, TRAINER, token=registration.organiser)
    assert (status, problem["code"]) == (404, "unknown_competitor")
    for file in registration.data.glob("people.db*"):
        assert b"Tai Invented" not in file.read_bytes()


async def test_a_trainers_name_is_in_the_people_store_only(registration: Registration, filled: Filled) -> None:
    for n in (1, 2):
        await registration.register(filled(n))
    await registration.organise("POST", "/showcases/autumn/trainers", TRAINER)
    kept = {file.name for file in registration.data.rglob("*") if file.is_file() and b"Tai Inv" in file.read_bytes()}
    assert kept
    assert all(name.startswith("people.db") for name in kept)


async def test_the_longest_trainers_link_still_fits_a_qr_code(run: Run, filled: Filled) -> None:
    slugs = [f"skill-{n}".ljust(40, "x") for n in range(4)]
    showcase, ids = "autumn".ljust(40, "x"), [f"competitor-{n:04d}".ljust(64, "x") for n in range(16)]
    competitions = [f"{showcase}.{slug}" for slug in slugs]
    async with run(livescore_url="https://livescore.showcase.example.org") as service:
        for slug in slugs:
            await service.prepare(showcase, slug=slug, capacity=20)
        for n, id_ in enumerate(ids):
            await service.register(filled(n, id=id_), competitions[n % 4])
        body = {"id": "trainer-1".ljust(64, "x"), "name": "Tai", "competitors": ids, "competitions": competitions}
        named = await service.organise("POST", f"/showcases/{showcase}/trainers", body)
    assert named["qr"].startswith("data:image")


async def test_a_competitors_own_link_is_for_the_own_results_alone(registration: Registration, filled: Filled) -> None:
    for n in (1, 2):
        await registration.register(filled(n))
        await registration.change(f"competitor-000{n}", "approve")
    status, own = await registration.change("competitor-0001", "link", {"days_valid": 2})
    assert (status, set(own)) == (200, {"id", "expires_at", "link", "qr"})
    page, caller = opened(registration, own["link"])
    assert (page, caller.role, caller.subject) == ("/mine", "competitor", "competitor-0001")
    assert caller.follows(HERE, "competitor-0001")
    assert not caller.follows(HERE, "competitor-0002")
    assert not caller.serves(HERE)
    assert "Given1" not in str(jwt.decode(own["link"].partition("#token=")[2], options={"verify_signature": False}))


async def test_only_an_approved_competitor_gets_an_own_link(registration: Registration, filled: Filled) -> None:
    await registration.register(filled(1))
    status, problem = await registration.change("competitor-0001", "link")
    assert (status, problem["code"], problem["current"]["status"]) == (409, "wrong_status", "registered")
    assert (await registration.change("competitor-0009", "link"))[0] == 404
