"""R18: what a script says of a reading is recorded with it, and a person looks at what it calls not correct."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from services.livescore.domain.chief import chief_view
from services.livescore.domain.results.why_mark import why_mark
from services.livescore.domain.sheet_detail import sheet_detail
from services.livescore.domain.sheet_rows import Rows
from shared.contracts.livescore import Check
from shared.errors import Clash, Forbidden, Rejected
from tests.domain.livescore.conftest import Story, aspect, scheme
from tests.domain.livescore.sheets_given import refused, reopened, staffed

if TYPE_CHECKING:
    from services.livescore.domain.competition import Done, Receipt

WRONG = Check(script="continuity.py", sha256="5c" * 32, verdict="not_correct", said="pin 7 is open")
RIGHT = WRONG.model_copy(update={"verdict": "correct", "said": None})


@pytest.fixture
def story(story: Story) -> Story:
    return staffed(story)


def doubtful(story: Story, check: Check = WRONG) -> Receipt:
    """A1 of 01 is complete, with what a script said of A1.1."""
    story.read("c01", "A1.2", "6000")
    return story.read("c01", "A1.1", "1", check=check)


def by_hand(story: Story, saw: int, who: str = "sg", aspect_id: str = "A1.1") -> Done:
    return story.act(who, "check-by-hand", form="A1", competitor="c01", aspect=aspect_id, saw=saw)


def submit(story: Story) -> None:
    story.act("ch", "submit-sheet", form="A1", competitor="c01")


def test_r18_what_a_script_calls_not_correct_keeps_the_sheet_from_being_submitted(story: Story) -> None:
    doubtful(story)
    refusal = refused(story, "ch", "submit-sheet", form="A1", competitor="c01")
    assert refusal.code == "check_by_hand"
    assert [(fault.field, fault.rule) for fault in refusal.faults] == [("A1.1", "R18")]


def test_r18_what_a_script_calls_correct_keeps_nobody_waiting(story: Story) -> None:
    doubtful(story, RIGHT)
    submit(story)
    assert story.state.sheet("A1", "c01").state == "submitted"


def test_r18_a_judge_confirms_the_reading_by_hand_and_its_award_stays(story: Story) -> None:
    """The team's decision outranks software."""
    receipt = doubtful(story)
    by_hand(story, receipt.seq)
    submit(story)
    assert story.state.sheet("A1", "c01").state == "submitted"
    cell = story.cell("ch", "c01", "A1.1")
    assert cell is not None
    assert cell["award"]["shown"] == "1.75"
    assert cell["checks"][0]["by_hand"]["judge"] == "sg"
    assert cell["checks"][0]["said"] == "pin 7 is open"


def test_r18_a_reading_by_hand_takes_the_place_of_the_one_in_doubt(story: Story) -> None:
    receipt = doubtful(story)
    story.read("c01", "A1.1", "3", saw=receipt.seq)
    submit(story)
    assert story.state.sheet("A1", "c01").state == "submitted"


def test_r18_another_reading_that_a_script_calls_not_correct_is_checked_anew(story: Story) -> None:
    receipt = doubtful(story)
    by_hand(story, receipt.seq)
    story.read("c01", "A1.1", "2", saw=receipt.seq, check=WRONG)
    assert refused(story, "ch", "submit-sheet", form="A1", competitor="c01").code == "check_by_hand"


def test_r18_who_may_not_mark_the_sheet_does_not_check_it_by_hand(story: Story) -> None:
    """R26: neither a compatriot nor the chief expert, who does not judge (R46)."""
    receipt = doubtful(story)
    with pytest.raises(Forbidden, match="by who may mark"):
        by_hand(story, receipt.seq, who="gb")
    with pytest.raises(Forbidden) as refusal:
        by_hand(story, receipt.seq, who="chief")
    assert refusal.value.code == "wrong_office"


def test_r18_nothing_is_confirmed_that_was_not_in_view(story: Story) -> None:
    first = doubtful(story)
    story.read("c01", "A1.1", "2", saw=first.seq, check=WRONG)
    with pytest.raises(Clash) as refusal:
        by_hand(story, first.seq)
    assert refusal.value.code == "changed"


def test_r18_a_check_by_hand_needs_a_doubt_and_is_recorded_once(story: Story) -> None:
    receipt = doubtful(story)
    seq = story.read("c02", "A1.1", "1").seq
    refusal = refused(story, "sg", "check-by-hand", form="A1", competitor="c02", aspect="A1.1", saw=seq)
    assert refusal.code == "not_doubted"
    assert refused(story, "sg", "check-by-hand", form="A1", competitor="c01", aspect="B1.1", saw=seq).code == (
        "unknown_aspect"
    )
    by_hand(story, receipt.seq)
    length = len(story.ledger)
    with pytest.raises(AssertionError):  # nothing was recorded for it, so it has no answer of its own
        by_hand(story, receipt.seq, who="cn")
    assert len(story.ledger) == length


def test_r18_a_sheet_that_was_submitted_is_not_checked_by_hand_any_more(story: Story) -> None:
    receipt = doubtful(story)
    by_hand(story, receipt.seq)
    submit(story)
    with pytest.raises(Clash) as refusal:
        by_hand(story, receipt.seq, who="cn")
    assert refusal.value.code == "sheet_state"


def test_who_checked_by_hand_signs_and_does_not_verify(story: Story) -> None:
    """R42: the verifier is somebody who had no part in the marking."""
    receipt = doubtful(story)
    by_hand(story, receipt.seq)
    submit(story)
    assert refused(story, "sg", "verify-sheet", form="A1", competitor="c01").code == "marked_it"
    story.act("cn", "verify-sheet", form="A1", competitor="c01")
    assert story.view("sg")["sheets"]["A1"]["c01"]["may"] == ["sign"]


def test_r18_no_script_judges(story: Story) -> None:
    with pytest.raises(Rejected) as refusal:
        story.score("c01", "A2.1", "sg", 2, check=WRONG)
    assert (refusal.value.code, refusal.value.faults[0].rule) == ("check_unexpected", "R18")


def test_r18_full_marks_for_everybody_leave_nothing_to_check(story: Story) -> None:
    """R76."""
    doubtful(story)
    remedy = {"kind": "full_marks", "aspects": ["A1.1"]}
    story.both("record-outage", remedy=remedy, reason="the test bench had no power")
    submit(story)
    assert story.state.sheet("A1", "c01").state == "submitted"


def test_r18_why_a_mark_tells_script_verdict_and_who_checked_by_hand(story: Story) -> None:
    first = doubtful(story)
    by_hand(story, first.seq)
    newest = story.read("c01", "A1.1", "2", saw=first.seq)
    facts = {one.seq: one for one in story.ledger if one.seq in {first.seq, newest.seq}}
    why = why_mark(story.state, "c01", "A1.1", facts)
    assert why is not None
    now, before = why["readings"]
    assert "check" not in now
    assert (before["check"]["script"], before["check"]["sha256"]) == ("continuity.py", "5c" * 32)
    assert (before["check"]["verdict"], before["check"]["said"]) == ("not_correct", "pin 7 is open")
    assert before["check"]["by_hand"]["judge"] == "sg"


def test_those_who_lead_see_what_is_to_be_checked_by_hand(story: Story) -> None:
    receipt = doubtful(story)
    rows = Rows()
    rows.refresh(story.state)
    assert chief_view(story.state, story.noon, rows)["sheets"]["A1"]["c01"]["doubted"] == ["A1.1"]
    detail = sheet_detail(story.state, "A1", "c01")
    assert detail is not None
    assert detail["doubted"] == ["A1.1"]
    assert detail["aspects"][0]["given"][0]["check"]["verdict"] == "not_correct"
    by_hand(story, receipt.seq)
    rows.refresh(story.state)
    assert "doubted" not in chief_view(story.state, story.noon, rows)["sheets"]["A1"]["c01"]


@pytest.fixture
def dual() -> Story:
    measured = aspect("A1.1", "2.00", {"pattern": "deduct", "step": "0.25"}).model_copy(update={"dual": True})
    story = staffed(Story(imported=scheme(measured)))
    story.act("chief", "name-panel", form="A1", judges=["sg", "ch", "cn"], pairs=[["sg"], ["ch", "cn"]])
    return story


def test_r39_what_a_script_says_of_a_pairs_reading_is_hidden_with_it(dual: Story) -> None:
    """R21."""
    before = dual.view("ch")
    dual.read("c01", "A1.1", "3", judge="sg", check=WRONG)
    assert dual.view("ch") == before
    cell = dual.cell("sg", "c01", "A1.1")
    assert cell is not None
    assert [one["verdict"] for one in cell["checks"]] == ["not_correct"]
    assert "doubted" not in cell


def test_r18_of_two_pairs_the_readings_that_count_are_checked(dual: Story) -> None:
    dual.read("c01", "A1.1", "3", judge="sg", check=WRONG)
    dual.read("c01", "A1.1", "3", judge="ch", check=RIGHT)
    assert refused(dual, "ch", "submit-sheet", form="A1", competitor="c01").code == "check_by_hand"
    cell = dual.cell("ch", "c01", "A1.1")
    assert cell is not None
    assert cell["doubted"]
    by_hand(dual, cell["seq"], who="ch")
    submit(dual)
    assert dual.state.sheet("A1", "c01").state == "submitted"


def test_r18_a_service_that_starts_anew_knows_what_was_checked(story: Story) -> None:
    receipt = doubtful(story)
    by_hand(story, receipt.seq)
    state, _ = story.rebuilt()
    assert state.origins == story.state.origins
    assert state.origins.checks == {receipt.seq: WRONG}


def test_r39_a_doubt_stays_in_view_while_a_pair_measures_anew(dual: Story) -> None:
    """R21: the other pair's hidden reading shows in nothing, neither in what is gone."""
    dual.read("c01", "A1.1", "3", judge="sg", check=WRONG)
    dual.read("c01", "A1.1", "3", judge="ch")
    remedy = {"kind": "full_marks", "aspects": ["A1.1"]}
    dual.both("record-outage", remedy=remedy, reason="the test bench had no power")
    submit(dual)
    dual.act("chief", "verify-sheet", form="A1", competitor="c01")
    for who in ("sg", "ch", "cn", "chief"):
        dual.act(who, "sign-sheets", form="A1", competitors=["c01"])
    reopened(dual, "A1", "c01")
    dual.both("reverse-outage", outage=next(iter(dual.state.outages.kept)), reason="it had power after all")
    before, detail = dual.view("ch"), sheet_detail(dual.state, "A1", "c01")
    assert before["cells"]["c01"]["A1.1"]["doubted"]
    again = dual.read("c01", "A1.1", "4", judge="sg", justification="the lead was loose, we measured once more")
    assert again.state == "waiting"
    assert dual.view("ch") == before
    now = sheet_detail(dual.state, "A1", "c01")
    assert detail is not None
    assert now is not None
    assert now["doubted"] == detail["doubted"] == ["A1.1"]
