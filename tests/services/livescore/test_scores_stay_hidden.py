"""Judgement by panel: nobody but its author can tell that a score exists before all three are in (R21-R25)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.services.livescore.service import Livescore

OTHERS = ("gb", "sg", "ch", "fr")
BECAUSE = "We looked at the solder joints together once more."


async def seen_by_others(livescore: Livescore) -> dict[str, Any]:
    """All that anybody but judge cn gets to see, as bytes."""
    views = {judge: await livescore.view(judge) for judge in OTHERS}
    return {
        **{judge: (view.content, view.headers["ETag"]) for judge, view in views.items()},
        "public": livescore.board(),
        "304": [(await livescore.view(judge, view.headers["ETag"])).status for judge, view in views.items()],
    }


async def test_a_hidden_score_changes_not_one_byte_for_anybody_else(livescore: Livescore) -> None:
    await livescore.read("cn", "met")
    await livescore.folded()
    before = await seen_by_others(livescore)
    assert before["304"] == [304] * 4
    assert (await livescore.score("cn", 3)).status == 201
    await livescore.folded()
    assert await seen_by_others(livescore) == before


async def test_replacing_a_hidden_score_changes_not_one_byte_either(livescore: Livescore) -> None:
    first = (await livescore.score("cn", 3)).json
    await livescore.folded()
    before = await seen_by_others(livescore)
    assert (await livescore.score("cn", 1, saw=first["seq"])).status == 201
    await livescore.folded()
    assert await seen_by_others(livescore) == before


async def test_the_author_sees_the_own_score_and_the_receipt_tells_nothing_more(livescore: Livescore) -> None:
    receipt = (await livescore.score("cn", 2)).json
    assert (receipt["state"], receipt["award"], receipt["round"]) == ("waiting", None, 1)
    cell = await livescore.cell("cn")
    assert cell is not None
    assert (cell["state"], cell["score"], cell["mine"]) == ("waiting", 2, True)
    assert "scores" not in cell


async def test_the_second_score_learns_nothing_of_the_first(livescore: Livescore) -> None:
    first = (await livescore.score("cn", 0)).json
    second = (await livescore.score("sg", 3)).json
    assert {name for name in first if first[name] != second[name]} <= {"id", "seq", "received_at"}
    assert await livescore.cell("ch") is None


async def test_a_refused_score_is_not_told_what_is_hidden(livescore: Livescore) -> None:
    """The `current` of a 409 is what this judge may see: nothing."""
    await livescore.score("cn", 3)
    for judge in ("sg", "ch"):
        reply = await livescore.score(judge, 1, saw=1)
        assert (reply.status, reply.code, reply.json.get("current")) == (409, "changed", None)


async def test_the_third_score_shows_all_three_to_everybody_at_once(livescore: Livescore) -> None:
    receipt = (await livescore.panel(2, 2, 3)).json
    assert (receipt["state"], receipt["award"]) == ("settled", {"exact": "70/9", "shown": "7.78"})
    for judge in ("cn", *OTHERS):
        cell = await livescore.cell(judge)
        assert cell is not None
        assert (cell["state"], sorted(cell["scores"]), cell["award"]["shown"]) == ("settled", [2, 2, 3], "7.78")
    board = await livescore.board_where(lambda board: board["rows"]["c01"]["marked"] == 1)
    assert board["rows"]["c01"]["total"] == "7.78"


async def test_revealed_scores_stand(livescore: Livescore) -> None:
    await livescore.panel(2, 2, 3)
    cell = await livescore.cell("cn")
    assert cell is not None
    reply = await livescore.score("cn", 3, saw=cell["seq"])
    assert (reply.status, reply.code, reply.json["errors"][0]["rule"]) == (422, "revealed", "R22")


async def test_a_fourth_judge_is_not_on_a_complete_panel(livescore: Livescore) -> None:
    await livescore.panel(2, 2, 3)
    before = livescore.recorded()
    reply = await livescore.score("fr", 2)
    assert (reply.status, reply.code, reply.json["errors"][0]["field"]) == (422, "panel_complete", "aspect")
    assert livescore.recorded() == before


async def test_too_far_apart_asks_for_a_re_mark_that_says_why_and_settles(livescore: Livescore) -> None:
    assert (await livescore.panel(0, 2, 2)).json["state"] == "remark"
    refused = await livescore.score("sg", 2)
    assert (refused.status, refused.code) == (422, "justification_needed")
    assert (refused.json["errors"][0]["field"], refused.json["errors"][0]["rule"]) == ("justification", "R24")
    short = await livescore.score("sg", 2, justification="too short")
    assert short.code == "justification_needed"
    outsider = await livescore.score("fr", 2, justification=BECAUSE)
    assert outsider.code == "panel_complete"
    last = (await livescore.panel(1, 2, 2, justification=BECAUSE)).json
    assert (last["state"], last["round"], last["award"]["exact"]) == ("settled", 2, "50/9")
    board = await livescore.board_where(lambda board: board["rows"]["c01"]["marked"] == 1)
    assert board["rows"]["c01"]["total"] == "5.56"


async def test_a_re_mark_is_as_hidden_as_the_first_round(livescore: Livescore) -> None:
    await livescore.panel(0, 2, 2)
    await livescore.folded()
    before = await seen_by_others(livescore)
    await livescore.score("cn", 1, justification=BECAUSE)
    await livescore.folded()
    assert await seen_by_others(livescore) == before


async def test_three_rounds_apart_are_a_dispute_nobody_scores_away(livescore: Livescore) -> None:
    assert (await livescore.panel(0, 2, 2)).json["state"] == "remark"
    assert (await livescore.panel(0, 3, 2, justification=BECAUSE)).json["state"] == "remark"
    last = (await livescore.panel(0, 3, 3, justification=BECAUSE)).json
    assert (last["state"], last["award"], last["round"]) == ("disputed", None, 3)
    reply = await livescore.score("cn", 2, justification=BECAUSE)
    assert (reply.status, reply.code, reply.json["errors"][0]["rule"]) == (422, "disputed", "R25")
    await livescore.folded()
    assert b'"marked":1' not in livescore.board()


@pytest.mark.parametrize("scores", [(0, 0, 0), (3, 3, 3), (1, 2, 1)])
async def test_the_board_moves_only_at_the_reveal(livescore: Livescore, scores: tuple[int, int, int]) -> None:
    board = livescore.board()
    for judge, score in zip(("cn", "sg"), scores, strict=False):
        await livescore.score(judge, score)
    await livescore.folded()
    assert livescore.board() == board
    await livescore.score("ch", scores[2])
    await livescore.board_where(lambda board: board["rows"]["c01"]["marked"] == 1)
