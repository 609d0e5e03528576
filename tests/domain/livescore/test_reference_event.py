"""The example files, folded as robots would give them, end in exactly the rule book's totals and ranks."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from services.livescore.domain.schemes.from_yaml import parse_scheme
from shared.contracts.acts import Rules
from shared.contracts.livescore import CompetitorEntered, JudgeSeated, MarkGiven, SchemeImported

if TYPE_CHECKING:
    from tests.domain.livescore.conftest import Story

FOLDER = Path(__file__).parents[3] / "examples" / "reference-event"
TOTALS = {
    "03": "81.50", "07": "74.25", "01": "69.00", "10": "63.75", "05": "58.50",
    "08": "88.75", "02": "84.50", "06": "84.50", "09": "71.00", "04": "66.25",
}  # fmt: skip
RANKS = {"08": 1, "02": 2, "06": 2, "03": 4, "07": 5, "09": 6, "01": 7, "04": 8, "10": 9, "05": 10}


def load(name: str) -> Any:
    # BaseLoader keeps every scalar as text.
    return yaml.load((FOLDER / name).read_text(encoding="utf-8"), yaml.BaseLoader)


@pytest.fixture
def played(story: Story) -> Story:
    fresh = type(story)(imported=None)
    people = load("showcase.yaml")
    scheme, _ = parse_scheme((FOLDER / "scheme.yaml").read_bytes())
    fresh.state.competitors.clear()
    fresh.given(SchemeImported(version=1, digest="reference", scheme=scheme))
    for key, judge in people["judges"].items():
        fresh.given(JudgeSeated(judge=key, country=judge["country"], source_seq=90))
    for bib, person in people["competitors"].items():
        name = f"{person['given_name']} {person['family_name']}"
        fresh.given(
            CompetitorEntered(
                competitor=f"c{bib}", bib=bib, display_name=name, country=person["country"], source_seq=91
            )
        )
    for bib, block in load("marks.yaml").items():
        for aspect, given in block["marks"].items():
            give(fresh, f"c{bib}", aspect, given)
    return fresh


def give(story: Story, competitor: str, aspect: str, given: Any) -> None:
    rounds = given if isinstance(given, list) else [given]
    for scores in rounds:
        because = scores.pop("because", None)
        if len(scores) == 3:
            for judge, score in scores.items():
                story.score(competitor, aspect, judge, int(score), justification=because)
            continue
        ((judge, readings),) = scores.items()
        saw = None
        for reading in readings if isinstance(readings, list) else [readings]:
            saw = story.read(competitor, aspect, reading, judge, saw=saw).seq


def test_r106_the_marks_add_up_to_exactly_the_totals_of_the_rule_book(played: Story) -> None:
    totals = {one.bib: played.totals(one.id).total for one in played.state.competitors.values()}
    assert totals == {bib: Fraction(total) for bib, total in TOTALS.items()}
    assert {bib: block["total"] for bib, block in load("marks.yaml").items()} == TOTALS
    assert all(played.totals(one).complete for one in played.state.competitors)


def test_w15_the_ranks_are_those_of_the_rule_book(played: Story) -> None:
    assert [(row["bib"], row["rank"]) for row in played.rows().values()] == list(RANKS.items())


def test_r106_the_scheme_is_the_one_of_the_rule_book(played: Story) -> None:
    index = played.state.scheme
    assert index is not None
    assert {key: str(mark) for key, mark in index.criterion_maximum.items()} == {
        "A": "5", "B": "5", "C": "20", "D": "25", "E": "5", "F": "25", "G": "15",
    }  # fmt: skip
    measured = [rule.maximum for rule in index.aspects.values() if rule.measure is not None]
    assert (len(index.aspects), len(measured), sum(measured)) == (30, 22, 71)
    assert sum(len(one.sub_criteria) for one in index.scheme.criteria) == 11


def test_the_event_has_remarks_and_corrections_to_show(played: Story) -> None:
    marks = [one.event for one in played.ledger if isinstance(one.event, MarkGiven)]
    justified = [one for one in marks if one.round == 2 and one.justification]
    assert len({(one.competitor, one.aspect) for one in justified}) == 3
    assert all(len(one.justification or "") >= Rules().min_justification for one in justified)
    assert sum(one.supersedes is not None for one in marks) == 8
    assert len(marks) == 220 + 240 + 3 * 3 + 8


def test_r11_every_text_is_there_in_both_languages(played: Story) -> None:
    def texts(part: Any) -> list[dict[str, Any]]:
        if isinstance(part, dict):
            own = [part] if {"en", "zh"} & set(part) else []
            return own + [text for child in part.values() for text in texts(child)]
        return [text for child in part for text in texts(child)] if isinstance(part, list) else []

    found = texts(load("scheme.yaml")) + texts(load("showcase.yaml"))
    assert len(found) > 90
    assert all(set(text) == {"en", "zh"} for text in found)
