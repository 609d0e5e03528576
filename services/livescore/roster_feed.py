"""From the topic `registration` into the competitions' own streams: who competes, who judges, what was opened.

Read from the beginning at every start; a fact that was taken over before changes nothing (its place in the showcase's
stream is recorded with what it led to). Registration's ledger belongs to another process, so a gap is healed by
reading the topic again from its start.
"""

import asyncio

from services.livescore.domain.commands import RosterFact
from services.livescore.domain.competition import Competition
from services.livescore.domain.decide import decide_roster
from shared.bus.port import Bus
from shared.consumer import Consumer, Take
from shared.contracts.events import Recorded
from shared.contracts.names import competition_stream
from shared.contracts.registration import CompetitionAdded, JudgeAssigned, JudgeRevoked
from shared.contracts.topics import REGISTRATION
from shared.errors import Unavailable
from shared.execute import Executor
from shared.logs import log

_AGAIN_SECONDS = 0.5


class _GapError(Exception):
    """The topic skipped an event of a showcase."""


class RosterFeed:
    """Run it as a task."""

    def __init__(self, bus: Bus, executor: Executor[Competition]) -> None:
        self._bus = bus
        self._executor = executor
        self._competitions: dict[str, set[str]] = {}
        self._waiting: list[Recorded] = []
        self.trouble: str | None = "the roster is being read"

    async def run(self) -> None:
        while True:
            subscription = self._bus.subscribe(REGISTRATION)
            self._waiting.clear()
            reading = asyncio.create_task(Consumer(subscription, self._waiting.append, _no_fetch).run(self._take_over))
            caught_up = asyncio.create_task(subscription.caught_up.wait())
            try:
                await asyncio.wait({reading, caught_up}, return_when=asyncio.FIRST_COMPLETED)
                if not reading.done():
                    self.trouble = None
                await reading
            except (_GapError, Unavailable) as exc:
                self.trouble = f"the roster is read again: {exc}"
                log.warning("roster is read again", reason=str(exc))
                await asyncio.sleep(_AGAIN_SECONDS)
            finally:
                reading.cancel()
                caught_up.cancel()

    async def _take_over(self) -> None:
        for recorded in self._waiting:
            fact = recorded.event
            if not isinstance(fact, RosterFact):
                continue
            showcase = self._competitions.setdefault(recorded.stream, set())
            if isinstance(fact, CompetitionAdded):
                showcase.add(fact.competition)
            concerned = sorted(showcase) if isinstance(fact, JudgeAssigned | JudgeRevoked) else [fact.competition]
            for competition in concerned:
                await self._take_into(competition, fact, recorded.seq)
        self._waiting.clear()

    async def _take_into(self, competition: str, fact: RosterFact, seq: int) -> None:
        await self._executor.execute(competition_stream(competition), lambda state: decide_roster(state, fact, seq))


async def _no_fetch(stream: str, after: int, _take: Take) -> None:
    raise _GapError(f"{stream} goes on beyond {after} with a gap")
