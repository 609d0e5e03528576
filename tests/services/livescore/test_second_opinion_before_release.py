"""Nothing becomes final or is revealed on which two scorers differ; and asking them makes no judge wait."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from services.livescore.domain import scorecard
from services.livescore.domain.cells import MeasuredCell
from services.livescore.domain.competition import Competition
from services.livescore.second_opinion import Read, SecondOpinion, second_opinion
from shared.execute import Executor
from shared.ledger.sqlite import SqliteLedger
from tests.properties.random_competitions import ID, random_competition
from tests.services.livescore.test_results_over_http import API, finalised, get, officials

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

    from shared.contracts.events import Recorded
    from tests.services.livescore.service import Livescore


def in_slices(ledger: list[Recorded], size: int = 5) -> Read:
    async def read(_stream: str, after: int) -> Sequence[Recorded]:
        return ledger[after : after + size]

    return read


async def test_a_result_on_which_both_agree_becomes_final(livescore: Livescore) -> None:
    """R48: the second opinion is asked over the real ledger, when it is proposed and when it is approved."""
    chief, _ = await finalised(livescore)
    assert (await get(livescore, "/results", chief, "welding")).json["version"] == 1


async def test_a_result_on_which_they_differ_is_refused_and_the_cell_named(
    livescore: Livescore, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Halved(MeasuredCell):
        """What a broken scorer keeps."""

        def __new__(cls, seq: int, value: str, award: Fraction, judge: str, marked_at: datetime) -> Halved:
            return super().__new__(cls, seq, value, award / 2, judge, marked_at)

    chief, _ = await officials(livescore, "welding")
    monkeypatch.setattr(scorecard, "MeasuredCell", Halved)
    assert (await livescore.read("sg", "met", "welding", aspect="D1.1", competitor="c02")).status == 201
    body = {"act": "finalise", "id": "result-act-differs", "done_at": datetime.now(UTC).isoformat(), "reason": "Done."}
    reply = await livescore.ask("POST", f"{API}/autumn.welding/acts", body, token=chief)
    assert (reply.status, reply.code) == (409, "opinions_differ")
    first = reply.json["errors"][0]
    assert (first["field"], first["rule"]) == ("c02 D1.1", "R34")
    assert first["detail"] == "cell c02 D1.1: 100 by the second scorer, 50 by the first"


async def test_a_state_in_memory_that_is_not_what_the_ledger_says_is_found(tmp_path: Path) -> None:
    """What is compared is the very state that would be finalised, beside a fresh fold."""
    ledger_of = max((random_competition(seed).ledger for seed in range(40)), key=len)
    async with SqliteLedger(tmp_path / "ledger.db") as ledger:
        await ledger.append(ledger_of)
        executor = Executor(ledger, lambda _stream: Competition(ID))
        second = SecondOpinion(ledger, executor)
        assert await second(ID) == []

        def damage(state: Competition) -> str:
            one, aspect = next(
                (one, aspect)
                for one in state.competitors.values()
                for aspect, cell in one.cells.items()
                if isinstance(cell, MeasuredCell) and aspect not in state.full_marks
            )
            one.cells[aspect] = one.cells[aspect]._replace(award=Fraction(1, 7))  # type: ignore[union-attr] # measured
            return f"{one.id} {aspect}"

        damaged = await executor.look(f"competition/{ID}", damage)
        assert (await second(ID))[0].field == damaged


async def test_other_tasks_have_their_turns_while_two_scorers_read() -> None:
    ledger = max((random_competition(seed).ledger for seed in range(40)), key=len)
    turns = 0

    async def judge() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    judging = asyncio.create_task(judge())
    assert await second_opinion(ID, in_slices(ledger)) == []
    judging.cancel()
    assert turns > len(ledger) / 5
