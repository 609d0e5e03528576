"""Outages with their remedies (R74-R77), and appeals (R79-R82)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from services.livescore.domain.acts import FileAppeal, MoveAppeal, RecordOutage, ReverseOutage
from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding.stamping import (
    Request,
    check_form,
    clash,
    competitor_of,
    forbid,
    reject,
    scheme_of,
)
from services.livescore.domain.remedies import DECIDED, STEPS
from services.livescore.domain.stakes import may_gain
from shared.contracts.events import Event
from shared.contracts.remedies import (
    AppealFiled,
    AppealMoved,
    FullMarks,
    OutageRecorded,
    OutageReversed,
    Remedy,
    RemovedInterval,
    TimeBack,
)


def record_outage(state: Competition, request: Request, act: RecordOutage) -> list[Event]:
    remedy = act.remedy
    match remedy:
        case TimeBack():
            competitor_of(state, remedy.competitor)
        case FullMarks():
            for aspect in remedy.aspects:
                if aspect not in scheme_of(state).aspects:
                    reject("unknown_aspect", f"the scheme has no aspect {aspect}", "remedy", "R76")
        case RemovedInterval():
            if remedy.end <= remedy.start:
                reject("interval", "an interval ends after it starts", "remedy", "R75")
    check_open(state, touched(state, remedy), "R76")
    return [OutageRecorded(**request.agreed(act.reason), outage=request.proposal or act.id, remedy=remedy)]


def reverse_outage(state: Competition, request: Request, act: ReverseOutage) -> list[Event]:
    outage = state.outages.kept.get(act.outage)
    if outage is None:
        reject("unknown_outage", "there is no such entry", "outage", "R75")
    if outage.reversed_at is not None:
        clash("reversed", "this entry was reversed already", "R75")
    check_open(state, touched(state, outage.remedy), "R76")
    return [OutageReversed(**request.agreed(act.reason), outage=act.outage)]


def touched(state: Competition, remedy: Remedy) -> set[tuple[str, str]]:
    """The sheets, by form and competitor, whose awards this remedy may change."""
    if state.scheme is None:
        return set()
    rules = state.scheme.aspects.values()
    if isinstance(remedy, FullMarks):
        forms = {rule.form for rule in rules if rule.aspect.id in remedy.aspects}
        people: Iterable[str] = state.competitors
    else:
        forms = {rule.form for rule in rules if rule.timed}
        people = [remedy.competitor] if isinstance(remedy, TimeBack) else state.competitors
    return {(form, one) for form in forms for one in people}


def check_open(state: Competition, sheets: set[tuple[str, str]], rule: str) -> None:
    """Awards change only on sheets that take marks: what was submitted goes through return or reopening first."""
    closed = sorted(
        f"{form} of {state.competitors[competitor].bib}"
        for form, competitor in sheets
        if not state.sheet(form, competitor).takes_marks
    )
    if closed:
        named = ", ".join(closed[:20])
        clash("sheets_closed", f"return or reopen these sheets first: {named}", rule, sheets=closed[:200])


MOST_APPEALS = 50
"""Of one competitor: everybody who leads sees them all."""


def file_appeal(state: Competition, request: Request, act: FileAppeal) -> list[Event]:
    """By the competitor, or by the organiser for one who wrote on paper."""
    entrant = competitor_of(state, act.competitor)
    if request.who.office == "competitor" and request.who.id != entrant.id:
        forbid("not_yours", "you can appeal for yourself", "R79")
    if act.form is not None:
        check_form(state, act.form)
    until = appeals_until(state, entrant.id)
    if until is None:
        clash("not_shown", "appeals can be filed once the sheets have been shown to the competitor", "R79")
    if request.now > until:
        clash("too_late", "the time for appeals is over", "R79", until=until.isoformat())
    if sum(one.competitor == entrant.id for one in state.appeals.kept.values()) >= MOST_APPEALS:
        clash("too_many", f"a competitor files at most {MOST_APPEALS} appeals", "R79")
    return [
        AppealFiled(**request.stamp(), appeal=act.id, competitor=entrant.id, form=act.form, text=act.text),
    ]


def appeals_until(state: Competition, competitor: str) -> datetime | None:
    """When this competitor's time for appeals ends; None before the own sheets were shown (R79)."""
    shown = state.release.shown_to(competitor)
    if shown is None:
        return None
    return datetime.fromisoformat(shown) + timedelta(minutes=state.rules.appeal_window_minutes)


def move_appeal(state: Competition, request: Request, act: MoveAppeal) -> list[Event]:
    appeal = state.appeals.kept.get(act.appeal)
    if appeal is None:
        reject("unknown_appeal", "there is no such appeal", "appeal", "R80")
    if act.to not in STEPS[appeal.state]:
        allowed = ", ".join(sorted(STEPS[appeal.state])) or "nothing"
        clash("appeal_state", f"this appeal is {appeal.state}; what can follow: {allowed}", "R80", state=appeal.state)
    if act.to in DECIDED and act.text is None:
        reject("text_missing", "a decision on an appeal is given in writing", "text", "R79")
    if act.to in DECIDED:
        _check_decider(state, request, appeal.competitor, appeal.form)
    return [AppealMoved(**request.stamp(), appeal=act.appeal, to=act.to, text=act.text)]


def _check_decider(state: Competition, request: Request, competitor: str, form: str | None) -> None:
    """Who decides gave no mark on the sheet, and is no compatriot of the appellant or of who may gain a medal (R81).

    That holds for every decision, not only for the one that would bring the medal.
    """
    entrant = competitor_of(state, competitor)
    forms = scheme_of(state).forms if form is None else [form]
    if any(request.who.id in state.scorers(one, competitor) for one in forms):
        forbid("marked_it", "an appeal is decided by somebody who gave no mark on the sheet", "R81")
    if request.who.country == entrant.country:
        forbid("compatriot", "an appeal is not decided by a compatriot of the competitor", "R81")
    gaining = [state.competitors[one] for one in may_gain(state, competitor, form)]
    bibs = sorted((one.bib for one in gaining if one.country == request.who.country), key=int)
    if bibs:
        detail = f"it may bring a medal to a compatriot of yours (bib {', '.join(bibs)}): somebody else decides it"
        forbid("compatriot_gains", detail, "R81", bibs=bibs)
