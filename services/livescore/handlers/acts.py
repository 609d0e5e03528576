"""Everything done to a competition besides giving a mark: load, decide, append, answer with what was recorded."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from services.livescore.domain.acts import OFFICES, Act, Approve, BeginReveal, Finalise
from services.livescore.domain.competition import Competition, Done
from services.livescore.domain.deciding import decide_act
from services.livescore.domain.deciding.stamping import Request
from services.livescore.domain.instants import instant
from services.livescore.domain.who import Who
from services.livescore.handlers.access import check_organiser
from shared.access import STAFF, Caller
from shared.contracts.acts import Office
from shared.contracts.names import competition_stream
from shared.errors import Clash, Fault, Forbidden
from shared.execute import Executor

Opinion = Callable[[str], Awaitable[Sequence[Fault]]]
"""What an independent scorer finds different in a competition: nothing, or each difference with its cell."""


class Acts:
    def __init__(self, executor: Executor[Competition], opinion: Opinion) -> None:
        self._executor = executor
        self._opinion = opinion
        self._asking = asyncio.Lock()  # one opinion at a time: it reads the whole ledger

    async def perform(self, competition: str, caller: Caller, act: Act, fingerprint: str, now: datetime) -> Done:
        """Record an act, or find it recorded, and return its answer; it is durable when this returns."""
        _check_link(caller, competition)
        stream = competition_stream(competition)
        if await self._executor.look(stream, lambda state: _releases_results(state, act, _who(state, caller))):
            async with self._asking:
                _check_opinions(await self._opinion(competition))
        state, _ = await self._executor.execute(
            stream, lambda now_: decide_act(now_, Request(act, _who(now_, caller), fingerprint, now)), act.id
        )
        done = state.act(act.id)
        if done is None:  # it changes nothing: rules set to what they are
            # Neither the stream's seq nor its last moment, which would tell of others' hidden scores (R21).
            seen, at = state.seen(caller.subject), instant(now)
            return Done(act.id, seen, at, caller.subject, fingerprint, ())
        return done


def _who(state: Competition, caller: Caller) -> Who:
    """Staff hold the office of their seat now, which may be another than the link was made for, or none."""
    if caller.role == "organiser":
        return Who(caller.subject, "organiser")
    if caller.role == "competitor":
        competitor = next((one for one in caller.competitors if one in state.competitors), caller.subject)
        return Who(competitor, "competitor")
    seat = state.judges.get(caller.subject)
    if seat is None:
        raise Forbidden("not_seated", "You have no seat in this competition.")
    office: Office = seat.office
    return Who(seat.id, office, seat.country)


def _check_link(caller: Caller, competition: str) -> None:
    if caller.role == "organiser":
        check_organiser(caller, competition)
    elif caller.role not in {*STAFF, "competitor"} or competition not in caller.competitions:
        raise Forbidden("not_your_competition", "Your access link is not for this competition.")


def _releases_results(state: Competition, act: Act, who: Who) -> bool:
    """Whether a result would become final or public by this, which takes a second opinion first.

    An opinion costs a reading of the whole ledger and tells of marks: it is asked for those who may do this alone.
    """
    if who.office not in OFFICES[act.act] or state.act(act.id) is not None:
        return False
    if isinstance(act, Approve):
        proposal = state.proposals.get(act.proposal)
        return proposal is not None and proposal.act.get("act") == "finalise"
    return isinstance(act, Finalise) or (isinstance(act, BeginReveal) and not act.rehearsal)


def _check_opinions(differences: Sequence[Fault]) -> None:
    if differences:
        raise Clash(
            "opinions_differ",
            "two independent scorers do not agree, so nothing is released; please tell whoever runs the service",
            *differences[:50],
        )
