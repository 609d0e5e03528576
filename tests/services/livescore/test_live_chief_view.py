"""The chief's live view over real sockets: whole views, once however many watch, and nobody else gets in."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from tests.services.event_stream import listening
from tests.services.livescore.service import until

if TYPE_CHECKING:
    from shared.access import Role
    from tests.services.livescore.service import Livescore, Reply

PATH = "/api/livescore/competitions/autumn.electronics/chief"


@pytest.fixture
async def led(livescore: Livescore) -> Livescore:
    """With a chief expert and a competition manager."""
    await livescore.registration.judge("ce", "FI", "electronics", office="chief")
    await livescore.registration.judge("scm", "SE", "electronics", office="manager")

    async def seated() -> bool:
        return all([(await ask(livescore, who)).status == 200 for who in ("ce", "scm")])

    await until(seated)
    return livescore


def token(livescore: Livescore, who: str) -> str:
    offices = {"ce": "chief", "scm": "manager"}
    return livescore.registration.judge_token(who, "electronics", office=offices.get(who, "judge"))  # type: ignore[arg-type]


async def ask(livescore: Livescore, who: str, more: str = "", **headers: str) -> Reply:
    return await livescore.ask("GET", PATH + more, token=token(livescore, who), headers=headers)


def parsed(data: str) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(data)
    return found


async def test_each_change_comes_as_the_whole_view_that_a_request_would_get(led: Livescore) -> None:
    async with listening(led.session, PATH + "/live", token(led, "ce")) as stream:
        assert (await stream.next()).name == "view"
        await led.read("cn", "met")
        heard = await stream.next()
    asked = await ask(led, "scm")
    assert (heard.data.encode(), heard.tag) == (asked.content, asked.headers["ETag"])
    assert parsed(heard.data)["sheets"]["A1"]["c01"]["who"] == ["cn"]
    assert (await ask(led, "ce", **{"If-None-Match": heard.tag})).status == 304


async def test_it_is_told_who_has_scored_and_not_what(led: Livescore) -> None:
    """R21: the first of two different scores leads to the same sheet."""
    async with listening(led.session, PATH + "/live", token(led, "ce")) as stream:
        await stream.next()
        first = (await led.score("cn", 3)).json
        high = parsed((await stream.next()).data)
        await led.score("cn", 0, saw=first["seq"])
        low = parsed((await stream.next()).data)
    assert high["sheets"]["C1"]["c01"]["who"] == ["cn"]
    assert high | {"seq": 0} == low | {"seq": 0}
    sheet = (await ask(led, "ce", "/sheets/C1/c01")).json
    hidden = next(one for one in sheet["aspects"] if one["id"] == "C1.1")
    assert [one["judge"] for one in hidden["hidden_by"]] == ["cn"]
    assert "score" not in hidden["hidden_by"][0]
    assert hidden["rounds"] == []


async def test_sixty_four_watchers_of_a_rush_all_end_with_the_same_newest_view(led: Livescore) -> None:
    """Eight of each person's streams stay open; the others are those of judges."""
    async with AsyncExitStack() as stack:
        opened = [
            await stack.enter_async_context(listening(led.session, path, token(led, who)))
            for who, path in [("ce", PATH + "/live"), ("scm", PATH + "/live")]
            + [(judge, PATH.removesuffix("chief") + "marking/live") for judge in ("gb", "cn", "sg", "ch", "fr", "n1")]
            for _ in range(8)
        ]
        assert len(opened) == 64
        await asyncio.gather(*(stream.next() for stream in opened))
        for aspect in ("A1.2", "A1.3", "B1.1"):
            for competitor in ("c01", "c02", "c03", "c04"):
                assert (await led.read("sg", "1", aspect=aspect, competitor=competitor)).status == 201
        tag = (await ask(led, "ce")).headers["ETag"]
        for stream in opened[:16]:
            while (await stream.next()).tag != tag:
                pass
        newest = (await led.view("fr")).headers["ETag"].rpartition(".")[2]
        for stream in opened[16:]:
            while (await stream.next()).tag.rpartition(".")[2] != newest:
                pass


async def test_what_is_missing_is_told_sheet_by_sheet(led: Livescore) -> None:
    """R47."""
    found = (await ask(led, "scm", "/missing")).json
    assert {one["what"] for one in found} == {"unmarked", "not_locked"}
    assert {one["competitor"] for one in found} == {"c01", "c02", "c03", "c04"}


async def test_the_second_scorer_can_be_asked_at_any_time(led: Livescore) -> None:
    await led.read("cn", "met")
    assert (await ask(led, "ce", "/opinion")).json == {"agree": True, "differences": []}


@pytest.mark.parametrize("path", ["", "/live", "/missing", "/opinion", "/sheets/A1/c01"])
async def test_it_is_for_those_who_lead_this_competition_and_nobody_else(led: Livescore, path: str) -> None:
    def link(who: str, office: Role) -> str:
        return led.registration.judge_token(who, "electronics", office=office)  # type: ignore[arg-type]

    elsewhere = led.registration.judge_token("ce", "welding", office="chief")
    for other in (link("cn", "judge"), link("cn", "chief"), link("scm", "chief"), link("p", "presenter"), elsewhere):
        assert (await led.ask("GET", PATH + path, token=other)).status == 403
    assert (await led.ask("GET", PATH + path, token=led.registration.organiser_token())).status == 403
    assert (await led.ask("GET", PATH + path)).status == 401


async def test_who_is_unseated_is_told_no_more(led: Livescore) -> None:
    async with listening(led.session, PATH + "/live", token(led, "ce")) as stream:
        await stream.next()
        await led.registration.judge("ce", "FI", office="chief")
        heard = await stream.rest()
    assert parsed(heard[-1].data)["reason"] == "refused"
    assert (await ask(led, "ce", "/live")).status == 403
