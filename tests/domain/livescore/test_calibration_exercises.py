"""Calibration exercises: the same pieces for every judge, each alone until the chief expert closes (R20-R22)."""

from __future__ import annotations

from typing import Any

import pytest

from services.livescore.domain.calibration import report
from services.livescore.domain.exercises import exercises_view
from services.livescore.domain.marking import marking_view
from shared.errors import CallerError
from tests.domain.livescore.conftest import Story
from tests.domain.livescore.sheets_given import staffed

PIECES = [
    {"id": "p1", "title": {"en": "A joint from last year"}, "reference": {"A2.1": 2}},
    {"id": "p2", "title": {"en": "A joint made badly"}},
]


@pytest.fixture
def story(story: Story) -> Story:
    return staffed(story)


def opened(story: Story, **fields: Any) -> str:
    asked = {"title": {"en": "Solder joints"}, "aspects": ["A2.1", "B1.2"], "pieces": PIECES} | fields
    return story.act("chief", "open-exercise", **asked).id


def score(story: Story, exercise: str, judge: str, piece: str, aspect: str, score: int) -> None:
    story.act(judge, "score-piece", exercise=exercise, piece=piece, aspect=aspect, score=score)


def refused(story: Story, who: str, act: str, **fields: Any) -> str:
    with pytest.raises(CallerError) as refusal:
        story.act(who, act, **fields)
    return refusal.value.code


def seen(story: Story, judge: str | None) -> dict[str, Any]:
    return exercises_view(story.state.exercises, story.state.scheme, judge)[0]


def told(story: Story, exercise: str) -> dict[str, Any]:
    return report(story.state.exercises.kept[exercise])


def test_r21_a_score_is_its_authors_alone_until_the_exercise_is_closed(story: Story) -> None:
    exercise = opened(story)
    untouched = seen(story, "sg")
    score(story, exercise, "ch", "p1", "A2.1", 3)
    assert seen(story, "sg") == untouched
    assert seen(story, "ch")["scores"] == {"p1": {"A2.1": 3}}
    assert seen(story, "ch")["reference"] == {}
    assert told(story, exercise)["judges"] == [{"judge": "ch", "scores": 1}]
    assert "lines" not in told(story, exercise)


def test_r21_a_score_moves_nothing_that_others_are_told(story: Story) -> None:
    exercise = opened(story)
    before = marking_view(story.state, "sg"), story.state.seen("sg"), story.state.known, story.public_bytes()
    score(story, exercise, "ch", "p1", "A2.1", 3)
    after = marking_view(story.state, "sg"), story.state.seen("sg"), story.state.known, story.public_bytes()
    assert after == before


def test_r20_a_score_can_be_given_anew_until_closing_and_r22_never_after(story: Story) -> None:
    exercise = opened(story)
    score(story, exercise, "ch", "p1", "A2.1", 3)
    score(story, exercise, "ch", "p1", "A2.1", 1)
    assert seen(story, "ch")["scores"] == {"p1": {"A2.1": 1}}
    story.act("chief", "close-exercise", exercise=exercise)
    asked = {"exercise": exercise, "piece": "p1", "aspect": "A2.1", "score": 2}
    assert refused(story, "ch", "score-piece", **asked) == "exercise_closed"
    assert refused(story, "chief", "close-exercise", exercise=exercise) == "exercise_closed"


def test_after_closing_a_judge_sees_the_reference_beside_the_own_scores(story: Story) -> None:
    exercise = opened(story)
    score(story, exercise, "ch", "p1", "A2.1", 3)
    story.act("chief", "close-exercise", exercise=exercise)
    view = seen(story, "ch")
    assert (view["open"], view["reference"], view["scores"]) == (False, {"p1": {"A2.1": 2}}, {"p1": {"A2.1": 3}})
    assert seen(story, None)["scores"] == {}


def test_the_report_says_how_each_judge_lies_beside_the_others_and_the_reference(story: Story) -> None:
    """Worked by hand: p1 A2.1 gets 3, 2, 1 (reference 2), p2 A2.1 gets 0 and 3; p2 B1.2 a 1 of one judge alone."""
    exercise = opened(story)
    for judge, piece, aspect, given in (
        ("ch", "p1", "A2.1", 3),
        ("sg", "p1", "A2.1", 2),
        ("gb", "p1", "A2.1", 1),
        ("ch", "p2", "A2.1", 0),
        ("sg", "p2", "A2.1", 3),
        ("gb", "p2", "B1.2", 1),
    ):
        score(story, exercise, judge, piece, aspect, given)
    story.act("chief", "close-exercise", exercise=exercise)
    found = told(story, exercise)
    assert found["judges"] == [
        # (3 - 1.5 + 0 - 3) / 2
        {"judge": "ch", "scores": 2, "from_others": "-0.75", "from_reference": "1.00", "widest": 3},
        # 1 - 2, compared with nobody on B1.2
        {"judge": "gb", "scores": 2, "from_others": "-1.50", "from_reference": "-1.00", "widest": 2},
        # (2 - 2 + 3 - 0) / 2
        {"judge": "sg", "scores": 2, "from_others": "1.50", "from_reference": "0.00", "widest": 3},
    ]
    assert [(one["piece"], one["aspect"], one["mean"], one["spread"]) for one in found["lines"]] == [
        ("p1", "A2.1", "2.00", 2),
        ("p1", "B1.2", None, None),
        ("p2", "A2.1", "1.50", 3),
        ("p2", "B1.2", "1.00", 0),
    ]
    assert found["lines"][0]["scores"] == {"ch": 3, "gb": 1, "sg": 2}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"aspects": ["A1.1"]}, "not_judged"),
        ({"aspects": ["I9.9"]}, "unknown_aspect"),
        ({"aspects": ["A2.1", "A2.1"]}, "named_twice"),
        ({"pieces": [PIECES[1], PIECES[1]]}, "named_twice"),
        ({"aspects": ["B1.2"]}, "unknown_aspect"),  # the reference of p1 is for A2.1
    ],
)
def test_an_exercise_compares_judged_aspects_of_the_scheme(story: Story, fields: dict[str, Any], code: str) -> None:
    asked = {"title": {"en": "Solder joints"}, "aspects": ["A2.1"], "pieces": PIECES} | fields
    assert refused(story, "chief", "open-exercise", **asked) == code


def test_only_the_chief_opens_and_closes_and_only_judges_score(story: Story) -> None:
    exercise = opened(story)
    for who in ("manager", "ch", "organiser"):
        assert refused(story, who, "close-exercise", exercise=exercise) == "wrong_office"
    asked = {"exercise": exercise, "piece": "p1", "aspect": "A2.1", "score": 2}
    for who in ("chief", "manager", "c01"):
        assert refused(story, who, "score-piece", **asked) == "wrong_office"
    assert refused(story, "ch", "score-piece", **asked | {"piece": "p9"}) == "unknown_piece"
    assert refused(story, "ch", "score-piece", **asked | {"exercise": "act-999999"}) == "unknown_exercise"


def test_a_service_that_starts_anew_folds_the_same(story: Story) -> None:
    exercise = opened(story)
    score(story, exercise, "ch", "p1", "A2.1", 3)
    again, _ = story.rebuilt()
    assert again.exercises == story.state.exercises
    assert again.known == story.state.known
