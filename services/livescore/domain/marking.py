"""What one judge may see of a competition while marking.

Hidden scores of other judges are never in it, nor anything counted from them: a cell that holds only others' scores is
absent, exactly as if nobody had scored (R21). `seq` is the newest event this judge may know of, not the stream's last.
On a blind form people are pieces: `cells` and `sheets` name them by number, and nothing tells whose a number is (R32).
"""

from typing import Any

from services.livescore.domain import blind, duties
from services.livescore.domain.arithmetic import wire
from services.livescore.domain.cells import (
    Cell,
    DualCell,
    Given,
    JudgedCell,
    MeasuredCell,
    SecretCell,
    counting,
    known_to_all,
)
from services.livescore.domain.competition import Competition
from services.livescore.domain.instants import instant
from services.livescore.domain.origins import Origins
from services.livescore.domain.scorecard import Competitor
from services.livescore.domain.sheets import ACCEPTABLE, Sheet
from shared.contracts.scheme import Aspect, SubCriterion
from shared.contracts.text import Text

View = dict[str, Any]


def marking_view(state: Competition, judge_id: str) -> View:
    """The whole sheet for a judge; for one who is not seated it is readable and nothing may be marked."""
    judge = state.judges.get(judge_id)
    entrants = sorted(state.competitors.values(), key=lambda entrant: (int(entrant.bib), entrant.id))
    names = _names(state)
    cells: dict[str, View] = {}
    for entrant in entrants:
        for aspect, cell in sorted(entrant.cells.items()):
            rule = None if state.scheme is None else state.scheme.aspects.get(aspect)
            pair = None if rule is None else own_pair(state, rule.form, entrant, judge_id)
            view = None if rule is None else cell_view(cell, judge_id, pair)
            if rule is not None and view is not None:
                view |= _origins(state.origins, cell, judge_id, pair)
                cells.setdefault(names.get(rule.form, {}).get(entrant.id, entrant.id), {})[aspect] = view
    return {
        "competition": state.id,
        "title": None if state.title is None else _text(state.title),
        "bilingual": state.bilingual,
        "judge": {"id": judge_id, "country": None if judge is None else judge.country},
        "seq": state.seen(judge_id),
        "competitors": [
            {
                "id": entrant.id,
                "bib": entrant.bib,
                "name": entrant.name,
                "country": entrant.country,
                "status": entrant.status,
                "may_mark": entrant.marked and state.panels.bar(judge, entrant.id, entrant.country) is None,
                "conflict": (judge_id, entrant.id) in state.panels.conflicts,
            }
            for entrant in entrants
        ],
        "criteria": _criteria(state, judge_id, entrants, names),
        "cells": dict(sorted(cells.items())),  # in the order of people it would tell whose piece it is (R32)
        "sheets": _sheets(state, judge_id, names),
        "min_justification": state.rules.min_justification,
    }


def cell_view(cell: Cell | None, judge: str, pair: str | None = None) -> View | None:
    """One cell as this judge may see it; None when there is nothing to see. `pair` is the judge's own on the sheet."""
    match cell:
        case None:
            return None
        case MeasuredCell():
            return {
                "state": "settled",
                "seq": cell.seq,
                "value": cell.value,
                "award": wire(cell.award),
                "round": 1,
                "mine": cell.judge == judge,
                "marked_at": instant(cell.marked_at),
                "judge": cell.judge,
            }
        case _:
            return _secret(cell, judge, pair)


def _origins(origins: Origins, cell: Cell, judge: str, pair: str | None) -> View:
    """What scripts said of the readings in view, whether one is still to be checked by hand (R18), and whether anything
    in view was typed from paper (R43).
    """
    if not origins.checks and not origins.paper:
        return {}
    own = _own(cell, judge, pair) if isinstance(cell, SecretCell) else None
    seqs = known_to_all(cell) if own is None else (own.seq,)
    told = [origins.told(seq) for seq in seqs]
    view: View = {"paper": True} if any(one.get("paper") for one in told) else {}
    checks = [one["check"] for one in told if "check" in one]
    if checks:
        view["checks"] = checks
    if own is None and origins.doubted(counting(cell)):
        view["doubted"] = True
    return view


def _own(cell: SecretCell, judge: str, pair: str | None) -> Given | None:
    """What this judge, or the judge's pair, has given in a round that is still hidden."""
    return cell.hidden.get(judge) or (None if pair is None else cell.hidden.get(pair))


def _secret(cell: SecretCell, judge: str, pair: str | None) -> View | None:
    own = _own(cell, judge, pair)
    if own is None and not cell.revealed:
        return None
    view: View = {
        "state": cell.state if own is None else "waiting",
        "seq": cell.revealed_seq if own is None else own.seq,
        "award": None if cell.award is None else wire(cell.award),
        # In a sheet that was reopened the cell's own number moves with somebody else's hidden score (R21).
        "round": cell.round if own is not None or cell.open else cell.complete,
        "mine": own is not None or cell.has_on_panel(judge),
    }
    if cell.revealed:
        view |= _revealed(cell)
    if (why := cell.why(cell.complete + 1)) is not None:
        view["justified"] = why
    if own is None and not cell.open:
        own = next((given for given in cell.revealed.values() if given.judge == judge), None)
    if own is not None:
        view |= {"marked_at": instant(own.marked_at), "judge": own.judge}
        view |= {"value": own.value} if isinstance(cell, DualCell) else {"score": own.score}
    return view


def _revealed(cell: SecretCell) -> View:
    given = list(cell.revealed.values())
    view: View = {"judges": [one.judge for one in given]}
    if isinstance(cell, DualCell):
        view["values"] = {pair: one.value for pair, one in cell.revealed.items()}
        view["decided"] = cell.decided
    elif isinstance(cell, JudgedCell):
        view["scores"] = [one.score for one in given]
    if cell.earlier:
        view["earlier"] = [[_round(one) for one in round_.values()] for round_ in cell.earlier]
    return view


def _round(given: Given) -> View:
    view: View = {"judge": given.judge, "marked_at": instant(given.marked_at)}
    return view | ({"value": given.value} if given.value else {"score": given.score})


def own_pair(state: Competition, form: str, entrant: Competitor, judge: str) -> str | None:
    panel = state.panels.panel(form, entrant.id)
    for number, pair in enumerate((panel.pairs if panel else None) or (), start=1):
        if judge in pair:
            return str(number)
    return None


def _names(state: Competition) -> dict[str, dict[str, str]]:
    """Pieces' ids by form and competitor, for blind forms alone."""
    everybody = tuple(state.competitors)
    forms = () if state.scheme is None else state.scheme.forms
    return {form: blind.pieces(state.secret, form, everybody) for form in forms if state.is_blind(form)}


def _sheets(state: Competition, judge: str, names: dict[str, dict[str, str]]) -> View:
    """Sheets that somebody has done something with, by form; all others are open."""
    found: dict[str, View] = {}
    for (form, competitor), sheet in sorted(state.sheets.kept.items()):
        entrant = state.competitors[competitor]
        who = names.get(form, {}).get(competitor, competitor)
        found.setdefault(form, {})[who] = _sheet(state, sheet, entrant, judge)
    return {form: dict(sorted(sheets.items())) for form, sheets in found.items()}


def _sheet(state: Competition, sheet: Sheet, entrant: Competitor, judge: str) -> View:
    """`may` is what this judge can do with the sheet now, besides marking it."""
    may = []
    if sheet.takes_marks and judge in duties.submitters(state, sheet.form, entrant):
        may.append("submit")
    verifying = duties.may_verify(state, judge, sheet.form, entrant.id)
    if sheet.state == "submitted" and verifying:
        may.append("verify")
    if sheet.state in {"submitted", "verified"} and verifying:
        may.append("return")
    typed = duties.typed(state, sheet.form, entrant)
    waits = bool(duties.unaccepted(state, sheet.form, entrant))
    if waits and sheet.state in ACCEPTABLE and duties.may_accept(state, judge, sheet.form, entrant):
        may.append("accept")
    if sheet.state in {"verified", "signed"} and not waits and judge in duties.unsigned(state, sheet.form, entrant):
        may.append("sign")
    view: View = {"state": sheet.state, "version": sheet.version, "may": may, "at": sheet.at}
    if sheet.digest:
        view["digest"] = sheet.digest
    if sheet.again:
        view["again"] = sorted(sheet.again)
    if typed:
        view |= {"typed": list(typed), "unaccepted": waits, "accepted_by": sheet.accepted_by}
    if sheet.signed_by:
        view["signed_by"] = list(sheet.signed_by)
    return view


def _criteria(
    state: Competition, judge: str, entrants: list[Competitor], names: dict[str, dict[str, str]]
) -> list[View]:
    if state.scheme is None:
        return []
    return [
        {
            "id": criterion.id,
            "name": _text(criterion.name),
            "sub_criteria": [_form(state, sub, judge, entrants, names) for sub in criterion.sub_criteria],
        }
        for criterion in state.scheme.scheme.criteria
    ]


def _form(
    state: Competition, sub: SubCriterion, judge: str, entrants: list[Competitor], names: dict[str, dict[str, str]]
) -> View:
    """`marks` and `submits` name the sheets this judge may mark and submit; absent, everybody `may_mark` names.

    `coordinated` names the sheets where the coordinator, who submits them, justifies another round (R24). A blind form
    has `pieces` to choose from in place of the competitors.
    """
    view: View = {
        "id": sub.id,
        "name": _text(sub.name),
        "day": sub.day,
        "aspects": [_aspect(aspect) for aspect in sub.aspects],
    }
    if state.waits_for_texts(sub.id):
        view["closed"] = True
    here = names.get(sub.id)
    panelled = sub.id in state.panels.by_form or any(form == sub.id for form, _ in state.panels.by_sheet)
    if here is None and not panelled:
        return view
    here = here or {one.id: one.id for one in entrants}
    marked = [one for one in entrants if one.marked]
    view["marks"] = sorted(here[one.id] for one in marked if judge in duties.markers(state, sub.id, one))
    view["submits"] = sorted(here[one.id] for one in marked if judge in duties.submitters(state, sub.id, one))
    view["coordinated"] = sorted(here[one.id] for one in marked if duties.coordinator(state, sub.id, one) is not None)
    if state.is_blind(sub.id):
        view["blind"] = True
        view["pieces"] = sorted(here[one.id] for one in marked)
    return view


def _aspect(aspect: Aspect) -> View:
    view = aspect.model_dump(mode="json", exclude_none=True, exclude={"section", "descriptors", "dual"})
    if aspect.dual:
        view["dual"] = True
    if aspect.descriptors:
        view["descriptors"] = [_text(text) for text in aspect.descriptors]
    return view


def _text(text: Text) -> dict[str, str]:
    return text.model_dump(exclude_none=True)
