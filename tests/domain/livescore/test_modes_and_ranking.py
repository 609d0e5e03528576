"""R29: a panel is what its members make it; a competition without enough eligible judges ranks nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from services.livescore.domain.conclusion import final_result, present_result
from services.livescore.domain.results.nations import member_reports, overall_best
from services.livescore.domain.results.why_rank import why_rank
from services.livescore.opinion.differences import board_differences, result_differences
from services.livescore.opinion.opine import opine
from services.livescore.second_opinion import theirs
from shared.contracts.sheets import PanelNamed
from shared.errors import CallerError, Forbidden
from tests.domain.livescore.conftest import Story
from tests.domain.livescore.sheets_given import all_locked, staffed

if TYPE_CHECKING:
    from collections.abc import Sequence

WHY = "three of the judges fell ill"
SIDES = ("gb", "gb2", "gb3", "cn", "cn2", "cn3")


@pytest.fixture
def story(story: Story) -> Story:
    """Competitors of GB and CN; judges of both, and sg, ch, no who are neutral."""
    staffed(story)
    for judge in ("gb2", "gb3", "cn2", "cn3"):
        story.seat(judge, judge[:2].upper())
    story.seat("no", "NO")
    return story


def refusal(story: Story, who: str, act: str, **fields: Any) -> str:
    with pytest.raises(CallerError) as refused:
        story.act(who, act, **fields)
    return refused.value.code


def named(story: Story) -> str | None:
    return next((one.event.mode for one in reversed(story.ledger) if isinstance(one.event, PanelNamed)), None)


@pytest.mark.parametrize(
    ("team", "mode"),
    [
        (("sg", "ch", "no"), "neutral"),
        (("sg", "ch", "no", "gb", "cn"), "neutral"),
        (("sg", "ch", "gb", "cn"), "mixed"),
        (("gb", "gb2", "cn", "cn2", "sg"), "mixed"),
        ((*SIDES, "sg"), "mirrored"),
        (SIDES, "mirrored"),
    ],
)
def test_r29_the_members_make_the_mode_and_another_one_is_refused(story: Story, team: Sequence[str], mode: str) -> None:
    """By who takes a seat: members who come after those do not count."""
    for other in {"neutral", "mixed"} - {mode}:
        assert refusal(story, "chief", "name-panel", form="A2", judges=team, mode=other) == "panel_mode"
    if mode == "mirrored":
        assert refusal(story, "chief", "name-panel", form="A2", judges=team) == "panel_mode"
        story.both("name-panel", form="A2", judges=team, mode=mode)
        assert named(story) == mode
        return
    assert refusal(story, "chief", "name-panel", form="A2", judges=team, mode="mirrored") == "panel_mode"
    story.act("chief", "name-panel", form="A2", judges=team)
    assert named(story) == mode
    story.act("chief", "name-panel", form="A2", judges=team, mode=mode)


def test_r29_where_one_nation_competes_judges_of_others_are_neutral(story: Story) -> None:
    for bib in ("02", "04"):
        story.leave(f"c{bib}")
    story.act("chief", "name-panel", form="A2", judges=["gb", "sg", "cn", "ch"])
    assert named(story) == "neutral"


def test_r29_a_panel_that_is_named_before_anybody_competes_is_what_it_is_called() -> None:
    story = staffed(Story())
    for bib in ("01", "02", "03", "04"):
        story.leave(f"c{bib}")
    story.act("chief", "name-panel", form="A2", judges=["sg", "ch", "gb", "cn"], mode="neutral")
    assert named(story) == "neutral"


def unranked(story: Story) -> None:
    story.both("set-ranking", ranked=False, reason=WHY)


def agree(story: Story) -> None:
    """Both scorers say the same of cells, results and the board."""
    opinion = opine(story.ledger)
    board = story.standings.board("epoch")
    assert result_differences(opinion, theirs(story.state)) == []
    assert board_differences(opinion, board.head, board.rows) == []


def marked(mode: Any = "marks") -> Story:
    story = staffed(Story(mode))
    for competitor, errors in (("c01", "1"), ("c02", "0"), ("c03", "3"), ("c04", "2")):
        story.read(competitor, "A1.1", errors)
    return story


def test_r29_ranking_nobody_takes_two_people() -> None:
    story = marked()
    proposal = story.act("chief", "set-ranking", ranked=False, reason=WHY).id
    assert refusal(story, "chief", "approve", proposal=proposal) == "same_person"
    assert "notice" not in story.standings.board("epoch").head
    story.act("manager", "approve", proposal=proposal)
    assert story.standings.board("epoch").head["notice"] == ["unranked"]
    assert refusal(story, "chief", "set-ranking", ranked=False, reason=WHY) == "unchanged"


def test_r29_an_unranked_board_shows_totals_by_bib_no_place_and_says_so() -> None:
    story = marked()
    assert [row.get("rank") for row in story.rows().values()] == [1, 2, 3, 4]
    unranked(story)
    board = story.standings.board("epoch")
    assert list(board.rows) == ["c01", "c02", "c03", "c04"]
    assert [row["total"] for row in board.rows.values()] == ["1.75", "2.00", "1.25", "1.50"]
    assert all("rank" not in row for row in board.rows.values())
    assert board.head["notice"] == ["unranked"]
    agree(story)


def test_r29_where_the_board_shows_an_order_an_unranked_one_shows_progress() -> None:
    story = marked("rank")
    unranked(story)
    board = story.standings.board("epoch")
    assert (board.head["mode"], list(board.rows)) == ("progress", ["c01", "c02", "c03", "c04"])
    assert all({"rank", "total"}.isdisjoint(row) for row in board.rows.values())
    agree(story)


def test_r29_r56_a_correction_that_would_pass_somebody_moves_no_unranked_board_of_progress() -> None:
    story = marked("rank")
    unranked(story)
    before = story.public_bytes()
    story.read("c01", "A1.1", "8", saw=story.state.cell("c01", "A1.1").seq)  # type: ignore[union-attr]
    assert story.public_bytes() == before


def test_r29_ranked_again_everybody_has_the_place_from_before() -> None:
    story = marked()
    before = {one: row["rank"] for one, row in story.rows().items()}
    unranked(story)
    story.both("set-ranking", ranked=True, reason="the judges are well again")
    board = story.standings.board("epoch")
    assert {one: row["rank"] for one, row in board.rows.items()} == before
    assert "notice" not in board.head
    agree(story)


def test_r29_a_frozen_picture_keeps_its_places_until_the_thaw() -> None:
    story = marked()
    story.act("chief", "freeze")
    before = story.public_bytes()
    unranked(story)
    assert story.public_bytes() == before
    agree(story)
    story.act("chief", "thaw")
    assert story.standings.board("epoch").head["notice"] == ["unranked"]
    agree(story)


def concluded(story: Story) -> None:
    story.act("organiser", "set-rules", rules={"appeal_window_minutes": 0, "small_field": False})
    all_locked(story)
    story.both("finalise", reason="all sheets are signed and locked")


def test_r29_an_unranked_result_has_totals_and_no_place_medal_or_score() -> None:
    story = staffed(Story("marks"))
    unranked(story)
    story.both("depart-medals", medals={"c01": "gold"}, reason="they should have one all the same")
    concluded(story)
    result = final_result(story.state)
    assert result is not None
    assert [line.entrant.bib for line in result.lines] == ["01", "02", "03", "04"]
    told = result.to_json()
    assert told["unranked"] is True
    assert "unranked" in told["score"]["withheld"]
    for row in told["rows"]:
        assert row["total"] is not None
        assert (row["rank"], row["medal"], row["computed"], row["medallion"], row["best_of_nation"], row["score"]) == (
            None, None, None, False, False, None,
        )  # fmt: skip
    assert story.standings.board("epoch").head["final"] is True
    assert all("rank" not in row and "medal" not in row for row in story.rows().values())
    agree(story)


def test_r29_the_digest_of_a_result_with_places_does_not_know_of_unranked_ones() -> None:
    """Results that were signed before keep their digest."""
    assert "unranked" not in present_result(marked().state).to_json()


def test_r29_there_is_nothing_to_reveal_of_an_unranked_result_and_why_says_so() -> None:
    story = staffed(Story("marks"))
    unranked(story)
    concluded(story)
    story.act("chief", "freeze")
    assert refusal(story, "host", "begin-reveal") == "unranked"
    why = why_rank(present_result(story.state, 1), "c01")
    assert why is not None
    assert (why["unranked"], why["rank"], why["unmarked"], why["ranked"]) == (True, None, [], 0)
    story.act("host", "begin-reveal", rehearsal=True)


def test_r29_an_unranked_competition_counts_in_no_comparison_of_several() -> None:
    story = staffed(Story("marks"))
    story.enter("05", "FR")
    story.read("c05", "A1.1", "1")
    assert member_reports([present_result(story.state)]) is not None
    unranked(story)
    result = present_result(story.state)
    assert (member_reports([result]), overall_best([result, result])) == (None, ())


def test_r29_a_final_result_keeps_its_places_whatever_is_decided_without_an_appeal() -> None:
    story = staffed(Story("marks"))
    concluded(story)
    assert refusal(story, "chief", "set-ranking", ranked=False, reason=WHY) == "final"
    agree(story)


def test_r26_r29_unranked_or_not_no_judge_marks_a_compatriot() -> None:
    story = marked()
    unranked(story)
    with pytest.raises(Forbidden) as refused:
        story.read("c01", "A1.2", "6000", judge="gb")
    assert refused.value.code == "compatriot"
