from fractions import Fraction

import pytest

from services.livescore.domain.results.nations import member_reports, overall_best
from services.livescore.domain.results.result import Result, conclude
from shared.contracts.acts import Rules
from tests.domain.livescore.entered import FIXTURE, bibs, entrants, result

THREE = "GB 01 90, GB 02 80, CN 03 85, CN 04 80, SG 05 70, SG 06 60, SG 07 99 guest"


def skill(name: str, field: str, *, final: bool = True) -> Result:
    return conclude(f"autumn.{name}", entrants(field), Rules(), version=1 if final else None)


def test_a_member_with_a_gold_two_silvers_and_a_medallion_has_eleven_points() -> None:
    """W27, R69."""
    found = result("GB 01 90, GB 02 80, GB 03 80, GB 04 75, CN 05 60, SG 06 50, CN 07 40")
    assert [bibs(found, "points")[bib] for bib in ("01", "02", "03", "04")] == [4, 3, 3, 1]
    reports = member_reports([found])
    assert reports is not None
    assert {one.country: one.points for one in reports.members} == {"CN": 0, "GB": 11, "SG": 0}


def test_there_are_no_reports_for_two_members() -> None:
    """R69."""
    assert member_reports([result(FIXTURE)]) is None
    assert member_reports([result(f"{FIXTURE}, SG 11 50 guest")]) is None, "a guest is nobody's starter"


def test_one_competition_has_five_reports_in_marks() -> None:
    """R67, R69: gold 4 and silver 3 of ties, Medallions 1; no scale is needed within one skill."""
    reports = member_reports([result(THREE)])
    assert reports is not None
    told = reports.to_json()
    assert told["score_unit"] == "marks"
    assert [line["country"] for line in told["alphabetical"]] == ["CN", "GB", "SG"]
    assert told["alphabetical"][1] == {
        "country": "GB",
        "starters": 2,
        "skills": 1,
        "points": 6,
        "points_per_skill": "6.00",
        "total_score": "170.00",
        "average_score": "85.00",
    }
    assert told["total_points"] == [
        {"place": 1, "country": "GB", "figure": "6"},
        {"place": 2, "country": "CN", "figure": "5"},
        {"place": 3, "country": "SG", "figure": "0"},
    ]
    assert [line["figure"] for line in told["points_per_skill"]] == ["6.00", "5.00", "0.00"]
    assert [line["figure"] for line in told["total_score"]] == ["170.00", "165.00", "130.00"]
    assert [line["figure"] for line in told["average_score"]] == ["85.00", "82.50", "65.00"]


def test_members_with_the_same_figure_share_a_place() -> None:
    reports = member_reports([result("GB 01 90, CN 02 90, SG 03 70, SG 04 60")])
    assert reports is not None
    assert [(line["place"], line["country"]) for line in reports.to_json()["average_score"]] == [
        (1, "CN"),
        (1, "GB"),
        (3, "SG"),
    ]


def test_points_per_skill_count_only_the_skills_a_member_took_part_in() -> None:
    """R69."""
    reports = member_reports([skill("electronics", THREE), skill("welding", "GB 01 90, GB 02 80, CN 03 70, CN 04 60")])
    assert reports is not None
    per_skill = {one.country: (one.points, one.points_per_skill) for one in reports.members}
    assert per_skill == {"GB": (10, Fraction(5)), "CN": (5, Fraction(5, 2)), "SG": (0, Fraction(0))}


def test_scores_of_several_skills_are_added_only_where_all_of_them_have_scores() -> None:
    """R72."""
    both = member_reports([skill("electronics", THREE), skill("welding", THREE)])
    assert both is not None
    told = both.to_json()
    assert told["score_unit"] == "scale"
    singles = {line.entrant.country: Fraction(0) for line in skill("electronics", THREE).starters}
    for line in skill("electronics", THREE).starters:
        singles[line.entrant.country] += Fraction(line.score or 0)
    assert {one.country: one.total_score for one in both.members} == {one: 2 * score for one, score in singles.items()}
    assert all(line["figure"].isdigit() for line in told["total_score"])
    small = member_reports([skill("electronics", THREE), skill("welding", "GB 01 90, CN 02 80")])
    assert small is not None
    assert (small.to_json()["total_score"], small.to_json()["average_score"]) == (None, None)


def test_the_best_of_all_is_who_is_furthest_above_the_own_field() -> None:
    """R68: 90 stands out of a close field more than 95 of a wide one."""
    close, wide = "90 71 70.5 70 69.5 69", "95 80 70 60 50 40"
    best = overall_best([skill("electronics", close), skill("welding", wide)])
    assert [(one.competition, one.competitor, one.score) for one in best] == [("autumn.electronics", "c01", "779")]


def test_ties_for_the_best_of_all_are_kept() -> None:
    """R68: the second field is the first one moved up, so its scores are the same and exactly so."""
    best = overall_best([skill("electronics", "90 80 70 60 50 41"), skill("welding", "99 89 79 69 59 50")])
    assert [one.competition for one in best] == ["autumn.electronics", "autumn.welding"]


def test_one_competition_with_scores_has_no_best_of_all() -> None:
    """R68, R72."""
    assert overall_best([skill("electronics", FIXTURE)]) == ()
    assert overall_best([skill("electronics", FIXTURE), skill("welding", FIXTURE, final=False)]) == ()
    assert overall_best([skill("electronics", FIXTURE), skill("welding", "90 80 70")]) == ()


def test_results_of_different_showcases_are_not_compared() -> None:
    """R72."""
    elsewhere = conclude("spring.electronics", entrants(THREE), Rules(), version=1)
    with pytest.raises(ValueError, match="different showcases"):
        member_reports([skill("electronics", THREE), elsewhere])
    with pytest.raises(ValueError, match="different showcases"):
        overall_best([skill("electronics", THREE), elsewhere])
