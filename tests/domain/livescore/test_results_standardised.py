from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.livescore.domain.results.entrants import middle
from services.livescore.domain.results.result import conclude
from services.livescore.domain.results.standard import Method, shown_score, standard, withheld
from shared.contracts.acts import Rules
from tests.domain.livescore.entered import FIXTURE, bibs, entrant, entrants, result

SPREAD = st.lists(st.fractions(0, 100, max_denominator=90), min_size=6, max_size=12).filter(lambda t: len(set(t)) > 1)


def scores(totals: str, method: Method) -> str:
    field = [Fraction(total) for total in totals.split()]
    return " ".join(shown_score(standard(field, method).score(total)) for total in field)


def test_the_fixture_has_the_scores_of_the_rule_book() -> None:
    """W20, R71."""
    found = result(FIXTURE)
    assert found.measure is not None
    assert (found.measure.median, found.measure.spread_squared) == (Fraction("72.625"), Fraction("93.335"))
    rows = found.to_json()["rows"]
    assert " ".join(row["score"] for row in rows) == "750 737 737 728 705 695 689 680 672 656"


def test_one_outlier_runs_off_the_scale_by_median_deviation() -> None:
    """W20, R71: 1233 is clamped to 1000."""
    field = "90 71 70.5 70 69.5 69"
    assert scores(field, "sd").split()[0] == "779"
    assert scores(field, "mad").split()[0] == "1000"
    measure = standard([Fraction(one) for one in field.split()], "mad")
    distance = float(measure.standing(Fraction(90))) ** 0.5 * 30
    assert 700 + distance == pytest.approx(1233, abs=0.5)


def test_two_clusters_have_the_scores_of_the_rule_book() -> None:
    """W21, R72."""
    field = "80 78 77 75 74 52 50 49 47 45"
    assert scores(field, "sd") == "736 732 729 725 723 677 673 671 666 662"
    assert scores(field, "mad") == "725 722 720 717 716 684 681 680 677 674"


def test_no_median_deviation_means_no_score() -> None:
    """W21, R72."""
    field = [Fraction(90), *[Fraction(70)] * 5, Fraction(60)]
    assert "no_spread" in withheld(field, "mad", unmarked=False)
    assert withheld(field, "sd", unmarked=False) == ()


@pytest.mark.parametrize(
    ("totals", "final", "method", "why"),
    [
        (FIXTURE, False, "sd", ["not_final"]),
        ("80 75 70 65 60", True, "sd", ["few_competing"]),
        ("GB 01 80, GB 02 75, GB 03 70, GB 04 65, GB 05 60, GB 06 55 guest,", True, "sd", ["few_competing"]),
        ("70 70 70 70 70 70", True, "sd", ["no_spread"]),
        (FIXTURE, True, "mad", ["mad_few_competing"]),
    ],
)
def test_a_score_is_not_shown_and_the_result_says_why(totals: str, final: bool, method: Method, why: list[str]) -> None:
    """R72."""
    found = result(totals, final=final, scale_method=method).to_json()
    assert found["score"] == {"method": method, "withheld": why}
    assert {row["score"] for row in found["rows"]} == {None}


def test_a_score_is_not_shown_while_a_mark_is_missing() -> None:
    """R72."""
    people = [*entrants("90 85 80 75 70"), entrant("06", "65", complete=False)]
    assert conclude("autumn.electronics", people, Rules(), version=1).withheld == ("unmarked",)


def test_twenty_starters_have_scores_by_median_deviation() -> None:
    """R72."""
    found = result(" ".join(map(str, range(60, 80))), scale_method="mad")
    assert found.withheld == ()
    assert found.to_json()["rows"][0]["score"] == shown_score(found.lines[0].score or 0)  # type: ignore[arg-type] # shown


def test_withdrawing_one_person_moves_everyone() -> None:
    """R73: it depends on who took part."""
    before = bibs(result(FIXTURE), "score")
    after = bibs(result(FIXTURE.replace("GB 05 58.50", "GB 05 58.50 withdrawn")), "score")
    assert after["05"] is None
    assert all(after[bib] != before[bib] for bib in before)


@given(SPREAD)
def test_scores_follow_the_totals_and_the_median_is_700(totals: list[Fraction]) -> None:
    """R70."""
    measure = standard(totals, "sd")
    in_order = sorted(totals)
    shown = [measure.score(total) for total in in_order]
    assert shown == sorted(shown)
    assert measure.score(middle(totals)) == 700
    assert all((total >= middle(totals)) == (measure.score(total) >= 700) for total in totals)  # R66


@given(SPREAD, st.fractions(0, 100, max_denominator=90), st.sampled_from([Fraction(0), Fraction(1), Fraction(2)]))
def test_a_band_on_the_scale_is_a_band_of_scores(totals: list[Fraction], gap: Fraction, band: Fraction) -> None:
    """R61: worked out exactly, it agrees with the scores as far as their digits reach."""
    measure = standard(totals, "sd")
    points = 30 * float(gap) / float(measure.spread_squared) ** 0.5
    if abs(points - float(band)) > 1e-6:
        assert measure.near(band)(gap) == (points <= float(band))


def test_a_score_of_exactly_a_half_is_rounded_up() -> None:
    """R71: medians and spreads that give 722.5 and 677.5 exactly."""
    field = [Fraction(one) for one in (0, 0, 0, 8, 8, 8)]
    assert [shown_score(standard(field, "sd").score(total)) for total in (Fraction(7), Fraction(1))] == ["723", "678"]
