"""From the topic `registration` into the competitions' own streams: who competes, who judges, what was opened.

Read from the beginning at every start; a fact that was taken over before changes nothing (its place in the showcase's
stream is recorded with what it led to), so copies that take over the same one for a moment do no harm. Registration's
ledger belongs to another process: an event that is missing is waited for, because another copy of registration may
still be about to publish it, and then the topic is read again from its start.
"""

import asyncio
from functools import partial

from services.livescore.domain.commands import RosterFact
from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding.roster import decide_roster
from shared.bus.port import Bus
from shared.consumer import Aside, Consumer
from shared.contracts.events import Recorded
from shared.contracts.names import competition_stream
from shared.contracts.registration import CompetitionAdded, JudgeAssigned, JudgeRevoked, TrainerNamed, TrainerRevoked
from shared.contracts.topics import REGISTRATION
from shared.errors import Clash, Unavailable
from shared.execute import Executor
from shared.logs import log

_OfAll = JudgeAssigned | JudgeRevoked | TrainerNamed | TrainerRevoked
_AGAIN_SECONDS = 0.5
_LOOK_SECONDS = 0.25


class _GapError(Exception):
    """The topic skipped an event of a showcase, and it did not come."""


class RosterFeed:
    """Run it as a task. `patience_seconds` is how long a missing event is waited for.

    `aside` says that a showcase whose events cannot be read stands still, instead of everything.
    """

    def __init__(
        self, bus: Bus, executor: Executor[Competition], *, patience_seconds: float = 0.5, aside: bool = False
    ) -> None:
        self._bus = bus
        self._executor = executor
        self._patience_seconds = patience_seconds
        self._aside: Aside | None = partial(bus.dead_letter, REGISTRATION) if aside else None
        self._competitions: dict[str, set[str]] = {}
        self._waiting: list[Recorded] = []
        self._taken_over: dict[str, int] = {}
        self.trouble: str | None = "the roster is being read"

    async def run(self) -> None:
        while True:
            share = self._bus.share(REGISTRATION, "earliest")
            self._waiting.clear()
            self._taken_over.clear()
            consumer = Consumer(share, self._waiting.extend, None, self._aside)
            reading = asyncio.create_task(consumer.run(self._take_over))
            caught_up = asyncio.create_task(share.caught_up.wait())
            try:
                await asyncio.wait({reading, caught_up}, return_when=asyncio.FIRST_COMPLETED)
                if not reading.done():
                    self.trouble = None
                while not reading.done():
                    await asyncio.wait({reading}, timeout=_LOOK_SECONDS)
                    self._check(consumer)
                await reading
            except (_GapError, Clash, Unavailable) as exc:
                self.trouble = f"the roster is read again: {exc}"
                log.warning("roster is read again", reason=str(exc))
                await asyncio.sleep(_AGAIN_SECONDS)
            finally:
                caught_up.cancel()
                reading.cancel()
                await asyncio.wait({reading})  # one share at a time: the next must not meet this one

    def _check(self, consumer: Consumer) -> None:
        since = consumer.stuck_since
        if since is not None and asyncio.get_running_loop().time() - since > self._patience_seconds:
            raise _GapError("the topic goes on with a gap")

    async def _take_over(self) -> None:
        for recorded in self._waiting:
            fact = recorded.event
            if not isinstance(fact, RosterFact):
                continue
            showcase = self._competitions.setdefault(recorded.stream, set())
            if isinstance(fact, CompetitionAdded):
                showcase.add(fact.competition)
            concerned = sorted(showcase) if isinstance(fact, _OfAll) else [fact.competition]
            for competition in concerned:
                await self._take_into(competition, fact, recorded.seq)
        self._waiting.clear()

    async def _take_into(self, competition: str, fact: RosterFact, seq: int) -> None:
        stream = competition_stream(competition)
        if competition not in self._taken_over:  # once per reading: asking for each fact would cost a look at each
            self._taken_over[competition] = await self._executor.look(stream, lambda state: state.source_seq)
        if seq > self._taken_over[competition]:
            await self._executor.execute(stream, lambda state: decide_roster(state, fact, seq))
