from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from services.livescore.domain.deciding.marks import decide_mark
from shared.contracts.livescore import JudgeUnseated, MarkGiven
from shared.errors import CallerError, Clash, Forbidden, Rejected

if TYPE_CHECKING:
    from tests.domain.livescore.conftest import Story


def test_r12_a_reading_is_stored_and_the_award_computed(story: Story) -> None:
    receipt = story.read("c01", "A1.1", "3")
    assert receipt.wire() == {
        "id": "mark-000001",
        "seq": 11,
        "competitor": "c01",
        "aspect": "A1.1",
        "state": "settled",
        "award": {"exact": "5/4", "shown": "1.25"},
        "round": 1,
        "received_at": "2020-11-19T12:00:11Z",
    }
    event = story.ledger[-1].event
    assert isinstance(event, MarkGiven)
    assert event.value == "3"


def test_r45_the_same_mark_twice_is_recorded_once_and_answered_alike(story: Story) -> None:
    command = story.command("c01", "A1.1", "ch", value="3")
    first = story.does(command)
    story.read("c01", "A1.1", "4", saw=first.seq)
    before = len(story.ledger)
    assert story.does(command) == first
    assert len(story.ledger) == before


def test_r45_a_repeat_is_answered_even_after_the_judge_has_left(story: Story) -> None:
    command = story.command("c01", "A1.1", "ch", value="3")
    first = story.does(command)
    story.given(JudgeUnseated(judge="ch", source_seq=90))
    assert story.does(command) == first


def test_r44_a_copy_whose_clock_is_behind_does_not_blame_the_tablet(story: Story) -> None:
    hour = timedelta(hours=1)
    ahead = story.command("c01", "A1.1", "ch", value="3", marked_at=story.noon + hour)
    with pytest.raises(Rejected, match="five minutes ahead"):
        decide_mark(story.state, ahead)
    story.read("c02", "A1.1", "4", at="2020-11-19T13:00:00Z")  # recorded by a copy with another clock
    assert len(decide_mark(story.state, ahead)) == 1


@pytest.mark.parametrize("other", [{"value": "4"}, {"judge": "sg", "fingerprint": "c01 A1.1 3 None None"}])
def test_r45_an_id_used_for_another_mark_is_a_conflict(story: Story, other: dict[str, str]) -> None:
    first = story.read("c01", "A1.1", "3")
    fields = {"judge": "ch", "value": "3", "mark": first.id} | other
    with pytest.raises(Clash) as clash:
        story.does(story.command("c01", "A1.1", **fields))
    assert (clash.value.code, clash.value.faults[0].rule) == ("id_reused", "R45")


@pytest.mark.parametrize(
    ("competitor", "aspect", "fields", "code", "field", "rule"),
    [
        ("c99", "A1.1", {"value": "3"}, "unknown_competitor", "competitor", None),
        ("c01", "G9.9", {"value": "3"}, "unknown_aspect", "aspect", None),
        ("c01", "A1.1", {"score": 2}, "value_expected", "value", "R3"),
        ("c01", "A1.1", {"value": "3", "score": 2}, "value_expected", "value", "R3"),
        ("c01", "A2.1", {"value": "3"}, "score_expected", "score", "R3"),
        ("c01", "A2.1", {"value": "3", "score": 2}, "score_expected", "score", "R3"),
        ("c01", "A2.1", {"score": 4}, "score_invalid", "score", "R19"),
        ("c01", "A1.1", {"value": "-3"}, "value_invalid", "value", "R13"),
    ],
)
def test_a_mark_that_does_not_fit_is_refused_with_its_field(
    story: Story, competitor: str, aspect: str, fields: dict[str, object], code: str, field: str, rule: str | None
) -> None:
    with pytest.raises(Rejected) as refused:
        decide_mark(story.state, story.command(competitor, aspect, "ch", **fields))
    (fault,) = refused.value.faults
    assert (refused.value.code, fault.field, fault.rule) == (code, field, rule)


@pytest.mark.parametrize(("aspect", "fields"), [("A1.1", {"value": "3"}), ("A2.1", {"score": 2})])
def test_r26_a_judge_never_marks_a_compatriot(story: Story, aspect: str, fields: dict[str, object]) -> None:
    with pytest.raises(Forbidden) as refused:
        story.does(story.command("c02", aspect, "cn", **fields))
    assert (refused.value.code, refused.value.faults[0].rule) == ("compatriot", "R26")


def test_only_seated_judges_mark(story: Story) -> None:
    story.given(JudgeUnseated(judge="sg", source_seq=90))
    for judge in ("sg", "stranger"):
        with pytest.raises(Forbidden) as refused:
            story.read("c01", "A1.1", "3", judge)
        assert refused.value.code == "not_seated"


def test_r38_a_withdrawn_competitor_is_not_marked(story: Story) -> None:
    story.leave("c01")
    with pytest.raises(Rejected) as refused:
        story.read("c01", "A1.1", "3")
    assert refused.value.code == "withdrawn"


def test_r78_a_mark_may_be_as_old_as_it_likes_but_not_from_the_future(story: Story) -> None:
    story.read("c01", "A1.1", "3", marked_at=story.noon - timedelta(days=2))
    story.read("c02", "A1.1", "3", marked_at=story.noon + timedelta(minutes=5))
    with pytest.raises(Rejected) as refused:
        story.read("c03", "A1.1", "3", marked_at=story.noon + timedelta(minutes=5, seconds=30))
    assert refused.value.faults[0].field == "marked_at"


def test_a_correction_names_the_mark_it_replaces(story: Story) -> None:
    first = story.read("c01", "A1.1", "3")
    second = story.read("c01", "A1.1", "2", "sg", saw=first.seq)
    event = story.ledger[-1].event
    assert isinstance(event, MarkGiven)
    assert event.supersedes == first.seq
    assert second.wire()["award"] == {"exact": "3/2", "shown": "1.50"}
    assert story.totals("c01").total == second.award


@pytest.mark.parametrize("saw", [None, 1, "first"])
def test_a_correction_of_something_not_seen_is_a_conflict_that_shows_the_present(story: Story, saw: object) -> None:
    first = story.read("c01", "A1.1", "3")
    newest = story.read("c01", "A1.1", "2", "sg", saw=first.seq)
    with pytest.raises(Clash) as clash:
        story.read("c01", "A1.1", "5", saw=first.seq if saw == "first" else saw)
    assert clash.value.code == "changed"
    current = clash.value.extra["current"]
    assert {key: current[key] for key in ("seq", "value", "award", "judge", "marked_at", "round")} == {
        "seq": newest.seq,
        "value": "2",
        "award": {"exact": "3/2", "shown": "1.50"},
        "judge": "sg",
        "marked_at": "2020-11-19T12:00:00Z",
        "round": 1,
    }


def test_deciding_changes_nothing(story: Story) -> None:
    before = story.public_bytes(), story.view("ch")
    decide_mark(story.state, story.command("c01", "A2.1", "ch", score=2))
    with pytest.raises(CallerError):
        decide_mark(story.state, story.command("c02", "A2.1", "cn", score=2))
    assert (story.public_bytes(), story.view("ch")) == before
