"""Calibration exercises over real sockets: who sees which score, and when (R21)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.contracts.livescore import JudgeSeated
from tests.services.livescore.service import Livescore, Reply, until

PATH = "/api/livescore/competitions/autumn.electronics"


class Exercise:
    """Acts and questions of an exercise."""

    def __init__(self, livescore: Livescore) -> None:
        self.livescore = livescore
        self.chief = livescore.registration.judge_token("ce", office="chief")
        self._ids = 0

    async def act(self, token: str, act: str, **fields: Any) -> Reply:
        self._ids += 1
        body = {"act": act, "id": f"calibrate-{self._ids:04d}", "done_at": datetime.now(UTC).isoformat(), **fields}
        return await self.livescore.ask("POST", f"{PATH}/acts", body, token=token)

    async def seen(self, token: str) -> Any:
        return (await self.livescore.ask("GET", f"{PATH}/exercises", token=token)).json

    def judge(self, judge: str) -> str:
        return self.livescore.registration.judge_token(judge)


@pytest.fixture
async def exercise(livescore: Livescore) -> Exercise:
    await livescore.registration.judge("ce", "FI", "electronics", office="chief")

    async def seated() -> bool:
        return sum(isinstance(one.event, JudgeSeated) for one in livescore.recorded()) == 6

    await until(seated)
    return Exercise(livescore)


async def test_an_exercise_is_opened_scored_closed_and_reported(exercise: Exercise) -> None:
    pieces = [{"id": "p1", "title": {"en": "A joint", "zh": "焊点"}, "reference": {"C1.1": 2}}]
    reply = await exercise.act(
        exercise.chief, "open-exercise", title={"en": "Solder joints"}, aspects=["C1.1"], pieces=pieces
    )
    assert reply.status == 201, reply.json
    opened = reply.json["id"]
    for judge, score in (("cn", 3), ("sg", 1)):
        scored = await exercise.act(
            exercise.judge(judge), "score-piece", exercise=opened, piece="p1", aspect="C1.1", score=score
        )
        assert scored.json["events"] == ["livescore.exercise-scored.v1"]
    [seen] = await exercise.seen(exercise.judge("cn"))
    assert (seen["scores"], seen["reference"]) == ({"p1": {"C1.1": 3}}, {})
    assert (await exercise.seen(exercise.judge("ch")))[0]["scores"] == {}
    where = f"{PATH}/exercises/{opened}/report"
    report = (await exercise.livescore.ask("GET", where, token=exercise.chief)).json
    assert report["judges"] == [{"judge": "cn", "scores": 1}, {"judge": "sg", "scores": 1}]
    assert (await exercise.act(exercise.chief, "close-exercise", exercise=opened)).status == 201
    report = (await exercise.livescore.ask("GET", where, token=exercise.chief)).json
    assert report["judges"][0] == {
        "judge": "cn",
        "scores": 1,
        "from_others": "2.00",
        "from_reference": "1.00",
        "widest": 2,
    }
    assert report["lines"][0]["scores"] == {"cn": 3, "sg": 1}
    assert (await exercise.seen(exercise.judge("ch")))[0]["reference"] == {"p1": {"C1.1": 2}}


async def test_only_those_who_lead_read_reports(exercise: Exercise) -> None:
    for token, status in ((None, 401), (exercise.judge("cn"), 403), (exercise.chief, 404)):
        where = f"{PATH}/exercises/nothing-there/report"
        assert (await exercise.livescore.ask("GET", where, token=token)).status == status
    elsewhere = exercise.livescore.registration.judge_token("cn", "welding")
    assert (await exercise.livescore.ask("GET", f"{PATH}/exercises", token=elsewhere)).status == 403
