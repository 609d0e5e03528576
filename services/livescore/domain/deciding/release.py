"""What the public sees and when: mode, release, delay, freeze, and the reveal at the ceremony (sections 8 and 9)."""

from collections.abc import Sequence
from datetime import datetime

from services.livescore.domain.acts import (
    BeginReveal,
    EndReveal,
    Freeze,
    MoveReveal,
    PlanFreeze,
    ReleaseForms,
    SetBoardMode,
    SetDelay,
    ShowSheets,
    Thaw,
)
from services.livescore.domain.competition import Competition
from services.livescore.domain.conclusion import final_result
from services.livescore.domain.deciding.stamping import Request, check_form, clash, competitor_of, reject
from services.livescore.domain.hosting import invented_result
from services.livescore.domain.results.reveal import reveal_steps
from shared.contracts.acts import BoardModeSet
from shared.contracts.events import Event
from shared.contracts.release import (
    DelaySet,
    FreezePlanned,
    Frozen,
    ReleaseSet,
    RevealBegun,
    RevealEnded,
    RevealMoved,
    SheetsShown,
    Thawed,
)


def set_mode(state: Competition, request: Request, act: SetBoardMode) -> list[Event]:
    if state.release.frozen:
        clash("frozen", "the public picture is frozen; thaw it before its mode changes", "R55")
    if state.kind == "training" and act.mode != "progress":
        reject("training", "a training shows progress alone: results go to the competitors", "mode")
    return [BoardModeSet(**request.stamp(), mode=act.mode)]


def release(state: Competition, request: Request, act: ReleaseForms) -> list[Event]:
    for form in act.forms:
        check_form(state, form)
    return [ReleaseSet(**request.stamp(), forms=act.forms, when=act.when)]


def set_delay(_state: Competition, request: Request, act: SetDelay) -> list[Event]:
    return [DelaySet(**request.stamp(), seconds=act.seconds)]


def plan_freeze(state: Competition, request: Request, act: PlanFreeze) -> list[Event]:
    if state.release.frozen:
        clash("frozen", "the public picture is frozen already", "R55")
    if act.at is not None and act.at <= request.now:
        reject("past", "this time is over; freeze at once instead", "at", "R55")
    return [FreezePlanned(**request.stamp(), at=act.at)]


def freeze(state: Competition, request: Request, _act: Freeze) -> list[Event]:
    if state.release.frozen:
        clash("frozen", "the public picture is frozen already", "R55")
    return [Frozen(**request.stamp())]


def planned_freeze(state: Competition, now: datetime) -> list[Event]:
    """The freeze whose time has come; empty when there is none, or somebody has recorded it."""
    at = state.release.freeze_at
    if at is None or at > now or state.release.frozen:
        return []
    plan = f"planned-freeze-{int(at.timestamp())}"
    return [Frozen(command=plan, fingerprint=plan, by="service", office="service", done_at=now)]


def thaw(state: Competition, request: Request, _act: Thaw) -> list[Event]:
    if not state.release.frozen:
        clash("not_frozen", "the public picture is not frozen", "R57")
    reveal, result = state.release.reveal, final_result(state)
    if reveal is not None and result is not None and reveal.step < len(reveal_steps(result)):
        clash("revealing", "the reveal is under way: take its last step or end it before the thaw", "R58")
    return [Thawed(**request.stamp())]


def begin_reveal(state: Competition, request: Request, act: BeginReveal) -> list[Event]:
    if act.rehearsal:
        return [RevealBegun(**request.stamp(), rehearsal=True)]
    if state.final is None:
        clash("not_final", "the result is revealed after it has been finalised", "R58")
    if not state.release.frozen:
        clash("not_frozen", "freeze the public picture before the reveal, or there is nothing left to reveal", "R58")
    if state.kind == "training":
        reject("training", "a training has no ceremony")
    if not state.final.ranked:
        clash("unranked", "nobody is ranked here, so there is nothing to reveal: thaw the picture", "R29")
    if state.release.reveal is not None:
        clash("revealing", "the reveal is under way already", "R58")
    return [RevealBegun(**request.stamp(), rehearsal=False)]


def move_reveal(state: Competition, request: Request, act: MoveReveal) -> list[Event]:
    now = state.release.rehearsal if act.rehearsal else state.release.reveal
    if now is None:
        clash("not_revealing", "begin the reveal first", "R58")
    final = None if act.rehearsal else final_result(state)
    steps = reveal_steps(final or invented_result(state))
    if act.step > len(steps):
        reject("no_such_step", f"the reveal has {len(steps)} steps", "step", "R58")
    if abs(act.step - now.step) != 1:
        clash("another_step", "somebody has moved the reveal meanwhile", "R58", step=now.step)
    return [RevealMoved(**request.stamp(), step=act.step, rehearsal=act.rehearsal)]


def end_reveal(state: Competition, request: Request, act: EndReveal) -> list[Event]:
    if (state.release.rehearsal if act.rehearsal else state.release.reveal) is None:
        clash("not_revealing", "no reveal is under way", "R58")
    return [RevealEnded(**request.stamp(), rehearsal=act.rehearsal)]


def show_sheets(state: Competition, request: Request, act: ShowSheets) -> list[Event]:
    _check_people(state, act.competitors)
    return [SheetsShown(**request.stamp(), competitors=act.competitors)]


def _check_people(state: Competition, people: Sequence[str]) -> None:
    for one in people:
        competitor_of(state, one)
