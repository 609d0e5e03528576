from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.registration.signing_key import open_signing_key
from shared.errors import BadStart
from shared.tokens import KeyFile, TokenVerifier

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.services.registration.conftest import Registration, Run

    Filled = Callable[..., dict[str, Any]]

API = "/api/registration"
JUDGE = {"id": "judge-0001", "name": "Jo Invented", "country": "GB", "competitions": ["autumn.electronics"]}
TRAINER = {
    "id": "trainer-0001",
    "name": "Tai Invented",
    "competitors": ["competitor-0001"],
    "competitions": ["autumn.electronics"],
}
ORGANISER_ONLY = [
    ("POST", "/showcases/{showcase}/competitions"),
    ("GET", "/competitions/{showcase}.electronics/competitors"),
    ("POST", "/competitions/{showcase}.electronics/competitors/competitor-0001/approve"),
    ("POST", "/competitions/{showcase}.electronics/competitors/competitor-0001/reject"),
    ("POST", "/competitions/{showcase}.electronics/competitors/competitor-0001/withdraw"),
    ("POST", "/showcases/{showcase}/judges"),
    ("GET", "/showcases/{showcase}/judges"),
    ("POST", "/showcases/{showcase}/judges/judge-0001/link"),
    ("POST", "/showcases/{showcase}/judges/judge-0001/revoke"),
    ("POST", "/competitions/{showcase}.electronics/competitors/competitor-0002/standing"),
    ("POST", "/competitions/{showcase}.electronics/competitors/competitor-0002/link"),
    ("POST", "/competitions/{showcase}.electronics/competitors/competitor-0002/withdraw-consent"),
    ("POST", "/showcases/{showcase}/trainers"),
    ("GET", "/showcases/{showcase}/trainers"),
    ("POST", "/showcases/{showcase}/trainers/trainer-0001/link"),
    ("POST", "/showcases/{showcase}/trainers/trainer-0001/revoke"),
]
BODIES: dict[str, dict[str, Any]] = {
    "competitions": {
        "slug": "welding",
        "title": {"en": "Welding"},
        "capacity": 5,
        "opens_at": "2026-01-01T00:00:00Z",
        "closes_at": "2030-01-01T00:00:00Z",
    },
    "reject": {"reason": "other"},
    "judges": JUDGE,
    "standing": {"standing": "guest", "reason": "out_of_competition", "saw": "competing"},
    "trainers": TRAINER,
    "withdraw-consent": {"purpose": "photo"},
}


def body_for(method: str, path: str) -> dict[str, Any] | None:
    return None if method == "GET" else BODIES.get(path.rpartition("/")[2], {})


def forge(service: Registration, **changed: Any) -> str:
    """An organiser's token as the service would sign it, but for what is changed."""
    key = open_signing_key(service.data / "keys")
    now = int(time.time())
    claims = {
        "role": "organiser",
        "sub": "organiser",
        "showcase": "*",
        "iss": "showcase/registration",
        "aud": "showcase",
        "iat": now,
        "exp": now + 600,
        "jti": "forged",
    }
    claims = {name: value for name, value in {**claims, **changed}.items() if value is not None}
    return jwt.encode(claims, key.private, algorithm="EdDSA", headers={"kid": key.kid})


async def test_the_first_start_leaves_a_working_organisers_link(registration: Registration) -> None:
    link = (registration.data / "keys" / "organiser.link").read_text().strip()
    assert link.startswith("http://127.0.0.1:8081/organise#token=")
    caller = TokenVerifier(KeyFile(registration.data / "keys" / "jwks.json")).verify(registration.organiser)
    assert caller.organises("autumn")
    assert caller.organises("any-other")


async def test_a_link_made_by_a_copy_whose_clock_is_ahead_is_taken(registration: Registration) -> None:
    verifier = TokenVerifier(KeyFile(registration.data / "keys" / "jwks.json"))
    assert verifier.verify(forge(registration, iat=int(time.time()) + 3600)).role == "organiser"


async def test_secrets_are_readable_by_the_owner_only(registration: Registration) -> None:
    keys = registration.data / "keys"
    modes = {file.name: file.stat().st_mode & 0o777 for file in keys.iterdir()}
    assert modes.pop("signing.pem") == modes.pop("organiser.link") == 0o600
    assert set(modes) == {"jwks.json"}
    assert (registration.data / "people.db").stat().st_mode & 0o077 == 0
    status, jwks = await registration.ask("GET", "/.well-known/jwks.json")
    assert status == 200
    assert set(jwks["keys"][0]) == {"crv", "kty", "x", "kid", "use", "alg"}


async def test_a_judges_link_opens_with_a_token_for_those_competitions(registration: Registration) -> None:
    seat = await registration.organise("POST", "/showcases/autumn/judges", JUDGE)
    address, _, token = seat["link"].partition("#token=")
    assert address == "http://127.0.0.1:8082/judge"
    caller = TokenVerifier(KeyFile(registration.data / "keys" / "jwks.json")).verify(token)
    assert (caller.role, caller.subject, caller.showcase) == ("judge", "judge-0001", "autumn")
    assert caller.judges("autumn.electronics")
    assert not caller.judges("autumn.welding")
    assert unquote(seat["qr"]).startswith("data:image/svg+xml;charset=utf-8,<svg")
    assert "Jo Invented" not in str(jwt.decode(token, options={"verify_signature": False}))


async def test_asking_again_gives_the_same_link_and_renewing_another(registration: Registration) -> None:
    first = await registration.organise("POST", "/showcases/autumn/judges", JUDGE)
    assert await registration.organise("POST", "/showcases/autumn/judges", JUDGE) == first
    other = await registration.organise("POST", "/showcases/autumn/judges/judge-0001/link", {"days_valid": 1})
    assert other["link"] != first["link"]
    (listed,) = await registration.organise("GET", "/showcases/autumn/judges")
    assert listed == {
        "id": "judge-0001",
        "name": "Jo Invented",
        "country": "GB",
        "competitions": ["autumn.electronics"],
        "office": "judge",
        "revoked": False,
        "expires_at": other["expires_at"],
    }


async def test_a_judge_for_an_unknown_competition_leaves_no_name(registration: Registration) -> None:
    body = {**JUDGE, "competitions": ["autumn.welding"]}
    status, problem = await registration.ask(
        "POST", f"{API}/showcases/autumn/judges", body, token=registration.organiser
    )
    assert (status, problem["code"]) == (404, "unknown_competition")
    for file in registration.data.glob("people.db*"):
        assert b"Jo Invented" not in file.read_bytes()


async def test_a_revoked_judge_gets_no_new_link(registration: Registration) -> None:
    await registration.organise("POST", "/showcases/autumn/judges", JUDGE)
    revoked = await registration.organise("POST", "/showcases/autumn/judges/judge-0001/revoke", {})
    assert revoked["revoked"] is True
    assert (await registration.organise("GET", "/showcases/autumn/judges"))[0]["revoked"] is True
    path = f"{API}/showcases/autumn/judges"
    assert (await registration.ask("POST", f"{path}/judge-0001/link", {}, token=registration.organiser))[0] == 409
    assert (await registration.ask("POST", path, JUDGE, token=registration.organiser))[0] == 409
    assert (await registration.ask("POST", f"{path}/judge-0009/revoke", {}, token=registration.organiser))[0] == 404


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": int(time.time()) - 10},
        {"exp": None},
        {"aud": "another"},
        {"aud": None},
        {"iss": "another"},
        {"jti": None},
        {"role": "administrator"},
        {"role": None},
        {"showcase": None},
    ],
    ids=" ".join,  # never the time itself: all processes of a run have to find the same tests
)
async def test_a_token_with_a_wrong_claim_is_refused(registration: Registration, changed: dict[str, Any]) -> None:
    assert (await registration.ask("GET", f"{API}/showcases/autumn/judges", token=forge(registration)))[0] == 200
    token = forge(registration, **changed)
    assert (await registration.ask("GET", f"{API}/showcases/autumn/judges", token=token))[0] == 401


async def test_a_token_of_another_key_or_algorithm_is_refused(registration: Registration) -> None:
    key = open_signing_key(registration.data / "keys")
    claims = jwt.decode(registration.organiser, options={"verify_signature": False})
    public = key.private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    none = jwt.encode(claims, "", algorithm="none", headers={"kid": key.kid})
    for token in (
        jwt.encode(claims, Ed25519PrivateKey.generate(), algorithm="EdDSA", headers={"kid": key.kid}),
        jwt.encode(claims, key.private, algorithm="EdDSA", headers={"kid": "another"}),
        jwt.encode(claims, key.private, algorithm="EdDSA"),
        jwt.encode(claims, public, algorithm="HS256", headers={"kid": key.kid}),
        none,
        registration.organiser[:-4] + "AAAA",
        "a.b.c",
        "",
    ):
        assert (await registration.ask("GET", f"{API}/showcases/autumn/judges", token=token))[0] == 401


@pytest.mark.parametrize(("method", "path"), ORGANISER_ONLY)
async def test_what_is_the_organisers_is_nobody_elses(
    registration: Registration, filled: Filled, method: str, path: str
) -> None:
    await registration.prepare("spring")
    for n in (1, 2):
        await registration.register(filled(n))
    await registration.change("competitor-0002", "approve")
    await registration.organise("POST", "/showcases/autumn/trainers", TRAINER)
    seat = await registration.organise("POST", "/showcases/autumn/judges", JUDGE)
    here, elsewhere = (API + path.format(showcase=name) for name in ("autumn", "spring"))
    body = body_for(method, path)
    assert (await registration.ask(method, here, body))[0] == 401
    assert (await registration.ask(method, here, body, token=seat["link"].partition("=")[2]))[0] == 403
    # S10: a foreign showcase looks exactly like one that does not exist
    local = forge(registration, showcase="autumn")
    nowhere = API + path.format(showcase="nowhere")
    foreign, missing = [await registration.ask(method, one, body, token=local) for one in (elsewhere, nowhere)]
    assert foreign[0] == missing[0] == 404
    assert foreign[1]["detail"] == missing[1]["detail"]
    assert (await registration.ask(method, here, body, token=local))[0] in {200, 201}


async def test_an_organiser_of_one_showcase_creates_no_other(registration: Registration) -> None:
    body = {
        "id": "spring",
        "title": {"en": "Spring"},
        "timezone": "UTC",
        "starts_on": "2031-04-01",
        "ends_on": "2031-04-02",
    }
    local = forge(registration, showcase="autumn")
    assert (await registration.ask("POST", f"{API}/showcases", body, token=local))[0] == 403


def test_a_key_that_others_can_read_stops_the_start(tmp_path: Path) -> None:
    open_signing_key(tmp_path)
    (tmp_path / "signing.pem").chmod(0o640)
    with pytest.raises(BadStart, match="0600"):
        open_signing_key(tmp_path)


def test_a_key_half_written_by_a_crash_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "signing.pem.new").write_bytes(b"-----BEGIN")
    key = open_signing_key(tmp_path)
    assert open_signing_key(tmp_path).kid == key.kid
    assert not (tmp_path / "signing.pem.new").exists()


async def test_an_organisers_link_that_is_about_to_end_is_renewed_at_the_next_start(run: Run) -> None:
    async with run(organiser_link_days=5) as service:
        first = service.organiser
    async with run() as service:
        second = service.organiser
        assert second != first
    async with run() as service:
        assert service.organiser == second
