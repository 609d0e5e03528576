from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from services.registration.domain.ages import age_on
from services.registration.domain.commands import RejectCompetitor, WithdrawCompetitor
from shared.contracts.registration import CompetitorRegistered
from shared.errors import NotFound, Rejected

if TYPE_CHECKING:
    from tests.domain.registration.conftest import Story


def test_a_registration_records_no_more_than_country_age_band_and_agreement(story: Story) -> None:
    assert story.prepared().register("kim-0001") == [
        CompetitorRegistered(
            competition="autumn.electronics",
            competitor="kim-0001",
            country="CN",
            age_band="18+",
            guardian_agreed=False,
        )
    ]


def test_the_window_includes_its_first_moment_and_excludes_its_last(story: Story) -> None:
    story.prepared()
    assert story.register("kim-0001", at=story.opens)
    assert story.register("kim-0002", at=story.closes - timedelta(microseconds=1))
    for at in (story.opens - timedelta(microseconds=1), story.closes):
        with pytest.raises(Rejected) as refused:
            story.register("kim-0003", at=at)
        assert refused.value.code == "registration_closed"
        assert "2020-09-01T08:00:00" in refused.value.detail
        assert "2020-11-01T17:00:00" in refused.value.detail


@pytest.mark.parametrize(
    ("born", "band"),
    [(date(2004, 11, 20), None), (date(2002, 11, 19), "16-17"), (date(2002, 11, 18), "18+")],
    ids=["15 refused", "17", "18 on the day"],
)
def test_age_counts_on_the_first_day_as_in_w23(story: Story, born: date, band: str | None) -> None:
    story.prepared()
    if band is None:
        with pytest.raises(Rejected) as refused:
            story.register("kim-0001", born=born)
        assert refused.value.faults[0].rule == "R94"
        assert born.isoformat() not in refused.value.detail
    else:
        (event,) = story.register("kim-0001", born=born)
        assert isinstance(event, CompetitorRegistered)
        assert event.age_band == band


def test_fourteen_and_fifteen_is_possible_only_where_the_organiser_allows_it(story: Story) -> None:
    (event,) = story.prepared(minimum_age=14).register("kim-0001", born=date(2006, 11, 18))
    assert isinstance(event, CompetitorRegistered)
    assert event.age_band == "14-15"
    with pytest.raises(Rejected):
        story.register("kim-0002", born=date(2006, 11, 19))


@pytest.mark.parametrize("born", [date(2020, 11, 19), date(1890, 1, 1)])
def test_an_impossible_birth_date_is_refused(story: Story, born: date) -> None:
    with pytest.raises(Rejected) as refused:
        story.prepared().register("kim-0001", born=born)
    assert refused.value.code == "birth_date"


def test_a_leap_day_birthday_is_on_the_first_of_march_in_other_years() -> None:
    assert age_on(date(2004, 2, 29), date(2022, 2, 28)) == 17
    assert age_on(date(2004, 2, 29), date(2022, 3, 1)) == 18


def test_rejected_and_withdrawn_people_give_their_place_back(story: Story) -> None:
    story.prepared(capacity=2).with_registered(["kim-0001", "kim-0002"])
    with pytest.raises(Rejected) as refused:
        story.register("kim-0003")
    assert refused.value.code == "full"
    story.does(RejectCompetitor(story.electronics, "kim-0001", "incomplete"))
    assert story.register("kim-0003")
    story.approve("kim-0002")
    with pytest.raises(Rejected):
        story.register("kim-0004")
    story.does(WithdrawCompetitor(story.electronics, "kim-0002"))
    assert story.register("kim-0004")


def test_registering_again_changes_nothing_even_when_closed_or_full(story: Story) -> None:
    story.prepared(capacity=1).register("kim-0001")
    assert story.register("kim-0001") == []
    assert story.register("kim-0001", at=story.closes) == []


def test_a_guardians_agreement_can_be_handed_in_by_registering_again(story: Story) -> None:
    story.prepared().register("kim-0001", born=date(2003, 5, 1))
    assert len(story.register("kim-0001", born=date(2003, 5, 1), guardian=True)) == 1
    assert story.register("kim-0001", born=date(2003, 5, 1), guardian=True) == []
    assert story.register("kim-0001", born=date(2003, 5, 1), guardian=False) == []
    assert story.approve("kim-0001")


def test_an_unknown_competition_is_not_found(story: Story) -> None:
    with pytest.raises(NotFound):
        story.register("kim-0001")
    story.does(story.create)
    with pytest.raises(NotFound) as missing:
        story.register("kim-0001")
    assert missing.value.code == "unknown_competition"
