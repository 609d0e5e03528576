from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from services.livescore.domain.cells import JudgedCell
from shared.contracts.livescore import MarkGiven
from shared.errors import Clash, Rejected

if TYPE_CHECKING:
    from tests.domain.livescore.conftest import Story

REASON = "We looked again at the ground plane together."


def test_r20_the_third_score_settles_and_the_first_two_wait(story: Story) -> None:
    states = [story.score("c01", "A2.1", judge, score).state for judge, score in (("cn", 2), ("sg", 3), ("ch", 3))]
    assert states == ["waiting", "waiting", "settled"]
    assert story.totals("c01").total * 9 == 32


def test_r22_an_own_score_may_be_replaced_before_the_reveal(story: Story) -> None:
    first = story.score("c01", "A2.1", "cn", 0)
    story.score("c01", "A2.1", "sg", 3)
    story.score("c01", "A2.1", "cn", 2, saw=first.seq)
    event = story.ledger[-1].event
    assert isinstance(event, MarkGiven)
    assert event.supersedes == first.seq
    assert story.score("c01", "A2.1", "ch", 3).state == "settled"


def test_r22_replacing_without_having_seen_shows_the_own_score_and_no_other(story: Story) -> None:
    story.score("c01", "A2.1", "sg", 3)
    own = story.score("c01", "A2.1", "cn", 0)
    with pytest.raises(Clash) as clash:
        story.score("c01", "A2.1", "cn", 2)
    assert clash.value.extra["current"] == {
        "state": "waiting",
        "seq": own.seq,
        "award": None,
        "round": 1,
        "mine": True,
        "score": 0,
        "marked_at": "2020-11-19T12:00:00Z",
        "judge": "cn",
    }


def test_r21_the_seq_of_somebody_elses_hidden_score_opens_nothing(story: Story) -> None:
    other = story.score("c01", "A2.1", "sg", 3)
    with pytest.raises(Clash) as clash:
        story.score("c01", "A2.1", "cn", 2, saw=other.seq)
    assert clash.value.extra["current"] is None


def test_r22_revealed_scores_are_immutable(story: Story) -> None:
    story.scores("c01", "A2.1", 2, 2, 3)
    own = story.cell("cn", "c01", "A2.1")
    assert own is not None
    with pytest.raises(Rejected) as refused:
        story.score("c01", "A2.1", "cn", 3, saw=own["seq"])
    assert (refused.value.code, refused.value.faults[0].rule) == ("revealed", "R22")


def test_r20_a_fourth_judge_finds_the_panel_complete(story: Story) -> None:
    story.given(story.ledger[5].event.model_copy(update={"judge": "nz", "country": "NZ", "source_seq": 90}))
    story.scores("c01", "A2.1", 2, 2, 3)
    with pytest.raises(Rejected) as refused:
        story.score("c01", "A2.1", "nz", 3)
    assert refused.value.code == "panel_complete"


def test_r23_a_spread_above_one_counts_nothing_and_opens_a_round(story: Story) -> None:
    receipt = story.scores("c01", "A2.1", 1, 2, 3)
    assert (receipt.state, receipt.award, receipt.round) == ("remark", None, 1)
    assert story.totals("c01").by_form == {}


@pytest.mark.parametrize("justification", [None, "too short", " " * 30, "a\u202eb" * 10])
def test_r24_a_new_round_begins_with_a_justification(story: Story, justification: str | None) -> None:
    story.scores("c01", "A2.1", 1, 2, 3)
    with pytest.raises(Rejected) as refused:
        story.score("c01", "A2.1", "sg", 2, justification=justification)
    assert (refused.value.code, refused.value.faults[0].field) == ("justification_needed", "justification")


def test_r24_the_same_panel_scores_again_and_one_justification_is_enough(story: Story) -> None:
    story.scores("c01", "A2.1", 1, 2, 3)
    receipt = story.scores("c01", "A2.1", 2, 2, 3, justification=REASON)
    assert (receipt.state, receipt.round) == ("settled", 2)
    assert receipt.award is not None
    assert receipt.award * 9 == 28


def test_r24_nobody_joins_the_panel_in_a_later_round(story: Story) -> None:
    story.given(story.ledger[5].event.model_copy(update={"judge": "nz", "country": "NZ", "source_seq": 90}))
    story.scores("c01", "A2.1", 1, 2, 3)
    with pytest.raises(Rejected) as refused:
        story.score("c01", "A2.1", "nz", 2, justification=REASON)
    assert (refused.value.code, refused.value.faults[0].rule) == ("panel_complete", "R24")


def test_r22_a_replacement_meant_for_the_last_round_does_not_slip_into_the_new_one(story: Story) -> None:
    own = story.score("c01", "A2.1", "cn", 0)
    story.score("c01", "A2.1", "sg", 3)
    revealed = story.score("c01", "A2.1", "ch", 3)
    with pytest.raises(Clash) as clash:
        story.score("c01", "A2.1", "cn", 3, saw=own.seq, justification=REASON)
    current = clash.value.extra["current"]
    assert (current["state"], current["round"], current["seq"], current["scores"]) == (
        "remark",
        2,
        revealed.seq,
        [3, 0, 3],
    )
    assert story.score("c01", "A2.1", "cn", 3, saw=revealed.seq, justification=REASON).round == 2


def test_r25_three_rounds_apart_are_disputed_and_closed(story: Story) -> None:
    states = [story.scores("c01", "A2.1", 0, 2, 3, justification=REASON).state for _ in range(3)]
    assert states == ["remark", "remark", "disputed"]
    with pytest.raises(Rejected) as refused:
        story.score("c01", "A2.1", "sg", 2, justification=REASON)
    assert (refused.value.code, refused.value.faults[0].rule) == ("disputed", "R25")
    cell = story.state.cell("c01", "A2.1")
    assert isinstance(cell, JudgedCell)
    assert (cell.round, cell.award) == (3, None)
