"""The chief expert's view: everything that needs somebody, and never a hidden score."""

import random
from datetime import timedelta
from typing import Any

import orjson
import pytest

from services.livescore.domain.chief import chief_view
from services.livescore.domain.sheet_detail import sheet_detail
from services.livescore.domain.sheet_rows import Rows
from tests.domain.livescore.conftest import Story, aspect, scheme

BECAUSE = "We looked at the solder joints together once more."


@pytest.fixture
def led(story: Story) -> Story:
    story.seat("ce", "FR", "chief")
    story.seat("scm", "SE", "manager")
    return story


def seen(story: Story, **later: float) -> dict[str, Any]:
    return chief_view(story.state, story.noon + timedelta(**later))


def row(story: Story, form: str, competitor: str = "c01") -> dict[str, Any] | None:
    found: dict[str, Any] | None = seen(story)["sheets"].get(form, {}).get(competitor)
    return found


def fill(story: Story, competitor: str = "c01") -> None:
    """Everything of form A1."""
    story.read(competitor, "A1.1", "2")
    story.read(competitor, "A1.2", "6000")


def test_an_untouched_sheet_has_no_row_and_is_counted(led: Story) -> None:
    assert seen(led)["sheets"] == {}
    assert {form["id"]: form["stages"] for form in seen(led)["forms"]}["A1"] == {"untouched": 4}


def test_a_sheet_goes_through_its_stages_until_it_is_locked(led: Story) -> None:
    def stage() -> object:
        found = row(led, "A1")
        return found and found["stage"]

    led.read("c01", "A1.1", "2")
    assert stage() == "started"
    led.read("c01", "A1.2", "6000")
    assert stage() == "complete"
    led.act("ch", "submit-sheet", form="A1", competitor="c01")
    assert stage() == "submitted"
    led.act("sg", "verify-sheet", form="A1", competitor="c01")
    found = row(led, "A1")
    assert found is not None
    assert (found["stage"], found["unsigned"]) == ("verified", ["ch"])
    led.act("ch", "sign-sheets", form="A1")
    led.act("ce", "sign-sheets", form="A1")
    assert stage() == "locked"
    assert {form["id"]: form["stages"] for form in seen(led)["forms"]}["A1"] == {"locked": 1, "untouched": 3}


def test_who_has_scored_is_named_and_what_is_not(led: Story) -> None:
    """R21: views of two competitions that differ in hidden scores alone are the same bytes."""
    led.score("c01", "A2.1", "cn", 0)
    led.score("c01", "A2.1", "sg", 3)
    found = row(led, "A2")
    assert found is not None
    assert (found["who"], found["done"]) == (["cn", "sg"], 0)
    detail = sheet_detail(led.state, "A2", "c01")
    assert detail is not None
    assert [one["judge"] for one in detail["aspects"][0]["hidden_by"]] == ["cn", "sg"]
    before = orjson.dumps([seen(led), detail])
    for given in led.state.competitors["c01"].cells["A2.1"].hidden.items():  # type: ignore[union-attr]
        led.state.competitors["c01"].cells["A2.1"].hidden[given[0]] = given[1]._replace(score=1)  # type: ignore[union-attr]
    assert orjson.dumps([chief_view(led.state, led.noon), sheet_detail(led.state, "A2", "c01")]) == before


def test_scores_too_far_apart_are_listed_and_after_the_last_round_wait_for_the_chief(led: Story) -> None:
    """R23, R25."""
    led.scores("c01", "A2.1", 0, 1, 3)
    assert seen(led)["apart"] == [
        {"form": "A2", "competitor": "c01", "aspect": "A2.1", "state": "remark", "round": 2, "spread": 3}
    ]
    for _ in range(2):
        led.scores("c01", "A2.1", 0, 1, 3, justification=BECAUSE, saw=None)
    assert [one["state"] for one in seen(led)["apart"]] == ["disputed"]
    found = row(led, "A2")
    assert found is not None
    assert found["stage"] == "disputed"
    led.act("ce", "order-round", competitor="c01", aspect="A2.1", reason=BECAUSE)
    assert [one["state"] for one in seen(led)["apart"]] == ["remark"]


def test_the_leniency_report_counts_every_complete_round_with_exact_means(led: Story) -> None:
    """R30: cn 1, sg 1, ch 2 for GB are -1/2, -1/2 and +1; gb 1, sg 2, ch 2 for CN are -1, +1/2 and +1/2."""
    led.scores("c01", "A2.1", 1, 1, 2)
    led.scores("c02", "A2.1", 1, 2, 2)
    found = {one["judge"]: one for one in seen(led)["leniency"]}
    assert found["ch"]["by_country"] == {
        "GB": {"scores": 1, "mean": {"exact": "1", "shown": "+1.00"}},
        "CN": {"scores": 1, "mean": {"exact": "1/2", "shown": "+0.50"}},
    }
    assert found["sg"]["by_country"]["GB"]["mean"] == {"exact": "-1/2", "shown": "-0.50"}
    assert found["ch"]["apart"] == {"higher": "GB", "lower": "CN", "difference": {"exact": "1/2", "shown": "+0.50"}}
    assert found["gb"]["apart"] is None
    assert seen(led)["spreads"]["A2.1"] == [0, 2, 0, 0]


def test_a_day_is_late_when_the_next_one_has_begun_and_its_sheets_are_not_locked(led: Story) -> None:
    """R2: every form names its day; these name day 2."""
    assert {(form["due_at"], form["late"]) for form in seen(led, days=9)["forms"]} == {(None, False)}
    starts_at = led.noon.isoformat()
    led.act("scm", "set-rules", rules={"starts_at": starts_at})
    assert not any(form["late"] for form in seen(led, hours=48)["forms"])
    assert all(form["late"] for form in seen(led, hours=49)["forms"])


def test_a_panel_that_is_too_small_for_a_sheet_alerts_the_chief_before_anybody_marks(led: Story) -> None:
    """R27: a conflict of interest leaves two, and there is no substitute."""
    led.act("ce", "name-panel", form="A2", judges=["sg", "ch", "gb", "cn"])
    assert row(led, "A2") is None
    led.act("ce", "declare-conflict", judge="sg", competitor="c01", kind="trainer")
    found = row(led, "A2")
    assert found is not None
    assert (found["stage"], found["short"]) == ("untouched", 1)
    assert seen(led)["conflicts"][0]["judge"] == "sg"
    assert [(one["steps_out"], one["steps_in"]) for one in seen(led)["swaps"] if one["competitor"] == "c01"] != []


def test_two_pairs_that_differ_are_listed_and_readings_far_apart_are_flagged_even_when_worth_the_same() -> None:
    """R40, R41 and W8: 3 and 4 errors differ by 0.25; 9 and 12 errors are both worth nothing."""
    dual = aspect("A1.1", "2.00", {"pattern": "deduct", "step": "0.25"}).model_copy(update={"dual": True})
    story = Story(imported=scheme(dual))
    story.seat("ce", "FR", "chief")
    story.act("ce", "name-panel", form="A1", judges=["sg", "ch"], pairs=[["sg"], ["ch"]])
    story.read("c01", "A1.1", "3", "sg")
    assert seen(story)["apart"] == []
    detail = sheet_detail(story.state, "A1", "c01")
    assert detail is not None
    assert [(one["pair"], one["judge"]) for one in detail["aspects"][0]["hidden_by"]] == [("1", "sg")]
    story.read("c01", "A1.1", "4", "ch")
    story.read("c02", "A1.1", "9", "sg")
    story.read("c02", "A1.1", "12", "ch")
    found = {one["competitor"]: (one["state"], one["readings"]) for one in seen(story)["apart"]}
    assert found == {"c01": ("remark", ["3", "4"]), "c02": ("settled", ["9", "12"])}


def test_what_waits_for_the_other_person_is_listed_until_it_is_decided(led: Story) -> None:
    interval = {"kind": "time_back", "competitor": "c01", "seconds": 60}
    led.act("ce", "record-outage", remedy=interval, reason=BECAUSE)
    (proposal,) = seen(led)["proposals"]
    assert (proposal["by"], proposal["office"], proposal["act"]["act"]) == ("ce", "chief", "record-outage")
    led.act("scm", "approve", proposal=proposal["id"])
    assert seen(led)["proposals"] == []
    assert seen(led)["outages"][0]["remedy"]["seconds"] == 60


def test_rows_kept_from_before_give_the_same_view_as_new_ones_whatever_happened(led: Story) -> None:
    """Random histories: bringing up to date what was kept must never differ from working it all out."""
    dice, kept = random.Random(11), Rows()
    for step in range(120):
        competitor = dice.choice(["c01", "c02", "c03", "c04"])
        aspect = dice.choice(["A1.1", "A1.2", "B1.1", "A2.1", "B1.2"])
        try:
            match dice.randrange(8):
                case 0:
                    led.act("ch", "submit-sheet", form=aspect[:2], competitor=competitor)
                case 1:
                    led.act("sg", "verify-sheet", form=aspect[:2], competitor=competitor)
                case 2:
                    led.act("ce", "return-sheet", form=aspect[:2], competitor=competitor, reason=BECAUSE)
                case 3 if step % 10 == 0:
                    led.act("ce", "declare-conflict", judge="ch", competitor=competitor, kind="other")
                case _:
                    judge = dice.choice(["gb", "cn", "sg", "ch"])
                    if aspect in {"A2.1", "B1.2"}:
                        led.score(competitor, aspect, judge, dice.randrange(4), justification=BECAUSE)
                    else:
                        led.read(competitor, aspect, "1", judge)
        except Exception:  # refused by a rule, as it should be
            continue
        if step % 3 == 0:
            assert chief_view(led.state, led.noon, kept) == chief_view(led.state, led.noon)
    assert chief_view(led.state, led.noon, kept) == chief_view(led.state, led.noon)
    assert kept.refresh(led.state)


def test_after_a_mark_only_its_own_sheet_is_looked_at(led: Story) -> None:
    kept = Rows()
    led.read("c01", "A1.1", "2")
    assert kept.refresh(led.state)
    assert kept.looked_at == 3 * 4
    led.read("c02", "A1.1", "2")
    led.read("c02", "A1.2", "6000")
    assert kept.refresh(led.state)
    assert kept.looked_at == 3 * 4 + 1


def test_in_pieces_it_comes_to_the_same_also_when_marks_are_given_meanwhile(led: Story) -> None:
    kept = Rows()
    led.read("c01", "A1.1", "2")
    pieces = 0
    while not kept.refresh(led.state, at_most=2):
        pieces += 1
        if pieces in {2, 4}:
            fill(led, f"c0{pieces}")
    assert pieces >= 6
    assert chief_view(led.state, led.noon, kept) == chief_view(led.state, led.noon)


def test_a_deadline_is_known_with_start_and_allotted_time_and_moves_with_time_given_back(led: Story) -> None:
    """R77."""

    def deadlines() -> dict[str, str | None]:
        return {one["id"]: one["deadline"] for one in seen(led)["competitors"]}

    assert set(deadlines().values()) == {None}
    led.act("scm", "set-rules", rules={"starts_at": "2026-11-20T09:00:00Z", "allotted_seconds": 7200})
    remedy = {"kind": "time_back", "competitor": "c01", "seconds": 600}
    asked = led.act("scm", "record-outage", remedy=remedy, reason="the power was off at this bench")
    led.act("ce", "approve", proposal=asked.id)
    assert deadlines()["c01"] == "2026-11-20T11:10:00Z"
    assert deadlines()["c02"] == "2026-11-20T11:00:00Z"
    assert seen(led)["rules"]["allotted_seconds"] == 7200
    assert seen(led)["default_rules"]["allotted_seconds"] is None


def test_medals_that_depart_are_seen_once_two_people_agree(led: Story) -> None:
    """R65."""
    medals = {"c01": "gold", "c02": None}
    asked = led.act("ce", "depart-medals", medals=medals, reason="decided by the assembly")
    assert seen(led)["departures"] == {}
    led.act("scm", "approve", proposal=asked.id)
    assert seen(led)["departures"] == medals
