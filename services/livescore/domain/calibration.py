"""How judges lay beside each other and beside the reference in a closed exercise: for the chief expert, to talk about.

Everything is exact and shown with two decimals. `from_others` is the mean of (own score - mean of the others' scores of
the same aspect of the same piece), `from_reference` that of (own score - reference), `widest` the largest distance to
any other judge's score of the same thing. A judge alone on a piece is compared with nobody.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from services.livescore.domain.arithmetic import cents
from services.livescore.domain.exercises import Exercise

View = dict[str, Any]


def report(exercise: Exercise) -> View:
    """For an open exercise only who has scored how much (R21)."""
    judges = sorted({judge for scores in exercise.scores.values() for judge in scores})
    told: View = {
        "id": exercise.id,
        "title": exercise.title.model_dump(exclude_none=True),
        "open": exercise.open,
        "of": len(exercise.places),
        "judges": [_judge(exercise, judge) for judge in judges],
    }
    return told if exercise.open else told | {"lines": _lines(exercise)}


def _judge(exercise: Exercise, judge: str) -> View:
    own = exercise.own(judge)
    told: View = {"judge": judge, "scores": len(own)}
    if exercise.open:
        return told
    reference = exercise.reference
    others = {place: [score for other, score in exercise.scores[place].items() if other != judge] for place in own}
    return told | {
        "from_others": _mean(
            own[place] - Fraction(sum(scores), len(scores)) for place, scores in others.items() if scores
        ),
        "from_reference": _mean(
            Fraction(score - reference[place]) for place, score in own.items() if place in reference
        ),
        "widest": max((abs(own[place] - score) for place, scores in others.items() for score in scores), default=None),
    }


def _lines(exercise: Exercise) -> list[View]:
    titles = {piece.id: piece.title.model_dump(exclude_none=True) for piece in exercise.pieces}
    return [
        {
            "piece": piece,
            "title": titles[piece],
            "aspect": aspect,
            "scores": dict(sorted(scores.items())),
            "mean": _mean(map(Fraction, scores.values())),
            "spread": max(scores.values()) - min(scores.values()) if scores else None,
            "reference": exercise.reference.get((piece, aspect)),
        }
        for piece, aspect in exercise.places
        for scores in (exercise.scores.get((piece, aspect), {}),)
    ]


def _mean(values: Iterable[Fraction]) -> str | None:
    """With two decimals, half away from zero; None of nothing."""
    found = list(values)
    if not found:
        return None
    mean = sum(found, Fraction(0)) / len(found)
    hundredths = cents(abs(mean))
    sign = "-" if mean < 0 and hundredths else ""
    return f"{sign}{hundredths // 100}.{hundredths % 100:02d}"
