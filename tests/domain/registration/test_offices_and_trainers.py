from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from services.registration.domain.commands import AssignJudge, NameTrainer, RevokeJudge, RevokeTrainer
from shared.contracts.registration import JudgeAssigned, TrainerNamed, TrainerRevoked
from shared.errors import Clash, NotFound, Rejected

if TYPE_CHECKING:
    from tests.domain.registration.conftest import Story

CHIEF = AssignJudge("chief-0001", "SG", ("autumn.electronics",), "chief")
TRAINER = NameTrainer("trainer-0001", ("kim-0001",), ("autumn.electronics",))
WELDING = "autumn.welding"


def test_a_chief_expert_is_assigned_once_in_that_office(story: Story) -> None:
    story.prepared()
    assert story.does(CHIEF) == [
        JudgeAssigned(judge="chief-0001", country="SG", competitions=("autumn.electronics",), office="chief")
    ]
    assert story.does(CHIEF) == []


def test_another_office_is_another_assignment(story: Story) -> None:
    story.prepared().does(CHIEF)
    with pytest.raises(Clash) as clash:
        story.does(replace(CHIEF, office="manager"))
    assert clash.value.code == "other_office"
    assert "revoke" in clash.value.detail
    story.does(RevokeJudge("chief-0001"))
    assert story.does(replace(CHIEF, judge="chief-0002", office="manager"))


def test_an_office_recorded_before_there_were_offices_is_a_judges(story: Story) -> None:
    old = JudgeAssigned.model_validate({"judge": "judge-0001", "country": "GB", "competitions": [story.electronics]})
    assert old.office == "judge"


def test_a_trainer_is_named_once_by_opaque_ids(story: Story) -> None:
    story.prepared().register("kim-0001")
    assert story.does(TRAINER) == [
        TrainerNamed(trainer="trainer-0001", competitors=("kim-0001",), competitions=("autumn.electronics",))
    ]
    assert story.does(TRAINER) == []
    story.register("kim-0002")
    with pytest.raises(Clash) as clash:
        story.does(replace(TRAINER, competitors=("kim-0001", "kim-0002")))
    assert clash.value.code == "trainer_exists"


def test_a_trainer_follows_registered_competitors_of_the_named_competitions_only(story: Story) -> None:
    story.prepared().register("kim-0001")
    story.does(replace(story.add, competition=WELDING))
    with pytest.raises(NotFound):
        story.does(replace(TRAINER, competitors=("kim-0001", "nobody-01")))
    with pytest.raises(NotFound):
        story.does(replace(TRAINER, competitions=(WELDING,)))
    with pytest.raises(NotFound):
        story.does(replace(TRAINER, competitions=("autumn.bricks",)))
    with pytest.raises(Rejected) as refused:
        story.does(replace(TRAINER, competitions=(story.electronics, WELDING)))
    assert refused.value.faults[0].field == "competitions.1"


def test_a_revoked_trainer_stays_revoked(story: Story) -> None:
    story.prepared().register("kim-0001")
    story.does(TRAINER)
    assert story.does(RevokeTrainer("trainer-0001")) == [TrainerRevoked(trainer="trainer-0001")]
    assert story.does(RevokeTrainer("trainer-0001")) == []
    with pytest.raises(Clash):
        story.does(TRAINER)
    with pytest.raises(NotFound):
        story.does(RevokeTrainer("trainer-0009"))


def test_one_id_is_not_a_judges_and_a_trainers(story: Story) -> None:
    story.prepared().register("kim-0001")
    story.does(CHIEF)
    story.does(TRAINER)
    for taken in (replace(TRAINER, trainer="chief-0001"), replace(CHIEF, judge="trainer-0001")):
        with pytest.raises(Clash) as clash:
            story.does(taken)
        assert clash.value.code == "id_taken"


def test_a_competition_can_be_a_training_and_bilingual_and_is_neither_by_itself(story: Story) -> None:
    story.does(story.create)
    (event,) = story.does(story.add)
    assert event.model_dump()["kind"] == "competition"
    assert event.model_dump()["bilingual"] is False
    (event,) = story.does(replace(story.add, competition=WELDING, kind="training", bilingual=True))
    assert event.model_dump()["kind"] == "training"
    assert event.model_dump()["bilingual"] is True
    with pytest.raises(Clash):
        story.does(replace(story.add, kind="training"))
