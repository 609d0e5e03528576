"""One coroutine per command: load, decide, append; names and addresses go to the people store, facts to the ledger.

Nothing here needs an `Idempotency-Key`: every command names its ids, and deciding on what is so already gives no
event. So every command may be sent again, and the answer is the same.
"""

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from services.registration.domain.commands import (
    AddCompetition,
    ApproveCompetitor,
    CreateShowcase,
    HideName,
    RejectCompetitor,
    RevokeJudge,
    RevokeTrainer,
    SetStanding,
    SetStreams,
    WithdrawCompetitor,
)
from services.registration.domain.commands import Command as Asked
from services.registration.domain.decide import decide
from services.registration.domain.lookup import competitor_of
from services.registration.domain.showcase import Showcase
from services.registration.people import FreePurpose, People
from shared.contracts.names import showcase_of, showcase_stream
from shared.contracts.registration import RejectionReason
from shared.errors import NotFound
from shared.execute import Executor
from shared.ids import rfc3339, utc_now
from shared.ledger.port import Ledger

PREFIX = showcase_stream("")

T = TypeVar("T")


class Showcases:
    """The showcases there are, and the one way to change or read one."""

    def __init__(self, executor: Executor[Showcase], ledger: Ledger) -> None:
        self._executor = executor
        self._ledger = ledger
        self._known: set[str] = set()

    async def load(self) -> None:
        """Learn which showcases there are; what is created here from then on is known by itself."""
        self._known.update(stream.removeprefix(PREFIX) for stream in await self._ledger.streams(PREFIX))

    async def known(self) -> list[str]:
        if self._ledger.shared:
            await self.load()  # another copy may have created one
        return sorted(self._known)

    async def _must_be_known(self, showcase: str) -> None:
        # Asked before the executor is: it remembers every stream it is asked for, and anyone may ask for any name.
        if showcase in self._known:
            return
        if not self._ledger.shared or not await self._ledger.read(showcase_stream(showcase), 0, 1):
            raise NotFound("unknown_showcase", "there is no such showcase")
        self._known.add(showcase)

    async def look(self, showcase: str, at: Callable[[Showcase], T]) -> T:
        """What `at` makes of the newest state, once all it saw is durable; raises NotFound, and what `at` raises."""
        await self._must_be_known(showcase)
        return await self._executor.look(showcase_stream(showcase), at)

    async def state(self, showcase: str) -> Showcase:
        """The newest state, to decide on beforehand; what is answered comes from `look` or `carry_out`."""
        return await self.look(showcase, lambda state: state)

    async def carry_out(self, showcase: str, command: Asked) -> Showcase:
        if not isinstance(command, CreateShowcase):
            await self._must_be_known(showcase)
        state, _ = await self._executor.execute(showcase_stream(showcase), lambda now: decide(command, now))
        self._known.add(showcase)
        return state


class Handlers:
    """What organisers do with showcases, competitions and competitors."""

    def __init__(self, showcases: Showcases, people: People) -> None:
        self._showcases = showcases
        self._people = people

    async def create_showcase(self, command: CreateShowcase) -> None:
        await self._showcases.carry_out(command.showcase, command)

    async def set_streams(self, showcase: str, command: SetStreams) -> None:
        await self._showcases.carry_out(showcase, command)

    async def add_competition(self, command: AddCompetition) -> None:
        await self._showcases.carry_out(showcase_of(command.competition), command)

    async def approve(self, competition: str, competitor: str, bib: str | None) -> None:
        person = await self._people.person(competitor)
        public_name = person.given_name if person is not None and person.agreed_to("named_results") else None
        await self._showcases.carry_out(
            showcase_of(competition),
            ApproveCompetitor(competition, competitor, bib, public_name, draw=secrets.randbits(64)),
        )

    async def reject(self, competition: str, competitor: str, reason: RejectionReason) -> None:
        await self._showcases.carry_out(showcase_of(competition), RejectCompetitor(competition, competitor, reason))

    async def withdraw(self, competition: str, competitor: str) -> None:
        await self._showcases.carry_out(showcase_of(competition), WithdrawCompetitor(competition, competitor))

    async def withdraw_consent(self, competition: str, competitor: str, purpose: FreePurpose) -> None:
        """Record that a consent holds no longer, as the person told the organiser (R97); a name goes at once (R98)."""
        await self._showcases.look(
            showcase_of(competition), lambda state: competitor_of(state, competition, competitor)
        )
        person = await self._people.person(competitor)
        if person is not None and (given := person.consent(purpose)) is not None and given.given:
            answer = replace(given, given=False, at=rfc3339(utc_now()), via="organiser")
            await self._people.add_consent(competitor, answer)
        if purpose == "named_results":  # also when asked again: the first time may have died before this
            await self._showcases.carry_out(showcase_of(competition), HideName(competition, competitor))

    async def set_standing(self, command: SetStanding) -> None:
        await self._showcases.carry_out(showcase_of(command.competition), command)

    async def revoke_judge(self, showcase: str, judge: str) -> None:
        await self._showcases.carry_out(showcase, RevokeJudge(judge))

    async def revoke_trainer(self, showcase: str, trainer: str) -> None:
        await self._showcases.carry_out(showcase, RevokeTrainer(trainer))
