"""R50: the board says from when to when competitors work, and no mark moves anything of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from services.livescore.domain.chief import chief_view
from services.livescore.domain.mine import mine_view
from services.livescore.opinion.differences import board_differences
from services.livescore.opinion.opine import opine
from shared.contracts.acts import Rules, RulesSet
from shared.errors import CallerError
from tests.domain.livescore.conftest import NOON, Story
from tests.domain.livescore.sheets_given import staffed

TWO_HOURS = {"starts_at": "2020-11-19T09:00:00+08:00", "allotted_seconds": 7200}
REMOVED = {"kind": "removed_interval", "start": "2020-11-19T02:00:00Z", "end": "2020-11-19T02:03:00Z"}


@pytest.fixture
def story(story: Story) -> Story:
    return staffed(story)


def clock(story: Story) -> Any:
    """As both scorers have it."""
    board = story.standings.board("epoch")
    assert board_differences(opine(story.ledger), board.head, board.rows) == []
    return board.head.get("clock")


def test_there_is_a_clock_once_start_and_allotted_time_are_named(story: Story) -> None:
    assert clock(story) is None
    story.act("organiser", "set-rules", rules={"starts_at": TWO_HOURS["starts_at"]})
    assert clock(story) is None
    story.act("organiser", "set-rules", rules=TWO_HOURS)
    assert clock(story) == {"starts_at": "2020-11-19T01:00:00Z", "ends_at": "2020-11-19T03:00:00Z"}


def test_what_is_removed_for_all_moves_it_and_what_one_is_given_back_does_not(story: Story) -> None:
    story.act("organiser", "set-rules", rules=TWO_HOURS)
    story.both("record-outage", remedy=REMOVED, reason="the power was off")
    assert clock(story)["ends_at"] == "2020-11-19T03:03:00Z"
    before = story.public_bytes()
    time_back = {"kind": "time_back", "competitor": "c01", "seconds": 600}
    story.both("record-outage", remedy=time_back, reason="a fuse blew at this bench")
    assert story.public_bytes() == before


def test_a_frozen_picture_keeps_the_clock_it_had(story: Story) -> None:
    story.act("organiser", "set-rules", rules=TWO_HOURS)
    story.act("chief", "freeze")
    story.both("record-outage", remedy=REMOVED, reason="the power was off")
    assert clock(story)["ends_at"] == "2020-11-19T03:00:00Z"
    story.act("chief", "thaw")
    assert clock(story)["ends_at"] == "2020-11-19T03:03:00Z"


def test_a_start_at_the_end_of_the_calendar_is_refused(story: Story) -> None:
    for start in ("9999-12-31T23:00:00Z", "0001-01-01T00:00:00+14:00"):
        with pytest.raises(CallerError) as refusal:
            story.act("organiser", "set-rules", rules=TWO_HOURS | {"starts_at": start})
        assert refusal.value.code == "no_such_year"


@pytest.mark.parametrize("start", ["9999-12-31T23:00:00+00:00", "0001-01-01T00:00:00+14:00"])
def test_a_ledger_that_holds_such_a_start_is_folded_and_shows_no_clock(story: Story, start: str) -> None:
    rules = Rules(starts_at=datetime.fromisoformat(start), allotted_seconds=7200)
    about: dict[str, Any] = {"fingerprint": "", "by": "organiser", "office": "organiser", "done_at": NOON}
    story.given(RulesSet(command="act-of-old", rules=rules, **about))
    assert clock(story) is None
    own = mine_view(story.state, "c01")
    assert own is not None
    assert own["work"] is None
    assert {one["deadline"] for one in chief_view(story.state, NOON)["competitors"]} == {None}
