"""What the staff feed speaks of: sheets, revealed marks, results, awards, appeals and outages.

A hidden score is in none of it, and neither is anything that moves with one: a judged cell is as its last complete
round left it, and the position counts only events that everybody on the staff may know of (R21). People are opaque
ids, and what somebody wrote in free words stays on the pages where it is worked with (R89).
"""

from collections.abc import Iterator
from typing import Any

from services.livescore.domain.arithmetic import wire
from services.livescore.domain.cells import Cell, DualCell, Given, JudgedCell, MeasuredCell
from services.livescore.domain.competition import Competition
from services.livescore.domain.conclusion import final_result
from services.livescore.domain.feed.objects import END, Objects, packed
from services.livescore.domain.remedies import Appeal, Outage
from services.livescore.domain.results.result import Line
from services.livescore.domain.scorecard import Scorecard
from services.livescore.domain.sheets import Sheet

STAFF_TYPES = ("sheets", "judgements", "outages", "appeals", "results", "awards", END)
_PLACE = ("rank", "status", "complete", "total", "criteria", "adds_up", "score")
_AWARDS = ("medal", "computed", "medallion", "best_of_nation", "points")

View = dict[str, Any]


class StaffObjects:
    """The objects of one competition; a mark that stands as before is not written anew."""

    def __init__(self) -> None:
        self._cells: dict[str, tuple[Any, bytes]] = {}

    def of(self, state: Competition) -> Objects:
        final = state.final
        ended = {state.id: {"version": final.version}} if final is not None and not state.release.frozen else {}
        result = final_result(state)
        lines = () if result is None else result.lines
        return {
            "sheets": packed({f"{one.form}.{one.competitor}": _sheet(one) for one in state.sheets.kept.values()}),
            "judgements": self._judgements(state),
            "outages": packed({one.id: _outage(one) for one in state.outages.kept.values()}),
            "appeals": packed({one.id: _appeal(one) for one in state.appeals.kept.values()}),
            "results": packed({line.entrant.id: _result(line, final.version) for line in lines if final is not None}),
            "awards": packed({line.entrant.id: _part(line, _AWARDS) for line in lines if line.rank is not None}),
            END: packed(ended),
        }

    def _judgements(self, state: Competition) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        kept: dict[str, tuple[Any, bytes]] = {}
        for name, competitor, aspect, cell in _cells(state):
            known = _known(cell)
            if known is None:
                continue
            before = self._cells.get(name)
            if before is None or before[0] != known:
                view = {"competitor": competitor, "aspect": aspect, **_judgement(cell)}
                before = known, packed({name: view})[name]
            kept[name], found[name] = before, before[1]
        self._cells = kept
        return found


def _cells(state: Scorecard) -> Iterator[tuple[str, str, str, Cell]]:
    for entrant in state.competitors.values():
        for aspect, cell in entrant.cells.items():
            yield f"{entrant.id}.{aspect}", entrant.id, aspect, cell


def _known(cell: Cell) -> Any:
    """All that is told of a cell, by value; None for one of which nothing is revealed."""
    if isinstance(cell, MeasuredCell):
        return cell
    if not cell.revealed:
        return None
    decided = cell.decided if isinstance(cell, DualCell) else None
    return cell.revealed, cell.state, cell.award, len(cell.earlier), decided


def _judgement(cell: Cell) -> View:
    if isinstance(cell, MeasuredCell):
        return {"state": "settled", "award": wire(cell.award), "given": [_given(cell.judge, value=cell.value)]}
    view: View = {
        "state": cell.state,
        "award": None if cell.award is None else wire(cell.award),
        "round": len(cell.earlier) + 1,
        "given": [_author(cell, author, given) for author, given in cell.revealed.items()],
    }
    if isinstance(cell, DualCell) and cell.decided is not None:
        view["decided"] = int(cell.decided)
    return view


def _author(cell: JudgedCell | DualCell, author: str, given: Given) -> View:
    if isinstance(cell, JudgedCell):
        return _given(given.judge, score=given.score)
    return _given(given.judge, pair=int(author), value=given.value)


def _given(judge: str, **what: Any) -> View:
    return {"judge": judge, **what}


def _sheet(sheet: Sheet) -> View:
    return {
        "form": sheet.form,
        "competitor": sheet.competitor,
        "state": sheet.state,
        "version": sheet.version,
        "digest": sheet.digest or None,
        "submitted_by": sheet.submitted_by,
        "verified_by": sheet.verified_by,
        "accepted_by": sheet.accepted_by,
        "signed_by": list(sheet.signed_by),
        "again": sorted(sheet.again),
        "review": sheet.review,
        "at": sheet.at,
    }


def _outage(outage: Outage) -> View:
    return {
        "remedy": outage.remedy.model_dump(mode="json"),
        "proposed_by": outage.proposed_by,
        "approved_by": outage.approved_by,
        "at": outage.at,
        "reversed_at": outage.reversed_at,
    }


def _appeal(appeal: Appeal) -> View:
    return {
        "competitor": appeal.competitor,
        "form": appeal.form,
        "state": appeal.state,
        "filed_at": appeal.filed_at,
        "steps": [{"state": step[0], "at": step[1]} for step in appeal.said],
    }


def _result(line: Line, version: int) -> View:
    return {"version": version, "bib": line.entrant.bib, "country": line.entrant.country, **_part(line, _PLACE)}


def _part(line: Line, names: tuple[str, ...]) -> View:
    told = line.to_json()
    return {name: told[name] for name in names}
