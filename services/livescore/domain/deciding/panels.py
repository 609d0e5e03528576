"""Naming panels, and conflicts of interest with what they change about the seats (R26-R29)."""

from collections.abc import Iterable

from services.livescore.domain.acts import ClearConflict, DeclareConflict, NamePanel
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
from services.livescore.domain.judgement import PANEL_SIZE
from services.livescore.domain.panels import Panel, Panels, Swap, mode_of
from services.livescore.domain.scorecard import Competitor
from shared.contracts.events import Event
from shared.contracts.sheets import ConflictCleared, ConflictDeclared, PanelMode, PanelNamed, SeatSwapped


def name_panel(state: Competition, request: Request, act: NamePanel) -> list[Event]:
    check_form(state, act.form)
    entrant = None if act.competitor is None else competitor_of(state, act.competitor)
    _check_team(state, act)
    panel = Panel(act.judges, act.coordinator, act.pairs, act.mode or "neutral", 0)
    trial = Panels(
        state.panels.by_form | ({act.form: panel} if entrant is None else {}),
        state.panels.by_sheet | ({} if entrant is None else {(act.form, entrant.id): panel}),
        state.panels.conflicts,
    )
    concerned = [entrant] if entrant is not None else _still_to_mark(state)
    for one in concerned:
        _check_seats(state, trial, act.form, one)
    if entrant is not None and act.reason is None:
        reject("reason_needed", "another team for one sheet is an exception: say why it is made", "reason", "R2")
    event = PanelNamed(
        **request.stamp(),
        form=act.form,
        competitor=act.competitor,
        judges=act.judges,
        coordinator=act.coordinator,
        pairs=act.pairs,
        mode=panel.mode if entrant is not None else _mode(state, panel, act),
        proposal=request.proposal,
        proposed_by=request.proposed_by,
        reason=act.reason,
    )
    return [event, *_swaps(state, trial, request, [act.form], concerned)]


def declare(state: Competition, request: Request, act: DeclareConflict) -> list[Event]:
    """With the swaps it brings about; a sheet that nobody can mark then stays open, and the chief expert sees it."""
    if request.who.office == "judge" and request.who.id != act.judge:
        forbid("not_yours", "a judge declares the own conflicts of interest", "R27")
    if act.judge not in state.judges:
        reject("unknown_judge", "nobody with this id has a seat here", "judge")
    entrant = competitor_of(state, act.competitor)
    if (act.judge, act.competitor) in state.panels.conflicts:
        clash("declared", "this conflict of interest is declared already", "R27")
    event = ConflictDeclared(
        **request.stamp(), judge=act.judge, competitor=act.competitor, kind=act.kind, note=act.note
    )
    trial = Panels(
        state.panels.by_form,
        state.panels.by_sheet,
        state.panels.conflicts | {(act.judge, act.competitor): event},
    )
    return [event, *_swaps(state, trial, request, state.panels.by_form, [entrant])]


def clear(state: Competition, request: Request, act: ClearConflict) -> list[Event]:
    if (act.judge, act.competitor) not in state.panels.conflicts:
        clash("not_declared", "there is no such conflict of interest", "R27")
    return [ConflictCleared(**request.stamp(), judge=act.judge, competitor=act.competitor, reason=act.reason)]


def _check_team(state: Competition, act: NamePanel) -> None:
    team = [*act.judges, *([] if act.coordinator is None else [act.coordinator])]
    if len(set(team)) != len(team):
        reject("named_twice", "everybody has one place on a panel", "judges", "R20")
    for one in team:
        seat = state.judges.get(one)
        if seat is None or seat.office != "judge":
            reject("unknown_judge", f"{one} has no judge's seat in this competition", "judges", "R20")
    if act.pairs is not None:
        members = [one for pair in act.pairs for one in pair]
        if len(set(members)) != len(members) or not set(members) <= set(team) or not all(act.pairs):
            reject("pairs", "two pairs take different members of the panel", "pairs", "R39")
    form = scheme_of(state).forms[act.form]
    if act.pairs is None and any(rule.aspect.dual for rule in form):
        reject("pairs_missing", "two pairs measure on this form: name them", "pairs", "R39")
    for entrant in state.competitors.values():
        sheet = state.sheets.find(act.form, entrant.id)
        named = act.competitor in {None, entrant.id}
        if named and act.competitor is not None and sheet is not None and not sheet.takes_marks:
            clash("sheet_state", f"this sheet is {sheet.state}; reopen it before its panel changes", "R25")


def _mode(state: Competition, panel: Panel, act: NamePanel) -> PanelMode:
    """What the members make the panel; one that is named otherwise is refused, and a mirrored one has to be named so.

    Before anybody competes nothing can be compared with the members, and what was said is taken.
    """
    countries = {one.country for one in _still_to_mark(state)}
    if not countries:
        return panel.mode
    found = mode_of(panel, state.judges, countries)
    if found != act.mode and (act.mode is not None or found == "mirrored"):
        why = {
            "neutral": "nobody who marks is a compatriot of anybody who competes",
            "mixed": "some who mark are compatriots of some who compete, and others mark everybody",
            "mirrored": "nobody of it marks everybody, which two people have to decide",
        }[found]
        reject("panel_mode", f"this panel is {found}: {why}", "mode", "R29")
    return found


def _check_seats(state: Competition, panels: Panels, form: str, entrant: Competitor) -> None:
    seats = panels.seats(state.judges, form, entrant.id, entrant.country)
    if seats is None:
        return
    judged = any(rule.measure is None for rule in scheme_of(state).forms[form])
    wanted = PANEL_SIZE if judged else 1
    if len(seats.judges) < wanted:
        reject(
            "too_few_judges",
            f"only {len(seats.judges)} of this panel may mark competitor {entrant.bib} ({entrant.country}); "
            f"{wanted} are needed: add judges of other countries",
            "judges",
            "R28",
        )


def _still_to_mark(state: Competition) -> list[Competitor]:
    return [one for one in state.competitors.values() if one.marked]


def _swaps(
    state: Competition, panels: Panels, request: Request, forms: Iterable[str], concerned: Iterable[Competitor]
) -> list[Event]:
    """Record each substitution that was not there before, with its reason (R27)."""
    return [
        SeatSwapped(
            **request.stamp(),
            form=form,
            competitor=entrant.id,
            steps_out=swap.steps_out,
            steps_in=swap.steps_in,
            why=swap.why,
        )
        for form in forms
        for entrant in concerned
        for swap in _new_swaps(state, panels, form, entrant)
    ]


def _new_swaps(state: Competition, panels: Panels, form: str, entrant: Competitor) -> list[Swap]:
    seats = panels.seats(state.judges, form, entrant.id, entrant.country)
    before = state.swaps.get((form, entrant.id))
    return [
        swap
        for swap in (() if seats is None else seats.swaps)
        if before is None or (before.steps_out, before.steps_in) != (swap.steps_out, swap.steps_in)
    ]
