"""R30: how a judge's scores lie beside the other two's, by Member, exactly; worked by hand."""

from fractions import Fraction

from services.livescore.domain.leniency import Apart, Leniency, Mean, differences


def report(*rounds: tuple[str, dict[str, int]]) -> Leniency:
    found = Leniency()
    for country, scores in rounds:
        found.put(differences(scores, country))
    return found


def test_a_difference_is_the_own_score_minus_the_mean_of_the_other_two() -> None:
    """3, 2 and 2: 3 - 2 = 1, and 2 - 2.5 = -0.5 for the others."""
    found = report(("GB", {"sg": 3, "ch": 2, "fr": 2}))
    assert found.of("sg", ["GB"]) == Mean(1, Fraction(1))
    assert found.of("ch", ["GB"]) == found.of("fr", ["GB"]) == Mean(1, Fraction(-1, 2))


def test_means_are_split_by_member_with_counts() -> None:
    """sg: GB (1 + 0.5 - 0.5) / 3 = 1/3; CN (-1 + 0) / 2 = -1/2."""
    found = report(
        ("GB", {"sg": 3, "ch": 2, "fr": 2}),
        ("GB", {"sg": 2, "ch": 1, "fr": 2}),
        ("GB", {"sg": 1, "ch": 1, "fr": 2}),
        ("CN", {"sg": 1, "ch": 2, "fr": 2}),
        ("CN", {"sg": 2, "ch": 2, "gb": 2}),
    )
    assert found.of("sg", ["GB"]) == Mean(3, Fraction(1, 3))
    assert found.of("sg", ["CN"]) == Mean(2, Fraction(-1, 2))
    assert found.of("sg", ["GB", "CN"]) == Mean(5, Fraction(0))
    assert found.of("gb", ["CN"]) == Mean(1, Fraction(0))
    assert found.of("gb", ["GB"]) is None


def test_home_minus_away_is_the_difference_between_the_members_means() -> None:
    """1/3 for GB and -1/2 for CN are 5/6 apart; who marked one side alone has no difference."""
    found = report(
        ("GB", {"sg": 3, "ch": 2, "gb2": 2}),
        ("GB", {"sg": 2, "ch": 1, "gb2": 2}),
        ("GB", {"sg": 1, "ch": 1, "gb2": 2}),
        ("CN", {"sg": 1, "ch": 2, "fr": 2}),
        ("CN", {"sg": 2, "ch": 2, "fr": 2}),
    )
    assert found.widest("sg") == Apart("GB", "CN", Fraction(5, 6))
    assert found.widest("fr") is None


def test_the_differences_of_a_round_cancel_out() -> None:
    for scores in ((0, 1, 1), (3, 3, 2), (0, 3, 1)):
        assert sum(one.halves for one in differences(dict(zip("abc", scores, strict=True)), "GB")) == 0


def test_an_incomplete_round_says_nothing() -> None:
    assert differences({"sg": 3, "ch": 0}, "GB") == []


def test_what_is_taken_out_again_leaves_no_trace() -> None:
    found = report(("GB", {"sg": 3, "ch": 2, "fr": 2}))
    found.put(differences({"sg": 3, "ch": 2, "fr": 2}, "GB"), -1)
    assert found.judges() == []
    assert found.countries() == []
    assert found.of("sg", ["GB"]) is None
