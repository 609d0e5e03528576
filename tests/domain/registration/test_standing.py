"""R38: how a competitor takes part; R98: what happens to a name whose consent is withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from services.registration.domain.commands import HideName, SetStanding, WithdrawCompetitor
from shared.contracts.registration import CompetitorRenamed, CompetitorStandingSet
from shared.errors import Clash, NotFound, Rejected

if TYPE_CHECKING:
    from shared.contracts.registration import Standing, StandingReason
    from tests.domain.registration.conftest import Story

HERE = "autumn.electronics"


def to(standing: Standing, reason: StandingReason, saw: Standing) -> SetStanding:
    return SetStanding(HERE, "kim-0001", standing, reason, saw)


GUEST = to("guest", "out_of_competition", "competing")
OUT = to("disqualified", "breach_of_rules", "competing")
BACK = to("competing", "decided_anew", "disqualified")


@pytest.fixture
def approved(story: Story) -> Story:
    story.prepared().register("kim-0001")
    story.approve("kim-0001", bib="7", name="Kim")
    return story


def test_an_approved_competitor_becomes_a_guest_with_a_reason_as_r38_has_it(approved: Story) -> None:
    assert approved.does(GUEST) == [
        CompetitorStandingSet(competition=HERE, competitor="kim-0001", status="guest", reason="out_of_competition")
    ]
    assert approved.does(GUEST) == []
    assert approved.status("kim-0001") == "approved"


def test_a_disqualification_is_taken_back_by_another_fact(approved: Story) -> None:
    approved.does(OUT)
    assert approved.does(BACK) == [
        CompetitorStandingSet(competition=HERE, competitor="kim-0001", status="competing", reason="decided_anew")
    ]
    assert approved.state.competitions[HERE].competitors["kim-0001"].standing == "competing"


def test_a_standing_decided_on_an_older_picture_is_a_clash(approved: Story) -> None:
    approved.does(OUT)
    with pytest.raises(Clash) as clash:
        approved.does(GUEST)
    assert clash.value.extra["current"] == {"standing": "disqualified"}


@pytest.mark.parametrize(
    "wrong",
    [to("disqualified", "decided_anew", "competing"), to("guest", "unfair_help", "competing")],
    ids=["no reason to disqualify", "no reason for a guest"],
)
def test_each_standing_has_reasons_of_its_own(approved: Story, wrong: SetStanding) -> None:
    with pytest.raises(Rejected) as refused:
        approved.does(wrong)
    assert (refused.value.faults[0].field, refused.value.faults[0].rule) == ("reason", "R38")


def test_only_who_was_approved_and_has_not_withdrawn_gets_another_standing(story: Story) -> None:
    story.prepared().register("kim-0001")
    with pytest.raises(Clash) as clash:
        story.does(GUEST)
    assert clash.value.extra["current"]["status"] == "registered"
    story.approve("kim-0001")
    story.does(WithdrawCompetitor(HERE, "kim-0001"))
    with pytest.raises(Clash):
        story.does(GUEST)
    with pytest.raises(NotFound):
        story.does(SetStanding(HERE, "nobody-01", "guest", "ineligible", "competing"))


def test_a_guest_keeps_the_place_and_the_bib(story: Story) -> None:
    story.prepared(capacity=1).register("kim-0001")
    story.approve("kim-0001", bib="1")
    story.does(GUEST)
    assert story.state.competitions[HERE].places_left == 0


def test_a_withdrawn_consent_turns_the_name_to_the_bib_as_r98_has_it(approved: Story) -> None:
    assert approved.does(HideName(HERE, "kim-0001")) == [
        CompetitorRenamed(competition=HERE, competitor="kim-0001", display_name="No. 07")
    ]
    assert approved.does(HideName(HERE, "kim-0001")) == []


def test_a_name_is_hidden_after_a_withdrawal_too(approved: Story) -> None:
    approved.does(WithdrawCompetitor(HERE, "kim-0001"))
    assert len(approved.does(HideName(HERE, "kim-0001"))) == 1


def test_nobody_without_a_public_name_is_renamed(story: Story) -> None:
    story.prepared().register("kim-0001")
    assert story.does(HideName(HERE, "kim-0001")) == []
