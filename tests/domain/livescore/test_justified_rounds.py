"""Another round is justified by the coordinator before anybody marks in it; without one, by who marks first (R24)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from services.livescore.domain.marking import cell_view
from services.livescore.domain.results.why_mark import why_mark
from services.livescore.domain.sheet_detail import sheet_detail
from shared.contracts.livescore import JudgeUnseated, MarkGiven
from shared.contracts.sheets import RoundJustified
from shared.errors import CallerError
from tests.domain.livescore.sheets_given import fill, locked, reopened, staffed

if TYPE_CHECKING:
    from tests.domain.livescore.conftest import Story

WHY = "We looked again at the ground plane together."


@pytest.fixture
def led(story: Story) -> Story:
    """`gb` coordinates the sheets of the British, who are marked by sg, ch and cn."""
    staffed(story)
    story.act("chief", "name-panel", form="A2", judges=["sg", "ch", "cn"], coordinator="gb")
    return story


def justify(story: Story, who: str = "gb", text: str = WHY, competitor: str = "c01") -> None:
    story.act(who, "justify-round", competitor=competitor, aspect="A2.1", justification=text)


def apart(story: Story) -> None:
    for judge, score in (("sg", 1), ("ch", 2), ("cn", 3)):
        story.score("c01", "A2.1", judge, score)


def refusal(story: Story, what: Any) -> str:
    seq = len(story.ledger)
    with pytest.raises(CallerError) as refused:
        what()
    assert len(story.ledger) == seq
    return refused.value.code


def test_r24_no_score_of_another_round_is_taken_before_the_coordinator_has_justified_it(led: Story) -> None:
    apart(led)
    for words in ({}, {"justification": WHY}):
        assert refusal(led, lambda words=words: led.score("c01", "A2.1", "sg", 2, **words)) == "coordinator_justifies"
    justify(led)
    assert [led.score("c01", "A2.1", judge, 2).state for judge in ("sg", "ch", "cn")] == [
        "waiting", "waiting", "settled",
    ]  # fmt: skip


def test_r24_only_the_coordinator_of_that_sheet_justifies(led: Story) -> None:
    """The British judge leads the sheets of the British; on those of the Chinese, `gb` scores and `cn` leads."""
    apart(led)
    for other in ("sg", "ch", "cn"):
        assert refusal(led, lambda other=other: justify(led, other)) == "not_coordinator"
    assert refusal(led, lambda: justify(led, "gb", competitor="c02")) == "not_coordinator"
    assert refusal(led, lambda: justify(led, "chief")) == "wrong_office"


def test_r24_where_nobody_coordinates_the_first_mark_of_the_round_says_why(story: Story) -> None:
    apart(story)
    assert refusal(story, lambda: justify(story)) == "no_coordinator"
    assert refusal(story, lambda: story.score("c01", "A2.1", "sg", 2)) == "justification_needed"
    assert story.score("c01", "A2.1", "sg", 2, justification=WHY).round == 2


@pytest.mark.parametrize("text", ["too short", "nineteen characters"])
def test_r24_a_justification_is_as_long_as_the_rules_ask(led: Story, text: str) -> None:
    apart(led)
    assert refusal(led, lambda: justify(led, text=text)) == "justification_needed"


def test_r24_each_round_has_one_justification_and_none_comes_before_a_round_is_complete(led: Story) -> None:
    assert refusal(led, lambda: justify(led)) == "no_new_round"
    led.score("c01", "A2.1", "sg", 1)
    assert refusal(led, lambda: justify(led)) == "no_new_round"
    led.score("c01", "A2.1", "ch", 2)
    led.score("c01", "A2.1", "cn", 3)
    justify(led)
    assert refusal(led, lambda: justify(led, text=WHY + " Again.")) == "justified"
    apart_again = [led.score("c01", "A2.1", judge, score).state for judge, score in (("sg", 0), ("ch", 2), ("cn", 3))]
    assert apart_again[-1] == "remark"
    assert refusal(led, lambda: led.score("c01", "A2.1", "sg", 2)) == "coordinator_justifies"
    justify(led, text=WHY + " Again.")
    assert led.score("c01", "A2.1", "sg", 2).round == 3


def test_r24_what_stands_and_was_not_reopened_is_not_justified_anew(led: Story) -> None:
    for judge in ("sg", "ch", "cn"):
        led.score("c01", "A2.1", judge, 2)
    assert refusal(led, lambda: justify(led)) == "revealed"


def test_r24_after_three_rounds_that_do_not_agree_the_chief_orders_one_more_before_it_is_justified(led: Story) -> None:
    apart(led)
    for _ in (2, 3):
        justify(led)
        apart(led)
    assert refusal(led, lambda: justify(led)) == "disputed"
    led.act("chief", "order-round", competitor="c01", aspect="A2.1", reason=WHY)
    assert refusal(led, lambda: led.score("c01", "A2.1", "sg", 2)) == "coordinator_justifies"
    justify(led)
    assert led.score("c01", "A2.1", "sg", 2).round == 4


def test_r22_r24_a_reopened_sheet_is_given_again_after_the_coordinator_said_why(led: Story) -> None:
    fill(led, "A2", "c01")
    led.act("gb", "submit-sheet", form="A2", competitor="c01")
    assert refusal(led, lambda: justify(led)) == "sheet_state"
    led.act("chief", "verify-sheet", form="A2", competitor="c01")
    for judge in ("sg", "ch", "cn", "gb"):
        led.act(judge, "sign-sheets", form="A2")
    led.act("chief", "sign-sheets", form="A2")
    reopened(led, "A2", "c01")
    assert refusal(led, lambda: led.score("c01", "A2.1", "sg", 1)) == "coordinator_justifies"
    justify(led)
    assert led.score("c01", "A2.1", "sg", 1).round == 2


def test_r21_a_round_that_somebody_has_begun_is_refused_to_the_others_like_one_that_nobody_has(led: Story) -> None:
    """A ledger of before: a mark of the new round was taken with the judge's own words."""
    apart(led)
    mark = led.ledger[-1].event
    assert isinstance(mark, MarkGiven)
    led.given(mark.model_copy(update={"mark": "mark-before", "judge": "sg", "round": 2, "justification": WHY}))
    assert led.state.cell("c01", "A2.1").hidden  # type: ignore[union-attr]
    assert refusal(led, lambda: led.score("c01", "A2.1", "ch", 2)) == "coordinator_justifies"
    justify(led)
    assert led.score("c01", "A2.1", "ch", 2).state == "waiting"
    assert led.score("c01", "A2.1", "cn", 2).state == "settled"


def test_r21_a_new_round_in_a_reopened_sheet_shows_nobody_that_somebody_else_has_begun_it(story: Story) -> None:
    staffed(story)
    locked(story, "A2", "c01")
    reopened(story, "A2", "c01")
    before = [cell_view(story.state.cell("c01", "A2.1"), judge) for judge in ("ch", "cn", "gb")]
    story.score("c01", "A2.1", "sg", 0, justification=WHY)
    assert [cell_view(story.state.cell("c01", "A2.1"), judge) for judge in ("ch", "cn", "gb")] == before


def test_r24_everybody_on_the_panel_reads_why_and_who_leads_sees_it_also_in_the_history(led: Story) -> None:
    apart(led)
    form = next(one for part in led.view("gb")["criteria"] for one in part["sub_criteria"] if one["id"] == "A2")
    assert (form["submits"], form["coordinated"]) == (["c01", "c03"], ["c01", "c02", "c03", "c04"])
    assert "justified" not in (led.cell("sg", "c01", "A2.1") or {})
    justify(led)
    assert (led.cell("sg", "c01", "A2.1") or {})["justified"] == WHY
    detail = sheet_detail(led.state, "A2", "c01")
    assert detail is not None
    assert detail["aspects"][0]["justified"] == WHY
    for judge in ("sg", "ch", "cn"):
        led.score("c01", "A2.1", judge, 2)
    assert "justified" not in (led.cell("sg", "c01", "A2.1") or {})
    facts = {one.seq: one for one in led.ledger}
    explained = why_mark(led.state, "c01", "A2.1", facts)
    assert explained is not None
    assert [one["justification"] for one in explained["rounds"]] == [None, WHY]


def test_r24_the_justification_is_recorded_with_its_author_and_round_and_survives_a_rebuild(led: Story) -> None:
    apart(led)
    justify(led)
    (event,) = [one.event for one in led.ledger if isinstance(one.event, RoundJustified)]
    assert (event.by, event.office, event.round, event.justification) == ("gb", "judge", 2, WHY)
    rebuilt, standings = led.rebuilt()
    assert rebuilt.cell("c01", "A2.1") == led.state.cell("c01", "A2.1")
    assert standings.board("epoch") == led.standings.board("epoch")


def test_r24_where_the_coordinator_was_revoked_the_next_without_a_seat_leads(led: Story) -> None:
    led.seat("no", "NO")
    led.act("chief", "name-panel", form="A2", judges=["sg", "ch", "no", "cn"], coordinator="gb")
    led.given(JudgeUnseated(judge="gb", source_seq=90))
    found = led.state.seats("A2", led.state.competitors["c01"])
    assert found is not None
    assert (found.judges, found.coordinator) == (("sg", "ch", "no"), "cn")
