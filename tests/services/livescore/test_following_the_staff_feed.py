"""The staff's feed over real sockets: who may follow it, and its silence while scores are hidden (R21)."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from shared.contracts.livescore import JudgeSeated
from tests.services.livescore.service import Livescore, until

Json = dict[str, Any]
PATH = "/api/livescore/competitions/autumn.electronics/staff-feed"


@pytest.fixture
async def led(livescore: Livescore) -> Livescore:
    """With a chief expert and a competition manager."""
    await livescore.registration.judge("ce", "FI", "electronics", office="chief")
    await livescore.registration.judge("scm", "SE", "electronics", office="manager")

    async def seated() -> bool:
        return sum(isinstance(one.event, JudgeSeated) for one in livescore.recorded()) == 7

    await until(seated)
    return livescore


async def lines(led: Livescore, token: str, query: str = "") -> list[Json]:
    reply = await led.ask("GET", f"{PATH}?stream=false{query}", token=token)
    assert reply.status == 200, reply.content
    return [orjson.loads(line) for line in reply.content.splitlines()]


async def test_only_organisers_and_those_who_lead_here_may_follow(led: Livescore) -> None:
    links = led.registration
    for token in (
        links.organiser_token(),
        links.judge_token("ce", office="chief"),
        links.judge_token("scm", office="manager"),
    ):
        assert {one["type"] for one in await lines(led, token)} >= {"sheets", "judgements", "results"}
        assert (await led.ask("GET", f"{PATH}/judgements", token=token)).json == []
    refused: list[tuple[str | None, int]] = [
        (None, 401),
        (links.judge_token("gb"), 403),
        (links.judge_token("ce", "welding", office="chief"), 403),
        (links.judge_token("scm", office="chief"), 403),
        (links.judge_token("cn", office="chief"), 403),
        (links.organiser_token("spring"), 404),
    ]
    for link, status in refused:
        for path in (PATH, PATH + "?stream=false", f"{PATH}/judgements", f"{PATH}/judgements/c01.C1.1"):
            assert (await led.ask("GET", path, token=link)).status == status


async def test_hidden_scores_are_silent_and_the_third_tells_all_three(led: Livescore) -> None:
    """R21: neither a line nor a number for the first two."""
    token = led.registration.judge_token("ce", office="chief")
    headers = {"Authorization": f"Bearer {token}"}
    async with led.session.get(PATH, headers=headers) as answer, asyncio.timeout(10):
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in answer.headers
        while (told := orjson.loads(await answer.content.readline()))["type"] != "awards":
            pass
        begun = told["token"]
        await led.score("cn", 2)
        await led.score("sg", 2)
        assert await lines(led, token, f"&since_token={begun}") == []
        await led.score("ch", 1)
        told = orjson.loads(await answer.content.readline())
    assert (told["type"], told["id"]) == ("judgements", "c01.C1.1")
    assert sorted(one["score"] for one in told["data"]["given"]) == [1, 2, 2]
    assert told["version"] == int(begun.rpartition(".")[2]) + 1
    assert (await led.ask("GET", f"{PATH}/judgements/c01.C1.1", token=token)).json == told["data"]


async def test_neither_feed_takes_the_others_token(led: Livescore) -> None:
    """R88."""
    token = led.registration.organiser_token()
    staff = (await lines(led, token))[-1]["token"]
    assert staff.startswith("s.")
    public = PATH.replace("staff-feed", "feed")
    assert (await led.ask("GET", f"{public}?since_token={staff}")).code == "unknown_token"
    reply = await led.ask("GET", f"{PATH}?since_token={staff.removeprefix('s.')}", token=token)
    assert reply.code == "unknown_token"
