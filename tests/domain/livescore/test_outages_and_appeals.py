"""Sections 12 and 13 of the rules: outages with their three remedies (R74), appeals and their states."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from services.livescore.domain.remedies import Outages
from shared.contracts.events import Recorded
from shared.contracts.remedies import OutageRecorded, RemovedInterval, TimeBack
from tests.domain.livescore.conftest import NOON, Story
from tests.domain.livescore.sheets_given import fill, locked, refused, reopened, staffed

TEXT = "my circuit was switched off while it was measured"


@pytest.fixture
def story(story: Story) -> Story:
    return staffed(story)


def outage(story: Story, **remedy: Any) -> str:
    story.both("record-outage", remedy=remedy, reason="the power was off in the whole hall")
    return list(story.state.outages.kept)[-1]


def entry(number: int, remedy: TimeBack | RemovedInterval) -> tuple[Recorded, OutageRecorded]:
    event = OutageRecorded(
        command=f"outage-{number:04d}",
        fingerprint="",
        by="manager",
        office="manager",
        done_at=NOON,
        proposal=f"outage-{number:04d}",
        proposed_by="chief",
        reason="the power was off",
        outage=f"outage-{number:04d}",
        remedy=remedy,
    )
    return Recorded("competition/a.b", number, "", "2020-11-19T12:00:00Z", event), event


def test_w22_r77_time_back_and_removed_intervals_move_the_deadline() -> None:
    start = datetime(2020, 11, 19, 9, tzinfo=UTC)
    outages = Outages()
    removed = RemovedInterval(kind="removed_interval", start=start, end=start + timedelta(seconds=180))
    outages.take(*entry(1, removed))
    outages.take(*entry(2, TimeBack(kind="time_back", competitor="c07", seconds=300)))
    assert outages.deadline("c07", start, 7200) == datetime(2020, 11, 19, 11, 8, tzinfo=UTC)
    assert outages.deadline("c08", start, 7200) == datetime(2020, 11, 19, 11, 3, tzinfo=UTC)


def test_r77_a_second_that_was_removed_twice_counts_once() -> None:
    start = datetime(2020, 11, 19, 9, tzinfo=UTC)
    outages = Outages()
    for number, (begin, end) in enumerate(((0, 100), (50, 150), (60, 70)), start=1):
        removed = RemovedInterval(
            kind="removed_interval", start=start + timedelta(seconds=begin), end=start + timedelta(seconds=end)
        )
        outages.take(*entry(number, removed))
    assert outages.granted_seconds("anybody") == 150


def test_r15_time_given_back_is_taken_off_the_time(story: Story) -> None:
    story.read("c01", "A1.2", "6300")
    story.read("c02", "A1.2", "6300")
    assert story.totals("c01").total == Fraction(5, 2)
    outage(story, kind="time_back", competitor="c01", seconds=300)
    assert (story.totals("c01").total, story.totals("c02").total) == (Fraction(10, 3), Fraction(5, 2))
    assert (story.rows()["c01"]["total"], story.rows()["c02"]["total"]) == ("3.33", "2.50")


def test_r75_an_outage_takes_two_people_and_is_reversed_by_another_entry(story: Story) -> None:
    story.read("c01", "A1.2", "6300")
    remedy = {"kind": "time_back", "competitor": "c01", "seconds": 300}
    story.act("manager", "record-outage", remedy=remedy, reason="the bench was without power")
    assert story.totals("c01").total == Fraction(5, 2)
    story.act("chief", "approve", proposal=next(iter(story.state.proposals)))
    assert story.totals("c01").total == Fraction(10, 3)
    story.both("reverse-outage", outage=next(iter(story.state.outages.kept)), reason="it was another bench")
    assert story.totals("c01").total == Fraction(5, 2)
    again = refused(story, "chief", "reverse-outage", outage=next(iter(story.state.outages.kept)), reason="again")
    assert again.code == "reversed"


def test_r76_full_marks_go_to_everybody_and_keep_what_was_recorded_underneath(story: Story) -> None:
    story.read("c01", "A1.1", "8")
    assert story.rows()["c01"]["total"] == "0.00"
    entry_ = outage(story, kind="full_marks", aspects=["A1.1"])
    assert {row["total"] for row in story.rows().values()} == {"2.00"}
    story.read("c02", "A1.1", "8")
    assert story.rows()["c02"]["total"] == "2.00"
    story.both("reverse-outage", outage=entry_, reason="the task was fair after all")
    assert (story.rows()["c01"]["total"], story.rows()["c02"]["total"]) == ("0.00", "0.00")
    assert "total" not in story.rows()["c03"]


def test_r76_what_was_submitted_is_reopened_first(story: Story) -> None:
    locked(story, "A1", "c01")
    remedy = {"kind": "full_marks", "aspects": ["A1.1"]}
    refusal = refused(story, "chief", "record-outage", remedy=remedy, reason="the gauge was broken")
    assert (refusal.code, refusal.extra["sheets"]) == ("sheets_closed", ["A1 of 01"])
    reopened(story, "A1", "c01", code="outage")
    outage(story, **remedy)
    assert story.totals("c02").by_form["A1"] == 2


def shown(story: Story) -> None:
    story.act("chief", "show-sheets")


def test_r79_appeals_are_filed_in_writing_inside_the_time(story: Story) -> None:
    fields = {"competitor": "c01", "form": "A1", "text": TEXT}
    assert refused(story, "c01", "file-appeal", **fields).code == "not_shown"
    shown(story)
    at = datetime.fromisoformat(story.state.release.shown_to("c01") or "")
    assert refused(story, "c02", "file-appeal", **fields).code == "not_yours"
    late = refused(story, "c01", "file-appeal", now=at + timedelta(minutes=31), **fields)
    assert (late.code, late.faults[0].rule) == ("too_late", "R79")
    story.act("c01", "file-appeal", now=at + timedelta(minutes=30), **fields)
    assert [one.state for one in story.state.appeals.kept.values()] == ["submitted"]


def test_r80_an_appeal_goes_its_way_and_a_decision_is_in_writing(story: Story) -> None:
    shown(story)
    appeal = story.act("c01", "file-appeal", competitor="c01", form="A1", text=TEXT).id
    assert refused(story, "chief", "move-appeal", appeal=appeal, to="upheld", text="yes").code == "appeal_state"
    story.act("chief", "move-appeal", appeal=appeal, to="eligibility_check")
    story.act("chief", "move-appeal", appeal=appeal, to="under_review")
    assert refused(story, "chief", "move-appeal", appeal=appeal, to="rejected").code == "text_missing"
    story.act("chief", "move-appeal", appeal=appeal, to="rejected", text="the current was on, the log shows it")
    story.act("chief", "move-appeal", appeal=appeal, to="closed")
    assert refused(story, "chief", "move-appeal", appeal=appeal, to="upheld", text="yes").code == "appeal_state"


def test_r81_no_compatriot_decides(story: Story) -> None:
    story.seat("manager2", "GB", "manager")
    shown(story)
    appeal = story.act("c01", "file-appeal", competitor="c01", text=TEXT).id
    for to in ("eligibility_check", "under_review"):
        story.act("chief", "move-appeal", appeal=appeal, to=to)
    refusal = refused(story, "manager2", "move-appeal", appeal=appeal, to="upheld", text="of course")
    assert (refusal.code, refusal.faults[0].rule) == ("compatriot", "R81")


def test_r82_the_public_sees_that_something_is_looked_at_and_no_figure_moves(story: Story) -> None:
    fill(story, "A1", "c01")
    total = story.rows()["c01"]["total"]
    shown(story)
    appeal = story.act("c01", "file-appeal", competitor="c01", form="A1", text=TEXT).id
    assert (story.rows()["c01"]["review"], story.rows()["c01"]["total"]) == (True, total)
    for to, text in (("eligibility_check", None), ("under_review", None), ("rejected", "it was on")):
        story.act("chief", "move-appeal", appeal=appeal, to=to, text=text)
    assert "review" not in story.rows()["c01"]


def test_r82_an_upheld_appeal_reopens_the_sheet_by_two_people(story: Story) -> None:
    locked(story, "A1", "c01")
    shown(story)
    appeal = story.act("c01", "file-appeal", competitor="c01", form="A1", text=TEXT).id
    for to, text in (("eligibility_check", None), ("under_review", None), ("upheld", "it was off")):
        story.act("chief", "move-appeal", appeal=appeal, to=to, text=text)
    reopened(story, "A1", "c01", code="appeal", appeal=appeal)
    assert story.state.sheet("A1", "c01").state == "reopened"


def test_an_appeal_of_another_competitor_reopens_nothing(story: Story) -> None:
    locked(story, "A1", "c02")
    shown(story)
    appeal = story.act("c01", "file-appeal", competitor="c01", form="A1", text=TEXT).id
    fields = {"form": "A1", "competitor": "c02", "code": "appeal", "reason": "see it", "appeal": appeal}
    assert refused(story, "chief", "reopen-sheet", **fields).code == "unknown_appeal"
