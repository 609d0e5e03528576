from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.contracts.board import encode_board

if TYPE_CHECKING:
    from tests.domain.livescore.conftest import Story

REASON = "We looked again at the ground plane together."
PANEL = {"c01": ("cn", "sg", "ch"), "c02": ("gb", "sg", "ch"), "c03": ("cn", "sg", "ch"), "c04": ("gb", "sg", "ch")}
PER_EXAMPLE = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def told(story: Story) -> Story:
    """Readings, a correction, settled and open judgements, a re-mark and a withdrawal."""
    first = story.read("c01", "A1.1", "3")
    story.scores("c01", "A2.1", 1, 2, 3)
    story.scores("c01", "A2.1", 2, 2, 3, justification=REASON)
    story.read("c01", "A1.1", "2", saw=first.seq)
    story.read("c02", "A1.2", "6000")
    story.scores("c02", "B1.2", 3, 3, 3)
    story.scores("c03", "B1.2", 3, 3)
    story.read("c04", "B1.1", "12.3")
    story.leave("c04")
    return story


def test_a_rebuilt_service_has_the_same_board_view_and_receipts(story: Story) -> None:
    told(story)
    state, standings = story.rebuilt()
    assert encode_board(standings.board("epoch")) == story.public_bytes()
    for number in range(1, story.state.marks + 1):
        mark = f"mark-{number:06d}"
        assert state.receipt(mark) == story.state.receipt(mark) is not None


def test_r45_a_receipt_stays_what_it_was_when_the_cell_moves_on(story: Story) -> None:
    first = story.read("c01", "A1.1", "3")
    waiting = story.score("c02", "A2.1", "gb", 2)
    story.read("c01", "A1.1", "2", saw=first.seq)
    story.score("c02", "A2.1", "sg", 2)
    story.score("c02", "A2.1", "ch", 2)
    assert story.state.receipt(first.id) == first
    assert story.state.receipt(waiting.id) == waiting
    assert (waiting.state, waiting.award) == ("waiting", None)


def test_every_prefix_of_the_ledger_counts_its_own_public_changes(story: Story) -> None:
    ledger = told(story).ledger
    rebuilt = type(story.standings)(story.id)
    seq, public = rebuilt.seq, encode_board(rebuilt.board("epoch"))
    for recorded in ledger:
        changed = rebuilt.apply(recorded)
        now = encode_board(rebuilt.board("epoch"))
        assert (rebuilt.seq, now != public) == (seq + changed, changed)
        seq, public = rebuilt.seq, now


def test_a_gap_stops_the_fold(story: Story) -> None:
    with pytest.raises(ValueError, match="does not follow"):
        story.rebuilt([*story.ledger[:3], *story.ledger[4:]])


MARKS: list[tuple[str, str, str, str | int]] = [
    *((competitor, "A1.1", "ch", str(int(competitor[1:]) + 1)) for competitor in PANEL),
    *((competitor, "A1.2", "sg", f"{5000 + 431 * int(competitor[1:])}") for competitor in PANEL),
    *(
        (competitor, aspect, judge, (seat + number) // 2 % 3)
        for number, (competitor, panel) in enumerate(PANEL.items())
        for aspect in ("A2.1", "B1.2")
        for seat, judge in enumerate(panel)
    ),
]


def given_in(story: Story, marks: list[tuple[str, str, str, str | int]]) -> Story:
    fresh = type(story)()
    for competitor, aspect, judge, given_ in marks:
        if isinstance(given_, str):
            fresh.read(competitor, aspect, given_, judge)
        else:
            fresh.score(competitor, aspect, judge, given_)
    return fresh


@PER_EXAMPLE
@given(marks=st.permutations(MARKS))
def test_r34_the_order_of_marks_does_not_matter_to_totals(
    story: Story, marks: list[tuple[str, str, str, str | int]]
) -> None:
    expected, found = given_in(story, MARKS), given_in(story, marks)
    assert found.rows() == expected.rows()
    for id_, one in found.state.competitors.items():
        awards = [cell.award for cell in one.cells.values() if cell.award is not None]
        totals = found.totals(id_)
        assert totals == expected.totals(id_)
        assert totals.total == sum(awards) == sum(totals.by_criterion.values()) == sum(totals.by_form.values())
