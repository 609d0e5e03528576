"""R43: what was typed from paper is compared with the paper, before anybody signs it."""

from __future__ import annotations

from typing import Any

import pytest

from services.livescore.domain.chief import chief_view
from services.livescore.domain.deciding.results import missing
from services.livescore.domain.results.why_mark import why_mark
from services.livescore.domain.sheet_detail import sheet_detail
from services.livescore.domain.sheet_rows import Rows
from shared.contracts.acts import Rules
from shared.contracts.livescore import JudgeUnseated
from tests.domain.livescore.conftest import Story
from tests.domain.livescore.sheets_given import refused, reopened, sign_all, staffed


@pytest.fixture
def story(story: Story) -> Story:
    return staffed(story)


def typed(story: Story, competitor: str = "c01") -> None:
    """A1, with one of its two readings typed from paper, is verified."""
    story.read(competitor, "A1.1", "1", paper=True)
    story.read(competitor, "A1.2", "6000")
    verify(story, competitor)


def verify(story: Story, competitor: str = "c01") -> None:
    story.act("ch", "submit-sheet", form="A1", competitor=competitor)
    story.act("chief", "verify-sheet", form="A1", competitor=competitor)


def accept(story: Story, who: str = "gb", **fields: Any) -> None:
    story.act(who, "accept-typing", form="A1", competitor="c01", **fields)


def may(story: Story, who: str) -> list[str]:
    found: list[str] = story.view(who)["sheets"]["A1"]["c01"]["may"]
    return found


def test_r43_nobody_signs_what_was_typed_before_a_compatriot_accepted_it(story: Story) -> None:
    typed(story)
    assert may(story, "ch") == []
    refusal = refused(story, "ch", "sign-sheets", form="A1", competitors=["c01"])
    assert refusal.code == "not_to_sign"
    assert "typed from paper" in refusal.detail
    assert may(story, "gb") == ["return", "accept"]
    accept(story)
    assert may(story, "ch") == ["sign"]
    sign_all(story, "A1", "c01")
    assert story.state.sheet("A1", "c01").state == "locked"


def test_r43_the_judge_on_the_paper_stays_the_author(story: Story) -> None:
    typed(story)
    assert story.state.scorers("A1", "c01") == {"ch"}
    cell = story.cell("gb", "c01", "A1.1")
    other = story.cell("gb", "c01", "A1.2")
    assert cell is not None
    assert other is not None
    assert (cell["judge"], cell["paper"], "paper" in other) == ("ch", True, False)


def test_r43_nobody_else_accepts_where_there_is_a_compatriot(story: Story) -> None:
    typed(story)
    for who in ("cn", "sg", "ch", "chief"):
        assert refused(story, who, "accept-typing", form="A1", competitor="c01").code == "not_compatriot"


def test_r43_where_there_is_no_compatriot_the_verifier_accepts(story: Story) -> None:
    story.given(JudgeUnseated(judge="gb", source_seq=story.state.source_seq + 1))
    typed(story)
    assert refused(story, "ch", "accept-typing", form="A1", competitor="c01").code == "not_compatriot"
    accept(story, "chief")
    sign_all(story, "A1", "c01")
    assert story.state.sheet("A1", "c01").accepted_by == "chief"


def test_r43_r32_on_a_blind_form_the_verifier_accepts_and_no_compatriot_is_told_whose_piece_it_is(story: Story) -> None:
    story.act("chief", "blind-forms", forms=["A1"], blind=True)
    piece = story.view("ch")["criteria"][0]["sub_criteria"][0]["pieces"][0]
    story.read(piece, "A1.1", "1", judge="sg", paper=True)
    story.read(piece, "A1.2", "6000", judge="sg")
    story.act("sg", "submit-sheet", form="A1", competitor=piece)
    offered = {who: story.view(who)["sheets"]["A1"][piece]["may"] for who in ("gb", "cn", "ch")}
    assert offered["gb"] == offered["cn"] == offered["ch"] == ["verify", "return", "accept"]


def test_r43_a_sheet_without_anything_from_paper_needs_no_acceptance(story: Story) -> None:
    story.read("c01", "A1.1", "1")
    story.read("c01", "A1.2", "6000")
    verify(story)
    assert refused(story, "gb", "accept-typing", form="A1", competitor="c01").code == "not_typed"
    sign_all(story, "A1", "c01")


def test_r43_the_organiser_may_do_without_it(story: Story) -> None:
    story.act("organiser", "set-rules", rules=Rules(acceptance_required=False))
    typed(story)
    assert missing_of(story) == ["not_locked"]
    sign_all(story, "A1", "c01")
    assert missing_of(story) == []


def test_r43_what_was_typed_and_then_marked_on_a_device_is_from_paper_no_more(story: Story) -> None:
    seq = story.read("c01", "A1.1", "1", paper=True).seq
    story.read("c01", "A1.1", "2", saw=seq)
    story.read("c01", "A1.2", "6000")
    verify(story)
    assert may(story, "ch") == ["sign"]


def test_r43_scores_typed_from_paper_are_accepted_too_and_hidden_as_long_as_others(story: Story) -> None:
    """R21: that something was typed shows with the score itself."""
    before = story.view("gb")
    story.score("c01", "A2.1", "cn", 2, paper=True)
    assert story.view("gb") == before
    own = story.cell("cn", "c01", "A2.1")
    assert own is not None
    assert own["paper"]
    story.score("c01", "A2.1", "sg", 2)
    story.score("c01", "A2.1", "ch", 2)
    story.act("ch", "submit-sheet", form="A2", competitor="c01")
    story.act("chief", "verify-sheet", form="A2", competitor="c01")
    assert "typed from paper" in refused(story, "sg", "sign-sheets", form="A2", competitors=["c01"]).detail


def test_r43_what_is_submitted_anew_is_accepted_anew(story: Story) -> None:
    typed(story)
    accept(story)
    sign_all(story, "A1", "c01")
    reopened(story, "A1", "c01")
    cell = story.cell("ch", "c01", "A1.2")
    assert cell is not None
    story.read("c01", "A1.2", "6100", saw=cell["seq"])
    verify(story)
    assert story.state.sheet("A1", "c01").accepted_by is None
    assert "typed from paper" in refused(story, "ch", "sign-sheets", form="A1", competitors=["c01"]).detail


def test_r43_nothing_is_accepted_that_was_not_in_view(story: Story) -> None:
    typed(story)
    assert refused(story, "gb", "accept-typing", form="A1", competitor="c01", saw="0" * 64).code == "sheet_changed"
    accept(story, saw=story.state.sheet("A1", "c01").digest)


def test_r43_a_sheet_that_takes_marks_is_not_accepted(story: Story) -> None:
    story.read("c01", "A1.1", "1", paper=True)
    assert refused(story, "gb", "accept-typing", form="A1", competitor="c01").code == "sheet_state"


def test_r47_finalising_lists_what_nobody_has_accepted(story: Story) -> None:
    typed(story)
    assert missing_of(story) == ["not_accepted", "not_locked"]
    accept(story)
    assert missing_of(story) == ["not_locked"]


def missing_of(story: Story) -> list[str]:
    return [one.what for one in missing(story.state, story.noon) if (one.form, one.competitor) == ("A1", "c01")]


def test_those_who_lead_see_what_waits_to_be_accepted_and_by_whom(story: Story) -> None:
    typed(story)
    rows = Rows()
    rows.refresh(story.state)
    assert chief_view(story.state, story.noon, rows)["sheets"]["A1"]["c01"]["accept"]
    detail = sheet_detail(story.state, "A1", "c01")
    assert detail is not None
    assert (detail["typed"], detail["unaccepted"], detail["compatriots"]) == (["A1.1"], ["A1.1"], ["gb"])
    assert detail["aspects"][0]["given"][0]["paper"]
    accept(story)
    rows.refresh(story.state)
    assert "accept" not in chief_view(story.state, story.noon, rows)["sheets"]["A1"]["c01"]
    detail = sheet_detail(story.state, "A1", "c01")
    assert detail is not None
    assert (detail["unaccepted"], detail["accepted_by"]) == ([], "gb")


def test_why_a_mark_says_that_it_was_typed_from_paper(story: Story) -> None:
    seq = story.read("c01", "A1.1", "1", paper=True).seq
    why = why_mark(story.state, "c01", "A1.1", {seq: story.ledger[seq - 1]})
    assert why is not None
    assert why["readings"][0]["paper"]


def test_r43_a_rule_that_is_switched_on_again_finds_its_way_with_a_sheet_the_panel_has_signed(story: Story) -> None:
    story.act("organiser", "set-rules", rules=Rules(acceptance_required=False))
    typed(story)
    story.act("ch", "sign-sheets", form="A1", competitors=["c01"])
    assert story.state.sheet("A1", "c01").state == "signed"
    story.act("organiser", "set-rules", rules=Rules())
    assert "typed from paper" in refused(story, "chief", "sign-sheets", form="A1", competitors=["c01"]).detail
    assert may(story, "gb") == ["accept"]
    accept(story)
    story.act("chief", "sign-sheets", form="A1", competitors=["c01"])
    assert story.state.sheet("A1", "c01").state == "locked"
