"""A competition is brought to its end, and both feeds end with it (R49)."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson

from tests.services.livescore.service import Livescore
from tests.services.livescore.test_results_over_http import act, finalised, officials

Json = dict[str, Any]
PATH = "/api/livescore/competitions/autumn.welding"


async def followed(livescore: Livescore, name: str, token: str | None) -> list[Json]:
    """Every line until the service ends the feed."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with livescore.session.get(f"{PATH}/{name}", headers=headers) as answer:
        return [orjson.loads(line) async for line in answer.content if line.strip()]


async def test_both_feeds_end_with_the_result_and_a_browser_is_told_not_to_come_back(livescore: Livescore) -> None:
    chief, _ = await officials(livescore, "welding")
    public = asyncio.create_task(followed(livescore, "feed", None))
    staff = asyncio.create_task(followed(livescore, "staff-feed", chief))
    async with asyncio.timeout(20):
        await finalised(livescore)
        told, known = await public, await staff
    for lines in (told, known):
        assert [one["type"] for one in lines].count("end_of_updates") == 1
        assert lines[-1]["type"] == "end_of_updates"
    results = {one["id"]: one["data"] for one in known if one["type"] == "results" and one["id"]}
    assert [results[one]["rank"] for one in ("c01", "c02", "c03", "c04")] == [1, 1, 3, 3]
    events = {"Accept": "text/event-stream", "Last-Event-ID": told[-1]["token"]}
    assert (await livescore.ask("GET", f"{PATH}/feed", headers=events)).status == 204
    assert (await livescore.ask("GET", f"{PATH}/feed/end_of_updates/autumn.welding")).json == told[-1]["data"]


async def test_the_public_feed_of_a_frozen_competition_ends_when_it_thaws(livescore: Livescore) -> None:
    """R55, R57: between freeze and thaw nothing but the freeze is told."""
    chief, _ = await officials(livescore, "welding")
    await act(livescore, chief, "freeze", "welding")
    await livescore.board_where(lambda board: "frozen" in board["head"], "welding")
    public = asyncio.create_task(followed(livescore, "feed", None))
    async with asyncio.timeout(20):
        await finalised(livescore)
        still = await livescore.ask("GET", f"{PATH}/feed?stream=false")
        scores = {one["id"]: one for one in orjson.loads(still.content.splitlines()[2])["data"]}
        assert scores["c01"]["marked"] == 0
        await act(livescore, chief, "thaw", "welding")
        told = await public
    assert told[-1]["type"] == "end_of_updates"
    assert next(one["data"]["marked"] for one in told if one["type"] == "scores" and one["id"] == "c01") == 1
