"""What leads a competition to its result, on two copies of everything: nobody can tell which copy an act went to."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import orjson
import pytest

from services.livescore.domain.public import Public
from shared.contracts.acts import Proposed
from shared.contracts.livescore import MarkGiven
from shared.contracts.release import Finalised, Frozen
from shared.contracts.sheets import SheetReopened, SheetSubmitted
from tests.cluster.led import FORMS, Led, an_act, led
from tests.services.event_stream import listening

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.contracts.board import Board
    from tests.cluster.conftest import Twice

DELAY_SECONDS = 2
SOON_SECONDS = 20.0
"""How long another copy may take to find that one has died, and to go on in its place."""


async def both_show(one: Led, what: Callable[[Board], bool]) -> Board:
    """Wait until both nodes show this, and the same; returns it."""
    async with asyncio.timeout(SOON_SECONDS):
        while True:
            here, there = [await one.shown(node) for node in (0, 1)]
            if here == there and what(here):
                return here
            await asyncio.sleep(0.02)


async def owner(one: Led) -> int:
    """The copy of livescore that publishes the board."""
    published = f'showcase_livescore_board_seq{{channel="competition/{one.competition}"}}'
    async with aiohttp.ClientSession() as http, asyncio.timeout(SOON_SECONDS):
        while True:
            for copy, url in enumerate(one.twice.at.urls("livescore")):
                async with http.get(f"{url}/metrics") as answer:
                    if published in await answer.text():
                        return copy
            await asyncio.sleep(0.05)


async def fold(one: Led, until: Callable[[datetime], bool] = lambda _at: True) -> Board:
    """The board of what was recorded at such times, once all of it is public."""
    epoch, events = await one.ledger()
    public = Public(one.competition)
    for recorded in events:
        if until(datetime.fromisoformat(recorded.at)):
            public.apply(recorded)
    public.advance(datetime.now(UTC) + timedelta(days=1))
    return public.board(epoch)


async def feed(one: Led, copy: int, **query: str) -> list[dict[str, Any]]:
    """Everything the public feed of one copy has to say now."""
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{one.twice.at.urls('livescore')[copy]}{one.api}/feed?stream=false&{asked}") as answer,
    ):
        assert answer.status == 200, await answer.text()
        return [orjson.loads(line) for line in (await answer.read()).splitlines()]


@pytest.mark.timeout(120)
async def test_two_people_at_different_copies_bring_a_competition_to_its_end(
    twice: Twice, capsys: pytest.CaptureFixture[str]
) -> None:
    """R42, R45, R47, R48, and R83 of the feeds."""
    one, (ann, bea, guest) = await led(twice, "Ann", "Bea", "Gus")
    way = f"/api/registration/competitions/{one.competition}/competitors/{guest}/standing"
    asked = {"standing": "guest", "saw": "competing", "reason": "out_of_competition"}
    await twice.ask("POST", "registration", way, asked, twice.organiser)
    await both_show(one, lambda board: board.rows[guest]["status"] == "guest")
    for nth, competitor in enumerate((ann, bea)):
        for copy, aspect in enumerate(("A1.1", "B1.1")):
            await one.judge(copy).reads(competitor, aspect, str(nth))

    # A live view at one copy tells of an act at the other.
    async with (
        aiohttp.ClientSession(one.twice.at.urls("livescore")[0]) as http,
        listening(http, f"{one.api}/chief/live", one.tokens["chief"]) as view,
    ):
        heard = orjson.loads((await view.next()).data)
        submitted = an_act("submit-sheet", form="A1", competitor=ann)
        began = time.monotonic()
        receipt = await one.send(1, "sg", submitted)
        while heard["sheets"]["A1"][ann]["stage"] != "submitted":
            heard = orjson.loads((await view.next()).data)
        told_after = time.monotonic() - began
    assert told_after < 3.0

    # The same act at both copies at once, and again: one fact, one answer; another act under its id is refused.
    again = an_act("submit-sheet", form="B1", competitor=ann)
    answers = await asyncio.gather(*(one.said(copy, "sg", again) for copy in (0, 1, 0, 1)))
    assert answers == [(201, answers[0][1])] * 4
    assert [await one.said(copy, "sg", submitted) for copy in (0, 1)] == [(201, receipt)] * 2
    for copy in (0, 1):
        status, problem = await one.said(copy, "sg", {**submitted, "competitor": bea})
        assert (status, problem["code"]) == (409, "id_reused")
    assert len(await one.recorded(SheetSubmitted)) == 2

    # What was begun is led to its end, each step elsewhere.
    for form in FORMS:
        await one.act(0, "chief", "verify-sheet", form=form, competitor=ann)
        await one.act(1, "sg", "sign-sheets", form=form, competitors=[ann])
        await one.act(0, "chief", "sign-sheets", form=form, competitors=[ann])
        await one.lock(1, form, bea)

    # Proposed at one, approved at the other and declined at the first in the same moment: one of the two counts.
    reopen = an_act("reopen-sheet", form="A1", competitor=ann, code="typing", reason="A comma was in the wrong place.")
    assert (await one.send(0, "chief", reopen))["events"] == [Proposed.TYPE]
    assert (await one.said(1, "chief", an_act("approve", proposal=reopen["id"])))[1]["code"] == "same_person"
    raced = await asyncio.gather(
        one.said(1, "manager", an_act("approve", proposal=reopen["id"])),
        one.said(0, "chief", an_act("decline", proposal=reopen["id"], reason="There was no comma.")),
    )
    assert sorted(status for status, _ in raced) in ([201, 409], [201, 422])
    if not await one.recorded(SheetReopened):
        second = an_act(**{**reopen, "id": "reopen-once-more"})
        await one.send(1, "chief", second)
        await one.act(0, "manager", "approve", proposal=second["id"])
    assert len(await one.recorded(SheetReopened)) == 1

    # A guest's sheets hold nothing up, so marks go on at one copy while the other asks the second scorer.
    marked = 0
    over = asyncio.Event()

    async def judge() -> None:
        nonlocal marked
        saw: dict[str, Any] = {}
        while not over.is_set():
            saw = {"saw": (await one.judge(1).reads(guest, "A1.1", str(marked % 7), **saw))["seq"]}
            saw["justification"] = "Counted once more."
            marked += 1

    marking = asyncio.create_task(judge())
    status, problem = await one.said(0, "chief", an_act("finalise", reason="All is done."))
    assert (status, problem["code"]) == (409, "not_ready")
    assert {item["what"] for item in problem["missing"]} == {"not_locked"}
    await one.lock(0, "A1", ann)
    before = marked
    proposal = an_act("finalise", reason="All sheets are locked.")
    await one.send(0, "chief", proposal)
    approval = an_act("approve", proposal=proposal["id"])
    finals = await asyncio.gather(*(one.said(copy, "manager", approval) for copy in (0, 1)))
    while marked < before + 3:
        assert not marking.done(), marking
        await asyncio.sleep(0.01)
    over.set()
    await marking
    assert finals == [(201, finals[0][1])] * 2
    assert len(await one.recorded(Finalised)) == 1
    results = [await one.get(copy, "/results", "chief") for copy in (0, 1)]
    assert results[0] == results[1]
    assert results[0]["final"]
    opinions = [await one.get(copy, "/chief/opinion", "manager") for copy in (0, 1)]
    assert opinions == [{"agree": True, "differences": []}] * 2

    # Both copies' feeds say the same, from the beginning and to who comes with the other one's token.
    board = await both_show(one, lambda board: bool(board.head["final"]))
    assert board == await fold(one)
    async with asyncio.timeout(SOON_SECONDS):
        while (told := [await feed(one, copy) for copy in (0, 1)])[0] != told[1]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert told[0]
    for copy in (0, 1):
        assert await feed(one, 1 - copy, since_token=told[copy][-1]["token"]) == []
    with capsys.disabled():
        sys.stdout.write(f"\n  a live view told of an act at the other copy after {told_after:.2f} s\n")


@pytest.mark.timeout(120)
async def test_a_delay_and_a_planned_freeze_outlive_the_copy_that_publishes_the_board(twice: Twice) -> None:
    """R53, R55: what is recorded decides, not who is there to look at the clock."""
    one, (ann, bea) = await led(twice, "Ann", "Bea")
    await one.act(0, "organiser", "set-delay", seconds=DELAY_SECONDS)
    before = await both_show(one, lambda board: bea in board.rows)
    first = await owner(one)
    await one.judge(1 - first).reads(ann, "A1.1", "2")
    os.kill(twice.supervisor.pid("livescore", first), signal.SIGKILL)
    (mark,) = await one.recorded(MarkGiven)
    due = datetime.fromisoformat(mark.at) + timedelta(seconds=DELAY_SECONDS)
    early: list[Board] = []
    while True:
        asked = datetime.now(UTC)  # before what is then shown was asked for: later than it would prove nothing
        shown = [await one.shown(node) for node in (0, 1)]
        if datetime.now(UTC) >= due:
            break
        early += [board for board in shown if board.rows[ann]["marked"]]
        await asyncio.sleep(0.02)
    assert asked <= due + timedelta(seconds=1)
    assert early == []
    after = await both_show(one, lambda board: bool(board.rows[ann]["marked"]))
    assert (after.epoch, after.seq > before.seq) == (before.epoch, True)
    assert after == await fold(one)

    # The plan's time comes when nobody publishes this board and nothing happens: it is recorded, and once.
    await one.act(0, "organiser", "set-delay", seconds=0)
    await back(twice, first)
    second = await owner(one)
    at = datetime.now(UTC) + timedelta(seconds=1)
    await one.act(1 - second, "chief", "plan-freeze", at=at.isoformat())
    os.kill(twice.supervisor.pid("livescore", second), signal.SIGKILL)
    frozen = await both_show(one, lambda board: bool(board.head.get("frozen")))
    await back(twice, second)
    assert frozen == await fold(one)
    (record,) = await one.recorded(Frozen)
    assert record.event.office == "service"  # type: ignore[attr-defined]
    assert datetime.fromisoformat(record.at) >= at
    assert (await one.said(0, "chief", an_act("freeze")))[1]["code"] == "frozen"
    await one.act(1, "chief", "thaw")

    # And when marks go on, the first one after that time does not show, whoever is quicker to record the freeze.
    at = datetime.now(UTC) + timedelta(seconds=1)
    await one.act(0, "chief", "plan-freeze", at=at.isoformat())
    given, fields = 0, {"justification": "Counted once more."}
    saw = await one.judge(0).reads(bea, "A1.1", "60")
    while datetime.fromisoformat(saw["received_at"]) < at + timedelta(seconds=0.5):
        given += 1
        saw = await one.judge(given % 2).reads(bea, "A1.1", str(60 - given % 60), saw=saw["seq"], **fields)
        await asyncio.sleep(0.05)
    frozen = await both_show(one, lambda board: bool(board.head.get("frozen")))
    assert frozen.rows == (await fold(one, lambda recorded_at: recorded_at < at)).rows
    assert frozen == await fold(one)
    assert len(await one.recorded(Frozen)) <= 2
    await one.act(1, "chief", "thaw")
    thawed = await both_show(one, lambda board: not board.head.get("frozen"))
    assert thawed == await fold(one)
    assert thawed.rows[bea] != frozen.rows[bea]


async def back(twice: Twice, copy: int) -> None:
    """Wait until a copy of livescore that was killed is ready again."""
    async with asyncio.timeout(30):
        while twice.supervisor.starts("livescore", copy) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    async with aiohttp.ClientSession() as http, asyncio.timeout(30):
        await twice.supervisor.copy_ready(http, "livescore", copy)
