"""What one judge may see of a competition while marking.

Hidden scores of other judges are never in it, nor anything counted from them: a cell that holds only others' scores is
absent, exactly as if nobody had scored (R21). `seq` is the newest event this judge may know of, not the stream's last.
"""

from datetime import UTC, datetime
from typing import Any

from services.livescore.domain.arithmetic import wire
from services.livescore.domain.cells import Cell, JudgedCell, MeasuredCell
from services.livescore.domain.competition import Competition
from services.livescore.domain.scorecard import Competitor
from shared.contracts.scheme import Aspect
from shared.contracts.text import Text

View = dict[str, Any]


def marking_view(state: Competition, judge_id: str) -> View:
    """The whole sheet for a judge; for one who is not seated it is readable and nothing may be marked."""
    judge = state.judges.get(judge_id)
    entrants = sorted(state.competitors.values(), key=lambda entrant: (int(entrant.bib), entrant.id))
    return {
        "competition": state.id,
        "title": None if state.title is None else _text(state.title),
        "judge": {"id": judge_id, "country": None if judge is None else judge.country},
        "seq": state.seen(judge_id),
        "competitors": [
            {
                "id": entrant.id,
                "bib": entrant.bib,
                "name": entrant.name,
                "country": entrant.country,
                "status": entrant.status,
                "may_mark": judge is not None
                and entrant.status == "competing"
                and entrant.country != judge.country,  # R26
            }
            for entrant in entrants
        ],
        "criteria": _criteria(state),
        "cells": {entrant.id: cells for entrant in entrants if (cells := _cells(entrant, judge_id))},
    }


def cell_view(cell: Cell | None, judge: str) -> View | None:
    """One cell as this judge may see it; None when there is nothing to see."""
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
                "marked_at": _instant(cell.marked_at),
                "judge": cell.judge,
            }
        case JudgedCell():
            return _judged(cell, judge)


def _judged(cell: JudgedCell, judge: str) -> View | None:
    own = cell.hidden.get(judge)
    if own is None and not cell.revealed:
        return None
    view: View = {
        "state": cell.state if own is None else "waiting",
        "seq": cell.revealed_seq if own is None else own.seq,
        "award": None if cell.award is None else wire(cell.award),
        "round": cell.round,
        "mine": own is not None or cell.has_on_panel(judge),
    }
    if cell.revealed:
        view["scores"] = [given.score for given in cell.revealed]
        view["judges"] = [given.judge for given in cell.revealed]
    if own is None and not cell.open:
        own = next((given for given in cell.revealed if given.judge == judge), None)
    if own is not None:
        view |= {"score": own.score, "marked_at": _instant(own.marked_at), "judge": judge}
    return view


def _cells(entrant: Competitor, judge: str) -> View:
    return {aspect: view for aspect, cell in sorted(entrant.cells.items()) if (view := cell_view(cell, judge))}


def _criteria(state: Competition) -> list[View]:
    if state.scheme is None:
        return []
    return [
        {
            "id": criterion.id,
            "name": _text(criterion.name),
            "sub_criteria": [
                {"id": sub.id, "name": _text(sub.name), "aspects": [_aspect(aspect) for aspect in sub.aspects]}
                for sub in criterion.sub_criteria
            ],
        }
        for criterion in state.scheme.scheme.criteria
    ]


def _aspect(aspect: Aspect) -> View:
    view = aspect.model_dump(mode="json", exclude_none=True, exclude={"section", "descriptors"})
    if aspect.descriptors:
        view["descriptors"] = [_text(text) for text in aspect.descriptors]
    return view


def _text(text: Text) -> dict[str, str]:
    return text.model_dump(exclude_none=True)


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
