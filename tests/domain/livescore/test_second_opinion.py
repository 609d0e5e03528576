"""The rule book's worked cases, worked out by the second scorer alone."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from services.livescore.opinion import field
from services.livescore.opinion.book import Book
from services.livescore.opinion.medals import given_to, medals
from services.livescore.opinion.opine import Opinion, opine
from services.livescore.opinion.worth import Parts
from shared.contracts.acts import Rules, RulesSet
from shared.contracts.events import Event, Recorded
from shared.contracts.livescore import (
    CompetitionOpened,
    CompetitorEntered,
    CompetitorStatusSet,
    MarkGiven,
    SchemeImported,
)
from shared.contracts.text import Text
from tests.domain.livescore.conftest import Story, aspect, scheme
from tests.domain.livescore.entered import FIXTURE

if TYPE_CHECKING:
    from shared.contracts.scheme import Aspect

MOMENT = datetime(2020, 11, 19, 12, 0, tzinfo=UTC)


def worth(one: Aspect, value: str, granted: int = 0) -> str | None:
    parts = Parts.of([scheme(one)])
    award = parts.measured(one, value, granted)
    return None if award is None else parts.exact(award)


def ledger(*events: Event) -> list[Recorded]:
    at = "2020-11-19T12:00:00Z"
    return [
        Recorded("competition/autumn.electronics", seq, f"event-{seq}", at, event)
        for seq, event in enumerate(events, start=1)
    ]


def field_of(text: str, **rules: Any) -> Opinion:
    """A field such as `GB 03 81.50, CN 08 88.75 guest`, each with one aspect of a hundredth of a mark a hit."""
    events: list[Event] = [
        CompetitionOpened(competition="autumn.electronics", title=Text(en="X"), board_mode="marks", source_seq=1),
        SchemeImported(version=1, digest="-", scheme=scheme(aspect("A1.1", "100", {"pattern": "add", "step": "0.01"}))),
        RulesSet(
            command="set-rules",
            fingerprint="-",
            by="organiser",
            office="organiser",
            done_at=MOMENT,
            rules=Rules(**rules),
        ),
    ]
    for part in text.split(","):
        country, bib, total, *status = part.split()
        one = f"c{bib}"
        events.append(
            CompetitorEntered(competitor=one, bib=bib, display_name=f"No. {bib}", country=country, source_seq=2)
        )
        value = str(round(Fraction(total) * 100))
        events.append(
            MarkGiven(
                mark=f"mark-{bib}-000",
                competitor=one,
                aspect="A1.1",
                judge="ch",
                value=value,
                marked_at=MOMENT,
                fingerprint="-",
            )
        )
        if status:
            events.append(CompetitorStatusSet(competitor=one, status=status[0], source_seq=3))
    return opine(ledger(*events))


def totals(text: str, **rules: Any) -> Opinion:
    return field_of(",".join(f"GB {bib:02d} {total}" for bib, total in enumerate(text.split(), start=1)), **rules)


def said(opinion: Opinion, name: str) -> dict[str, Any]:
    return {row["bib"]: row[name] for row in opinion.result["rows"]}


@pytest.mark.parametrize(
    ("measure", "maximum", "value", "award"),
    [
        ({"pattern": "deduct", "step": "0.25"}, "2.00", "3", "5/4"),
        ({"pattern": "deduct", "step": "0.25"}, "2.00", "9", "0"),
        ({"pattern": "deduct", "step": "0.25", "floor": "0.50"}, "2.00", "9", "1/2"),
        ({"pattern": "deduct", "step": "0.10", "unit": "1", "count_mode": "floor"}, "1.00", "4.7", "3/5"),
        ({"pattern": "deduct", "step": "0.10", "unit": "1", "count_mode": "ceil"}, "1.00", "4.7", "1/2"),
        ({"pattern": "deduct", "step": "0.10", "unit": "1", "count_mode": "ceil"}, "1.00", "4.000", "3/5"),
        ({"pattern": "add", "step": "0.10"}, "1.00", "7", "7/10"),
        ({"pattern": "add", "step": "0.10"}, "1.00", "13", "1"),
        ({"pattern": "tolerance", "nominal": "12.0", "tol": "0.3"}, "3.00", "12.3", "3"),
        ({"pattern": "tolerance", "nominal": "12.0", "tol": "0.3"}, "3.00", "12.31", "0"),
        ({"pattern": "tolerance", "nominal": "40.000", "tol": "0.020", "comp": "0.003"}, "1.00", "40.023", "1"),
        ({"pattern": "tolerance", "nominal": "40.000", "tol": "0.020", "comp": "0.003"}, "1.00", "40.024", "0"),
        ({"pattern": "time", "t_full": "5400", "t_zero": "7200"}, "5.00", "5000", "5"),
        ({"pattern": "time", "t_full": "5400", "t_zero": "7200"}, "5.00", "6000", "10/3"),
        ({"pattern": "time", "t_full": "5400", "t_zero": "7200"}, "5.00", "6300", "5/2"),
        ({"pattern": "time", "t_full": "5400", "t_zero": "7200"}, "5.00", "7200", "0"),
        ({"pattern": "time", "t_full": "5400", "t_zero": "7200"}, "5.00", "7300", "0"),
        ({"pattern": "full"}, "2.00", "met", "2"),
        ({"pattern": "full"}, "2.00", "not_met", "0"),
        ({"pattern": "full"}, "2.00", "not_attempted", "0"),
    ],
)
def test_a_reading_is_worth_what_the_rule_book_says(
    measure: dict[str, str], maximum: str, value: str, award: str
) -> None:
    """W2 to W7, R13, R14."""
    assert worth(aspect("A1.1", maximum, measure), value) == award


@pytest.mark.parametrize("value", ["", "-1", "1.5", "1e3", "２", "1234567", " 1", "met"])
def test_what_is_no_count_is_worth_nothing_rather_than_zero(value: str) -> None:
    """R16."""
    assert worth(aspect("A1.1", "2.00", {"pattern": "deduct", "step": "0.25"}), value) is None


def test_seconds_that_were_given_back_come_off_a_time() -> None:
    """R15."""
    timed = aspect("A1.1", "5.00", {"pattern": "time", "t_full": "5400", "t_zero": "7200"})
    assert worth(timed, "6300.5", 300) == "2399/720"


@pytest.mark.parametrize(
    ("maximum", "points", "exact", "shown"),
    [("2.00", 7, "14/9", "1.56"), ("1.00", 4, "4/9", "0.44"), ("4.00", 8, "32/9", "3.56"), ("4.50", 4, "2", "2.00"),
     ("2.00", 9, "2", "2.00")],
)  # fmt: skip
def test_three_scores_are_worth_their_share_of_nine_points(maximum: str, points: int, exact: str, shown: str) -> None:
    """W9, R33, R36."""
    parts = Parts.of([])
    assert parts.wire(parts.judged(aspect("A1.1", maximum), points)) == {"exact": exact, "shown": shown}


def test_figures_are_rounded_half_up_when_they_are_shown() -> None:
    """W13, R35."""
    parts = Parts(1000)
    assert (parts.shown(2345), parts.shown(125)) == ("2.35", "0.13")


@pytest.mark.parametrize(("scores", "exact", "rounded"), [((1, 1, 2), "4/3", "33/25"), ((1, 2, 2), "5/3", "42/25")])
def test_awards_are_added_up_exactly_or_rounded_first(scores: tuple[int, ...], exact: str, rounded: str) -> None:
    """W10, R35."""
    story = Story(imported=scheme(*(aspect(f"A1.{n}", "1.00") for n in (1, 2, 3))))
    for n in (1, 2, 3):
        story.scores("c01", f"A1.{n}", *scores)
    assert said(opine(story.ledger), "total")["01"]["exact"] == exact
    story.act("organiser", "set-rules", rules={"rounding": "aspect_2dp"})
    assert said(opine(story.ledger), "total")["01"]["exact"] == rounded


def test_scores_too_far_apart_count_only_after_a_round_that_stands(story: Story) -> None:
    """W11, R21, R23."""
    story.scores("c01", "A2.1", 1, 3)
    assert opine(story.ledger).cells["c01", "A2.1"] is None
    story.score("c01", "A2.1", "ch", 2)
    assert opine(story.ledger).cells["c01", "A2.1"] is None
    story.scores("c01", "A2.1", 1, 2, 2, justification="all three looked at the piece again")
    assert opine(story.ledger).cells["c01", "A2.1"] == "20/9"


def test_a_form_adds_up_to_the_exact_sum() -> None:
    """W14."""
    story = Story(
        imported=scheme(
            aspect("D1.1", "5", {"pattern": "deduct", "step": "0.25"}),
            aspect("D1.2", "5"),
            aspect("D1.3", "3", {"pattern": "full"}),
        )
    )
    story.read("c01", "D1.1", "2")
    story.scores("c01", "D1.2", 2, 3, 3)
    story.read("c01", "D1.3", "met")
    assert said(opine(story.ledger), "criteria")["01"] == {"D": {"exact": "215/18", "shown": "11.94"}}


def test_the_fixture_has_its_ranks_medals_medallions_and_best_of_nations() -> None:
    """W15, W16."""
    found = field_of(FIXTURE)
    ranks = {"08": 1, "02": 2, "06": 2, "03": 4, "07": 5, "09": 6, "01": 7, "04": 8, "10": 9, "05": 10}
    assert said(found, "rank") == ranks
    assert {bib: row["rank"] for row in found.board_rows().values() for bib in (row["bib"],)} == ranks
    won = {bib: medal for bib, medal in said(found, "medal").items() if medal}
    assert won == {"08": "gold", "02": "silver", "06": "silver"}
    assert [bib for bib, has in said(found, "medallion").items() if has] == ["03", "07"]
    assert [bib for bib, has in said(found, "best_of_nation").items() if has] == ["08", "03"]
    within = field_of(FIXTURE, bronze_after_tied_silver="within_band")
    assert "bronze" not in said(within, "medal").values()


@pytest.mark.parametrize(
    ("values", "expected", "after"),
    [("740 738 736 734 700 690", "GGBB--", "none"), ("740 739 738 736 735 720", "GGGB--", "none"),
     ("740 739 738 735 730 720", "GGG---", "none"), ("740 730 729 728 727 720", "GSSS--", "none"),
     ("740 735 730 729 700 690", "GSBB--", "none"), ("740 730 729 727 720 700", "GSSB--", "within_band"),
     ("740 730 729 727 720 700", "GSS---", "none"), ("740", "G", "none"), ("740 740", "GG", "none")],
)  # fmt: skip
def test_medals_follow_the_procedure_to_the_letter(values: str, expected: str, after: str) -> None:
    """W17, W18, R62."""
    numbers = {str(n): int(one) for n, one in enumerate(values.split())}
    found = medals(numbers, lambda anchor, one: anchor - one <= 2, after)
    assert "".join(found.get(one, "-")[0].upper() for one in numbers) == expected


@pytest.mark.parametrize(
    ("values", "expected"), [("80 75 75 65 60", "GSS--"), ("80 75 70 65", "G---"), ("80 75 70", "---")]
)
def test_small_fields_have_fewer_colours(values: str, expected: str) -> None:
    """W19, R63."""
    assert "".join((medal or "-")[0].upper() for medal in said(totals(values), "medal").values()) == expected
    assert given_to(3, small_field=False) == {"gold", "silver", "bronze"}


def test_a_guest_is_not_ranked_and_uses_up_no_medal() -> None:
    """W19, R38, R64."""
    found = field_of("GB 01 90, GB 02 85, GB 03 80, CN 04 75, CN 05 70, CN 06 65, FR 07 95 guest")
    assert said(found, "medal") == {
        "01": "gold", "02": "silver", "03": "bronze", "04": None, "05": None, "06": None, "07": None
    }  # fmt: skip
    assert said(found, "rank")["07"] is None
    assert "rank" not in found.board_rows()["c07"]


def test_scores_of_the_fixture_are_those_of_the_rule_book() -> None:
    """W20, R71."""
    scores = [row["score"] for row in field_of(FIXTURE).result["rows"]]
    assert scores == ["750", "737", "737", "728", "705", "695", "689", "680", "672", "656"]
    assert said(totals("90 71 70.5 70 69.5 69"), "score")["01"] == "779"


@pytest.mark.parametrize(
    ("method", "expected"),
    [("sd", "736 732 729 725 723 677 673 671 666 662"), ("mad", "725 722 720 717 716 684 681 680 677 674")],
)
def test_two_clusters_are_flattened_by_the_median_deviation(method: str, expected: str) -> None:
    """W21, R71."""
    values = [80, 78, 77, 75, 74, 52, 50, 49, 47, 45]
    squared = field.spread_squared(values, method)
    assert [field.score(one, field.twice_the_median(values), squared) for one in values] == expected.split()


def test_an_outlier_is_clamped_and_a_field_without_spread_has_no_scores() -> None:
    """W20, W21, R71, R72."""
    values = [180, 142, 141, 140, 139, 138]
    squared = field.spread_squared(values, "mad")
    assert field.score(180, field.twice_the_median(values), squared) == "1000"
    assert "no_spread" in field.hindrances([90, 70, 70, 70, 70, 70, 60], "mad", unmarked=False)
    assert field.hindrances([80, 70, 60], "sd", unmarked=True) == ["few_competing", "unmarked"]


def test_a_gap_in_the_stream_is_refused(story: Story) -> None:
    with pytest.raises(ValueError, match="does not follow"):
        opine([*story.ledger[:3], *story.ledger[4:]])


@pytest.mark.parametrize("kind", [kind for type_, kind in Event.registry.items() if type_.startswith("livescore.")])
def test_every_fact_of_a_competition_is_known(kind: type[Event]) -> None:
    """Or a new kind of fact would be missing from the second opinion, unnoticed until it stops a final result."""
    (empty,) = ledger(kind.model_construct())
    with contextlib.suppress(AttributeError):  # it looked for a field, so it knows what to do
        Book().enter(empty)
