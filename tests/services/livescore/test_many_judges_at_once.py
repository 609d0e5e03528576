"""Sixty-four judges at once: every acknowledged mark is in the ledger once, in one gapless row."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from shared.contracts.livescore import MarkGiven
from shared.contracts.registration import CompetitorApproved

if TYPE_CHECKING:
    from tests.services.livescore.service import Livescore

JUDGES = [f"judge-{n:02d}" for n in range(64)]
ASPECTS = {"A1.1": "met", "A1.2": "3", "A1.3": "2", "B1.1": "12.1", "B1.2": "1.5", "B1.3": "6000"}


@pytest.fixture
async def crowd(livescore: Livescore) -> Livescore:
    """64 neutral judges, and as many competitors; judges are told first, so who sees all competitors has all judges."""
    for judge in JUDGES:
        await livescore.registration.judge(judge, "SG", "electronics")
    await livescore.registration.tell(
        *(
            CompetitorApproved(
                competition="autumn.electronics",
                competitor=f"c{100 + n}",
                country="GB",
                bib=str(100 + n),
                display_name=f"Invented {100 + n}",
            )
            for n in range(64)
        )
    )
    await livescore.board_where(lambda board: len(board["rows"]) == 68)
    return livescore


async def test_every_acknowledged_mark_is_there_once_and_the_row_has_no_gap(crowd: Livescore) -> None:
    acknowledged: dict[str, dict[str, Any]] = {}

    async def judge(number: int) -> None:
        for aspect, value in ASPECTS.items():
            form = crowd.form(competitor=f"c{100 + number}", aspect=aspect, value=value)
            times = random.Random(f"{number} {aspect}").choice((1, 1, 2, 3))
            replies = await asyncio.gather(*(crowd.send(JUDGES[number], form) for _ in range(times)))
            assert {reply.status for reply in replies} == {201}, replies[0].content
            assert len({reply.content for reply in replies}) == 1
            acknowledged[form["id"]] = replies[0].json

    await asyncio.gather(*(judge(number) for number in range(64)))
    recorded = crowd.recorded()
    assert [one.seq for one in recorded] == list(range(1, len(recorded) + 1))
    held = Counter(mark.mark for mark in crowd.marks())
    assert held == Counter(dict.fromkeys(acknowledged, 1))
    places = {one.event.mark: one.seq for one in recorded if isinstance(one.event, MarkGiven)}
    assert places == {mark: reply["seq"] for mark, reply in acknowledged.items()}
    board = await crowd.board_where(lambda board: all(board["rows"][f"c{100 + n}"]["marked"] == 6 for n in range(64)))
    assert {row["total"] for row in board["rows"].values() if "total" in row} == {"54.00"}


async def test_of_sixty_four_first_marks_for_one_cell_one_is_taken(crowd: Livescore) -> None:
    replies = await asyncio.gather(*(crowd.read(judge, "met", competitor="c100") for judge in JUDGES))
    assert Counter(reply.status for reply in replies) == {201: 1, 409: 63}
    (taken,) = (reply.json for reply in replies if reply.status == 201)
    assert {reply.json["current"]["seq"] for reply in replies if reply.status == 409} == {taken["seq"]}
    assert [mark.mark for mark in crowd.marks()] == [taken["id"]]


async def test_of_sixty_four_scores_for_one_aspect_three_make_the_panel(crowd: Livescore) -> None:
    replies = await asyncio.gather(*(crowd.score(judge, 2, competitor="c100") for judge in JUDGES))
    assert Counter(reply.status for reply in replies) == {201: 3, 422: 61}
    assert {reply.code for reply in replies if reply.status == 422} == {"panel_complete"}
    assert Counter(reply.json["state"] for reply in replies if reply.status == 201) == {"waiting": 2, "settled": 1}
    assert len({mark.judge for mark in crowd.marks()}) == 3
