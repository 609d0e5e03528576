from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from services.livescore.domain.results.entrants import places
from services.livescore.domain.results.result import conclude
from services.livescore.domain.results.why_rank import why_rank
from shared.contracts.acts import Rules
from tests.domain.livescore.entered import FIXTURE, bibs, entrant, entrants, result

TOTALS = st.lists(st.fractions(0, 100, max_denominator=18), max_size=14)


def test_the_fixture_has_the_ranks_of_the_rule_book() -> None:
    """W15, R59."""
    assert bibs(result(FIXTURE), "rank") == {
        "08": 1, "02": 2, "06": 2, "03": 4, "07": 5, "09": 6, "01": 7, "04": 8, "10": 9, "05": 10
    }  # fmt: skip


@given(TOTALS)
def test_a_place_is_one_more_than_the_number_of_higher_totals(totals: list[Fraction]) -> None:
    """R59: 1, 2, 2, 4."""
    values = {str(index): total for index, total in enumerate(totals)}
    assert places(values) == {one: 1 + sum(other > total for other in totals) for one, total in values.items()}


@given(st.permutations(entrants(FIXTURE)))
def test_the_order_of_entering_changes_nothing_not_even_the_digest(shuffled: list[object]) -> None:
    again = conclude("autumn.electronics", shuffled, Rules(), version=1)  # type: ignore[arg-type] # of permutations
    assert again == result(FIXTURE)
    assert again.digest == result(FIXTURE).digest


def test_only_who_competes_is_ranked_and_the_others_come_last_by_bib() -> None:
    """R38, R64."""
    found = result("GB 09 95 guest, GB 02 80, CN 01 90 disqualified, CN 03 70, GB 08 85 withdrawn,")
    assert bibs(found, "rank") == {"02": 1, "03": 2, "01": None, "08": None, "09": None}


def test_an_order_is_by_exact_totals_where_the_shown_ones_are_equal() -> None:
    """R36."""
    found = conclude("autumn.electronics", [entrant("01", Fraction(14, 9)), entrant("02", "1.56")], Rules())
    assert bibs(found, "rank") == {"02": 1, "01": 2}
    why = why_rank(found, "c01")
    assert why is not None
    assert why["above"] == {
        "id": "c02",
        "bib": "02",
        "name": "No. 02",
        "rank": 1,
        "total": {"exact": "39/25", "shown": "1.56"},
        "gap": {"exact": "1/225", "shown": "0.00"},
        "looks_equal": True,
    }


def test_whoever_has_no_mark_yet_is_not_ranked() -> None:
    """R37: not yet marked is not zero."""
    found = conclude(
        "autumn.electronics",
        [entrant("01", "0", parts={}, complete=False), entrant("02", "0", parts={"A": "0"})],
        Rules(),
    )
    assert bibs(found, "rank") == {"02": 1, "01": None}
    assert [row["total"] for row in found.to_json()["rows"]] == [{"exact": "0", "shown": "0.00"}, None]


def test_why_a_tied_rank_names_the_tie_and_the_rank_that_is_skipped_for_it() -> None:
    why = why_rank(result(FIXTURE), "c06")
    assert why is not None
    assert (why["rank"], why["ranked"], why["higher"], why["skipped"]) == (2, 10, 1, [3])
    assert [one["bib"] for one in why["tied"]] == ["02"]
    assert (why["above"]["bib"], why["above"]["gap"]["shown"]) == ("08", "4.25")
    assert (why["below"]["bib"], why["below"]["gap"]["shown"]) == ("03", "3.00")


def test_why_somebody_has_no_rank_says_the_status_and_names_no_neighbours() -> None:
    why = why_rank(result("GB 01 80, CN 02 90 guest,"), "c02")
    assert why is not None
    assert (why["status"], why["rank"], why["above"], why["below"], why["tied"]) == ("guest", None, None, None, [])
    assert [one["status"] for one in why["excluded"]] == ["guest"]


def test_there_is_no_reason_for_the_rank_of_somebody_unknown() -> None:
    assert why_rank(result(FIXTURE), "c99") is None
