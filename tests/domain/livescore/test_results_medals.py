from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.livescore.domain.results.entrants import Entrant
from services.livescore.domain.results.medals import COLOURS
from services.livescore.domain.results.result import Departure, Result, conclude
from shared.contracts.acts import Rules
from tests.domain.livescore.entered import FIXTURE, bibs, departing, entrant, entrants, letters, result

STATUSES = st.sampled_from(["competing", "competing", "competing", "guest", "withdrawn", "disqualified"])
FIELDS = st.lists(
    st.tuples(st.fractions(0, 100, max_denominator=4), STATUSES, st.sampled_from(["GB", "CN", "SG"])), max_size=12
)
RULES = st.builds(
    Rules,
    medal_band=st.sampled_from(["0", "0.5", "2", "10"]),
    medal_unit=st.sampled_from(["marks", "scale"]),
    bronze_after_tied_silver=st.sampled_from(["none", "within_band"]),
    small_field=st.booleans(),
)


def of(field: list[tuple[Fraction, Any, str]], rules: Rules) -> Result:
    people = [entrant(f"{bib:02d}", total, country, status) for bib, (total, status, country) in enumerate(field)]
    return conclude("autumn.electronics", people, rules, version=1)


def test_the_fixture_has_a_gold_two_silvers_and_no_bronze() -> None:
    """W16, R61, R62."""
    for after in ("none", "within_band"):
        found = result(FIXTURE, bronze_after_tied_silver=after)
        assert {bib: medal for bib, medal in bibs(found, "medal").items() if medal} == {
            "08": "gold",
            "02": "silver",
            "06": "silver",
        }


def test_the_fixture_has_its_medallions_and_the_best_of_each_nation() -> None:
    """W16, R66, R67."""
    found = result(FIXTURE)
    assert [bib for bib, has in bibs(found, "medallion").items() if has] == ["03", "07"]
    assert [bib for bib, is_best in bibs(found, "best_of_nation").items() if is_best] == ["08", "03"]


@pytest.mark.parametrize(
    ("totals", "expected", "after"),
    [
        ("740 738 736 734 700 690", "G G B B - -", "none"),
        ("740 739 738 736 735 720", "G G G B - -", "none"),
        ("740 739 738 735 730 720", "G G G - - -", "none"),
        ("740 730 729 728 727 720", "G S S S - -", "none"),
        ("740 735 730 729 700 690", "G S B B - -", "none"),
        ("740 730 729 727 720 700", "G S S B - -", "within_band"),
        ("740 730 729 727 720 700", "G S S - - -", "none"),
    ],
)
def test_a_band_of_two_gives_the_medals_of_the_rule_book(totals: str, expected: str, after: str) -> None:
    """W17, W18, R60, R62."""
    assert letters(result(totals, medal_band="2", bronze_after_tied_silver=after)) == expected


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        ("80 75 75 65 60", "G S S - -"),
        ("80 75 70 65 60", "G S - - -"),
        ("80 75 70 65", "G - - -"),
        ("80 75 70", "- - -"),
        ("80 80 70 65", "G G - -"),
    ],
)
def test_small_fields_have_fewer_medals(totals: str, expected: str) -> None:
    """W19, R63."""
    assert letters(result(totals)) == expected


def test_small_fields_have_all_medals_where_the_rule_is_off() -> None:
    """R63."""
    assert letters(result("80 75 70", small_field=False)) == "G S B"
    assert letters(result("80", small_field=False)) == "G"


def test_a_guest_uses_up_no_medal() -> None:
    """W19, R64."""
    found = result("GB 01 90, GB 02 85, GB 03 80, GB 04 75, GB 05 70, GB 06 65, SG 07 95 guest,")
    assert bibs(found, "medal") == {
        "01": "gold", "02": "silver", "03": "bronze", "04": None, "05": None, "06": None, "07": None
    }  # fmt: skip
    assert bibs(found, "rank")["07"] is None


@given(FIELDS, RULES)
def test_who_does_not_compete_gets_nothing_and_changes_nothing_for_the_others(
    field: list[tuple[Fraction, Any, str]], rules: Rules
) -> None:
    """R38, R64."""
    found = of(field, rules)
    for line in found.lines:
        if not line.entrant.competes:
            assert (line.rank, line.awards, line.score, line.points) == (None, (), None, 0)
    without = conclude("autumn.electronics", [line.entrant for line in found.starters], rules, version=1)
    assert without.lines == found.starters


@given(FIELDS, RULES)
def test_a_higher_total_never_has_a_lesser_award_and_equal_totals_have_the_same(
    field: list[tuple[Fraction, Any, str]], rules: Rules
) -> None:
    ranked = of(field, rules).ranked
    worth = [line.points for line in ranked]
    assert worth == sorted(worth, reverse=True)
    by_total: dict[Fraction, set[tuple[Any, bool]]] = {}
    for line in ranked:
        by_total.setdefault(line.entrant.total, set()).add((line.medal, line.medallion))
    assert all(len(awards) == 1 for awards in by_total.values())


@given(FIELDS, RULES.filter(lambda rules: rules.medal_unit == "marks"))
def test_bands_never_chain(field: list[tuple[Fraction, Any, str]], rules: Rules) -> None:
    """R62: everybody of a colour is within the band of one anchor."""
    found = of(field, rules)
    band = Fraction(rules.medal_band)
    colour = {name: [line.entrant.total for line in found.ranked if line.medal == name] for name in COLOURS}
    for name in ("gold", "silver"):
        if colour[name]:
            assert colour[name][0] - colour[name][-1] <= band
    if colour["bronze"]:
        spread = colour["bronze"][0] - colour["bronze"][-1]
        anchors = [totals[-1] for totals in (colour["silver"], colour["gold"]) if totals]
        assert spread <= band or anchors[0] - colour["bronze"][-1] <= band


@given(FIELDS, RULES)
def test_nobody_who_is_within_the_band_of_the_winner_goes_without_gold(
    field: list[tuple[Fraction, Any, str]], rules: Rules
) -> None:
    """R62, step 1."""
    found = of(field, rules.model_copy(update={"medal_unit": "marks"}))
    golds = [line for line in found.ranked if line.medal == "gold"]
    if golds:
        limit = found.ranked[0].entrant.total - Fraction(rules.medal_band)
        assert golds == [line for line in found.ranked if line.entrant.total >= limit]


def test_a_band_on_the_scale_is_measured_in_spreads_of_the_field() -> None:
    """R61: 2 points of the scale are a fifteenth of the standard deviation, here 4/3 of 20 marks."""
    totals = "100 98.67 98.66 60 60 60"
    found = result(totals, medal_unit="scale", medal_band="2")
    assert found.measure is not None
    sd = float(found.measure.spread_squared) ** 0.5
    assert sd / 15 == pytest.approx(1.3, abs=0.05)
    assert letters(found) == "G S S - - -"
    assert letters(result(totals, medal_unit="scale", medal_band="3")) == "G G G - - -"


def test_where_there_is_no_scale_medals_fall_back_to_equal_totals_and_the_result_says_so() -> None:
    """R61, R72: a field of five has no scale."""
    found = result("80 79 79 65 60", medal_unit="scale", medal_band="99")
    assert letters(found) == "G S S - -"
    assert found.medals_on_marks
    assert found.to_json()["medals"] == {"unit": "scale", "band": "99", "on_marks_instead": True}


def test_a_departure_is_kept_beside_what_was_computed() -> None:
    """R65."""
    found = departing(FIXTURE, {"c03": Departure("bronze", "two silvers by one hundredth")})
    row = next(row for row in found.to_json()["rows"] if row["bib"] == "03")
    assert (row["computed"], row["medal"], row["departure"]) == (None, "bronze", "two silvers by one hundredth")
    assert not row["medallion"], "whoever has a medal has no Medallion"
    assert row["points"] == 2


def test_a_medal_taken_away_leaves_the_medallion_and_moves_nobody_up() -> None:
    """R65, R66."""
    found = departing(FIXTURE, {"c08": Departure(None, "tools that were not allowed")})
    assert bibs(found, "medal") | {"08": None} == bibs(found, "medal")
    assert bibs(found, "computed")["08"] == "gold"
    assert bibs(found, "medallion")["08"]
    assert bibs(found, "medal")["02"] == "silver"


def test_a_departure_for_somebody_who_does_not_compete_has_no_effect() -> None:
    """R38."""
    found = departing("GB 01 80, GB 02 70 guest,", {"c02": Departure("gold", "was fast")})
    assert bibs(found, "medal")["02"] is None


def test_fewer_than_six_starters_have_no_medallions() -> None:
    """R66."""
    assert not any(bibs(result("80 75 70 65 60"), "medallion").values())


def test_six_starters_have_medallions_also_while_one_of_them_has_no_mark_yet() -> None:
    """R66: counted are those who compete."""
    people = [*entrants("90 80 70 60 50"), entrant("06", "0", parts={}, complete=False)]
    found = conclude("autumn.electronics", people, Rules(medal_band="0"))
    assert bibs(found, "medal")["03"] == "bronze"
    assert not any(line.medallion for line in found.lines if line.medal)
    tied = [*entrants("90 80 80 80 50"), entrant("06", "0", parts={}, complete=False)]
    departed = {"c04": Departure(None, "decided by both")}
    found = conclude("autumn.electronics", tied, Rules(), departures=departed)
    assert [bib for bib, has in bibs(found, "medallion").items() if has] == ["04"]


def test_a_single_starter_is_nobodys_best_of_nation_and_ties_share() -> None:
    """R67."""
    found = result("GB 01 80, GB 02 80, GB 03 70, SG 04 90, CN 05 60, CN 06 99 guest,")
    assert [bib for bib, best in bibs(found, "best_of_nation").items() if best] == ["01", "02"]


def test_a_training_has_ranks_and_no_awards() -> None:
    found = result(FIXTURE, kind="training")
    assert all(line.awards == () for line in found.lines)
    assert bibs(found, "rank")["08"] == 1


def test_a_result_notices_where_shown_parts_do_not_add_up() -> None:
    """R35."""
    parts = {"A": Fraction(14, 9), "B": Fraction(4, 9)}
    people: list[Entrant] = [
        entrant("01", "2", parts=parts),
        entrant("02", "4/3", parts=dict.fromkeys("ABC", "4/9")),
    ]
    found = conclude("autumn.electronics", people, Rules())
    assert bibs(found, "adds_up") == {"01": True, "02": False}


def test_a_name_that_follows_a_consent_leaves_the_digest_as_it_was() -> None:
    """R48, R98."""
    before = conclude("autumn.electronics", [entrant("01", "80")], Rules(), version=1)
    renamed = Entrant("c01", "01", "Invented Name", "GB", "competing", Fraction(80), {"A": Fraction(80)}, True)
    after = conclude("autumn.electronics", [renamed], Rules(), version=1)
    assert after.digest == before.digest
    assert after.to_json()["rows"][0]["name"] == "Invented Name"
    assert conclude("autumn.electronics", [renamed], Rules(), version=2).digest != before.digest
