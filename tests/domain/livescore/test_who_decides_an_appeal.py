"""R81: nobody decides an appeal that may bring a medal to a competitor of the own Member."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from services.livescore.domain.results.result import conclude
from services.livescore.domain.stakes import gaining, may_gain
from shared.contracts.acts import Rules
from shared.contracts.livescore import CompetitionOpened, CompetitorStatusSet
from shared.contracts.text import Text
from shared.errors import CallerError
from tests.domain.livescore.conftest import Story
from tests.domain.livescore.entered import entrant, entrants
from tests.domain.livescore.sheets_given import staffed

TEXT = "my circuit was switched off while it was measured"
B1 = {"c01": "12.0", "c02": "12.0", "c03": "12.9", "c04": "12.9"}
"""Worth 3 or nothing."""


@pytest.fixture
def story(story: Story) -> Story:
    """01 (GB) has 7 marks, 02 (CN) 6.11, 03 (GB) 1.33, 04 (CN) 0.89; a Chinese manager, a French chief expert."""
    staffed(story)
    story.seat("manager", "CN", "manager")
    story.act("organiser", "set-rules", rules={"small_field": False})
    for competitor, scores in (("c01", (3, 3, 3)), ("c02", (2, 2, 3)), ("c03", (1, 1, 1)), ("c04", (1, 1, 0))):
        story.read(competitor, "B1.1", B1[competitor])
        story.scores(competitor, "A2.1", *scores)
    story.act("chief", "show-sheets")
    return story


def appealed(story: Story, competitor: str, form: str | None = "A2") -> str:
    appeal = story.act(competitor, "file-appeal", competitor=competitor, form=form, text=TEXT).id
    for to in ("eligibility_check", "under_review"):
        story.act("chief", "move-appeal", appeal=appeal, to=to)
    return appeal


def decide(story: Story, who: str, appeal: str, to: str = "upheld") -> Any:
    return story.act(who, "move-appeal", appeal=appeal, to=to, text="we looked at it together")


@pytest.mark.parametrize("to", ["upheld", "partly_upheld", "rejected"])
def test_r81_a_compatriot_of_who_moves_up_when_the_appellant_loses_marks_does_not_decide(story: Story, to: str) -> None:
    appeal = appealed(story, "c01")
    with pytest.raises(CallerError) as refusal:
        decide(story, "manager", appeal, to)
    assert (refusal.value.code, refusal.value.faults[0].rule) == ("compatriot_gains", "R81")
    assert refusal.value.extra["bibs"] == ["02"]
    assert "(bib 02)" in refusal.value.detail
    decide(story, "chief", appeal, to)


def test_r81_who_has_no_medal_to_gain_bars_nobody(story: Story) -> None:
    """Whatever becomes of the last one, nobody else moves up."""
    story.given(CompetitorStatusSet(competitor="c04", status="guest", source_seq=90))
    assert may_gain(story.state, "c03", "A2") == frozenset()
    decide(story, "manager", appealed(story, "c03"))


def test_r81_only_what_is_appealed_against_is_at_stake(story: Story) -> None:
    story.read("c01", "A1.1", "0")  # 2 more: 9 marks, of which the bench test's loss would leave 7, still in front
    assert may_gain(story.state, "c01", "A1") == frozenset()
    assert may_gain(story.state, "c01", None) == {"c02", "c03", "c04"}


def test_r81_what_everybody_has_in_full_is_not_at_stake(story: Story) -> None:
    assert may_gain(story.state, "c01", "B1") == {"c02"}
    story.both("record-outage", remedy={"kind": "full_marks", "aspects": ["B1.1"]}, reason="the meter was broken")
    assert may_gain(story.state, "c01", "B1") == frozenset()


def test_r81_a_band_may_bring_a_medal_where_the_appellant_rises() -> None:
    """Three golds leave bronze to those within the band of the last one; a fourth gold moves the band down."""
    rules = Rules(medal_band="3", medal_unit="marks")
    field = entrants("GB 01 14, GB 02 14, GB 03 13, CN 04 9, GB 05 6, GB 06 2")
    assert [one.medal for one in conclude("", field, rules).lines] == ["gold"] * 3 + [None] * 3
    assert gaining(field, field[4], Fraction(6), Fraction(11), rules, {}) == {"c04"}
    assert gaining(field, field[4], Fraction(6), Fraction(10), rules, {}) == frozenset()


def test_r81_nobody_who_gains_anywhere_on_the_way_is_overlooked() -> None:
    """Random fields against a look at every quarter of a mark."""
    for seed in range(60):
        rng = random.Random(seed)
        band, after = rng.choice(("0", "1", "2", "3")), rng.choice(("none", "within_band"))
        rules = Rules.model_validate({"medal_band": band, "bronze_after_tied_silver": after, "small_field": False})
        field = [entrant(f"{bib:02d}", str(rng.randint(0, 14))) for bib in range(1, rng.randint(4, 9))]
        low, high = sorted((rng.randint(0, 16), rng.randint(0, 16)))
        own = replace(field[0], total=Fraction(rng.randint(low, high)))
        field[0] = own
        quarters = [Fraction(quarter, 4) for quarter in range(low * 4, high * 4 + 1)]
        expected = frozenset().union(*(gaining(field, own, at, at, rules, {}) for at in quarters))
        assert gaining(field, own, Fraction(low), Fraction(high), rules, {}) == expected, seed


def test_where_nobody_is_ranked_there_are_no_medals_to_gain(story: Story) -> None:
    assert may_gain(story.state, "c01", None)
    story.act("manager", "set-ranking", ranked=False, reason="one judge has fallen ill")
    story.act("chief", "approve", proposal=next(iter(story.state.proposals)))
    assert may_gain(story.state, "c01", None) == frozenset()


def test_a_training_has_no_medals_to_gain(story: Story) -> None:
    opened = {"competition": story.id, "title": Text(en="Electronics").model_dump(), "board_mode": "progress"}
    source = story.state.source_seq + 1
    story.given(CompetitionOpened.model_validate({**opened, "kind": "training", "source_seq": source}))
    assert may_gain(story.state, "c01", None) == frozenset()
