"""R47, R48, R65: what a result waits for, who makes it final, and what changes it after that. R9: amendments."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from services.livescore.domain.conclusion import final_result, present_result
from services.livescore.domain.deciding.results import missing
from shared.contracts.livescore import CompetitorStatusSet
from shared.contracts.scheme import Scheme
from tests.domain.livescore.conftest import MEASURES, SMALL_SCHEME, Story, aspect, scheme
from tests.domain.livescore.sheets_given import all_locked, fill, locked, refused, reopened, sign_all, staffed

NOW = datetime.fromisoformat("2020-11-19T18:00:00Z")


def hundred(**other: tuple[str, dict[str, Any]]) -> Scheme:
    """The small scheme filled up to 100 marks, with some aspects otherwise."""
    measures = MEASURES | other
    return scheme(
        *(aspect(id_, maximum, measure) for id_, (maximum, measure) in measures.items()),
        aspect("A2.1", "4.00"),
        aspect("B1.2", "2.00"),
        aspect("C1.1", str(100 - 6 - sum(Fraction(maximum) for maximum, _ in measures.values())), {"pattern": "full"}),
    )


@pytest.fixture
def story(story: Story) -> Story:
    return staffed(story)


def finalise(story: Story) -> None:
    story.both("finalise", reason="all sheets are signed")


def test_r47_finalising_is_refused_with_the_list_of_what_is_missing(story: Story) -> None:
    locked(story, "A2", "c01")
    refusal = refused(story, "chief", "finalise", reason="we are done")
    assert refusal.code == "not_ready"
    assert {"what": "unmarked", "form": "A1", "competitor": "c01", "detail": "A1.1, A1.2"} in refusal.extra["missing"]
    assert {"what": "not_locked", "form": "A2", "competitor": "c02", "detail": "open"} in refusal.extra["missing"]
    assert not [one for one in refusal.extra["missing"] if one["form"] == "A2" and one["competitor"] == "c01"]


def test_r47_open_appeals_and_their_time_block(story: Story) -> None:
    all_locked(story)
    assert missing(story.state, NOW) == []
    story.act("chief", "show-sheets")
    text = "my circuit was switched off while it was measured"
    appeal = story.act("c01", "file-appeal", competitor="c01", text=text).id
    assert [(one.what, one.detail) for one in missing(story.state, NOW)] == [("appeal_open", appeal)]
    soon = {one.what for one in missing(story.state, story.noon)}
    assert soon == {"appeal_open", "appeals_open_until"}


def test_r57_nothing_is_final_while_somebody_may_still_work(story: Story) -> None:
    start = NOW - timedelta(hours=2)
    story.act("chief", "set-rules", rules={"starts_at": start.isoformat(), "allotted_seconds": 7200})
    story.both("record-outage", remedy={"kind": "time_back", "competitor": "c02", "seconds": 60}, reason="a fuse blew")
    all_locked(story)
    (found,) = missing(story.state, NOW)
    assert (found.what, found.competitor, found.detail) == ("still_working", "c02", "2020-11-19T18:01:00+00:00")
    assert missing(story.state, NOW + timedelta(seconds=60)) == []


def test_r38_who_does_not_compete_keeps_nobody_waiting(story: Story) -> None:
    story.leave("c04")
    all_locked_but(story, "c04")
    assert missing(story.state, NOW) == []


def all_locked_but(story: Story, *left_out: str) -> None:
    for number, competitor in enumerate(story.state.competitors):
        if competitor not in left_out:
            for form in ("A1", "A2", "B1"):
                locked(story, form, competitor, *(((number + 1) % 4,) * 3))


def test_r48_two_people_finalise_and_the_digest_covers_the_result(story: Story) -> None:
    all_locked(story)
    expected = present_result(story.state, 1).digest
    finalise(story)
    final = story.state.final
    assert final is not None
    assert (final.version, final.digest, final.proposed_by, final.approved_by) == (1, expected, "chief", "manager")
    result = final_result(story.state)
    assert result is not None
    assert result.digest == expected


def test_r48_nothing_is_finalised_twice(story: Story) -> None:
    all_locked(story)
    finalise(story)
    assert refused(story, "chief", "finalise", reason="again").code == "final"


def test_r48_without_an_upheld_appeal_neither_medals_nor_standings_make_another_version(story: Story) -> None:
    all_locked(story)
    finalise(story)
    assert refused(story, "chief", "depart-medals", medals={"c02": "gold"}, reason="we like it better").code == "final"
    story.given(CompetitorStatusSet(competitor="c01", status="disqualified", source_seq=90))
    assert refused(story, "chief", "finalise", reason="01 was disqualified").code == "final"
    result = final_result(story.state)
    assert result is not None
    assert (result.version, len(result.ranked)) == (1, 4)


def test_r48_after_that_only_an_upheld_appeal_changes_it_and_makes_version_2(story: Story) -> None:
    all_locked(story)
    story.act("chief", "show-sheets")
    text = "my circuit was switched off while it was measured"
    appeal = story.act("c01", "file-appeal", competitor="c01", form="A2", text=text).id
    for to, said in (("eligibility_check", None), ("under_review", None), ("upheld", "it was off indeed")):
        story.act("chief", "move-appeal", appeal=appeal, to=to, text=said)
    late = story.noon.replace(hour=18)
    proposal = story.act("chief", "finalise", now=late, reason="all sheets are signed").id
    story.act("manager", "approve", now=late, proposal=proposal)
    refusal = refused(story, "chief", "reopen-sheet", form="A2", competitor="c01", code="typing", reason="a slip")
    assert (refusal.code, refusal.faults[0].rule) == ("final", "R48")
    reopened(story, "A2", "c01", code="appeal", appeal=appeal)
    story.scores("c01", "A2.1", 3, 3, 3, justification="measured again with the current on")
    story.act("ch", "submit-sheet", form="A2", competitor="c01")
    story.act("gb", "verify-sheet", form="A2", competitor="c01")
    sign_all(story, "A2", "c01")
    before = final_result(story.state)
    proposal = story.act("chief", "finalise", now=late, reason="the appeal of 01 was upheld").id
    story.act("manager", "approve", now=late, proposal=proposal)
    after = final_result(story.state)
    assert before is not None
    assert after is not None
    assert (before.version, after.version) == (1, 2)
    head = story.standings.board("epoch").head
    assert (head["version"], head["amended"]) == (2, "the appeal of 01 was upheld")


def test_r65_medals_given_otherwise_are_kept_beside_the_computed_ones(story: Story) -> None:
    all_locked(story)
    story.both("depart-medals", medals={"c02": "silver"}, reason="ratified by the board of the event")
    finalise(story)
    result = final_result(story.state)
    assert result is not None
    line = result.line("c02")
    assert line is not None
    assert (line.computed, line.medal) == (None, "silver")


def test_rules_do_not_change_under_a_final_result(story: Story) -> None:
    all_locked(story)
    finalise(story)
    assert refused(story, "organiser", "set-rules", rules={"medal_band": "2"}).code == "final"


def test_r35_with_rounding_by_aspect_parts_add_up_as_they_are_shown(story: Story) -> None:
    story.scores("c01", "A2.1", 1, 1, 2)
    story.scores("c01", "B1.2", 1, 1, 2)
    exact = Fraction(16, 9) + Fraction(8, 9)
    assert story.totals("c01").total == exact
    story.act("organiser", "set-rules", rules={"rounding": "aspect_2dp"})
    assert story.totals("c01").total == Fraction("2.67")
    assert story.rows()["c01"]["criteria"] == {"A": "1.78", "B": "0.89"}


def test_r9_an_amendment_takes_two_people_and_values_every_mark_anew() -> None:
    story = staffed(Story(imported=hundred()))
    story.read("c01", "A1.1", "3")
    assert story.totals("c01").total == Fraction("1.25")
    amended = hundred(**{"A1.1": ("2.00", {"pattern": "deduct", "step": "0.50"})}).model_dump(mode="json")
    story.act("chief", "amend-scheme", scheme=amended, reason="the step was misprinted")
    assert story.totals("c01").total == Fraction("1.25")
    story.act("manager", "approve", proposal=next(iter(story.state.proposals)))
    assert story.totals("c01").total == Fraction("0.50")
    assert story.rows()["c01"]["total"] == "0.50"
    assert story.state.scheme is not None
    assert story.state.scheme.version == 2


def test_r9_a_reading_that_means_nothing_any_more_has_to_be_given_again() -> None:
    story = staffed(Story(imported=hundred()))
    story.read("c01", "A1.1", "3")
    amended = hundred(**{"A1.1": ("2.00", {"pattern": "full"})}).model_dump(mode="json")
    story.both("amend-scheme", scheme=amended, reason="it is all or nothing")
    assert "A1.1" in story.totals("c01").missing
    assert story.rows()["c01"]["marked"] == 0
    assert story.read("c01", "A1.1", "met").state == "settled"


def test_r9_sheets_that_an_amendment_revalues_are_opened_first() -> None:
    story = staffed(Story(imported=hundred()))
    fill(story, "A2", "c01")
    story.read("c01", "A1.1", "3")
    story.read("c01", "A1.2", "6000")
    story.act("ch", "submit-sheet", form="A1", competitor="c01")
    amended = hundred(**{"A1.1": ("2.00", {"pattern": "full"})}).model_dump(mode="json")
    refusal = refused(story, "chief", "amend-scheme", scheme=amended, reason="it is all or nothing")
    assert (refusal.code, refusal.extra["sheets"]) == ("sheets_closed", ["A1 of 01"])


def test_r5_an_amended_scheme_keeps_the_rules_of_schemes() -> None:
    story = staffed(Story(imported=hundred()))
    story.read("c01", "A1.1", "3")
    refusal = refused(story, "chief", "amend-scheme", scheme=SMALL_SCHEME.model_dump(mode="json"), reason="shorter")
    assert (refusal.code, "R5" in {fault.rule for fault in refusal.faults}) == ("scheme_invalid", True)
