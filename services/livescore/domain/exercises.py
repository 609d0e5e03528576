"""Calibration exercises as they stand: what there is to score, and what each judge has said of it.

Until an exercise closes, a score is its author's alone: no view of anybody else has it, and none tells how many there
are, so that nobody follows the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.livescore.domain.schemes.index import SchemeIndex
from shared.contracts.events import Recorded
from shared.contracts.exercises import ExerciseClosed, ExerciseOpened, ExerciseScored, Piece
from shared.contracts.text import Text

View = dict[str, Any]
ExerciseEvent = ExerciseOpened | ExerciseScored | ExerciseClosed
Place = tuple[str, str]
"""A piece and an aspect."""


@dataclass(slots=True)
class Exercise:
    """`scores` are by piece and aspect, then by judge."""

    id: str
    title: Text
    aspects: tuple[str, ...]
    pieces: tuple[Piece, ...]
    opened_at: str
    closed_at: str | None = None
    scores: dict[Place, dict[str, int]] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        return self.closed_at is None

    @property
    def places(self) -> list[Place]:
        return [(piece.id, aspect) for piece in self.pieces for aspect in self.aspects]

    @property
    def reference(self) -> dict[Place, int]:
        return {(piece.id, aspect): score for piece in self.pieces for aspect, score in piece.reference.items()}

    def own(self, judge: str) -> dict[Place, int]:
        return {place: scores[judge] for place, scores in self.scores.items() if judge in scores}

    def put(self, event: ExerciseScored) -> None:
        self.scores.setdefault((event.piece, event.aspect), {})[event.by] = event.score


@dataclass(slots=True)
class Exercises:
    """All of a competition, by id, in the order in which they were opened."""

    kept: dict[str, Exercise] = field(default_factory=dict)

    def take(self, recorded: Recorded, event: ExerciseEvent) -> None:
        match event:
            case ExerciseOpened():
                self.kept[event.exercise] = Exercise(
                    event.exercise, event.title, event.aspects, event.pieces, recorded.at
                )
            case ExerciseScored():
                self.kept[event.exercise].put(event)
            case ExerciseClosed():
                self.kept[event.exercise].closed_at = recorded.at


def exercises_view(exercises: Exercises, scheme: SchemeIndex | None, judge: str | None) -> list[View]:
    """What a judge may see, the newest first: the own scores, and after closing the reference as well.

    For somebody who is no judge (`None`) there are no scores in it.
    """
    return [_view(one, scheme, judge) for one in reversed(exercises.kept.values())]


def _view(one: Exercise, scheme: SchemeIndex | None, judge: str | None) -> View:
    return {
        "id": one.id,
        "title": one.title.model_dump(exclude_none=True),
        "open": one.open,
        "opened_at": one.opened_at,
        "closed_at": one.closed_at,
        "aspects": [_aspect(scheme, aspect) for aspect in one.aspects],
        "pieces": [{"id": piece.id, "title": piece.title.model_dump(exclude_none=True)} for piece in one.pieces],
        "scores": {} if judge is None else by_piece(one.own(judge)),
        "reference": {} if one.open else by_piece(one.reference),
    }


def by_piece(scores: Mapping[Place, int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (piece, aspect), score in sorted(scores.items()):
        found.setdefault(piece, {})[aspect] = score
    return found


def _aspect(scheme: SchemeIndex | None, aspect: str) -> View:
    """Its words as the scheme in force has them; only its id where an amended scheme has it no more."""
    rule = None if scheme is None else scheme.aspects.get(aspect)
    if rule is None:
        return {"id": aspect}
    return {
        "id": aspect,
        "description": rule.aspect.description.model_dump(exclude_none=True),
        "descriptors": [text.model_dump(exclude_none=True) for text in rule.aspect.descriptors],
    }
