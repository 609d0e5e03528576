"""Calibration exercises: what there is to score, the own scores, and the report for those who lead."""

from typing import Any

from services.livescore.domain.calibration import report
from services.livescore.domain.competition import Competition
from services.livescore.domain.exercises import exercises_view
from services.livescore.handlers.access import check_seat
from shared.access import Caller
from shared.contracts.names import competition_stream
from shared.errors import NotFound
from shared.execute import Executor

View = dict[str, Any]


class ExerciseQuestions:
    def __init__(self, executor: Executor[Competition]) -> None:
        self._executor = executor

    async def exercises(self, competition: str, caller: Caller) -> list[View]:
        """All of them, the newest first; scores only of the judge who asks."""

        def cut(state: Competition) -> list[View]:
            _check(state, caller)
            judge = caller.subject if caller.role == "judge" else None
            return exercises_view(state.exercises, state.scheme, judge)

        return await self._executor.look(competition_stream(competition), cut)

    async def report(self, competition: str, exercise: str, caller: Caller) -> View:
        def cut(state: Competition) -> View:
            _check(state, caller)
            found = state.exercises.kept.get(exercise)
            if found is None:
                raise NotFound("unknown_exercise", "There is no such exercise.")
            return report(found)

        return await self._executor.look(competition_stream(competition), cut)


def _check(state: Competition, caller: Caller) -> None:
    check_seat(state, caller, "You have no such seat in this competition.")
