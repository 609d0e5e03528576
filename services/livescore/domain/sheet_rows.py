"""One line per sheet for those who lead the marking: how far it is, and what about it needs them.

A row says who has scored and never what before the round is complete (R21). `Rows` keeps all of a competition and works
out anew only those that something happened to, so that watching costs the same with ten sheets and with forty thousand.
"""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from services.livescore.domain import duties
from services.livescore.domain.cells import DualCell, JudgedCell, MeasuredCell, SecretCell
from services.livescore.domain.competition import Competition
from services.livescore.domain.judgement import spread
from services.livescore.domain.leniency import Difference, Leniency, differences
from services.livescore.domain.scorecard import Competitor
from services.livescore.domain.sheets import ACCEPTABLE

Stage = Literal[
    "untouched",
    "started",
    "complete",
    "remark",
    "disputed",
    "submitted",
    "verified",
    "signed",
    "locked",
    "reopened",
]
"""A sheet's state, with what a glance has to tell apart: `complete` waits to be submitted, `disputed` for the chief."""
Apart = dict[str, Any]
_FAR = frozenset({"remark", "disputed"})
_DECIDED = frozenset({"submitted", "verified", "signed", "locked"})


class Row(NamedTuple):
    """`wire` is what is shown; the rest is counted over all sheets."""

    stage: Stage
    counts: bool
    wire: dict[str, Any]
    apart: tuple[Apart, ...] = ()
    spreads: tuple[tuple[str, int], ...] = ()
    leniency: tuple[Difference, ...] = ()


def row(state: Competition, form: str, entrant: Competitor) -> Row | None:
    """None for a sheet that nothing has happened to and that needs nobody."""
    assert state.scheme is not None, "there are no sheets without a scheme"
    rules = state.scheme.forms[form]
    sheet = state.sheets.find(form, entrant.id)
    seats = state.seats(form, entrant)
    short = seats.short if seats is not None and any(rule.measure is None for rule in rules) else 0
    scorers = state.scorers(form, entrant.id)
    team = state.panels.by_sheet.get((form, entrant.id))
    if sheet is None and not scorers and not short and team is None:
        return None
    done = 0
    apart: list[Apart] = []
    spreads: list[tuple[str, int]] = []
    leniency: list[Difference] = []
    for rule in rules:
        aspect = rule.aspect.id
        cell = entrant.cells.get(aspect)
        done += aspect in state.full_marks or isinstance(cell, MeasuredCell) or (cell is not None and cell.stands)
        match cell:
            case JudgedCell():
                for number, given in enumerate([*cell.earlier, *([cell.revealed] if cell.revealed else [])]):
                    scores = {one.judge: one.score for one in given.values()}
                    leniency += differences(scores, entrant.country)
                    spreads += [(aspect, spread(list(scores.values())))] if number == 0 else []
                if cell.revealed and cell.state in _FAR:
                    apart.append(_apart(aspect, cell, spread(cell.scores)))
            case DualCell() if cell.revealed:
                flagged = _too_far(cell, state.rules.dual_tolerance)
                if cell.state in _FAR or (flagged and cell.decided is None):
                    readings = [one.value for one in cell.revealed.values()]
                    apart.append(_apart(aspect, cell, None) | {"readings": readings})
    stage = _stage(sheet.state if sheet else "open", apart, done, len(rules), bool(scorers))
    wire: dict[str, Any] = {"stage": stage, "done": done, "of": len(rules), "who": sorted(scorers)}
    if sheet is not None:
        wire |= {"version": sheet.version, "at": sheet.at, "review": sheet.review}
        if sheet.state in {"verified", "signed"}:
            wire |= {"signed": list(sheet.signed_by), "unsigned": list(duties.unsigned(state, form, entrant))}
        if sheet.state == "submitted":
            wire["submitted_by"] = sheet.submitted_by
        if sheet.state in ACCEPTABLE and duties.unaccepted(state, form, entrant):
            wire["accept"] = True
    doubted = duties.doubted(state, form, entrant)
    if doubted:
        wire["doubted"] = list(doubted)
    if short:
        wire["short"] = short
    if team is not None:
        wire["team"] = team.seq  # an exception (R2); another number, another team
    if apart:
        wire["apart"] = [one["aspect"] for one in apart]
    where = {"form": form, "competitor": entrant.id}
    return Row(
        stage,
        entrant.status == "competing",
        wire,
        tuple(where | one for one in apart),
        tuple(spreads),
        tuple(leniency),
    )


def _apart(aspect: str, cell: SecretCell, distance: int | None) -> Apart:
    found: Apart = {"aspect": aspect, "state": cell.state, "round": cell.round}
    if distance is not None:
        found["spread"] = distance
    if cell.why(cell.complete + 1) is not None:
        found["justified"] = True
    if cell.hidden:
        found["given"] = sorted(one.judge for one in cell.hidden.values())
    return found


def _too_far(cell: DualCell, tolerance: str) -> bool:
    """Two numbers further apart than the rules allow, though they may be worth the same (R40)."""
    try:
        first, second = (Decimal(one.value) for one in cell.revealed.values())
    except (ArithmeticError, ValueError):
        return False
    return abs(first - second) > Decimal(tolerance)


def _stage(state: str, apart: list[Apart], done: int, of: int, begun: bool) -> Stage:
    if state in _DECIDED:
        return state  # type: ignore[return-value]  # one of the four
    if any(one["state"] == "disputed" for one in apart):
        return "disputed"
    if state == "remark" or any(one["state"] == "remark" for one in apart):
        return "remark"
    if done == of:
        return "complete"
    return "reopened" if state == "reopened" else "started" if begun else "untouched"


@dataclass(slots=True)
class Rows:
    """All rows of one competition as they stood at `seq`, and what is counted over them."""

    seq: int = 0
    kept: dict[tuple[str, str], Row] = field(default_factory=dict)
    leniency: Leniency = field(default_factory=Leniency)
    spreads: dict[str, Counter[int]] = field(default_factory=dict)
    stages: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Sheets that count for the result by form and stage; untouched ones are not in it."""
    looked_at: int = 0
    """How many rows have been worked out so far."""
    _state: Competition | None = None
    _left: list[tuple[str, str]] = field(default_factory=list)

    def refresh(self, state: Competition, at_most: int | None = None) -> bool:
        """Bring everything up to date, or so many rows of it; True when nothing is left.

        In pieces, so that judges do not wait while all of a large competition is worked out. What happens meanwhile is
        taken at the end.
        """
        if state.scheme is None:
            return True
        if self._state is not state or state.touched_all > self.seq:
            self.kept, self.leniency, self.spreads = {}, Leniency(), {}
            self.stages = Counter()
            self._state, self.seq = state, state.seq
            self._left = [(form, competitor) for form in state.scheme.forms for competitor in state.competitors]
        if not self._left:
            self._left, self.seq = _since(state, self.seq), state.seq
        now, self._left = self._left[:at_most], self._left[len(self._left) if at_most is None else at_most :]
        for form, competitor in now:
            self._put((form, competitor), row(state, form, state.competitors[competitor]))
        self.looked_at += len(now)
        return not self._left and (self.seq == state.seq or (at_most is None and self.refresh(state)))

    def _put(self, place: tuple[str, str], found: Row | None) -> None:
        before = self.kept.pop(place, None)
        if before is not None:
            self._count(place, before, -1)
        if found is not None:
            self.kept[place] = found
            self._count(place, found, 1)

    def _count(self, place: tuple[str, str], one: Row, times: int) -> None:
        self.leniency.put(one.leniency, times)
        for aspect, distance in one.spreads:
            self.spreads.setdefault(aspect, Counter())[distance] += times
        if one.counts:
            self.stages[place[0], one.stage] += times


def _since(state: Competition, seq: int) -> list[tuple[str, str]]:
    found = []
    for place, touched in reversed(state.touched.items()):
        if touched <= seq:
            break
        found.append(place)
    return found
