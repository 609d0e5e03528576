from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from services.registration.domain.commands import AssignJudge, RevokeJudge
from services.registration.domain.showcase import Showcase
from shared.contracts.events import Recorded, UnknownEvent
from shared.contracts.livescore import CompetitorLeft
from shared.contracts.registration import JudgeAssigned, JudgeRevoked, Session
from shared.contracts.text import Text
from shared.errors import Clash, NotFound, Rejected

if TYPE_CHECKING:
    from tests.domain.registration.conftest import Story


def test_creating_the_same_showcase_again_changes_nothing(story: Story) -> None:
    assert len(story.does(story.create)) == 1
    assert story.does(story.create) == []
    with pytest.raises(Clash):
        story.does(replace(story.create, timezone="Europe/London"))


def test_a_showcase_does_not_end_before_it_starts(story: Story) -> None:
    with pytest.raises(Rejected) as refused:
        story.does(replace(story.create, ends_on=date(2020, 11, 17)))
    assert refused.value.faults[0].field == "ends_on"


def test_a_session_that_ends_before_it_starts_is_named(story: Story) -> None:
    nine, ten = (datetime(2020, 11, 18, hour, tzinfo=UTC) for hour in (9, 10))
    good = Session(starts_at=nine, ends_at=ten, title=Text(en="Opening"))
    bad = Session(starts_at=ten, ends_at=nine, title=Text(en="Closing"))
    with pytest.raises(Rejected) as refused:
        story.does(replace(story.create, programme=(good, bad)))
    assert refused.value.faults[0].field == "programme.1.ends_at"


def test_adding_the_same_competition_again_changes_nothing(story: Story) -> None:
    story.does(story.create)
    assert len(story.does(story.add)) == 1
    assert story.does(story.add) == []
    with pytest.raises(Clash):
        story.does(replace(story.add, capacity=11))


def test_a_competition_needs_its_own_showcase_and_a_window(story: Story) -> None:
    with pytest.raises(NotFound):
        story.does(story.add)
    story.does(story.create)
    with pytest.raises(NotFound):
        story.does(replace(story.add, competition="spring.electronics"))
    with pytest.raises(Rejected) as refused:
        story.does(replace(story.add, closes_at=story.opens))
    assert refused.value.faults[0].field == "closes_at"


def test_a_judge_is_assigned_to_known_competitions_once(story: Story) -> None:
    story.prepared()
    assign = AssignJudge("judge-0001", "GB", (story.electronics,))
    assert story.does(assign) == [JudgeAssigned(judge="judge-0001", country="GB", competitions=("autumn.electronics",))]
    assert story.does(assign) == []
    with pytest.raises(Clash):
        story.does(replace(assign, country="CN"))
    with pytest.raises(NotFound):
        story.does(AssignJudge("judge-0002", "GB", ("autumn.welding",)))


def test_a_revoked_judge_stays_revoked(story: Story) -> None:
    assign = AssignJudge("judge-0001", "GB", (story.electronics,))
    story.prepared().does(assign)
    assert story.does(RevokeJudge("judge-0001")) == [JudgeRevoked(judge="judge-0001")]
    assert story.does(RevokeJudge("judge-0001")) == []
    with pytest.raises(Clash):
        story.does(assign)
    with pytest.raises(NotFound):
        story.does(RevokeJudge("judge-0009"))


def test_an_event_of_another_service_stops_the_fold() -> None:
    stray = CompetitorLeft(competitor="kim-0001", source_seq=1)
    with pytest.raises(UnknownEvent):
        Showcase().apply(Recorded("showcase/autumn", 1, "event-1", "2020-10-01T00:00:00.000Z", stray))
