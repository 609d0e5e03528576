"""The steps of a sheet: submit, verify, return, sign, lock, reopen; another round, a choice between two pairs."""

from services.livescore.domain import duties
from services.livescore.domain.acts import (
    AcceptTyping,
    CheckByHand,
    DecideDual,
    OrderRound,
    ReopenSheet,
    ReturnSheet,
    SignSheets,
    SubmitSheet,
    VerifySheet,
)
from services.livescore.domain.cells import Cell, DualCell, SecretCell, counting
from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding.people import everybody, person
from services.livescore.domain.deciding.stamping import (
    Request,
    check_form,
    clash,
    competitor_of,
    forbid,
    reject,
    scheme_of,
)
from services.livescore.domain.scorecard import Competitor
from services.livescore.domain.seals import digest
from services.livescore.domain.sheets import ACCEPTABLE, Sheet
from shared.contracts.events import Event
from shared.contracts.sheets import (
    FIRST,
    CheckedByHand,
    DualDecided,
    RoundOrdered,
    SheetLocked,
    SheetReopened,
    SheetReturned,
    SheetSigned,
    SheetSubmitted,
    SheetVerified,
    TypingAccepted,
)
from shared.errors import Fault, Rejected


def submit(state: Competition, request: Request, act: SubmitSheet) -> list[Event]:
    check_form(state, act.form)
    entrant = person(state, act.form, act.competitor, request.who)
    sheet = state.sheet(act.form, entrant.id)
    if not sheet.takes_marks:
        clash("sheet_state", f"this sheet is {sheet.state} already", "R42", state=sheet.state)
    if request.who.id not in duties.submitters(state, act.form, entrant):
        forbid("not_coordinator", "the coordinator of this sheet submits it", "R42")
    missing = duties.unmarked(state, act.form, entrant)
    if missing:
        faults = [Fault(f"{aspect} is not marked yet", field=aspect, rule="R37") for aspect in missing]
        raise Rejected("sheet_incomplete", "this sheet is not complete yet", *faults)
    _check_no_doubt(duties.doubted(state, act.form, entrant))
    again = duties.unsettled(state, act.form, entrant)
    if again and sheet.state == "remark":
        reject("still_apart", f"{', '.join(again)} must be marked again before the sheet is submitted", "form", "R23")
    previous = sheet.digest or FIRST
    seal = digest(state, act.form, entrant, previous)
    outcome = "remark" if again else "submitted"
    return [
        SheetSubmitted(
            **request.stamp(),
            form=act.form,
            competitor=entrant.id,
            version=sheet.version,
            digest=seal,
            previous=previous,
            outcome=outcome,
            aspects=again,
        )
    ]


def verify(state: Competition, request: Request, act: VerifySheet) -> list[Event]:
    entrant, sheet = _sheet(state, request, act)
    _expect(sheet, "submitted")
    if not duties.may_verify(state, request.who.id, act.form, entrant.id):
        forbid("marked_it", "a sheet is verified by somebody who neither marked nor submitted it", "R42")
    _check_seen(sheet, act.saw)
    place = _place(act.form, entrant, sheet)
    return [SheetVerified(**request.stamp(), **place)]


def check_by_hand(state: Competition, request: Request, act: CheckByHand) -> list[Event]:
    """The reading stands, whatever the script says: the team's decision outranks software (R18)."""
    entrant, sheet = _sheet(state, request, act)
    rule = scheme_of(state).aspects.get(act.aspect)
    if rule is None or rule.form != act.form:
        reject("unknown_aspect", f"form {act.form} has no aspect {act.aspect}", "aspect")
    if not sheet.takes_marks:
        clash("sheet_state", f"this sheet is {sheet.state} already", "R42", state=sheet.state)
    if request.who.id not in duties.markers(state, act.form, entrant):
        forbid("not_on_panel", "a reading is checked by hand by who may mark the sheet", "R18")
    cell = entrant.cells.get(act.aspect)
    if _shown(cell) != act.saw:
        clash("changed", "this aspect was marked since you looked at it", "R18")
    called = state.origins.called_wrong(counting(cell))
    if not called:
        reject("not_doubted", "no script calls this reading not correct", "aspect", "R18")
    readings = state.origins.doubted(called)
    place = {"form": act.form, "competitor": entrant.id, "aspect": act.aspect}
    return [CheckedByHand(**request.stamp(), **place, readings=readings)] if readings else []


def accept_typing(state: Competition, request: Request, act: AcceptTyping) -> list[Event]:
    entrant, sheet = _sheet(state, request, act)
    _expect(sheet, *sorted(ACCEPTABLE))
    if not duties.typed(state, act.form, entrant):
        reject("not_typed", "nothing on this sheet was typed from paper", "form", "R43")
    if not duties.may_accept(state, request.who.id, act.form, entrant):
        forbid(
            "not_compatriot",
            "what was typed from paper is accepted by a judge of the competitor's country, "
            "where there is none by who may verify the sheet",
            "R43",
        )
    _check_seen(sheet, act.saw)
    return [] if sheet.accepted_by else [TypingAccepted(**request.stamp(), **_place(act.form, entrant, sheet))]


def give_back(state: Competition, request: Request, act: ReturnSheet) -> list[Event]:
    entrant, sheet = _sheet(state, request, act)
    _expect(sheet, "submitted", "verified")
    if request.who.office != "chief" and not duties.may_verify(state, request.who.id, act.form, entrant.id):
        forbid("marked_it", "a sheet is returned by its verifier or the chief expert", "R42")
    return [SheetReturned(**request.stamp(), form=act.form, competitor=entrant.id, reason=act.reason)]


def sign(state: Competition, request: Request, act: SignSheets) -> list[Event]:
    """One signature on each sheet; the chief expert's comes last and locks it."""
    check_form(state, act.form)
    events: list[Event] = []
    for named, entrant in _meant(state, request, act):
        sheet = state.sheet(act.form, entrant.id)
        trouble = _may_not_sign(state, request, act.form, entrant, sheet)
        if trouble is None:
            _check_seen(sheet, act.saw.get(named))
            place = _place(act.form, entrant, sheet)
            left = set(duties.unsigned(state, act.form, entrant)) - {request.who.id}
            events.append(SheetSigned(**request.stamp(), **place, complete=not left))
            if request.who.office == "chief":
                events.append(SheetLocked(**request.stamp(), **place))
        elif act.competitors:
            shown = named if state.is_blind(act.form) else entrant.bib
            reject("not_to_sign", f"{shown}: {trouble}", "competitors", "R42")
    if not events:
        reject("nothing_to_sign", "no sheet of this form waits for your signature", "form", "R42")
    return events


def reopen(state: Competition, request: Request, act: ReopenSheet) -> list[Event]:
    entrant, sheet = _sheet(state, request, act)
    _expect(sheet, "signed", "locked")
    appeal = None if act.appeal is None else state.appeals.kept.get(act.appeal)
    if act.appeal is not None and (appeal is None or appeal.competitor != entrant.id):
        reject("unknown_appeal", "this competitor has no such appeal", "appeal", "R82")
    if state.final is not None and (appeal is None or not appeal.upheld):
        reject("final", "after finalising a sheet is reopened only for an appeal that was upheld", "appeal", "R48")
    return [
        SheetReopened(
            **request.agreed(act.reason),
            form=act.form,
            competitor=entrant.id,
            version=sheet.version + 1,
            code=act.code,
            appeal=act.appeal,
        )
    ]


def order_round(state: Competition, request: Request, act: OrderRound) -> list[Event]:
    cell = _cell(state, act.competitor, act.aspect)
    if not isinstance(cell, SecretCell) or cell.state != "disputed":
        clash("not_disputed", "another round is ordered where the rounds did not agree", "R25")
    return [
        RoundOrdered(**request.stamp(), competitor=act.competitor, aspect=act.aspect, reason=act.reason),
    ]


def decide_dual(state: Competition, request: Request, act: DecideDual) -> list[Event]:
    cell = _cell(state, act.competitor, act.aspect)
    if not isinstance(cell, DualCell) or cell.state != "disputed":
        clash("not_disputed", "the chief expert decides where two pairs measured twice and differ", "R41")
    return [
        DualDecided(**request.stamp(), competitor=act.competitor, aspect=act.aspect, pair=act.pair, reason=act.reason)
    ]


def _check_no_doubt(aspects: tuple[str, ...]) -> None:
    """What a script called not correct is looked at by a person before the sheet goes on (R18)."""
    if aspects:
        faults = [Fault(f"a script calls {one} not correct", field=one, rule="R18") for one in aspects]
        raise Rejected("check_by_hand", "check by hand first what a script called not correct", *faults)


def _shown(cell: Cell | None) -> int | None:
    """The seq that judges see on what the cell holds."""
    return None if cell is None else cell.revealed_seq if isinstance(cell, SecretCell) else cell.seq


def _sheet(
    state: Competition,
    request: Request,
    act: VerifySheet | CheckByHand | AcceptTyping | ReturnSheet | ReopenSheet,
) -> tuple[Competitor, Sheet]:
    check_form(state, act.form)
    entrant = person(state, act.form, act.competitor, request.who)
    return entrant, state.sheet(act.form, entrant.id)


def _expect(sheet: Sheet, *states: str) -> None:
    if sheet.state not in states:
        clash("sheet_state", f"this sheet is {sheet.state}, not {' or '.join(states)}", "R42", state=sheet.state)


def _place(form: str, entrant: Competitor, sheet: Sheet) -> dict[str, object]:
    return {"form": form, "competitor": entrant.id, "version": sheet.version, "digest": sheet.digest}


def _check_seen(sheet: Sheet, saw: str | None) -> None:
    if saw not in {None, sheet.digest}:
        clash("sheet_changed", "this sheet was submitted anew since you looked at it; look at it again", "R42")


def _meant(state: Competition, request: Request, act: SignSheets) -> list[tuple[str, Competitor]]:
    """Those who are named, each once, or everybody, with the name each goes by here."""
    if act.competitors:
        named = {person(state, act.form, one, request.who).id: one for one in act.competitors}
        return [(one, state.competitors[id_]) for id_, one in named.items()]
    return everybody(state, act.form, request.who)


def _may_not_sign(state: Competition, request: Request, form: str, entrant: Competitor, sheet: Sheet) -> str | None:
    who = request.who
    if sheet.state not in {"verified", "signed"}:
        return f"this sheet is {sheet.state}, not verified"
    if who.id in sheet.signed_by:
        return "you have signed this sheet"
    if duties.unaccepted(state, form, entrant):
        return "what was typed from paper has not been accepted yet (R43)"
    missing = duties.unsigned(state, form, entrant)
    if who.office == "chief":
        return f"{len(missing)} signatures of judges are missing" if missing else None
    return None if who.id in missing else "this sheet does not need your signature"


def _cell(state: Competition, competitor: str, aspect: str) -> object:
    return competitor_of(state, competitor).cells.get(aspect)
