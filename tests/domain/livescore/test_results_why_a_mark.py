"""Why a mark is what it is, worked out on what was recorded (R13, R33, R21, R24, R44)."""

import re
from datetime import timedelta
from fractions import Fraction

import pytest

from services.livescore.domain.results.formula import of_reading, of_scores
from services.livescore.domain.results.why_mark import seqs_behind, why_mark
from services.livescore.domain.schemes.index import AspectRule, index
from services.livescore.domain.scorecard import Scorecard
from shared.contracts.acts import Rules as RulesOf
from shared.contracts.acts import RulesSet
from shared.contracts.livescore import SchemeImported
from shared.contracts.remedies import FullMarks, RemovedInterval, TimeBack
from shared.errors import Rejected
from tests.domain.livescore.told import DUAL, JUDGED, MEASURES, NOON, Told, a_scheme


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.mark.parametrize(
    ("aspect", "value", "formula"),
    [
        ("A1.1", "3", "max(0, 2.00 − 3 × 0.25) = 1.25"),
        ("A1.1", "9", "max(0, 2.00 − 9 × 0.25) = 0.00"),
        ("B1.5", "9", "max(0.50, 2.00 − 9 × 0.25) = 0.50"),
        ("A1.3", "4.7", "⌊4.7 / 1⌋ = 4; max(0, 1.00 − 4 × 0.10) = 0.60"),
        ("A1.4", "4.7", "⌈4.7 / 1⌉ = 5; max(0, 1.00 − 5 × 0.10) = 0.50"),
        ("B1.3", "7", "min(1.00, 7 × 0.10) = 0.70"),
        ("B1.3", "13", "min(1.00, 13 × 0.10) = 1.00"),
        ("B1.1", "12.3", "|12.3 − 12.0| = 0.3 ≤ 0.3 → 3.00"),
        ("B1.1", "12.31", "|12.31 − 12.0| = 0.31 > 0.3 → 0.00"),
        ("B1.2", "-40.023", "|-40.023 − (-40.000)| = 0.023 ≤ 0.020 + 0.003 → 1.00"),
        ("B1.2", "-40.024", "|-40.024 − (-40.000)| = 0.024 > 0.020 + 0.003 → 0.00"),
        ("A1.2", "6000", "5.00 × (7200 − 6000) / (7200 − 5400) = 10/3 → 3.33"),
        ("A1.2", "6300", "5.00 × (7200 − 6300) / (7200 − 5400) = 2.50"),
        ("A1.2", "5000", "5000 ≤ 5400 → 5.00"),
        ("A1.2", "7300", "7300 ≥ 7200 → 0.00"),
        ("B1.4", "met", None),
        ("A1.1", "not_attempted", None),
    ],
)
def test_a_reading_is_explained_with_its_numbers_filled_in(
    told: Told, aspect: str, value: str, formula: str | None
) -> None:
    """W2-W7, R13, R14."""
    told.mark(aspect, "ch", value=value)
    assert told.why(aspect)["formula"] == formula


def test_scores_are_explained_with_their_numbers_filled_in(told: Told) -> None:
    """W9, R33, R36."""
    told.scores(2, 3, 3)
    why = told.why(JUDGED)
    assert why["formula"] == "4.00 × (2 + 3 + 3) / 9 = 32/9 → 3.56"
    assert why["award"] == {"exact": "32/9", "shown": "3.56"}


def rules() -> dict[str, AspectRule]:
    return index(SchemeImported(version=1, digest="first", scheme=a_scheme())).aspects


@pytest.mark.parametrize("aspect", [one for one in MEASURES if one != "B1.4"])
def test_every_formula_is_worth_what_the_yardstick_gives(aspect: str) -> None:
    """R12: what is explained is what is counted, for every reading in reach."""
    rule = rules()[aspect]
    assert rule.measure is not None
    for value in ["0", "1", "7", "12", "4.7", "-39.99", "11.7", "12.01", "5399", "5400.5", "6123", "7199", "7200"]:
        try:
            award = rule.measure(value)
        except Rejected:
            continue
        formula = of_reading(rule, value)
        assert formula is not None
        left, _, _ = formula.partition("; ")[2 * (";" in formula)].rpartition(" = ")
        if left and "|" not in left:
            spoken = re.sub(r"[0-9.]+", lambda number: f"Fraction('{number[0]}')", left)
            spoken = spoken.replace("×", "*").replace("−", "-")
            worth = eval(spoken, {"Fraction": Fraction, "max": max, "min": min})
            assert worth == award
        else:
            assert Fraction(formula.rpartition(" ")[2]) == award


def test_every_judged_formula_ends_in_what_is_shown() -> None:
    rule = rules()[JUDGED]
    for scores in ([0, 0, 0], [1, 1, 2], [3, 3, 3]):
        assert of_scores(rule, scores).endswith(f"{float(Fraction(4 * sum(scores), 9)):.2f}")


def test_it_says_who_read_what_when_and_by_which_scheme(told: Told) -> None:
    """R44."""
    seq = told.mark("A1.1", "ch", value="3")
    why = told.why("A1.1")
    assert why["readings"] == [
        {
            "value": "3",
            "award": {"exact": "5/4", "shown": "1.25"},
            "counts": True,
            "seq": seq,
            "judge": "ch",
            "marked_at": "2020-11-19T12:00:00Z",
            "received_at": f"2020-11-19T12:00:{seq:02d}Z",
        }
    ]
    assert (why["scheme_version"], why["state"]) == (1, "settled")
    assert why["aspect"]["pattern"] == "deduct"
    assert why["aspect"]["description"] == {"en": "what A1.1 is about", "zh": "说明"}
    assert seqs_behind(told.state.cell("c01", "A1.1")) == (seq,)


def test_a_corrected_reading_keeps_what_it_replaced(told: Told) -> None:
    """R44."""
    first = told.mark("A1.1", "ch", value="3")
    second = told.mark("A1.1", "sg", value="4", supersedes=first)
    third = told.mark("A1.1", "ch", value="2", supersedes=second)
    assert [(one["seq"], one["value"], one["counts"]) for one in told.why("A1.1")["readings"]] == [
        (third, "2", True),
        (second, "4", False),
        (first, "3", False),
    ]


def test_every_round_is_told_with_its_scores_and_why_it_was_scored_again(told: Told) -> None:
    """R23, R24."""
    told.scores(1, 3, 1)
    told.scores(2, 3, 2, round_=2, why="seen together once more")
    why = told.why(JUDGED)
    assert [(one["round"], one["spread"], one["stands"], one["justification"]) for one in why["rounds"]] == [
        (1, 2, False, None),
        (2, 1, True, "seen together once more"),
    ]
    assert {one["judge"]: one["score"] for one in why["rounds"][0]["scores"]} == {"ch": 1, "gb": 3, "sg": 1}
    assert len(seqs_behind(told.state.cell("c01", JUDGED))) == 6


@pytest.mark.parametrize("complete", [0, 1])
def test_hidden_scores_change_nothing_in_an_explanation(told: Told, complete: int) -> None:
    """R21: not the rounds, not the state, not the marks behind it."""
    if complete:
        told.scores(1, 3, 1)
    before, behind = told.why(JUDGED), seqs_behind(told.state.cell("c01", JUDGED))
    told.mark(JUDGED, "gb", score=2, round=1 + complete)
    told.mark(JUDGED, "sg", score=2, round=1 + complete)
    assert told.why(JUDGED) == before
    assert seqs_behind(told.state.cell("c01", JUDGED)) == behind


def test_a_hidden_pair_changes_nothing_and_two_that_differ_have_no_award(told: Told) -> None:
    """W8, R39, R41."""
    before = told.why(DUAL)
    told.mark(DUAL, "ch", value="3", pair=1)
    assert told.why(DUAL) == before
    told.mark(DUAL, "sg", value="4", pair=2)
    why = told.why(DUAL)
    assert (why["state"], why["award"], why["formula"]) == ("remark", None, None)
    assert [(one["pair"], one["value"], one["award"]["shown"]) for one in why["rounds"][0]["pairs"]] == [
        (1, "3", "1.25"),
        (2, "4", "1.00"),
    ]
    assert not why["rounds"][0]["stands"]


def test_pairs_that_agree_are_explained_by_their_reading(told: Told) -> None:
    """R40."""
    told.mark(DUAL, "ch", value="3", pair=1)
    told.mark(DUAL, "sg", value="3", pair=2)
    assert told.why(DUAL)["formula"] == "max(0, 2.00 − 3 × 0.25) = 1.25"


def test_full_marks_for_all_count_and_what_was_read_stays_underneath(told: Told) -> None:
    """R76."""
    told.mark("A1.1", "ch", value="3")
    told.remedy(FullMarks(kind="full_marks", aspects=("A1.1",)))
    why = told.why("A1.1")
    assert (why["award"]["shown"], why["counts"]["shown"]) == ("1.25", "2.00")
    assert [one["kind"] for one in why["outages"]] == ["full_marks"]
    told.reverse(why["outages"][0]["outage"])
    assert (told.why("A1.1")["counts"]["shown"], told.why("A1.1")["outages"]) == ("1.25", [])


def test_time_given_back_is_taken_off_in_the_formula_for_whom_it_was_given(told: Told) -> None:
    """R15, R77."""
    told.mark("A1.2", "ch", value="6300")
    told.remedy(TimeBack(kind="time_back", competitor="c02", seconds=60))
    told.remedy(TimeBack(kind="time_back", competitor="c01", seconds=120))
    told.remedy(RemovedInterval(kind="removed_interval", start=NOON, end=NOON + timedelta(seconds=180)))
    why = told.why("A1.2")
    assert why["formula"] == "5.00 × (7200 − (6300 − 300)) / (7200 − 5400) = 10/3 → 3.33"
    assert [one["seconds"] for one in why["outages"]] == [120, 180]
    assert told.why("A1.1")["outages"] == [], "a count has nothing to do with time"


def test_a_rounded_award_counts_as_it_is_shown_where_the_rules_say_so(told: Told) -> None:
    """W10, R35."""
    told.scores(2, 3, 3)
    told.record(
        RulesSet(
            command="rules-0001",
            fingerprint="x",
            by="organiser",
            office="organiser",
            done_at=NOON,
            rules=RulesOf(rounding="aspect_2dp"),
        )
    )
    why = told.why(JUDGED)
    assert (why["award"]["exact"], why["counts"]["exact"], why["rounding"]) == ("32/9", "89/25", "aspect_2dp")


def test_what_is_not_marked_has_no_explanation_but_its_rule(told: Told) -> None:
    """R37."""
    why = told.why("B1.1")
    assert (why["state"], why["award"], why["counts"], why["readings"]) == ("unmarked", None, None, [])
    assert seqs_behind(None) == ()


def test_marks_that_could_not_be_read_again_leave_out_when_they_arrived(told: Told) -> None:
    told.mark("A1.1", "ch", value="3")
    assert told.why("A1.1", known=())["readings"][0]["received_at"] is None


def test_nobody_and_nothing_have_no_explanation(told: Told) -> None:
    assert why_mark(told.state, "c99", "A1.1", {}) is None
    assert why_mark(told.state, "c01", "A9.9", {}) is None
    assert why_mark(Scorecard("autumn.empty"), "c01", "A1.1", {}) is None
