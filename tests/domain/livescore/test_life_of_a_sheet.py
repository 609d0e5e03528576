"""Section 6 of the rules: what may happen to a sheet, by whom, in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shared.errors import Clash, Forbidden, Rejected
from tests.domain.livescore.sheets_given import fill, locked, refused, reopened, sign_all, staffed, submitted, verified

if TYPE_CHECKING:
    from tests.domain.livescore.conftest import Story


@pytest.fixture
def story(story: Story) -> Story:
    return staffed(story)


def state_of(story: Story, form: str = "A2", competitor: str = "c01") -> str:
    return story.state.sheet(form, competitor).state


def test_r42_a_sheet_goes_from_open_to_locked(story: Story) -> None:
    assert state_of(story) == "open"
    submitted(story, "A2", "c01")
    assert state_of(story) == "submitted"
    story.act("chief", "verify-sheet", form="A2", competitor="c01")
    assert state_of(story) == "verified"
    for judge in ("ch", "cn"):
        story.act(judge, "sign-sheets", form="A2", competitors=["c01"])
    assert state_of(story) == "verified"
    story.act("sg", "sign-sheets", form="A2", competitors=["c01"])
    assert state_of(story) == "signed"
    story.act("chief", "sign-sheets", form="A2", competitors=["c01"])
    assert state_of(story) == "locked"


def test_r37_an_incomplete_sheet_is_not_submitted_and_says_what_is_missing(story: Story) -> None:
    story.read("c01", "A1.1", "1")
    refusal = refused(story, "ch", "submit-sheet", form="A1", competitor="c01")
    assert refusal.code == "sheet_incomplete"
    assert [fault.field for fault in refusal.faults] == ["A1.2"]


def test_r21_a_round_in_the_middle_counts_as_not_marked(story: Story) -> None:
    story.scores("c01", "A2.1", 2, 2)
    assert refused(story, "ch", "submit-sheet", form="A2", competitor="c01").code == "sheet_incomplete"


def test_r23_submitting_what_is_too_far_apart_makes_it_a_remark(story: Story) -> None:
    fill(story, "A2", "c01", 0, 2, 2)
    story.act("ch", "submit-sheet", form="A2", competitor="c01")
    sheet = story.state.sheet("A2", "c01")
    assert (sheet.state, sorted(sheet.again)) == ("remark", ["A2.1"])
    assert refused(story, "ch", "submit-sheet", form="A2", competitor="c01").code == "still_apart"
    story.scores("c01", "A2.1", 1, 2, 2, justification="we looked at the joint once more")
    story.act("ch", "submit-sheet", form="A2", competitor="c01")
    assert state_of(story) == "submitted"


def test_r24_the_first_round_is_kept_when_another_stands(story: Story) -> None:
    story.scores("c01", "A2.1", 0, 2, 2)
    story.scores("c01", "A2.1", 1, 2, 2, justification="we looked at the joint once more")
    cell = story.cell("sg", "c01", "A2.1")
    assert cell is not None
    assert [one["score"] for one in cell["earlier"][0]] == [2, 0, 2]
    assert sorted(cell["scores"]) == [1, 2, 2]


def test_r24_only_what_was_too_far_apart_is_marked_again(story: Story) -> None:
    fill(story, "B1", "c01", 0, 2, 2)
    seq = story.state.cell("c01", "B1.1")
    story.act("ch", "submit-sheet", form="B1", competitor="c01")
    with pytest.raises(Rejected) as refusal:
        story.read("c01", "B1.1", "12.3", saw=getattr(seq, "seq", None))
    assert refusal.value.code == "not_in_remark"


def test_r42_a_submitted_sheet_takes_no_marks(story: Story) -> None:
    submitted(story, "A1", "c01")
    with pytest.raises(Rejected) as refusal:
        story.read("c01", "A1.1", "2", saw=1)
    assert (refusal.value.code, refusal.value.faults[0].rule) == ("sheet_closed", "R42")


def test_r42_who_marked_a_sheet_does_not_verify_it(story: Story) -> None:
    """R42, R17: the second person who looks at a reading is the verifier."""
    submitted(story, "A2", "c01")
    assert refused(story, "sg", "verify-sheet", form="A2", competitor="c01").code == "marked_it"
    story.act("gb", "verify-sheet", form="A2", competitor="c01")
    assert story.state.sheet("A2", "c01").verified_by == "gb"


def test_a_verifier_returns_a_sheet_with_a_reason_and_its_marks_stay(story: Story) -> None:
    submitted(story, "A1", "c01")
    story.act("chief", "return-sheet", form="A1", competitor="c01", reason="the time looks wrong")
    assert state_of(story, "A1") == "open"
    cell = story.cell("ch", "c01", "A1.2")
    assert cell is not None
    story.read("c01", "A1.2", "6300", saw=cell["seq"])
    story.act("ch", "submit-sheet", form="A1", competitor="c01")
    assert state_of(story, "A1") == "submitted"


def test_r22_revealed_scores_stay_when_a_sheet_is_returned(story: Story) -> None:
    submitted(story, "A2", "c01")
    story.act("chief", "return-sheet", form="A2", competitor="c01", reason="please look at it once more")
    with pytest.raises(Rejected) as refusal:
        story.score("c01", "A2.1", "sg", 3)
    assert refusal.value.code == "revealed"


def test_the_chief_expert_signs_last(story: Story) -> None:
    verified(story, "A2", "c01")
    refusal = refused(story, "chief", "sign-sheets", form="A2", competitors=["c01"])
    assert refusal.code == "not_to_sign"
    assert "3 signatures" in refusal.detail


def test_nobody_signs_twice_nor_what_is_not_theirs(story: Story) -> None:
    verified(story, "A2", "c01")
    story.act("sg", "sign-sheets", form="A2", competitors=["c01"])
    assert "have signed" in refused(story, "sg", "sign-sheets", form="A2", competitors=["c01"]).detail
    assert "does not need" in refused(story, "gb", "sign-sheets", form="A2", competitors=["c01"]).detail


def test_a_whole_form_is_signed_at_once(story: Story) -> None:
    for competitor in ("c01", "c03"):
        verified(story, "A2", competitor)
    done = story.act("sg", "sign-sheets", form="A2")
    assert len(done.events) == 2
    assert refused(story, "sg", "sign-sheets", form="A2").code == "nothing_to_sign"


def test_a_signature_covers_what_the_sheet_holds(story: Story) -> None:
    locked(story, "A2", "c01")
    digest = story.state.sheet("A2", "c01").digest
    reopened(story, "A2", "c01")
    story.scores("c01", "A2.1", 2, 2, 3, justification="the solder joint was overlooked")
    story.act("ch", "submit-sheet", form="A2", competitor="c01")
    assert story.state.sheet("A2", "c01").digest != digest


def test_what_changed_since_it_was_looked_at_is_neither_verified_nor_signed_unseen(story: Story) -> None:
    submitted(story, "A1", "c01")
    seen = story.view("gb")["sheets"]["A1"]["c01"]["digest"]
    story.act("chief", "return-sheet", form="A1", competitor="c01", reason="the time looks wrong")
    cell = story.cell("ch", "c01", "A1.2")
    assert cell is not None
    story.read("c01", "A1.2", "6300", saw=cell["seq"])
    story.act("ch", "submit-sheet", form="A1", competitor="c01")
    assert refused(story, "gb", "verify-sheet", form="A1", competitor="c01", saw=seen).code == "sheet_changed"
    now = story.view("gb")["sheets"]["A1"]["c01"]["digest"]
    story.act("gb", "verify-sheet", form="A1", competitor="c01", saw=now)
    signing: dict[str, Any] = {"form": "A1", "competitors": ["c01"]}
    assert refused(story, "ch", "sign-sheets", **signing, saw={"c01": seen}).code == "sheet_changed"
    story.act("ch", "sign-sheets", **signing, saw={"c01": now})


def test_a_locked_sheet_is_reopened_by_two_people_and_signed_anew(story: Story) -> None:
    locked(story, "A2", "c01")
    story.act(
        "chief", "reopen-sheet", form="A2", competitor="c01", code="judging", reason="one judge saw another piece"
    )
    assert state_of(story) == "locked"
    proposal = next(iter(story.state.proposals))
    assert refused(story, "chief", "approve", proposal=proposal).code == "same_person"
    story.act("manager", "approve", proposal=proposal)
    sheet = story.state.sheet("A2", "c01")
    assert (sheet.state, sheet.version, sheet.signed_by, story.state.proposals) == ("reopened", 2, (), {})
    story.scores("c01", "A2.1", 3, 3, 3, justification="the right piece was looked at now")
    story.act("ch", "submit-sheet", form="A2", competitor="c01")
    story.act("gb", "verify-sheet", form="A2", competitor="c01")
    sign_all(story, "A2", "c01")
    assert state_of(story) == "locked"
    assert story.totals("c01").by_form["A2"] == 4


def test_a_proposal_can_be_declined_and_is_gone(story: Story) -> None:
    locked(story, "A2", "c01")
    proposal = story.act("chief", "reopen-sheet", form="A2", competitor="c01", code="typing", reason="a slip").id
    story.act("manager", "decline", proposal=proposal, reason="the figure is right")
    assert refused(story, "manager", "approve", proposal=proposal).code == "no_proposal"
    assert state_of(story) == "locked"


def test_r22_after_a_reopening_nobody_needs_to_score_again(story: Story) -> None:
    locked(story, "A2", "c01")
    reopened(story, "A2", "c01")
    story.act("ch", "submit-sheet", form="A2", competitor="c01")
    assert state_of(story) == "submitted"


def test_r25_the_chief_expert_orders_another_round_after_the_last(story: Story) -> None:
    for round_ in range(3):
        words = {} if round_ == 0 else {"justification": "we do not agree about it at all"}
        story.scores("c01", "A2.1", 0, 2, 3, **words)
    with pytest.raises(Rejected) as refusal:
        story.score("c01", "A2.1", "sg", 2)
    assert refusal.value.code == "disputed"
    assert refused(story, "sg", "order-round", competitor="c01", aspect="A2.1", reason="again").code == "wrong_office"
    story.act("chief", "order-round", competitor="c01", aspect="A2.1", reason="with the reference piece beside it")
    assert story.scores("c01", "A2.1", 2, 2, 2, justification="with the reference piece beside it").state == "settled"


def test_r46_organisers_and_chiefs_give_no_marks(story: Story) -> None:
    with pytest.raises(Forbidden):
        story.read("c01", "A1.1", "1", judge="chief")
    assert refused(story, "organiser", "submit-sheet", form="A2", competitor="c01").code == "wrong_office"
    assert refused(story, "organiser", "sign-sheets", form="A2").code == "wrong_office"


def test_r45_an_act_is_done_once_however_often_it_is_sent(story: Story) -> None:
    fill(story, "A2", "c01")
    first = story.act(
        "ch", "submit-sheet", form="A2", competitor="c01", id="tablet-00001", done_at="2020-11-19T12:00:00Z"
    )
    length = len(story.ledger)
    again = story.act(
        "ch", "submit-sheet", form="A2", competitor="c01", id="tablet-00001", done_at="2020-11-19T12:00:00Z"
    )
    assert (again, len(story.ledger)) == (first, length)
    with pytest.raises(Clash) as reuse:
        story.act("ch", "submit-sheet", form="A1", competitor="c01", id="tablet-00001")
    assert reuse.value.code == "id_reused"
