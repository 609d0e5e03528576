"""What an amendment says to those who approve it, and which marks it touches (R9)."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from services.livescore.domain.schemes.amend import Change, affected_aspects, differences
from services.livescore.domain.schemes.from_yaml import check_yaml
from shared.contracts.scheme import Scheme
from tests.domain.livescore.made_schemes import schemes

EXAMPLE = Path(__file__).parents[3] / "examples" / "reference-event" / "scheme.yaml"
SCHEME = check_yaml(EXAMPLE.read_bytes()).usable()


def amended(*path: str | int, to: Any) -> Scheme:
    raw = SCHEME.model_dump(mode="json")
    part: Any = raw
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = to
    return Scheme.model_validate(raw)


A1_2 = ("criteria", 0, "sub_criteria", 0, "aspects", 1)


@pytest.mark.parametrize(
    ("path", "to", "change"),
    [
        ((*A1_2, "max"), "3.00", Change("A1.2", "max", "2.00", "3.00")),
        ((*A1_2, "measure", "step"), "0.25", Change("A1.2", "measure", "deduct 0.50", "deduct 0.25")),
        ((*A1_2, "dual"), True, Change("A1.2", "dual", "no", "yes")),
    ],
)
def test_r9_what_changes_the_worth_of_marks_is_said_and_affects_the_aspect(
    path: tuple[str | int, ...], to: Any, change: Change
) -> None:
    new = amended(*path, to=to)
    assert differences(SCHEME, new) == [change]
    assert affected_aspects(SCHEME, new) == {"A1.2"}


@pytest.mark.parametrize(
    ("path", "to", "change"),
    [
        ((*A1_2, "description"), {"en": "Tools"}, ("A1.2", "description", "Tools")),
        ((*A1_2, "extra"), {"en": "Look", "zh": "看"}, ("A1.2", "extra", "Look / 看")),
        (("criteria", 0, "sub_criteria", 0, "day"), 3, ("A1", "day", "3")),
        (("criteria", 0, "sub_criteria", 0, "team"), "Team 1", ("A1", "team", "Team 1")),
        (("criteria", 0, "name"), {"en": "Order"}, ("A", "name", "Order")),
        (("sections", 0, "weight"), "6", ("section 1", "weight", "6")),
        (("title",), {"en": "Another"}, ("scheme", "title", "Another")),
        (("max_aspect_share",), "5", ("scheme", "max_aspect_share", "5 %")),
    ],
)
def test_r9_words_and_weights_are_said_and_change_no_mark(
    path: tuple[str | int, ...], to: Any, change: tuple[str, str, str]
) -> None:
    new = amended(*path, to=to)
    assert [(one.id, one.field, one.after) for one in differences(SCHEME, new)] == [change]
    assert affected_aspects(SCHEME, new) == frozenset()


def test_r9_a_new_aspect_and_one_that_is_gone_are_both_affected() -> None:
    new = amended(*A1_2, "id", to="A1.9")
    assert affected_aspects(SCHEME, new) == {"A1.2", "A1.9"}
    found = {(one.id, one.field): (one.before, one.after) for one in differences(SCHEME, new)}
    assert found["A1.9", "max"] == (None, "2.00")
    assert found["A1.2", "max"] == ("2.00", None)


def test_r9_another_order_is_a_change() -> None:
    raw = SCHEME.model_dump(mode="json")
    raw["criteria"].reverse()
    (change,) = differences(SCHEME, Scheme.model_validate(raw))
    assert (change.id, change.field) == ("scheme", "order")


def test_r9_words_that_only_change_their_language_are_a_change_too() -> None:
    old = amended(*A1_2, "description", to={"en": "Solder joint"})
    (change,) = differences(old, amended(*A1_2, "description", to={"zh": "Solder joint"}))
    assert (change.before, change.after) == ("en: Solder joint", "zh: Solder joint")


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(schemes(), schemes())
def test_r9_two_schemes_differ_in_something_unless_they_are_the_same(one: Scheme, other: Scheme) -> None:
    assert differences(one, one) == []
    assert affected_aspects(one, one) == frozenset()
    assert bool(differences(one, other)) == (one != other)
