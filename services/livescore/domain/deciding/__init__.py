"""One act in, the facts it means out, or an error that says which rule refused it and where.

Pure: it may be decided again on a newer state. An empty list means that nothing has to be recorded. What takes two
people is first `Proposed`; the other one's approval decides it again, on the state as it is then, and has its effect.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from services.livescore.domain import acts
from services.livescore.domain.acts import ADAPTER, OFFICES, Act
from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding import (
    exercises,
    panels,
    ranking,
    release,
    remedies,
    results,
    rounds,
    rules,
    schemes,
    sheets,
)
from services.livescore.domain.deciding.stamping import Request, clash, forbid, reject
from shared.contracts.acts import Declined, Proposed
from shared.contracts.events import Event
from shared.errors import NotFound

Decide = Callable[[Competition, Request, Any], list[Event]]

_DECIDE: Mapping[type, Decide] = MappingProxyType(
    {
        acts.SetRules: rules.set_rules,
        acts.BlindForms: rules.blind_forms,
        acts.ApproveTexts: schemes.approve_texts,
        acts.AmendScheme: rules.amend,
        acts.NamePanel: panels.name_panel,
        acts.DeclareConflict: panels.declare,
        acts.ClearConflict: panels.clear,
        acts.SubmitSheet: sheets.submit,
        acts.VerifySheet: sheets.verify,
        acts.CheckByHand: sheets.check_by_hand,
        acts.AcceptTyping: sheets.accept_typing,
        acts.ReturnSheet: sheets.give_back,
        acts.SignSheets: sheets.sign,
        acts.ReopenSheet: sheets.reopen,
        acts.OrderRound: sheets.order_round,
        acts.JustifyRound: rounds.justify,
        acts.DecideDual: sheets.decide_dual,
        acts.SetBoardMode: release.set_mode,
        acts.ReleaseForms: release.release,
        acts.SetDelay: release.set_delay,
        acts.PlanFreeze: release.plan_freeze,
        acts.Freeze: release.freeze,
        acts.Thaw: release.thaw,
        acts.BeginReveal: release.begin_reveal,
        acts.MoveReveal: release.move_reveal,
        acts.EndReveal: release.end_reveal,
        acts.ShowSheets: release.show_sheets,
        acts.SetRanking: ranking.set_ranking,
        acts.DepartMedals: results.depart,
        acts.Finalise: results.finalise,
        acts.RecordOutage: remedies.record_outage,
        acts.ReverseOutage: remedies.reverse_outage,
        acts.FileAppeal: remedies.file_appeal,
        acts.MoveAppeal: remedies.move_appeal,
        acts.OpenExercise: exercises.open_exercise,
        acts.ScorePiece: exercises.score_piece,
        acts.CloseExercise: exercises.close_exercise,
    }
)
_BY_TWO = (
    acts.AmendScheme,
    acts.ReopenSheet,
    acts.RecordOutage,
    acts.ReverseOutage,
    acts.SetRanking,
    acts.DepartMedals,
    acts.Finalise,
)

MOST_PROPOSALS = 200
"""That wait: each is kept whole, and shown to those who lead."""


def decide_act(state: Competition, request: Request) -> list[Event]:
    """The facts to record; empty when this very act was accepted before, or changes nothing."""
    if not state.opened:
        raise NotFound("unknown_competition", "There is no such competition.")
    if _accepted_before(state, request):
        return []
    act, who = request.act, request.who
    if who.office not in OFFICES[act.act]:
        forbid("wrong_office", f"this is done by: {', '.join(sorted(OFFICES[act.act]))}")
    if isinstance(act, acts.Approve):
        return _approve(state, request, act)
    if isinstance(act, acts.Decline):
        return _decline(state, request, act)
    events = _DECIDE[type(act)](state, request, act)
    if events and takes_two(act):
        if len(state.proposals) >= MOST_PROPOSALS:
            clash("too_many", f"{MOST_PROPOSALS} proposals wait already: approve or decline some first", "R48")
        return [Proposed(**request.stamp(), act=act.model_dump(mode="json", exclude_none=True))]
    return events


def takes_two(act: Act) -> bool:
    """Whether chief expert and competition manager decide it together."""
    if isinstance(act, acts.NamePanel):
        return act.mode == "mirrored" or act.competitor is not None
    return isinstance(act, _BY_TWO)


def _accepted_before(state: Competition, request: Request) -> bool:
    done = state.act(request.act.id)
    if done is None and state.receipt(request.act.id) is None:
        return False
    if done is None or done.fingerprint != request.fingerprint or done.by != request.who.id:
        clash("id_reused", "this id was used for something else", "R45")
    return True


def _approve(state: Competition, request: Request, act: acts.Approve) -> list[Event]:
    proposal = state.proposals.get(act.proposal)
    if proposal is None:
        clash("no_proposal", "this proposal is not waiting any more", "R48")
    if proposal.by == request.who.id or proposal.office == request.who.office:
        forbid("same_person", "two different people decide this: the chief expert and the competition manager", "R48")
    meant = ADAPTER.validate_python(proposal.act)
    second = request._replace(act=meant, command=act.id, proposal=act.proposal, proposed_by=proposal.by)
    return _DECIDE[type(meant)](state, second, meant)


def _decline(state: Competition, request: Request, act: acts.Decline) -> list[Event]:
    if act.proposal not in state.proposals:
        reject("no_proposal", "this proposal is not waiting any more", "proposal", "R48")
    return [Declined(**request.stamp(), proposal=act.proposal, reason=act.reason)]
