"""What stands after an outage, an amendment or a plan has come in between; two scorers once disagreed about it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from services.livescore.domain.public import Public
from shared.contracts.livescore import SchemeImported
from tests.domain.livescore.conftest import Story, aspect, scheme
from tests.domain.livescore.sheets_given import locked, reopened, staffed

if TYPE_CHECKING:
    from shared.contracts.scheme import Aspect, Scheme

WHY = "the scheme named the wrong pattern"
AGAIN = "both readings were looked at again together"


def dual(measure: dict[str, Any]) -> Aspect:
    return aspect("A1.1", "20.00", measure).model_copy(update={"dual": True})


def whole(*aspects: Aspect) -> Scheme:
    """With a judged aspect for the marks that are left of 100."""
    left = 100 - sum(int(float(one.max)) for one in aspects)
    return scheme(*aspects, aspect("B1.1", f"{left}.00"))


def amend(story: Story, amended: Scheme) -> None:
    story.both("amend-scheme", scheme=amended.model_dump(mode="json", exclude_none=True), reason=WHY)


@pytest.fixture
def pairs() -> Story:
    """Two pairs count errors."""
    story = staffed(Story(imported=whole(dual({"pattern": "deduct", "step": "1"}))))
    story.act("chief", "name-panel", form="A1", judges=["gb", "cn", "sg", "ch"], pairs=[["gb", "sg"], ["cn", "ch"]])
    return story


def justify(pairs: Story) -> None:
    pairs.act("gb", "justify-round", competitor="c01", aspect="A1.1", justification=AGAIN)


def remove_time(story: Story) -> None:
    remedy = {"kind": "time_back", "competitor": "c03", "seconds": 60}
    story.both("record-outage", remedy=remedy, reason="the mains failed in one room")


def test_an_outage_elsewhere_leaves_an_award_at_the_last_round_that_stood(story: Story) -> None:
    """R23: a later round that is too far apart is worth nothing, also when awards are worked out anew."""
    staffed(story)
    locked(story, "A2", "c01", 2, 2, 3)
    reopened(story, "A2", "c01")
    story.scores("c01", "A2.1", 0, 2, 3, justification=AGAIN)
    remove_time(story)
    assert str(story.totals("c01").by_form["A2"]) == "28/9"


def test_a_choice_between_two_pairs_outlives_an_outage_in_the_round_after_it(pairs: Story) -> None:
    """R41: the reading that was chosen counts until another round stands."""
    pairs.read("c01", "A1.1", "1", "sg")
    pairs.read("c01", "A1.1", "2", "cn")
    justify(pairs)
    pairs.read("c01", "A1.1", "3", "sg")
    pairs.read("c01", "A1.1", "4", "cn")
    pairs.act("chief", "decide-dual", competitor="c01", aspect="A1.1", pair=2, reason=AGAIN)
    pairs.act("gb", "submit-sheet", form="A1", competitor="c01")
    pairs.act("chief", "verify-sheet", form="A1", competitor="c01")
    for judge in ("gb", "cn", "sg", "ch"):
        pairs.act(judge, "sign-sheets", form="A1")
    pairs.act("chief", "sign-sheets", form="A1")
    reopened(pairs, "A1", "c01")
    justify(pairs)
    pairs.read("c01", "A1.1", "9", "sg")
    remove_time(pairs)
    assert str(pairs.totals("c01").total) == "16"


def test_an_amendment_asks_for_a_reading_anew_that_is_still_hidden_and_means_nothing_any_more(pairs: Story) -> None:
    """R9, R16: its time would come with the other pair's reading, and then it could not be counted."""
    pairs.read("c01", "A1.1", "1", "sg")
    amend(pairs, whole(dual({"pattern": "full"})))
    pairs.read("c01", "A1.1", "met", "cn")
    assert pairs.totals("c01").missing == ("A1.1", "B1.1")
    pairs.read("c01", "A1.1", "met", "sg")
    assert str(pairs.totals("c01").total) == "20"


def test_full_marks_are_on_the_board_of_who_enters_after_them(story: Story) -> None:
    """R76: the award is the maximum for every competitor."""
    staffed(story)
    remedy = {"kind": "full_marks", "aspects": ["A1.2"]}
    story.both("record-outage", remedy=remedy, reason="the mains failed in one room")
    story.enter("05", "CN")
    assert story.rows()["c05"]["total"] == story.rows()["c01"]["total"] == "5.00"


def test_who_enters_behind_a_frozen_picture_is_counted_once(story: Story) -> None:
    """R55, R76: nobody has looked at the row before its first mark."""
    staffed(story)
    remedy = {"kind": "full_marks", "aspects": ["A1.2"]}
    story.both("record-outage", remedy=remedy, reason="the mains failed in one room")
    story.act("chief", "freeze")
    story.enter("05", "CN")
    story.read("c05", "B1.1", "12.1")
    story.act("chief", "thaw")
    assert (story.rows()["c05"]["marked"], story.rows()["c05"]["total"]) == (2, "8.00")


def test_full_marks_follow_a_scheme_that_is_imported_before_the_first_mark(story: Story) -> None:
    """R76."""
    staffed(story)
    remedy = {"kind": "full_marks", "aspects": ["A1.2"]}
    story.both("record-outage", remedy=remedy, reason="the mains failed in one room")
    story.given(SchemeImported(version=2, digest="second", scheme=whole(aspect("A1.2", "7.00", {"pattern": "full"}))))
    assert story.rows()["c01"]["total"] == "7.00"


def test_nothing_is_under_review_on_a_form_that_is_no_more(story: Story) -> None:
    """R52: the label is for something that is public."""
    staffed(story)
    amend(story, whole(aspect("A1.1", "20.00", {"pattern": "full"}), aspect("A2.1", "20.00")))
    locked(story, "A2", "c01")
    reopened(story, "A2", "c01")
    assert story.rows()["c01"]["review"]
    amend(story, whole(aspect("A1.1", "20.00", {"pattern": "full"})))
    assert "review" not in story.rows()["c01"]


def test_a_plan_that_has_come_true_is_not_taken_back(story: Story) -> None:
    """R55: what is recorded after the planned time finds the picture frozen, for who decides as for who looks."""
    staffed(story)
    at = story.noon + timedelta(minutes=5)
    story.act("chief", "plan-freeze", at=at.isoformat())
    public = Public(story.id)
    story.act("chief", "plan-freeze", now=at - timedelta(seconds=1), at=None)
    for recorded in story.ledger:
        public.apply(recorded)
    assert [one.release.frozen for one in (story.state, public.standings.state)] == [False, False]
    story.act("chief", "plan-freeze", at=at.isoformat())
    story.read("c01", "A1.1", "1", at="2020-11-19T12:05:01Z")
    assert story.state.release.frozen
    assert story.rows()["c01"]["marked"] == 0
    story.act("chief", "thaw", now=at + timedelta(minutes=1))
    assert story.rows()["c01"]["marked"] == 1
