"""Random competitions in a showcase's ledger, so that there is a fact of every kind that livescore records."""

from __future__ import annotations

from itertools import groupby
from random import Random
from typing import TYPE_CHECKING, Any

from services.livescore.domain.deciding.roster import decide_roster
from services.livescore.domain.who import Who
from shared.contracts import registration
from shared.contracts.asyncapi import facts_of
from shared.contracts.events import Recorded
from shared.contracts.topics import LIVESCORE
from shared.ledger.sqlite import SqliteLedger
from tests.properties.random_competitions import CHIEF, HOST, RandomCompetition

if TYPE_CHECKING:
    from pathlib import Path

SHOWCASE = "played"
_AT_LEAST, _TRIES = 6, 200
_WHY = "there was a mistake, nobody is anybody's cousin"


def played() -> list[list[Recorded]]:
    """Each competition's facts in a stream of its own; every other one is brought to its end, and gone on with.

    Of those beyond the first ones only such are kept as hold a kind of fact that no other has.
    """
    made: list[list[Recorded]] = []
    wanted = set(facts_of(LIVESCORE))
    for seed in range(_TRIES):
        if len(made) >= _AT_LEAST and not wanted:
            break
        one = RandomCompetition(Random(seed), competition=f"{SHOWCASE}.skill-{seed}")
        one.go_on(50)
        if seed % 2:
            one.conclude()
            one.go_on(40)
        _what_is_not_drawn(one)
        kinds = {each.event.TYPE for each in one.ledger}
        if len(made) < _AT_LEAST or kinds & wanted:
            made.append(one.ledger)
            wanted -= kinds
    assert not wanted
    return made


async def play_into(data: Path) -> list[str]:
    """Append them as the service would, one command after the other; returns the streams."""
    async with SqliteLedger(data / "livescore.db") as ledger:
        for facts in (made := played()):
            for (command, _), together in groupby(facts, _command):
                await ledger.append(list(together), command)
    return [facts[0].stream for facts in made]


def _what_is_not_drawn(one: RandomCompetition) -> None:
    """Seats taken and lost, a conflict cleared, an exercise from its beginning to its end, a rehearsal broken off."""
    someone = next(iter(one.state.competitors))
    named = registration.TrainerNamed(trainer="t1", competitors=(someone,), competitions=(one.state.id,))
    one.record(decide_roster(one.state, named, 10_000))
    one.record(decide_roster(one.state, registration.TrainerRevoked(trainer="t1"), 10_001))
    one.record(decide_roster(one.state, registration.JudgeRevoked(judge="no1"), 10_002))
    if one.act(CHIEF, "declare-conflict", judge="sg1", competitor=someone, kind="other"):
        one.act(CHIEF, "clear-conflict", judge="sg1", competitor=someone, reason=_WHY)
    one.act(HOST, "begin-reveal", rehearsal=True)
    one.act(HOST, "move-reveal", step=1, rehearsal=True)
    one.act(HOST, "end-reveal", rehearsal=True)
    _exercise(one)


def _exercise(one: RandomCompetition) -> None:
    assert one.state.scheme is not None
    judged = [name for name, rule in one.state.scheme.aspects.items() if rule.measure is None][:1]
    pieces = ({"id": "p1", "title": {"en": "Piece one"}},)
    before = len(one.ledger)
    fields: dict[str, Any] = {"title": {"en": "The same piece"}, "aspects": judged, "pieces": pieces}
    if judged and one.act(CHIEF, "open-exercise", **fields):
        name = one.ledger[before].event.command  # type: ignore[attr-defined]
        one.act(Who("sg1", "judge"), "score-piece", exercise=name, piece="p1", aspect=judged[0], score=2)
        one.act(CHIEF, "close-exercise", exercise=name)


def _command(recorded: Recorded) -> tuple[str | None, int]:
    """The id a fact came under; facts that came without one stand alone."""
    event: Any = recorded.event
    command = getattr(event, "command", None) or getattr(event, "mark", None)
    return command, 0 if command else recorded.seq
