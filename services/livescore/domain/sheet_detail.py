"""One sheet as those who lead the marking see it: every mark with its rounds, by whom and when.

What is hidden is named by its author alone until the round is complete (R21).
"""

from typing import Any

from services.livescore.domain import duties
from services.livescore.domain.arithmetic import wire
from services.livescore.domain.cells import Cell, DualCell, Given, JudgedCell, MeasuredCell, SecretCell
from services.livescore.domain.competition import Competition
from services.livescore.domain.instants import instant
from services.livescore.domain.origins import Origins
from services.livescore.domain.schemes.index import AspectRule

View = dict[str, Any]


def sheet_detail(state: Competition, form: str, competitor: str) -> View | None:
    """None when there is no such sheet."""
    entrant = state.competitors.get(competitor)
    if entrant is None or state.scheme is None or form not in state.scheme.forms:
        return None
    sheet = state.sheet(form, competitor)
    seats = state.seats(form, entrant)
    swap = state.swaps.get((form, competitor))
    return {
        "form": form,
        "competitor": competitor,
        "state": sheet.state,
        "version": sheet.version,
        "digest": sheet.digest,
        "at": sheet.at,
        "review": sheet.review,
        "submitted_by": sheet.submitted_by,
        "verified_by": sheet.verified_by,
        "typed": list(duties.typed(state, form, entrant)),
        "unaccepted": list(duties.unaccepted(state, form, entrant)),
        "accepted_by": sheet.accepted_by,
        "compatriots": list(duties.compatriots(state, form, entrant)),
        "doubted": list(duties.doubted(state, form, entrant)),
        "signed_by": list(sheet.signed_by),
        "signers": list(duties.signers(state, form, entrant)),
        "unsigned": list(duties.unsigned(state, form, entrant)),
        "unmarked": list(duties.unmarked(state, form, entrant)),
        "markers": sorted(duties.markers(state, form, entrant)),
        "scorers": sorted(state.scorers(form, competitor)),
        "seats": None
        if seats is None
        else {"judges": list(seats.judges), "coordinator": seats.coordinator, "short": seats.short},
        "swap": None if swap is None else {"out": swap.steps_out, "in": swap.steps_in, "why": swap.why},
        "own_panel": (form, competitor) in state.panels.by_sheet,
        "aspects": [
            _aspect(rule, entrant.cells.get(rule.aspect.id), state.origins, full=rule.aspect.id in state.full_marks)
            for rule in state.scheme.forms[form]
        ],
    }


def _aspect(rule: AspectRule, cell: Cell | None, origins: Origins, *, full: bool) -> View:
    view: View = {"id": rule.aspect.id, "state": "settled" if full else _state(cell), "full_marks": full}
    award = rule.maximum if full else None if cell is None else cell.award
    view["award"] = None if award is None else wire(award)
    match cell:
        case MeasuredCell():
            given = {"judge": cell.judge, "value": cell.value, "at": instant(cell.marked_at)}
            view["given"] = [given | origins.told(cell.seq)]
        case JudgedCell() | DualCell():
            view["round"] = cell.round
            view["justified"] = cell.why(cell.complete + 1)
            view["hidden_by"] = _hidden(cell)
            view["rounds"] = [_round(cell, one, origins) for one in (*cell.earlier, cell.revealed) if one]
            if isinstance(cell, DualCell):
                view["decided"] = cell.decided
        case None:
            pass
    return view


def _state(cell: Cell | None) -> str:
    if cell is None:
        return "open"
    return cell.state if isinstance(cell, SecretCell) else "settled"


def _hidden(cell: SecretCell) -> list[View]:
    """Who has given something, in an order that says nothing of what."""
    pairs = isinstance(cell, DualCell)
    return [
        {"judge": one.judge, "at": instant(one.marked_at)} | ({"pair": author} if pairs else {})
        for author, one in sorted(cell.hidden.items())
    ]


def _round(cell: SecretCell, given: dict[str, Given], origins: Origins) -> list[View]:
    found = []
    for author, one in sorted(given.items()):
        view: View = {"judge": one.judge, "at": instant(one.marked_at)} | origins.told(one.seq)
        found.append(
            view | ({"pair": author, "value": one.value} if isinstance(cell, DualCell) else {"score": one.score})
        )
    return found
