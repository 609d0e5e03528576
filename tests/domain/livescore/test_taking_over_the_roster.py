from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding.roster import decide_roster
from services.livescore.domain.deciding.schemes import decide_scheme
from shared.contracts.livescore import (
    CompetitionOpened,
    CompetitorEntered,
    CompetitorLeft,
    JudgeSeated,
    JudgeUnseated,
    SchemeImported,
)
from shared.contracts.registration import (
    CompetitionAdded,
    CompetitorApproved,
    CompetitorWithdrawn,
    JudgeAssigned,
    JudgeRevoked,
)
from shared.contracts.text import Text
from shared.errors import Clash, NotFound

if TYPE_CHECKING:
    from services.livescore.domain.commands import RosterFact
    from tests.domain.livescore.conftest import Story

HERE = "autumn.electronics"
OPENS = datetime(2020, 10, 1, tzinfo=UTC)


def added(competition: str = HERE) -> CompetitionAdded:
    return CompetitionAdded(
        competition=competition,
        title=Text(en="Electronics"),
        capacity=10,
        opens_at=OPENS,
        closes_at=OPENS,
        minimum_age=16,
        board_mode="marks",
    )


def approved(competition: str = HERE) -> CompetitorApproved:
    return CompetitorApproved(competition=competition, competitor="c05", country="CN", bib="05", display_name="Lin")


def test_a_competition_and_its_people_are_taken_over() -> None:
    assert decide_roster(Competition(HERE), added(), 2) == [
        CompetitionOpened(competition=HERE, title=Text(en="Electronics"), board_mode="marks", source_seq=2)
    ]
    assert decide_roster(Competition(HERE), approved(), 7) == [
        CompetitorEntered(competitor="c05", bib="05", display_name="Lin", country="CN", source_seq=7)
    ]
    assert decide_roster(Competition(HERE), JudgeAssigned(judge="sg", country="SG", competitions=(HERE,)), 8) == [
        JudgeSeated(judge="sg", country="SG", source_seq=8)
    ]


@pytest.mark.parametrize(
    "fact",
    [
        added("autumn.welding"),
        approved("autumn.welding"),
        CompetitorWithdrawn(competition="autumn.welding", competitor="c01"),
        CompetitorWithdrawn(competition=HERE, competitor="c77"),
        JudgeAssigned(judge="nz", country="NZ", competitions=("autumn.welding",)),
        JudgeAssigned(judge="sg", country="SG", competitions=(HERE,)),
        JudgeRevoked(judge="nz"),
        added(),
    ],
)
def test_what_concerns_others_or_changes_nothing_is_not_recorded(story: Story, fact: RosterFact) -> None:
    assert decide_roster(story.state, fact, 90) == []


def test_a_fact_that_was_taken_over_before_is_not_taken_again(story: Story) -> None:
    fact = CompetitorWithdrawn(competition=HERE, competitor="c01")
    last = story.state.source_seq
    assert decide_roster(story.state, fact, last) == []
    events = decide_roster(story.state, fact, last + 1)
    assert events == [CompetitorLeft(competitor="c01", source_seq=last + 1)]
    story.given(*events)
    assert decide_roster(story.state, fact, last + 1) == []


@pytest.mark.parametrize(
    "fact", [JudgeRevoked(judge="sg"), JudgeAssigned(judge="sg", country="SG", competitions=("autumn.welding",))]
)
def test_a_judge_leaves_when_revoked_or_assigned_elsewhere(story: Story, fact: RosterFact) -> None:
    events = decide_roster(story.state, fact, 90)
    assert events == [JudgeUnseated(judge="sg", source_seq=90)]
    story.given(*events)
    assert "sg" not in story.state.judges


def test_r9_a_scheme_may_change_until_the_first_mark(story: Story) -> None:
    scheme = story.ledger[-1].event
    assert isinstance(scheme, SchemeImported)
    assert decide_scheme(story.state, scheme.scheme, "first") == []
    another = scheme.scheme.model_copy(update={"title": Text(en="another")})
    assert decide_scheme(story.state, another, "second") == [SchemeImported(version=2, digest="second", scheme=another)]
    story.score("c01", "A2.1", "cn", 2)
    assert decide_scheme(story.state, scheme.scheme, "first") == []
    with pytest.raises(Clash) as clash:
        decide_scheme(story.state, another, "second")
    assert (clash.value.code, clash.value.faults[0].rule) == ("scheme_in_use", "R9")


def test_a_scheme_needs_a_competition(story: Story) -> None:
    scheme = story.ledger[-1].event
    assert isinstance(scheme, SchemeImported)
    with pytest.raises(NotFound):
        decide_scheme(Competition("autumn.welding"), scheme.scheme, "first")
