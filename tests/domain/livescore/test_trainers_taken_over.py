"""What a trainer's naming and revoking in registration mean for one competition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.livescore.domain.deciding.roster import decide_roster
from shared.contracts.livescore import TrainerSeated, TrainerUnseated
from shared.contracts.registration import TrainerNamed, TrainerRevoked

if TYPE_CHECKING:
    from shared.contracts.events import Event
    from tests.domain.livescore.conftest import Story

NAMED = TrainerNamed(trainer="tai", competitors=("c01",), competitions=("autumn.electronics",))


def takes_over(story: Story, fact: TrainerNamed | TrainerRevoked) -> list[Event]:
    events = decide_roster(story.state, fact, story.state.source_seq + 1)
    story.given(*events)
    return events


def test_a_trainer_is_seated_until_revoked(story: Story) -> None:
    seq = story.state.source_seq
    assert takes_over(story, NAMED) == [TrainerSeated(trainer="tai", competitors=("c01",), source_seq=seq + 1)]
    assert story.state.trainers == {"tai": ("c01",)}
    assert decide_roster(story.state, NAMED, story.state.source_seq) == []
    assert takes_over(story, TrainerRevoked(trainer="tai")) == [TrainerUnseated(trainer="tai", source_seq=seq + 2)]
    assert story.state.trainers == {}


def test_trainers_of_other_competitions_are_nobody_here(story: Story) -> None:
    assert takes_over(story, NAMED.model_copy(update={"competitions": ("autumn.welding",)})) == []
    assert takes_over(story, TrainerRevoked(trainer="tai")) == []


def test_a_trainer_changes_nothing_for_the_public(story: Story) -> None:
    before = story.public_bytes()
    takes_over(story, NAMED)
    assert story.public_bytes() == before
