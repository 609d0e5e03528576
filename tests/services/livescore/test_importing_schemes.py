"""The marking scheme over HTTP: warnings, versions, and no change under given marks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.contracts.livescore import JudgeSeated, SchemeImported
from tests.services.livescore.service import SCHEME

if TYPE_CHECKING:
    from tests.services.livescore.service import Livescore


async def test_a_scheme_is_taken_with_its_warnings(livescore: Livescore) -> None:
    reply = await livescore.scheme(SCHEME.replace(b"A small scheme", b"A better scheme"))
    assert (reply.status, reply.json["version"]) == (200, 2)
    found = {(one["rule"], one["field"]) for one in reply.json["warnings"]}
    assert ("R1", "criteria") in found
    assert ("R11", "sections.0.name") in found  # the title has both languages, and this has one
    assert {rule for rule, _ in found} == {"R1", "R11"}
    board = await livescore.board_where(lambda board: board["head"]["aspects"] == 8)
    assert {one["id"]: one["max"] for one in board["head"]["criteria"]} == {"A": "40.00", "B": "30.00", "C": "30.00"}


async def test_the_same_scheme_again_is_the_same_version(livescore: Livescore) -> None:
    for text in (SCHEME, SCHEME + b"# a comment changes nothing\n"):
        reply = await livescore.scheme(text)
        assert (reply.status, reply.json["version"]) == (200, 1)
    assert sum(isinstance(one.event, SchemeImported) for one in livescore.recorded()) == 1


async def test_judges_and_organisers_read_the_scheme_in_force(livescore: Livescore) -> None:
    path = "/api/livescore/competitions/autumn.electronics/scheme"
    for token in (livescore.registration.judge_token("cn"), livescore.registration.organiser_token("autumn")):
        reply = await livescore.ask("GET", path, token=token)
        assert (reply.status, reply.json["version"]) == (200, 1)
        assert reply.json["scheme"]["criteria"][0]["sub_criteria"][0]["aspects"][0]["max"] == "10"


async def test_after_the_first_mark_the_scheme_stays_as_it_is(livescore: Livescore) -> None:
    await livescore.score("cn", 2)  # also a hidden one
    before = livescore.recorded()
    reply = await livescore.scheme(SCHEME.replace(b"A small scheme", b"Another scheme"))
    assert (reply.status, reply.code, reply.json["errors"][0]["rule"]) == (409, "scheme_in_use", "R9")
    assert livescore.recorded() == before
    assert (await livescore.scheme(SCHEME)).json["version"] == 1  # the one in force may still be sent again


async def test_script_in_a_scheme_is_text_and_travels_as_json(livescore: Livescore) -> None:
    reply = await livescore.scheme(SCHEME.replace(b"{en: Neatness}", b'{en: "<script>alert(1)</script>"}'))
    assert reply.status == 200
    view = await livescore.view("cn")
    assert view.headers["Content-Type"].startswith("application/json")
    assert view.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_mark_before_there_is_a_scheme_is_refused(livescore: Livescore) -> None:
    await livescore.registration.competition("plumbing")
    await livescore.registration.judge("cn", "CN", "electronics", "welding", "plumbing")
    await livescore.taken_over(JudgeSeated, "plumbing")
    body = livescore.form()
    token = livescore.registration.judge_token("cn", "plumbing")
    reply = await livescore.ask("POST", "/api/livescore/competitions/autumn.plumbing/marks", body, token=token)
    assert (reply.status, reply.code) == (422, "no_scheme")


async def test_a_draft_that_comes_late_is_taken_with_a_warning_r9(livescore: Livescore) -> None:
    path = "/api/livescore/competitions/autumn.electronics"
    token = livescore.registration.organiser_token("autumn")
    now = datetime.now(UTC).isoformat()
    act = {"act": "set-rules", "id": "late-draft-rules", "done_at": now, "rules": {"starts_at": now}}
    assert (await livescore.ask("POST", f"{path}/acts", act, token=token)).status == 201
    reply = await livescore.scheme(SCHEME.replace(b"A small scheme", b"A late scheme"))
    assert (reply.status, reply.json["warnings"][0]["rule"]) == (200, "R9")
    assert "less than eight weeks" in reply.json["warnings"][0]["detail"]
