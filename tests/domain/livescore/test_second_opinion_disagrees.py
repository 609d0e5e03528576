"""A first scorer that is broken on purpose is found out, and the cell that is wrong is named."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from services.livescore.domain import arithmetic, board, cells, judgement, lines, measurement
from services.livescore.domain.board import Standings
from services.livescore.domain.results import medals, result
from services.livescore.domain.schemes import index
from services.livescore.opinion.differences import Difference, board_differences, result_differences
from services.livescore.opinion.opine import opine
from services.livescore.second_opinion import theirs
from shared.contracts.scheme import Ladder
from tests.domain.livescore.conftest import Story, aspect, scheme
from tests.domain.livescore.sheets_given import reopened, sign_all, staffed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shared.contracts.events import Recorded
    from shared.contracts.scheme import Aspect

RUNGS = [{"award": one, "benchmark": {"en": "so well"}} for one in ("0", "1.00", "2.50")]


def second_opinion(ledger: Sequence[Recorded]) -> list[Difference]:
    return compared(ledger, ledger)


def compared(ours: Sequence[Recorded], theirs_: Sequence[Recorded]) -> list[Difference]:
    standings = Standings(Story.id)
    for recorded in theirs_:
        standings.apply(recorded)
    opinion, board = opine(ours), standings.board("-")
    first = theirs(standings.state)
    return [*result_differences(opinion, first), *board_differences(opinion, board.head, board.rows)]


@pytest.fixture
def marked() -> Story:
    """Some of everything, with figures that round."""
    story = staffed(
        Story(
            imported=scheme(
                aspect("A1.1", "2.00", {"pattern": "deduct", "step": "0.25", "unit": "0.3"}),
                aspect("A1.2", "5.00", {"pattern": "time", "t_full": "5400", "t_zero": "7200"}),
                aspect("A1.3", "2.50", {"pattern": "ladder", "rungs": RUNGS}),
                aspect("A2.1", "4.00"),
                aspect("B1.1", "3.00", {"pattern": "tolerance", "nominal": "12.0", "tol": "0.3"}),
            )
        )
    )
    story.read("c01", "A1.1", "0.9")
    story.read("c01", "A1.2", "6000")
    story.read("c01", "A1.3", "1.00")
    story.scores("c01", "A2.1", 2, 3, 3)
    story.read("c01", "B1.1", "12.3")
    story.read("c02", "B1.1", "12.31")
    story.scores("c02", "A2.1", 1, 1, 2)
    return story


def test_two_scorers_that_work_agree(marked: Story) -> None:
    assert second_opinion(marked.ledger) == []


def first_of(found: list[Difference]) -> tuple[str, str]:
    assert found, "nobody noticed"
    return found[0].where, found[0].cell


def test_a_floor_that_is_a_ceiling_is_found(marked: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """R14."""
    right = measurement._errors
    monkeypatch.setattr(measurement, "_errors", lambda rule: lambda value: right(rule)(value) + 1)
    assert first_of(second_opinion(marked.ledger)) == ("cell", "c01 A1.1")


def test_a_ladder_that_is_one_rung_off_is_found(marked: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """R13."""
    right = measurement.yardstick

    def one_off(one: Aspect) -> Any:
        measure = right(one)
        if not isinstance(one.measure, Ladder):
            return measure
        rungs = [rung.award for rung in one.measure.rungs]
        return lambda value, granted=0: measure(rungs[(rungs.index(value) + 1) % len(rungs)], granted)

    monkeypatch.setattr(index, "yardstick", one_off)
    found = second_opinion(marked.ledger)
    assert first_of(found) == ("cell", "c01 A1.3")
    assert found[0].told() == "cell c01 A1.3: 1 by the second scorer, 5/2 by the first"
    assert found[0].fault().field == "c01 A1.3"


def test_binary_fractions_at_a_boundary_are_found(marked: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """R13, R34: 12.3 is within 12.0 ± 0.3."""
    monkeypatch.setattr(measurement, "Fraction", lambda text: Fraction(float(text)))
    assert ("cell", "c01 B1.1") in [(one.where, one.cell) for one in second_opinion(marked.ledger)]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda maximum, scores: maximum * sum(scores) / 10,
        lambda maximum, scores: maximum * sorted(scores)[1] / 3,
        lambda maximum, scores: Fraction(str(round(float(maximum * sum(scores) / 9), 2))),
    ],
)
def test_a_wrong_share_of_three_scores_is_found(
    marked: Story, monkeypatch: pytest.MonkeyPatch, wrong: Callable[[Fraction, Sequence[int]], Fraction]
) -> None:
    """R33, R34."""
    monkeypatch.setattr(judgement, "award", wrong)
    assert first_of(second_opinion(marked.ledger)) == ("cell", "c01 A2.1")


def test_scores_that_stand_too_far_apart_are_found(marked: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """R23."""
    marked.scores("c03", "A2.1", 0, 2, 2)
    monkeypatch.setattr(judgement, "stands", lambda scores: max(scores) - min(scores) <= 2)
    assert first_of(second_opinion(marked.ledger)) == ("cell", "c03 A2.1")


def test_a_lost_correction_is_found(marked: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """R44: a running sum that is not corrected shows on the board, and on it alone."""
    corrected = marked.read("c03", "B1.1", "13.0").seq
    marked.read("c03", "B1.1", "12.0", saw=corrected)
    monkeypatch.setattr(lines.Line, "change", lambda *_: None)
    assert first_of(second_opinion(marked.ledger)) == ("board", "c03 total")


def test_a_correction_that_reached_nobody_is_found(marked: Story) -> None:
    """The first scorer was told of everything but the last mark."""
    marked.read("c03", "B1.1", "13.0")
    marked.read("c03", "B1.1", "12.0", saw=marked.ledger[-1].seq)
    found = compared(marked.ledger, marked.ledger[:-1])
    assert first_of(found) == ("cell", "c03 B1.1")


def test_rounding_half_to_even_is_found(marked: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """R35: nothing but what is shown differs, where a figure is a half."""
    marked.read("c03", "A1.2", "6298.2")  # 2.505, which half to even shows as 2.50

    def to_even(above: int, below: int) -> int:
        return round(Fraction(above * 100, below))

    monkeypatch.setattr(arithmetic, "_cents", to_even)
    found = second_opinion(marked.ledger)
    assert first_of(found)[0] == "result"
    assert {one.where for one in found} == {"result", "board"}
    assert all(one.cell.startswith("c03 ") for one in found)


def test_ranks_that_do_not_skip_are_found(marked: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """R59: 1, 2, 2, 4."""
    marked.read("c03", "B1.1", "12.0")
    marked.read("c04", "B1.1", "12.0")
    marked.scores("c04", "A2.1", 0, 0, 0)
    marked.enter("05", "FR")
    marked.read("c05", "B1.1", "0")

    def without_skips(values: dict[str, Fraction]) -> dict[str, int]:
        order = sorted(set(values.values()), reverse=True)
        return {one: order.index(value) + 1 for one, value in values.items()}

    monkeypatch.setattr(result, "places", without_skips)
    assert first_of(second_opinion(marked.ledger)) == ("result", "c02 rank")


def test_bands_that_chain_are_found(marked: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """R62."""
    marked.act("organiser", "set-rules", rules={"medal_band": "2", "small_field": False})
    for one, value in (("c03", "13.0"), ("c04", "13.0")):
        marked.read(one, "B1.1", value)
    right = medals.medals
    monkeypatch.setattr(result, "medals", lambda totals, _near, *rest: right(totals, lambda gap: gap <= 20, *rest))
    found = second_opinion(marked.ledger)
    assert {one.where for one in found} == {"result"}
    assert ("result", "c02 medal") in [(one.where, one.cell) for one in found]


def test_a_reopened_sheet_that_moves_in_public_is_found(marked: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """R52."""
    marked.read("c03", "B1.1", "12.0")
    marked.act("ch", "submit-sheet", form="B1", competitor="c03")
    marked.act("chief", "verify-sheet", form="B1", competitor="c03")
    sign_all(marked, "B1", "c03")
    reopened(marked, "B1", "c03")
    marked.read("c03", "B1.1", "13.0", saw=marked.state.cell("c03", "B1.1").seq)  # type: ignore[union-attr] # it is measured
    assert second_opinion(marked.ledger) == []
    monkeypatch.setattr(board, "is_live", lambda *_: True)
    monkeypatch.setattr(lines, "is_live", lambda *_: True)
    assert first_of(second_opinion(marked.ledger)) == ("board", "c03 total")


def test_a_cell_that_only_one_scorer_knows_is_named(marked: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells.JudgedCell, "_end", lambda *_: "waiting")
    assert [one.cell for one in second_opinion(marked.ledger) if one.where == "cell"] == ["c01 A2.1", "c02 A2.1"]
