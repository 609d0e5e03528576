from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from services.registration.domain.commands import RejectCompetitor, WithdrawCompetitor
from shared.contracts.registration import CompetitorApproved
from shared.errors import Clash, NotFound, Rejected

if TYPE_CHECKING:
    from shared.contracts.events import Event
    from tests.domain.registration.conftest import Story


def approved(events: list[Event]) -> CompetitorApproved:
    (event,) = events
    assert isinstance(event, CompetitorApproved)
    return event


def test_approval_shows_the_name_with_consent_and_the_bib_without(story: Story) -> None:
    story.prepared().with_registered(["kim-0001", "kim-0002"])
    assert approved(story.approve("kim-0001", bib="7", name="Kim")).display_name == "Kim"
    assert approved(story.approve("kim-0002", bib="8", name=None)).display_name == "No. 08"


def test_the_lot_picks_among_the_free_bibs_only(story: Story) -> None:
    story.prepared(capacity=3).with_registered(["kim-0001", "kim-0002", "kim-0003"])
    story.approve("kim-0001", bib="2")
    assert approved(story.approve("kim-0002", draw=1)).bib == "03"
    assert approved(story.approve("kim-0003", draw=12345)).bib == "01"


def test_every_draw_gives_everyone_another_bib(story: Story) -> None:
    people = [f"kim-{n:04d}" for n in range(10)]
    story.prepared(capacity=10).with_registered(people)
    bibs = {approved(story.approve(person, draw=n * 7919)).bib for n, person in enumerate(people)}
    assert bibs == {f"{n:02d}" for n in range(1, 11)}


def test_a_bib_stays_with_its_competitor_after_withdrawal(story: Story) -> None:
    """R99."""
    story.prepared(capacity=1).register("kim-0001")
    story.approve("kim-0001")
    story.does(WithdrawCompetitor(story.electronics, "kim-0001"))
    story.register("kim-0002")
    with pytest.raises(Clash) as taken:
        story.approve("kim-0002", bib="1")
    assert taken.value.code == "bib_taken"
    assert approved(story.approve("kim-0002")).bib == "02"


def test_one_number_cannot_be_worn_twice_by_spelling_it_differently(story: Story) -> None:
    story.prepared().with_registered(["kim-0001", "kim-0002"])
    assert approved(story.approve("kim-0001", bib="7")).bib == "07"
    with pytest.raises(Clash):
        story.approve("kim-0002", bib="007")
    with pytest.raises(Rejected):
        story.approve("kim-0002", bib="00")


def test_a_minor_without_a_guardians_agreement_is_not_approved(story: Story) -> None:
    story.prepared().register("kim-0001", born=date(2003, 5, 1))
    with pytest.raises(Rejected) as refused:
        story.approve("kim-0001")
    assert refused.value.faults[0].rule == "R95"
    assert "guardian" in refused.value.detail
    assert story.status("kim-0001") == "registered"


def test_approving_again_changes_nothing(story: Story) -> None:
    story.prepared().register("kim-0001")
    story.approve("kim-0001", bib="7", name="Kim")
    assert story.approve("kim-0001", draw=5) == []
    assert story.approve("kim-0001", bib="07") == []
    with pytest.raises(Clash) as clash:
        story.approve("kim-0001", bib="8")
    assert clash.value.extra["current"] == {"status": "approved", "bib": "07"}


@pytest.mark.parametrize("ending", ["rejected", "withdrawn"])
def test_an_ended_registration_is_not_approved_and_the_clash_shows_its_status(story: Story, ending: str) -> None:
    story.prepared().register("kim-0001")
    story.does(
        RejectCompetitor(story.electronics, "kim-0001", "ineligible")
        if ending == "rejected"
        else WithdrawCompetitor(story.electronics, "kim-0001")
    )
    with pytest.raises(Clash) as clash:
        story.approve("kim-0001")
    assert clash.value.extra["current"]["status"] == ending


def test_rejecting_twice_for_one_reason_is_one_rejection(story: Story) -> None:
    story.prepared().register("kim-0001")
    assert story.does(RejectCompetitor(story.electronics, "kim-0001", "incomplete"))
    assert story.does(RejectCompetitor(story.electronics, "kim-0001", "incomplete")) == []
    with pytest.raises(Clash):
        story.does(RejectCompetitor(story.electronics, "kim-0001", "other"))
    with pytest.raises(Clash):
        story.does(WithdrawCompetitor(story.electronics, "kim-0001"))


def test_an_approved_competitor_can_withdraw_but_is_not_rejected(story: Story) -> None:
    story.prepared().register("kim-0001")
    story.approve("kim-0001")
    with pytest.raises(Clash):
        story.does(RejectCompetitor(story.electronics, "kim-0001", "other"))
    assert story.does(WithdrawCompetitor(story.electronics, "kim-0001"))
    assert story.does(WithdrawCompetitor(story.electronics, "kim-0001")) == []


def test_an_unknown_competitor_is_not_found(story: Story) -> None:
    with pytest.raises(NotFound) as missing:
        story.prepared().approve("nobody-01")
    assert missing.value.code == "unknown_competitor"
