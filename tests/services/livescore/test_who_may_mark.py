"""Whose marks are taken: the token decides, then the seat, and nobody learns more from a refusal than that."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.services.livescore.service import SCHEME

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.services.livescore.registration import Registration
    from tests.services.livescore.service import Livescore

pytestmark = pytest.mark.asyncio(loop_scope="module")

MARKS = "/api/livescore/competitions/autumn.electronics/marks"
CANARY = "canary7"


def claims(**changed: Any) -> dict[str, Any]:
    """What a good judge's token says; None leaves a claim out."""
    now = int(time.time())
    usual = {
        "role": "judge",
        "sub": "cn",
        "showcase": "autumn",
        "country": "CN",
        "competitions": ["autumn.electronics"],
        "iss": "showcase/registration",
        "aud": "showcase",
        "iat": now,
        "exp": now + 600,
        "jti": "link-cn",
    }
    return {name: value for name, value in {**usual, **changed}.items() if value is not None}


def signed(
    registration: Registration, key: Any = None, algorithm: str = "EdDSA", header: Any = None, **changed: Any
) -> str:
    headers = {"kid": registration.key.kid, **(header or {})}
    return jwt.encode(claims(**changed), key or registration.key.private, algorithm=algorithm, headers=headers)


def with_other_claims(registration: Registration) -> str:
    """A good signature under claims that were changed afterwards."""
    header, _, signature = signed(registration).split(".")
    payload = base64.urlsafe_b64encode(jwt.utils.base64url_decode(signed(registration, sub="sg").split(".")[1]))
    return f"{header}.{payload.rstrip(b'=').decode()}.{signature}"


def unsigned(registration: Registration) -> str:
    return jwt.encode(claims(), "", algorithm="none", headers={"kid": registration.key.kid})


def public_key_as_secret(registration: Registration) -> str:
    """The classic confusion: HMAC with the public key, which everybody has."""
    return signed(registration, registration.key.private.public_key().public_bytes_raw(), "HS256")


BAD_TOKENS: list[tuple[str, Callable[[Registration], str | None], str]] = [
    ("no token", lambda _: None, "token_missing"),
    ("an empty token", lambda _: "", "token_missing"),
    ("a word", lambda _: CANARY, "token_invalid"),
    ("three words with dots", lambda _: f"{CANARY}.{CANARY}.{CANARY}", "token_invalid"),
    ("an expired token", lambda one: signed(one, exp=int(time.time()) - 1), "token_expired"),
    ("another house's key", lambda one: signed(one, Ed25519PrivateKey.generate()), "token_invalid"),
    ("a key id nobody knows", lambda one: signed(one, header={"kid": CANARY}), "token_invalid"),
    ("algorithm none", unsigned, "token_invalid"),
    ("a shared secret made of the public key", public_key_as_secret, "token_invalid"),
    ("claims changed behind the signature", with_other_claims, "token_invalid"),
    ("another audience", lambda one: signed(one, aud="elsewhere"), "token_invalid"),
    ("another issuer", lambda one: signed(one, iss="somebody"), "token_invalid"),
    ("no expiry", lambda one: signed(one, exp=None), "token_invalid"),
    ("no audience", lambda one: signed(one, aud=None), "token_invalid"),
    ("a role nobody has", lambda one: signed(one, role=CANARY), "token_invalid"),
    ("no role", lambda one: signed(one, role=None), "token_invalid"),
    ("an unknown extension", lambda one: signed(one, header={"crit": [CANARY], CANARY: 1}), "token_invalid"),
    ("competitions that are no list", lambda one: signed(one, competitions=7), "token_invalid"),
]


@pytest.mark.parametrize(("sentence", "make", "code"), BAD_TOKENS, ids=[one[0] for one in BAD_TOKENS])
async def test_a_token_that_is_not_a_current_one_of_ours_is_refused(
    refusing: Livescore, sentence: str, make: Callable[[Registration], str | None], code: str
) -> None:
    before = refusing.recorded()
    for method, path, body in (
        ("POST", MARKS, refusing.form()),
        ("GET", MARKS.replace("marks", "marking"), None),
        ("GET", MARKS.replace("marks", "scheme"), None),
        ("GET", "/api/livescore/competitions", None),
    ):
        reply = await refusing.ask(method, path, body, token=make(refusing.registration))
        assert (reply.status, reply.code) == (401, code), f"{method} {path}"
        assert reply.headers["WWW-Authenticate"] == "Bearer"
        assert reply.headers["Content-Type"] == "application/problem+json"
        assert CANARY.encode() not in reply.content
    assert refusing.recorded() == before


async def test_a_link_ends_in_the_middle_of_the_work_too(refusing: Livescore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verified token is remembered, but not beyond its end."""
    token = signed(refusing.registration)
    assert (await refusing.ask("GET", "/api/livescore/competitions", token=token)).status == 200
    after_its_end = time.time() + 601
    monkeypatch.setattr("shared.tokens.time.time", lambda: after_its_end)
    reply = await refusing.ask("GET", "/api/livescore/competitions", token=token)
    assert (reply.status, reply.code) == (401, "token_expired")


async def test_an_organiser_does_not_mark(refusing: Livescore) -> None:
    reply = await refusing.ask("POST", MARKS, refusing.form(), token=refusing.registration.organiser_token())
    assert (reply.status, reply.code) == (403, "wrong_role")


async def test_a_judge_does_not_import_schemes(refusing: Livescore) -> None:
    reply = await refusing.scheme(token=refusing.registration.judge_token("cn"))
    assert (reply.status, reply.code) == (403, "wrong_role")


@pytest.mark.parametrize(
    "competition", ["autumn.welding", "autumn.nothing", "spring.electronics", "canary7", "%3Cb%3E"]
)
async def test_a_link_for_one_competition_opens_no_other_and_tells_of_none(
    refusing: Livescore, competition: str
) -> None:
    """Competitions that exist and that do not are refused alike (S10)."""
    token = refusing.registration.judge_token("cn", "electronics")
    for method, path, body in (("POST", "marks", refusing.form()), ("GET", "marking", None)):
        reply = await refusing.ask(method, f"/api/livescore/competitions/{competition}/{path}", body, token=token)
        assert (reply.status, reply.code) == (403, "not_your_competition")
        assert reply.json["detail"] == "Your access link is not for this competition."


@pytest.mark.parametrize(
    "competition", ["autumn.electronics", "autumn.nothing", "canary7", "%3Cb%3E", "spring.welding"]
)
async def test_an_organiser_of_another_showcase_does_not_learn_what_exists(
    refusing: Livescore, competition: str
) -> None:
    token = refusing.registration.organiser_token("summer")
    path = f"/api/livescore/competitions/{competition}/scheme"
    reply = await refusing.ask("GET", path, token=token)
    assert (reply.status, reply.code, reply.json["detail"]) == (
        404,
        "unknown_competition",
        "There is no such competition.",
    )


@pytest.mark.parametrize(
    "competition", ["autumn.nothing", "canary7", "%3Cb%3Ecanary7", "autumn.%0Acanary7", "x" * 3000]
)
async def test_a_scheme_for_no_competition_is_refused_and_its_name_is_not_said_back(
    refusing: Livescore, competition: str
) -> None:
    token = refusing.registration.organiser_token()
    path = f"/api/livescore/competitions/{competition}/scheme"
    reply = await refusing.ask("PUT", path, SCHEME, token=token, headers={"Content-Type": "application/yaml"})
    assert (reply.status, reply.code) == (404, "unknown_competition")
    assert b"canary7" not in reply.content
    assert b"nothing" not in reply.content


async def test_a_judge_nobody_seated_is_refused_in_spite_of_a_good_link(refusing: Livescore) -> None:
    reply = await refusing.send("stranger", refusing.form())
    assert (reply.status, reply.code) == (403, "not_seated")


async def test_a_judge_sees_only_the_competitions_of_the_own_link(refusing: Livescore) -> None:
    token = refusing.registration.judge_token("cn", "electronics", "nothing")
    reply = await refusing.ask("GET", "/api/livescore/competitions", token=token)
    assert [(one["id"], one["title"]["en"]) for one in reply.json] == [("autumn.electronics", "Electronics")]
