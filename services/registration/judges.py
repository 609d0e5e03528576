"""Assigning staff (judges, chief, manager, presenter): the name is kept, the fact is recorded, and a link is made.

Asking again gives the same link again, because it is made from the recorded fact; `renew` gives another one. Links
work until they end or the person is revoked, which livescore enforces from the events.
"""

from dataclasses import dataclass, field
from datetime import datetime

from services.registration.access_tokens import AccessTokens, Link, link_ends
from services.registration.domain.commands import AssignJudge
from services.registration.domain.decide import decide
from services.registration.domain.lookup import created, judge_of
from services.registration.domain.showcase import Judge
from services.registration.handlers import Showcases
from services.registration.people import JudgeName, People
from shared.errors import Clash
from shared.ids import new_id, rfc3339, utc_now


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody of the staff with the link that opens the page of the office; made for the organiser's eyes only."""

    judge: str
    name: str = field(repr=False)
    facts: Judge
    link: Link


class Judges:
    def __init__(self, showcases: Showcases, people: People, tokens: AccessTokens) -> None:
        self._showcases = showcases
        self._people = people
        self._tokens = tokens

    async def assign(self, showcase: str, command: AssignJudge, name: str, days_valid: int | None) -> Seat:
        state = await self._showcases.state(showcase)
        decide(command, state)  # a refusal leaves no name behind
        kept = await self._name(showcase, command.judge)
        if kept is not None and kept.name != name and command.judge in state.judges:
            raise Clash("judge_exists", "this person is assigned under another name")
        if kept is None or kept.name != name:
            ends = rfc3339(link_ends(created(state).ends_on, utc_now(), days_valid))
            await self._people.keep_judge(JudgeName(command.judge, showcase, name, ends))
        state = await self._showcases.carry_out(showcase, command)
        judge = judge_of(state, command.judge)
        at = datetime.fromisoformat(judge.assigned_at)
        return await self._seat(
            showcase, judge, name, judge.assigned_by, at, link_ends(created(state).ends_on, at, days_valid)
        )

    async def renew(self, showcase: str, judge_id: str, days_valid: int | None) -> Seat:
        """Make another link for somebody who lost the first one."""
        state = await self._showcases.state(showcase)
        judge = judge_of(state, judge_id)
        if judge.revoked:
            raise Clash("judge_revoked", "this person was revoked and gets no new link")
        ends = link_ends(created(state).ends_on, utc_now(), days_valid)
        kept = await self._name(showcase, judge_id)
        name = kept.name if kept is not None else judge_id
        return await self._seat(showcase, judge, name, new_id(), utc_now(), ends)

    async def _seat(self, showcase: str, judge: Judge, name: str, token_id: str, at: datetime, ends: datetime) -> Seat:
        facts = judge.facts
        link = self._tokens.seat(
            facts.office, facts.judge, facts.country, showcase, facts.competitions, token_id, at, ends
        )
        await self._people.keep_judge(JudgeName(facts.judge, showcase, name, rfc3339(ends)))
        return Seat(facts.judge, name, judge, link)

    async def _name(self, showcase: str, judge: str) -> JudgeName | None:
        return next((one for one in await self._people.judges(showcase) if one.judge == judge), None)
