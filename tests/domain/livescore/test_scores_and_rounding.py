from fractions import Fraction

import pytest

from services.livescore.domain import judgement
from services.livescore.domain.arithmetic import shown, wire


@pytest.mark.parametrize(
    ("maximum", "scores", "exact", "text"),
    [
        ("2.00", (2, 2, 3), "14/9", "1.56"),
        ("1.00", (1, 1, 2), "4/9", "0.44"),
        ("4.00", (2, 3, 3), "32/9", "3.56"),
        ("4.50", (1, 1, 2), "2", "2.00"),
        ("2.00", (3, 3, 3), "2", "2.00"),
    ],
)
def test_w9_three_scores_share_the_maximum(maximum: str, scores: tuple[int, ...], exact: str, text: str) -> None:
    award = judgement.award(Fraction(maximum), scores)
    assert wire(award) == {"exact": exact, "shown": text}


def test_w10_only_the_sum_is_rounded() -> None:
    low, high = (judgement.award(Fraction(1), scores) for scores in ((1, 1, 2), (1, 2, 2)))
    assert (shown(3 * low), shown(3 * high)) == ("1.33", "1.67")
    assert (3 * Fraction(shown(low)), 3 * Fraction(shown(high))) == (Fraction("1.32"), Fraction("1.68"))


@pytest.mark.parametrize(
    ("scores", "stands"),
    [((1, 2, 2), True), ((1, 2, 3), False), ((0, 1, 1), True), ((0, 2, 2), False)],
)
def test_w11_a_spread_above_one_does_not_stand(scores: tuple[int, ...], stands: bool) -> None:
    assert judgement.stands(scores) is stands


@pytest.mark.parametrize(("mark", "text"), [("2.345", "2.35"), ("0.125", "0.13"), ("0", "0.00"), ("99.995", "100.00")])
def test_w13_display_rounds_half_up(mark: str, text: str) -> None:
    assert shown(Fraction(mark)) == text


def test_w14_a_form_adds_exact_awards() -> None:
    form = Fraction("4.50") + judgement.award(Fraction(5), (2, 3, 3)) + Fraction(3)
    assert wire(form) == {"exact": "215/18", "shown": "11.94"}
