"""R9: the first draft of a scheme is there eight weeks before the first day, or a warning says that it is late."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from services.livescore.domain.deciding.schemes import lateness
from shared.contracts.livescore import CompetitionOpened, SchemeImported
from shared.contracts.registration import Kind
from shared.contracts.text import Text
from tests.domain.livescore.conftest import SMALL_SCHEME, Story

NOON = datetime.fromisoformat("2020-11-19T12:00:00Z")
EIGHT_WEEKS = timedelta(weeks=8)


def upcoming(starts_on: date | None, kind: Kind = "competition") -> Story:
    story = Story(imported=None)
    story.given(
        CompetitionOpened(
            competition=story.id,
            title=Text(en="Electronics"),
            board_mode="marks",
            source_seq=story.state.source_seq + 1,
            kind=kind,
            starts_on=starts_on,
        )
    )
    return story


@pytest.mark.parametrize(
    ("starts_on", "late"), [(date(2021, 1, 15), False), (date(2021, 1, 14), True), (date(2020, 11, 1), True)]
)
def test_r9_a_first_draft_within_eight_weeks_of_the_first_day_gets_a_warning(starts_on: date, *, late: bool) -> None:
    found = lateness(upcoming(starts_on).state, NOON)
    assert [(one.code, one.rule, one.warning) for one in found] == ([("late_draft", "R9", True)] if late else [])
    assert all(starts_on.isoformat() in one.words(lang)[0] for one in found for lang in ("en", "zh"))


def test_r9_a_draft_that_was_early_may_be_replaced_late() -> None:
    story = upcoming(date(2021, 1, 20))
    story.given(SchemeImported(version=1, digest="first", scheme=SMALL_SCHEME), at="2020-11-19T12:00:00Z")
    assert lateness(story.state, NOON + EIGHT_WEEKS) == ()


def test_r9_a_draft_that_was_late_stays_late() -> None:
    story = upcoming(date(2020, 12, 1))
    story.given(SchemeImported(version=1, digest="first", scheme=SMALL_SCHEME), at="2020-11-19T12:00:00Z")
    assert len(lateness(story.state, NOON)) == 1


def test_r9_a_start_that_was_named_goes_before_the_showcases_first_day() -> None:
    story = upcoming(date(2020, 12, 1))
    story.act("organiser", "set-rules", rules={"starts_at": (NOON + EIGHT_WEEKS).isoformat()})
    assert lateness(story.state, NOON) == ()
    assert len(lateness(story.state, NOON + timedelta(seconds=1))) == 1


def test_where_no_day_is_known_and_in_a_training_nothing_is_late() -> None:
    assert lateness(upcoming(None).state, NOON) == ()
    assert lateness(upcoming(date(2020, 12, 1), "training").state, NOON) == ()
