"""Finalising, and medals given otherwise than computed (R47, R48, R65)."""

from datetime import datetime
from typing import NamedTuple

from services.livescore.domain import duties
from services.livescore.domain.acts import DepartMedals, Finalise
from services.livescore.domain.competition import Competition
from services.livescore.domain.conclusion import present_result
from services.livescore.domain.deciding.remedies import appeals_until
from services.livescore.domain.deciding.stamping import Request, clash, competitor_of
from services.livescore.domain.working_time import window
from shared.contracts.events import Event
from shared.contracts.release import Finalised, MedalsDeparted
from shared.errors import Clash, Fault


class Missing(NamedTuple):
    """One thing that still keeps a result from being final: what, of which form and competitor (by id)."""

    what: str
    form: str | None = None
    competitor: str | None = None
    detail: str | None = None

    def wire(self) -> dict[str, str]:
        return {name: value for name, value in self._asdict().items() if value is not None}


def missing(state: Competition, now: datetime) -> list[Missing]:
    """Everything that blocks finalising (R47), also that somebody may still work (R57); `now` is aware.

    A device's unsent marks cannot be known here; signatures are asked from the devices that gave the marks.
    """
    if state.scheme is None:
        return [Missing("no_scheme")]
    found: list[Missing] = []
    counted = [one for one in state.competitors.values() if one.status == "competing"]
    if not counted:
        found.append(Missing("no_competitors"))
    for entrant in sorted(counted, key=lambda one: int(one.bib)):
        for form in state.scheme.forms:
            sheet = state.sheet(form, entrant.id)
            unmarked = duties.unmarked(state, form, entrant)
            if unmarked:
                found.append(Missing("unmarked", form, entrant.id, ", ".join(unmarked)))
            doubted = duties.doubted(state, form, entrant)
            if doubted and sheet.takes_marks:
                found.append(Missing("not_checked", form, entrant.id, ", ".join(doubted)))
            unaccepted = duties.unaccepted(state, form, entrant)
            if unaccepted and sheet.state != "locked":
                found.append(Missing("not_accepted", form, entrant.id, ", ".join(unaccepted)))
            if sheet.state != "locked":
                found.append(Missing("not_locked", form, entrant.id, sheet.state))
        work = window(state, entrant.id)
        if work is not None and work.until > now:
            found.append(Missing("still_working", None, entrant.id, work.until.isoformat()))
        until = appeals_until(state, entrant.id)
        if until is not None and until > now:
            found.append(Missing("appeals_open_until", None, entrant.id, until.isoformat()))
    found += [
        Missing("appeal_open", one.form, one.competitor, one.id) for one in state.appeals.kept.values() if one.open
    ]
    found += [
        Missing("proposal_waiting", None, None, proposal.act.get("act"))
        for proposal in state.proposals.values()
        if proposal.act.get("act") != "finalise"
    ]
    return found


def finalise(state: Competition, request: Request, act: Finalise) -> list[Event]:
    _check_appealed(state)
    _check_complete(state, request)
    version = len(state.finals) + 1
    result = present_result(state, version)
    if state.final is not None and state.final.rules == state.rules:
        before = present_result(state, state.final.version)
        if before.digest == state.final.digest:
            clash("unchanged", "nothing has changed since the result was finalised", "R48")
    return [Finalised(**request.agreed(act.reason), version=version, digest=result.digest)]


def _check_appealed(state: Competition) -> None:
    """A final result changes only for an appeal that was upheld (R48)."""
    if state.final is not None and not any(one.upheld for one in state.appeals.kept.values()):
        clash("final", "the result is final; it changes only for an appeal that was upheld", "R48")


def _check_complete(state: Competition, request: Request) -> None:
    found = missing(state, request.now)
    if found:
        faults = [Fault(" ".join(one.wire().values()), field=one.form, rule="R47") for one in found[:200]]
        raise Clash(
            "not_ready",
            f"{len(found)} things are missing before the result can be final",
            *faults,
            missing=[one.wire() for one in found[:200]],
        )


def depart(state: Competition, request: Request, act: DepartMedals) -> list[Event]:
    _check_appealed(state)
    for one in act.medals:
        competitor_of(state, one)
    return [MedalsDeparted(**request.agreed(act.reason), medals=act.medals)]
