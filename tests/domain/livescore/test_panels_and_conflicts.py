"""Who marks a sheet: panels, compatriots, conflicts of interest, substitution (R26-R29); two pairs (R39-R41); blind
pieces (R32)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from services.livescore.domain.panels import Judge, Panel, Panels, fewest_judges
from shared.contracts.acts import SchemeAmended
from shared.contracts.sheets import SeatSwapped
from shared.errors import Clash, Forbidden, Rejected
from tests.domain.livescore.conftest import Story, aspect, scheme
from tests.domain.livescore.sheets_given import refused, staffed, submitted

if TYPE_CHECKING:
    from collections.abc import Sequence

DUAL = scheme(
    aspect("A1.1", "2.00", {"pattern": "deduct", "step": "0.25"}).model_copy(update={"dual": True}),
    aspect("A2.1", "4.00"),
)


@pytest.fixture
def story(story: Story) -> Story:
    return staffed(story)


@pytest.fixture
def dual() -> Story:
    found = staffed(Story(imported=DUAL))
    found.act("chief", "name-panel", form="A1", judges=["sg", "ch", "gb", "cn"], pairs=[["sg"], ["ch"]])
    return found


def measure_together(story: Story) -> None:
    """The compatriot coordinates and says why both pairs measure once more (R24)."""
    story.act("gb", "justify-round", competitor="c01", aspect="A1.1", justification="both pairs measure together now")


def seats(story: Story, form: str, competitor: str) -> tuple[str, ...]:
    found = story.state.seats(form, story.state.competitors[competitor])
    assert found is not None
    return found.judges


@pytest.mark.parametrize(
    ("team", "enough"),
    [
        (("GB", "GB", "CN", "CN"), False),
        (("GB", "CN", "SG", "CH"), True),
        (("GB", "GB", "CN", "CN", "SG"), True),
        (("GB", "GB", "GB", "CN", "CN", "CN"), True),
        (("SG", "CH", "FR"), True),
    ],
)
def test_w12_r28_a_team_has_three_who_may_mark_for_either_nation(team: Sequence[str], enough: bool) -> None:
    judges = {f"j{number}": Judge(f"j{number}", country) for number, country in enumerate(team)}
    panels = Panels(by_form={"A1": Panel(tuple(judges), None, None, "mixed", 1)})
    found = [panels.seats(judges, "A1", "somebody", country) for country in ("GB", "CN")]
    assert all(one is not None and one.short == 0 for one in found) is enough


def test_r28_the_fewest_judges_when_two_nations_take_part() -> None:
    assert [fewest_judges(neutral) for neutral in range(5)] == [6, 5, 4, 3, 3]


def test_r29_in_mixed_mode_the_seat_of_a_compatriot_goes_to_the_other_and_the_compatriot_coordinates(
    story: Story,
) -> None:
    story.act("chief", "name-panel", form="A2", judges=["sg", "ch", "gb", "cn"], mode="mixed")
    assert (seats(story, "A2", "c01"), seats(story, "A2", "c02")) == (("sg", "ch", "cn"), ("sg", "ch", "gb"))
    lead = story.state.seats("A2", story.state.competitors["c01"])
    assert lead is not None
    assert lead.coordinator == "gb"


def test_r27_the_coordinator_takes_a_blocked_seat_and_the_swap_is_recorded(story: Story) -> None:
    story.act("chief", "name-panel", form="A2", judges=["sg", "cn", "gb"], coordinator="ch")
    swaps = [one.event for one in story.ledger if isinstance(one.event, SeatSwapped)]
    assert {(one.competitor, one.steps_out, one.steps_in, one.why) for one in swaps} == {
        ("c01", "gb", "ch", "compatriot"),
        ("c03", "gb", "ch", "compatriot"),
        ("c02", "cn", "ch", "compatriot"),
        ("c04", "cn", "ch", "compatriot"),
    }
    found = story.state.seats("A2", story.state.competitors["c01"])
    assert found is not None
    assert (found.judges, found.coordinator) == (("sg", "cn", "ch"), "gb")


def test_r28_a_panel_that_cannot_mark_everybody_is_refused(story: Story) -> None:
    refusal = refused(story, "chief", "name-panel", form="A2", judges=["sg", "gb", "cn"])
    assert (refusal.code, refusal.faults[0].rule) == ("too_few_judges", "R28")


def test_r29_mirrored_panels_take_two_people_and_the_board_says_so(story: Story) -> None:
    for judge, country in (("gb2", "GB"), ("gb3", "GB"), ("cn2", "CN"), ("cn3", "CN")):
        story.seat(judge, country)
    team = ["gb", "gb2", "gb3", "cn", "cn2", "cn3"]
    story.act("chief", "name-panel", form="A2", judges=team, mode="mirrored")
    assert "A2" not in story.state.panels.by_form
    story.act("manager", "approve", proposal=next(iter(story.state.proposals)))
    assert seats(story, "A2", "c01") == ("cn", "cn2", "cn3")
    assert story.standings.board("epoch").head["notice"] == ["mirrored"]


def test_who_is_not_on_the_panel_does_not_mark(story: Story) -> None:
    story.seat("fr", "FR")
    story.act("chief", "name-panel", form="A2", judges=["sg", "ch", "fr"])
    with pytest.raises(Forbidden) as refusal:
        story.score("c01", "A2.1", "cn", 2)
    assert refusal.value.code == "not_on_panel"
    assert story.score("c01", "A2.1", "fr", 2).state == "waiting"


def test_r27_a_declared_conflict_bars_as_if_they_were_compatriots(story: Story) -> None:
    story.act("sg", "declare-conflict", judge="sg", competitor="c01", kind="trainer")
    with pytest.raises(Forbidden) as refusal:
        story.read("c01", "A1.1", "1", judge="sg")
    assert (refusal.value.code, refusal.value.faults[0].rule) == ("conflict", "R27")
    assert story.read("c02", "A1.1", "1", judge="sg").state == "settled"
    story.act("chief", "clear-conflict", judge="sg", competitor="c01", reason="they are namesakes only")
    assert story.read("c01", "A1.1", "1", judge="sg").state == "settled"


def test_r27_a_conflict_moves_the_next_judge_into_the_seat(story: Story) -> None:
    story.seat("fr", "FR")
    story.act("chief", "name-panel", form="A2", judges=["sg", "ch", "fr"], coordinator="cn")
    story.act("ch", "declare-conflict", judge="ch", competitor="c01", kind="college")
    assert seats(story, "A2", "c01") == ("sg", "fr", "cn")
    assert seats(story, "A2", "c02") == ("sg", "ch", "fr")
    assert story.state.swaps["A2", "c01"].why == "conflict"


def test_r27_a_judge_declares_only_the_own_conflicts(story: Story) -> None:
    assert refused(story, "sg", "declare-conflict", judge="ch", competitor="c01", kind="family").code == "not_yours"
    story.act("chief", "declare-conflict", judge="ch", competitor="c01", kind="family")


def test_the_coordinator_submits_where_there_is_one(story: Story) -> None:
    """R20, R42."""
    story.act("chief", "name-panel", form="A2", judges=["sg", "ch", "cn", "gb"], coordinator=None)
    story.scores("c01", "A2.1", 2, 2, 2)
    assert refused(story, "sg", "submit-sheet", form="A2", competitor="c01").code == "not_coordinator"
    story.act("gb", "submit-sheet", form="A2", competitor="c01")
    assert story.state.sheet("A2", "c01").state == "submitted"


def test_r39_the_other_pair_reads_nothing_before_both_are_in(dual: Story) -> None:
    assert dual.read("c01", "A1.1", "3", judge="sg").state == "waiting"
    assert dual.cell("ch", "c01", "A1.1") is None
    assert dual.cell("sg", "c01", "A1.1") == dual.cell("sg", "c01", "A1.1") is not None
    assert dual.read("c01", "A1.1", "3", judge="ch").state == "settled"
    assert dual.totals("c01").by_form["A1"] * 4 == 5


def test_r39_two_of_one_pair_see_each_others_reading_when_they_clash() -> None:
    story = staffed(Story(imported=DUAL))
    story.seat("fr", "FR")
    story.seat("no", "NO")
    story.act("chief", "name-panel", form="A1", judges=["sg", "ch", "fr", "no"], pairs=[["sg", "fr"], ["ch", "no"]])
    with pytest.raises(Forbidden):
        story.read("c01", "A1.1", "3", judge="no")
    story.read("c01", "A1.1", "3", judge="sg")
    with pytest.raises(Clash) as clash:
        story.read("c01", "A1.1", "4", judge="fr")
    assert clash.value.extra["current"]["value"] == "3"


def test_w8_r41_pairs_that_differ_measure_again_and_nothing_is_averaged(dual: Story) -> None:
    dual.read("c01", "A1.1", "3", judge="sg")
    assert dual.read("c01", "A1.1", "4", judge="ch").state == "remark"
    assert "A1" not in dual.totals("c01").by_form
    measure_together(dual)
    dual.read("c01", "A1.1", "3", judge="sg")
    assert dual.read("c01", "A1.1", "3", judge="ch").state == "settled"


def test_r41_the_chief_expert_decides_between_two_readings(dual: Story) -> None:
    for round_ in (1, 2):
        if round_ == 2:
            measure_together(dual)
        dual.read("c01", "A1.1", "3", judge="sg")
        dual.read("c01", "A1.1", "4", judge="ch")
    assert dual.cell("sg", "c01", "A1.1")["state"] == "disputed"  # type: ignore[index]
    dual.act("chief", "decide-dual", competitor="c01", aspect="A1.1", pair=2, reason="the second gauge was calibrated")
    assert dual.totals("c01").by_form["A1"] == 1
    assert dual.rows()["c01"]["total"] == "1.00"


def test_r41_pairs_whose_readings_are_worth_different_things_after_an_amendment_agree_no_more(dual: Story) -> None:
    dual.read("c01", "A1.1", "8", judge="sg")
    assert dual.read("c01", "A1.1", "9", judge="ch").state == "settled"
    amended = SchemeAmended(
        command="amend-0001", fingerprint="", by="manager", office="manager", done_at=dual.noon, proposal="amend-0001",
        proposed_by="chief", reason="the step was misprinted", version=2, digest="second",
        scheme=scheme(
            aspect("A1.1", "2.00", {"pattern": "deduct", "step": "0.20"}).model_copy(update={"dual": True}),
            aspect("A2.1", "4.00"),
        ),
    )  # fmt: skip
    dual.given(amended)
    assert dual.cell("sg", "c01", "A1.1")["state"] == "remark"  # type: ignore[index]
    assert dual.totals("c01").missing == ("A1.1", "A2.1")


def test_r39_two_pairs_have_to_be_named_first() -> None:
    unnamed = staffed(Story(imported=DUAL))
    with pytest.raises(Rejected) as refusal:
        unnamed.read("c01", "A1.1", "3", judge="sg")
    assert refusal.value.code == "no_pairs"
    refusal_of_panel = refused(unnamed, "chief", "name-panel", form="A1", judges=["sg", "ch", "gb", "cn"])
    assert refusal_of_panel.code == "pairs_missing"


def test_r32_a_blind_form_shows_numbers_and_nobody(story: Story) -> None:
    story.act("chief", "blind-forms", forms=["A2"], blind=True)
    form = next(
        sub for criterion in story.view("sg")["criteria"] for sub in criterion["sub_criteria"] if sub["id"] == "A2"
    )
    pieces = form["pieces"]
    assert len(pieces) == 4
    with pytest.raises(Rejected) as refusal:
        story.score("c01", "A2.1", "sg", 2)
    assert refusal.value.code == "unknown_piece"
    story.score(pieces[0], "A2.1", "sg", 2)
    view = story.view("sg")
    assert list(view["cells"]) == [pieces[0]]
    whose = next(iter(one.id for one in story.state.competitors.values() if one.cells))
    assert whose not in json.dumps(view["cells"]) + json.dumps(view["sheets"])


def test_r32_a_judge_gets_no_number_of_a_compatriot(story: Story) -> None:
    story.act("chief", "blind-forms", forms=["A2"], blind=True)
    story.act("chief", "name-panel", form="A2", judges=["sg", "ch", "gb", "cn"], mode="mixed")
    form = next(sub for one in story.view("gb")["criteria"] for sub in one["sub_criteria"] if sub["id"] == "A2")
    assert len(form["marks"]) == 2
    barred = next(piece for piece in form["pieces"] if piece not in form["marks"])
    with pytest.raises(Forbidden):
        story.score(barred, "A2.1", "gb", 2)


def test_a_panel_does_not_change_under_a_submitted_sheet(story: Story) -> None:
    submitted(story, "A2", "c01")
    refusal = refused(story, "chief", "name-panel", form="A2", competitor="c01", judges=["sg", "ch", "cn"])
    assert refusal.code == "sheet_state"
