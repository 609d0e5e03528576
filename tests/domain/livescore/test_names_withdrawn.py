"""R98: a name whose consent is withdrawn turns to the bib, whatever has become of the competitor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from services.livescore.domain.deciding.roster import decide_roster
from shared.contracts.registration import CompetitorRenamed

if TYPE_CHECKING:
    from tests.domain.livescore.conftest import Story

HIDDEN = CompetitorRenamed(competition="autumn.electronics", competitor="c01", display_name="No. 01")


@pytest.fixture
def named(story: Story) -> Story:
    story.enter("01", "GB", "Nova")
    return story


def hide(story: Story) -> None:
    story.given(*decide_roster(story.state, HIDDEN, story.state.source_seq + 1))


def test_the_board_shows_the_bib_at_once(named: Story) -> None:
    assert b"Nova" in named.public_bytes()
    hide(named)
    assert b"Nova" not in named.public_bytes()
    assert named.state.competitors["c01"].status == "competing"


def test_somebody_who_withdrew_does_not_compete_again_by_it(named: Story) -> None:
    named.leave("c01")
    hide(named)
    assert (named.state.competitors["c01"].name, named.state.competitors["c01"].status) == ("No. 01", "withdrawn")
    assert b"Nova" not in named.public_bytes()
    assert decide_roster(named.state, HIDDEN, named.state.source_seq + 1) == []
