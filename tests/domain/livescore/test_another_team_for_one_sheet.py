"""R2: one team marks a form for everybody; another one for a single sheet is an exception of two people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from services.livescore.domain.chief import chief_view
from shared.contracts.sheets import PanelNamed
from shared.errors import CallerError, Forbidden
from tests.domain.livescore.sheets_given import staffed, submitted

if TYPE_CHECKING:
    from tests.domain.livescore.conftest import Story

OTHERS: dict[str, Any] = {"form": "A2", "competitor": "c01", "judges": ["no", "cn", "ch"]}
WHY = "one of the panel lent this competitor a tool"


@pytest.fixture
def story(story: Story) -> Story:
    """`sg`, `ch` and `cn` mark A2, and `no` waits."""
    staffed(story)
    story.seat("no", "NO")
    story.seat("fr", "FR")
    story.act("chief", "name-panel", form="A2", judges=["sg", "ch", "fr"])
    return story


def refusal(story: Story, who: str, act: str, **fields: Any) -> str:
    with pytest.raises(CallerError) as refused:
        story.act(who, act, **fields)
    return refused.value.code


def test_r2_proposed_by_one_it_changes_nothing_and_approved_by_the_other_it_is_for_that_sheet_alone(
    story: Story,
) -> None:
    proposal = story.act("chief", "name-panel", **OTHERS, reason=WHY).id
    assert story.score("c01", "A2.1", "sg", 2).state == "waiting"
    assert refusal(story, "chief", "approve", proposal=proposal) == "same_person"
    story.act("manager", "approve", proposal=proposal)
    with pytest.raises(Forbidden):
        story.score("c01", "A2.1", "fr", 2)
    assert story.score("c01", "A2.1", "no", 2).state == "waiting"
    assert story.score("c02", "A2.1", "fr", 2).state == "waiting"


def test_r2_it_is_recorded_with_both_of_them_and_the_reason(story: Story) -> None:
    story.both("name-panel", **OTHERS, reason=WHY)
    event = story.ledger[-1].event
    assert isinstance(event, PanelNamed)
    assert (event.proposed_by, event.by, event.reason, event.competitor) == ("chief", "manager", WHY, "c01")
    assert story.state.proposals == {}


def test_r2_the_manager_may_propose_and_the_chief_approve_or_decline(story: Story) -> None:
    first = story.act("manager", "name-panel", **OTHERS, reason=WHY).id
    story.act("chief", "decline", proposal=first, reason="the tool was returned before the day")
    assert ("A2", "c01") not in story.state.panels.by_sheet
    second = story.act("manager", "name-panel", **OTHERS, reason=WHY).id
    story.act("chief", "approve", proposal=second)
    assert ("A2", "c01") in story.state.panels.by_sheet


def test_r2_an_exception_says_why(story: Story) -> None:
    assert refusal(story, "chief", "name-panel", **OTHERS) == "reason_needed"
    assert story.state.proposals == {}


def test_r2_what_has_been_submitted_meanwhile_is_not_given_to_another_team(story: Story) -> None:
    """The second person's consent is decided on the state as it is then."""
    proposal = story.act("chief", "name-panel", form="B1", competitor="c01", judges=["no", "cn", "ch"], reason=WHY).id
    submitted(story, "B1", "c01")
    assert refusal(story, "manager", "approve", proposal=proposal) == "sheet_state"


def test_r26_r28_an_exception_is_no_way_around_compatriots(story: Story) -> None:
    asked = OTHERS | {"judges": ["gb", "cn", "ch"]}
    assert refusal(story, "chief", "name-panel", **asked, reason=WHY) == "too_few_judges"


def test_r2_a_ledger_in_which_one_person_named_it_folds_as_before(story: Story) -> None:
    named = story.ledger[-1].event
    assert isinstance(named, PanelNamed)
    story.given(named.model_copy(update={"command": "act-before", "competitor": "c01", "judges": ("no", "cn", "ch")}))
    rebuilt, _ = story.rebuilt()
    assert rebuilt.panels.by_sheet["A2", "c01"].judges == ("no", "cn", "ch")


def test_r2_the_chiefs_view_tells_which_sheets_have_another_team(story: Story) -> None:
    """Also of one that nobody has begun, and it moves when the team is another one again."""
    seen = []
    for judges in (["no", "cn", "ch"], ["no", "cn", "sg"]):
        story.both("name-panel", **OTHERS | {"judges": judges}, reason=WHY)
        row = chief_view(story.state, story.noon)["sheets"]["A2"]["c01"]
        seen.append(row["team"])
        assert row["stage"] == "untouched"
    assert len(set(seen)) == 2
