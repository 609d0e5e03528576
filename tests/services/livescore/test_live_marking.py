"""The judge's live view: told of what this judge may know, of nothing else, and at moments that tell nothing else."""

from __future__ import annotations

import asyncio
import math
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import TYPE_CHECKING

import aiohttp
import orjson

from services.livescore.domain.competition import Competition
from services.livescore.handlers.live import BEAT_SECONDS, Sight, sights
from shared.contracts.livescore import CompetitionOpened
from shared.contracts.text import Text
from shared.execute import Executor
from shared.ledger.sqlite import SqliteLedger
from tests.services.event_stream import EventStream, Heard, listening

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.livescore.conftest import Run
    from tests.services.livescore.service import Livescore

PATH = "/api/livescore/competitions/autumn.electronics/marking/live"


def watching(livescore: Livescore, judge: str, **headers: str) -> AbstractAsyncContextManager[EventStream]:
    return listening(livescore.session, PATH, livescore.registration.judge_token(judge), **headers)


async def test_it_tells_the_tag_with_which_the_view_is_asked_for(livescore: Livescore) -> None:
    async with watching(livescore, "fr") as stream:
        assert (await stream.next()).tag == (await livescore.view("fr")).headers["ETag"]
        await livescore.read("cn", "met")
        heard = await stream.next()
        view = await livescore.view("fr")
    assert heard.name == "changed"
    assert orjson.loads(heard.data) == {"tag": heard.tag}
    assert (heard.tag, view.json["cells"]["c01"]["A1.1"]["value"]) == (view.headers["ETag"], "met")


async def test_a_hidden_score_of_another_judge_is_not_told_not_even_as_a_comment(livescore: Livescore) -> None:
    """R21: neither the score nor its replacement; the reveal is told to everybody."""
    async with watching(livescore, "fr") as stream, watching(livescore, "cn") as author:
        await stream.next()
        await author.next()
        first = await livescore.score("cn", 3)
        await livescore.score("cn", 2, saw=first.json["seq"])
        assert (await author.next()).name == "changed"
        assert await stream.silent(0.8)
    async with watching(livescore, "fr") as stream:
        await stream.next()
        await livescore.panel(2, 1, judges=("sg", "ch"))
        assert (await stream.next()).tag == (await livescore.view("fr")).headers["ETag"]


async def test_looks_are_taken_on_a_beat_that_no_mark_moves(tmp_path: Path) -> None:
    """R21: a hidden score that wakes a stream must not shift the moment of an event that follows."""
    loop, looked = asyncio.get_running_loop(), []

    def cut(state: Competition) -> Sight:
        looked.append(loop.time())
        return Sight(str(state.seq), b"")

    async with SqliteLedger(tmp_path / "ledger.db") as ledger:
        executor = Executor(ledger, lambda _stream: Competition("autumn.electronics"))
        began = loop.time()
        found = sights(executor, "competition/autumn.electronics", cut, None)
        await anext(found)
        for number in range(1, 4):
            woken = loop.time() - began
            await executor.execute("competition/autumn.electronics", lambda _, seq=number: [_opened(seq)])  # type: ignore[misc]
            await anext(found)
            beat = math.ceil(woken / BEAT_SECONDS) * BEAT_SECONDS
            assert looked[-1] - began >= beat - 0.002
        await found.aclose()
    assert len(looked) == 4


def _opened(seq: int) -> CompetitionOpened:
    return CompetitionOpened(
        competition="autumn.electronics", title=Text(en=f"Title {seq}"), board_mode="marks", source_seq=seq
    )


async def test_who_comes_back_hears_only_what_is_newer(livescore: Livescore) -> None:
    async with watching(livescore, "fr") as stream:
        known = (await stream.next()).tag
    async with watching(livescore, "fr", **{"Last-Event-ID": known}) as stream:
        assert await stream.silent(0.4)
        await livescore.read("cn", "met")
        assert (await stream.next()).tag != known


async def test_a_rush_of_marks_is_told_four_times_a_second_at_most(livescore: Livescore) -> None:
    async with watching(livescore, "fr") as stream:
        heard = [await stream.next()]
        rush = asyncio.create_task(_rush(livescore))
        following = asyncio.create_task(_collect(stream, heard))
        await rush
        last = (await livescore.view("fr")).headers["ETag"]
        async with asyncio.timeout(10):
            while last not in {one.tag for one in heard}:  # noqa: ASYNC110 - the collector has no event for it
                await asyncio.sleep(0.02)
        following.cancel()
    assert len(heard) - 1 <= 4 * (heard[-1].at - heard[0].at) + 1
    assert len(heard) > 2


async def _collect(stream: EventStream, heard: list[Heard]) -> None:
    while True:
        heard.append(await stream.next(30.0))


async def _rush(livescore: Livescore) -> None:
    for round_ in range(12):
        for competitor in ("c01", "c03"):
            saw = None
            if round_:
                cell = await livescore.cell("cn", "B1.1", competitor)
                saw = cell and cell["seq"]
            await livescore.read("cn", f"12.{round_}", aspect="B1.1", competitor=competitor, saw=saw)
        await asyncio.sleep(0.05)


async def test_sixty_four_judges_watch_and_a_stop_says_goodbye_to_each(run: Run) -> None:
    async with AsyncExitStack() as stack:
        async with run() as livescore:
            assert (await livescore.scheme()).status == 200
            streams = await _sixty_four(stack, livescore)
            await asyncio.gather(*(stream.next() for stream in streams))
            await livescore.read("cn", "met")
            heard = await asyncio.gather(*(stream.next() for stream in streams))
            assert {one.name for one in heard} == {"changed"}
            parting = [asyncio.create_task(stream.rest()) for stream in streams]
            began = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began < 3
        assert {(await one)[-1].data for one in parting} == {'{"reason":"stopping"}'}


async def _sixty_four(stack: AsyncExitStack, livescore: Livescore) -> list[EventStream]:
    """Eight devices each of eight judges, over connections that outlast the service."""
    async with livescore.session.get("/readyz") as answer:
        url = answer.url.origin()
    session = await stack.enter_async_context(aiohttp.ClientSession(url, connector=aiohttp.TCPConnector(limit=0)))
    tokens = [livescore.registration.judge_token(judge) for judge in ("gb", "cn", "sg", "ch", "fr", "a1", "a2", "a3")]
    return [await stack.enter_async_context(listening(session, PATH, token)) for token in tokens for _ in range(8)]


async def test_it_is_for_judges_of_this_competition_alone(livescore: Livescore) -> None:
    tokens = livescore.registration.judge_token("cn", "welding"), livescore.registration.organiser_token()
    for token in tokens:
        refused = await livescore.ask("GET", PATH, token=token)
        assert refused.status == 403
    assert (await livescore.ask("GET", PATH)).status == 401
