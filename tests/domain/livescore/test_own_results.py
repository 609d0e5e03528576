"""What competitors and trainers see of the own results: R79 when, R10 how much, of the field no more than a mean."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from services.livescore.domain.mine import mine_view
from shared.contracts.livescore import CompetitionOpened
from shared.contracts.text import Text

if TYPE_CHECKING:
    from tests.domain.livescore.conftest import Story

OTHERS = [f"c{bib:02d}" for bib in range(2, 8)]


def mine(story: Story, competitor: str = "c01") -> dict[str, Any]:
    view = mine_view(story.state, competitor)
    assert view is not None
    return view


def criterion(story: Story, letter: str) -> dict[str, Any]:
    return next(one for one in mine(story)["picture"] if one["id"] == letter)


def mark_b(story: Story, competitor: str, value: str) -> None:
    """All of criterion B: a measurement worth 3 or nothing, and three scores of 3, worth 2."""
    story.read(competitor, "B1.1", value)
    story.scores(competitor, "B1.2", 3, 3, 3)


@pytest.fixture
def led(story: Story) -> Story:
    story.seat("chief", "SG", "chief")
    return story


@pytest.fixture
def training(led: Story) -> Story:
    """Seven competitors in a training."""
    opened = CompetitionOpened(
        competition=led.id,
        title=Text(en="Electronics"),
        board_mode="progress",
        kind="training",
        source_seq=led.state.source_seq + 1,
    )
    led.given(opened)
    for bib in ("05", "06", "07"):
        led.enter(bib, "FR")
    return led


def test_before_the_chief_shows_the_sheets_there_is_nothing_of_a_result_r79(led: Story) -> None:
    mark_b(led, "c01", "12.0")
    view = mine(led)
    assert (view["sheet"], view["picture"], view["shown_at"], view["appeals_until"]) == (None, None, None, None)
    assert view["competitor"]["bib"] == "01"
    led.act("chief", "show-sheets", competitors=["c02"])
    assert mine(led)["sheet"] is None


def test_a_shown_sheet_has_criteria_and_forms_and_no_aspects_r10(led: Story) -> None:
    mark_b(led, "c01", "12.0")
    led.act("chief", "show-sheets")
    sheet = mine(led)["sheet"]
    assert sheet["total"]["shown"] == "5.00"
    b = next(one for one in sheet["criteria"] if one["id"] == "B")
    assert (b["award"]["shown"], [form["id"] for form in b["forms"]]) == ("5.00", ["B1"])
    assert "B1.1" not in str(sheet)


def test_the_time_for_appeals_counts_from_when_the_sheets_were_shown_r79(led: Story) -> None:
    led.act("chief", "show-sheets", now=led.noon)
    assert mine(led)["appeals_until"] == "2020-11-19T12:30:00Z"


def test_an_appeal_is_seen_with_every_step_and_by_nobody_else_r80(led: Story) -> None:
    led.act("chief", "show-sheets", now=led.noon)
    text = "The supply voltage was read from the wrong terminal."
    led.act("c01", "file-appeal", now=led.noon + timedelta(minutes=5), competitor="c01", form="B1", text=text)
    filed = mine(led)["appeals"][0]
    led.act("chief", "move-appeal", appeal=filed["id"], to="eligibility_check", now=led.noon + timedelta(minutes=9))
    (appeal,) = mine(led)["appeals"]
    assert (appeal["form"], appeal["text"], appeal["state"]) == ("B1", text, "eligibility_check")
    assert appeal["steps"] == [{"state": "eligibility_check", "at": "2020-11-19T12:09:00Z", "text": None}]
    assert mine(led, "c02")["appeals"] == []


def test_a_competition_has_no_picture_of_the_field(led: Story) -> None:
    led.act("chief", "show-sheets")
    assert mine(led)["picture"] is None


def test_the_mean_is_of_the_others_and_only_of_five_or_more(training: Story) -> None:
    training.act("chief", "show-sheets")
    mark_b(training, "c01", "12.0")
    for competitor in OTHERS[:4]:
        mark_b(training, competitor, "99")
    assert criterion(training, "B")["own"]["shown"] == "5.00"
    assert criterion(training, "B")["mean"] is None
    mark_b(training, OTHERS[4], "12.0")
    assert criterion(training, "B")["mean"] == {"exact": "13/5", "shown": "2.60"}  # 2, 2, 2, 2 and 5


def test_whoever_has_not_every_mark_of_a_criterion_is_not_in_its_mean_r37(training: Story) -> None:
    training.act("chief", "show-sheets")
    for competitor in OTHERS[:4]:
        mark_b(training, competitor, "12.0")
    training.read(OTHERS[4], "B1.1", "99")
    assert criterion(training, "B")["mean"] is None


def test_nobody_is_in_the_mean_who_was_not_shown_the_own_sheet_or_does_not_compete(training: Story) -> None:
    for competitor in OTHERS[:5]:
        mark_b(training, competitor, "12.0")
    training.act("chief", "show-sheets", competitors=["c01", *OTHERS[:4]])
    assert criterion(training, "B")["mean"] is None
    training.act("chief", "show-sheets", competitors=[OTHERS[4]])
    assert criterion(training, "B")["mean"]["shown"] == "5.00"
    training.leave(OTHERS[0])
    assert criterion(training, "B")["mean"] is None


def test_a_training_shows_targets_and_neither_places_nor_names_of_others(training: Story) -> None:
    training.act("organiser", "set-rules", rules={"targets": {"B": "4.50"}})
    for competitor in ("c01", *OTHERS):
        mark_b(training, competitor, "12.0")
    training.act("chief", "show-sheets")
    assert (criterion(training, "B")["target"], criterion(training, "A")["target"]) == (
        {"exact": "9/2", "shown": "4.50"},
        None,
    )
    view = mine(training)
    assert view["sheet"]["place"] is None
    for other in OTHERS:
        assert other not in str(view)
        assert f"No. {other[1:]}" not in str(view)


def test_somebody_who_was_never_entered_has_no_view(story: Story) -> None:
    assert mine_view(story.state, "nobody") is None


def test_the_own_deadline_is_shown_with_what_it_is_made_of_r77(led: Story) -> None:
    led.seat("scm", "CH", "manager")
    assert mine(led)["work"] is None
    led.act("scm", "set-rules", rules={"starts_at": "2020-11-19T09:00:00+08:00", "allotted_seconds": 7200})
    removed = {"kind": "removed_interval", "start": "2020-11-19T02:00:00Z", "end": "2020-11-19T02:03:00Z"}
    for remedy in (removed, {"kind": "time_back", "competitor": "c01", "seconds": 90}):
        asked = led.act("scm", "record-outage", remedy=remedy, reason="the power was off at this bench")
        assert mine(led)["work"]["back_seconds"] == 0, "a proposal gives no time"
        led.act("chief", "approve", proposal=asked.id)
    assert mine(led)["work"] == {
        "starts_at": "2020-11-19T01:00:00Z",
        "allotted_seconds": 7200,
        "removed_seconds": 180,
        "back_seconds": 90,
        "until": "2020-11-19T03:04:30Z",
    }
    assert mine(led, "c02")["work"]["until"] == "2020-11-19T03:03:00Z"
    led.leave("c02")
    assert mine(led, "c02")["work"] is None
