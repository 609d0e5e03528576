"""Links for those who follow results: a competitor's own, and a trainer's to the competitors he or she looks after.

A trainer is named like a judge is assigned: the name goes to the people store, the fact with opaque ids to the ledger,
and asking again gives the same link again. A competitor's link is made for somebody who was approved, without a fact of
its own. Only an organiser makes either: the id of a registration is public on the board and the address is no secret,
so neither proves who asks.
"""

from dataclasses import dataclass, field
from datetime import datetime

from services.registration.access_tokens import AccessTokens, Link, link_ends
from services.registration.domain.commands import NameTrainer
from services.registration.domain.decide import decide
from services.registration.domain.lookup import competitor_of, created, trainer_of
from services.registration.domain.showcase import Showcase, Trainer
from services.registration.handlers import Showcases
from services.registration.people import JudgeName, People
from shared.contracts.names import showcase_of
from shared.errors import Clash
from shared.ids import new_id, rfc3339, utc_now


@dataclass(frozen=True, slots=True)
class NamedTrainer:
    """A trainer with the link to hand over; made for the organiser's eyes only."""

    name: str = field(repr=False)
    facts: Trainer
    link: Link


class Followers:
    def __init__(self, showcases: Showcases, people: People, tokens: AccessTokens) -> None:
        self._showcases = showcases
        self._people = people
        self._tokens = tokens

    async def competitor_link(self, competition: str, competitor: str, days_valid: int | None) -> Link:
        """Make a link for an approved competitor; each call makes another one."""
        showcase = showcase_of(competition)
        state = await self._showcases.state(showcase)
        known = competitor_of(state, competition, competitor)
        if known.status != "approved":
            current = {"status": known.status, "bib": known.bib}
            raise Clash("wrong_status", f"is not approved, the registration is {known.status}", current=current)
        now = utc_now()
        ends = link_ends(created(state).ends_on, now, days_valid)
        return self._tokens.follower(
            "competitor", competitor, showcase, (competition,), (competitor,), new_id(), now, ends
        )

    async def name_trainer(
        self, showcase: str, command: NameTrainer, name: str, days_valid: int | None
    ) -> NamedTrainer:
        state = await self._showcases.state(showcase)
        decide(command, state)  # a refusal leaves no name behind
        kept = await self._name(showcase, command.trainer)
        if kept is not None and kept.name != name and command.trainer in state.trainers:
            raise Clash("trainer_exists", "this trainer is named with another name")
        if kept is None or kept.name != name:
            ends = rfc3339(link_ends(created(state).ends_on, utc_now(), days_valid))
            await self._people.keep_judge(JudgeName(command.trainer, showcase, name, ends))
        state = await self._showcases.carry_out(showcase, command)
        trainer = trainer_of(state, command.trainer)
        at = datetime.fromisoformat(trainer.named_at)
        return await self._linked(state, trainer, name, trainer.named_by, at, days_valid)

    async def renew(self, showcase: str, trainer_id: str, days_valid: int | None) -> NamedTrainer:
        """Make another link for a trainer who lost the first one."""
        state = await self._showcases.state(showcase)
        trainer = trainer_of(state, trainer_id)
        if trainer.revoked:
            raise Clash("trainer_revoked", "this trainer was revoked and gets no new link")
        kept = await self._name(showcase, trainer_id)
        name = kept.name if kept is not None else trainer_id
        return await self._linked(state, trainer, name, new_id(), utc_now(), days_valid)

    async def _linked(
        self, state: Showcase, trainer: Trainer, name: str, token_id: str, at: datetime, days_valid: int | None
    ) -> NamedTrainer:
        facts, showcase = trainer.facts, created(state)
        ends = link_ends(showcase.ends_on, at, days_valid)
        link = self._tokens.follower(
            "trainer", facts.trainer, showcase.showcase, facts.competitions, facts.competitors, token_id, at, ends
        )
        await self._people.keep_judge(JudgeName(facts.trainer, showcase.showcase, name, rfc3339(ends)))
        return NamedTrainer(name, trainer, link)

    async def _name(self, showcase: str, trainer: str) -> JudgeName | None:
        return next((one for one in await self._people.judges(showcase) if one.judge == trainer), None)
