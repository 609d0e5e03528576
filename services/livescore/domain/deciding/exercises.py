"""Calibration exercises: opened and closed by the chief expert, scored by every judge alone."""

from services.livescore.domain.acts import CloseExercise, OpenExercise, ScorePiece
from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding.stamping import Request, clash, reject, scheme_of
from services.livescore.domain.exercises import Exercise
from shared.contracts.events import Event
from shared.contracts.exercises import ExerciseClosed, ExerciseOpened, ExerciseScored

MOST = 50
"""Exercises of one competition."""


def open_exercise(state: Competition, request: Request, act: OpenExercise) -> list[Event]:
    scheme = scheme_of(state)
    for aspect in act.aspects:
        rule = scheme.aspects.get(aspect)
        if rule is None:
            reject("unknown_aspect", f"the scheme has no aspect {aspect}", "aspects")
        if rule.measure is not None:
            reject("not_judged", f"aspect {aspect} is measured; an exercise compares scores", "aspects", "R3")
    if len(set(act.aspects)) < len(act.aspects):
        reject("named_twice", "an aspect is named twice", "aspects")
    if len({piece.id for piece in act.pieces}) < len(act.pieces):
        reject("named_twice", "two pieces have the same id", "pieces")
    for piece in act.pieces:
        if not piece.reference.keys() <= set(act.aspects):
            reject("unknown_aspect", f"piece {piece.id} has a reference for another aspect", "pieces")
    if len(state.exercises.kept) >= MOST:
        clash("too_many", f"a competition has at most {MOST} exercises")
    opened = ExerciseOpened(**request.stamp(), exercise=act.id, title=act.title, aspects=act.aspects, pieces=act.pieces)
    return [opened]


def close_exercise(state: Competition, request: Request, act: CloseExercise) -> list[Event]:
    _open(state, act.exercise)
    return [ExerciseClosed(**request.stamp(), exercise=act.exercise)]


def score_piece(state: Competition, request: Request, act: ScorePiece) -> list[Event]:
    """Give a score, or another one in its place (R20); none after closing, when the others' are known (R22)."""
    exercise = _open(state, act.exercise)
    place = act.piece, act.aspect
    if place not in exercise.places:
        reject("unknown_piece", "this exercise has no such piece or aspect", "piece")
    if exercise.scores.get(place, {}).get(request.who.id) == act.score:
        return []
    return [
        ExerciseScored(**request.stamp(), exercise=act.exercise, piece=act.piece, aspect=act.aspect, score=act.score)
    ]


def _open(state: Competition, id_: str) -> Exercise:
    exercise = state.exercises.kept.get(id_)
    if exercise is None:
        reject("unknown_exercise", "there is no such exercise", "exercise")
    if not exercise.open:
        clash("exercise_closed", "this exercise is closed; the scores of all are known", "R22")
    return exercise
