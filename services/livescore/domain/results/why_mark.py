"""Why a mark is what it is: the rule, what was read or scored, who, when, and what an outage changed.

Only what has been revealed is in it (R21): hidden scores and readings leave no trace, not in a count of rounds either.
Structure for a page to put into words; texts of the scheme come in both languages.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from services.livescore.domain import judgement
from services.livescore.domain.arithmetic import wire
from services.livescore.domain.cells import Cell, DualCell, Given, JudgedCell, MeasuredCell
from services.livescore.domain.instants import instant
from services.livescore.domain.results.formula import of_reading, of_scores
from services.livescore.domain.schemes.index import AspectRule
from services.livescore.domain.scorecard import Competitor, Scorecard
from services.livescore.domain.totals import effective
from shared.contracts.events import Recorded
from shared.contracts.livescore import MarkGiven
from shared.contracts.remedies import FullMarks, RemovedInterval, TimeBack

View = dict[str, Any]


def seqs_behind(cell: Cell | None) -> tuple[int, ...]:
    """The marks whose facts `why_mark` needs. Of a reading also what it superseded, which the facts themselves tell."""
    match cell:
        case None:
            return ()
        case MeasuredCell():
            return (cell.seq,)
        case JudgedCell() | DualCell():
            return tuple(given.seq for _, given in _revealed(cell))


def why_mark(state: Scorecard, competitor: str, aspect: str, facts: Mapping[int, Recorded]) -> View | None:
    """None where there is no such competitor or aspect. `facts` are recorded marks by seq; one that is missing leaves
    its time of arrival and its words out.
    """
    entrant, scheme = state.competitors.get(competitor), state.scheme
    rule = None if scheme is None else scheme.aspects.get(aspect)
    if entrant is None or scheme is None or rule is None:
        return None
    cell = entrant.cells.get(aspect)
    standing = None if cell is None else cell.award
    counted = effective(cell, rule, state.full_marks, state.rules.rounding)
    return {
        "competitor": {"id": entrant.id, "bib": entrant.bib, "name": entrant.name},
        "aspect": _aspect(rule),
        "scheme_version": scheme.version,
        "award": None if standing is None else wire(standing),
        "counts": None if counted is None else wire(counted),
        "rounding": state.rules.rounding,
        **_marks(state, entrant, rule, cell, facts),
        "outages": list(_outages(state, entrant, rule)),
    }


def _aspect(rule: AspectRule) -> View:
    return rule.aspect.model_dump(mode="json", exclude_none=True, exclude={"section"}) | {
        "pattern": "judged" if rule.aspect.measure is None else rule.aspect.measure.pattern,
        "criterion": rule.criterion,
        "form": rule.form,
    }


def _marks(
    state: Scorecard, entrant: Competitor, rule: AspectRule, cell: Cell | None, facts: Mapping[int, Recorded]
) -> View:
    granted = state.seconds_back(rule, entrant.id)
    none: View = {"state": "unmarked", "formula": None, "rounds": [], "readings": []}
    match cell:
        case MeasuredCell():
            newest = {"value": cell.value, "award": wire(cell.award), "counts": True}
            newest |= _who(state, cell.judge, cell, facts)
            return none | {
                "state": "settled",
                "formula": of_reading(rule, cell.value, granted),
                "readings": [newest, *_superseded(state, cell.seq, facts)],
            }
        case JudgedCell() if cell.revealed:
            scores = cell.scores
            return none | {
                "state": cell.state,
                "formula": of_scores(rule, scores) if judgement.stands(scores) else None,
                "rounds": [
                    _scored(state, number, scores, facts) | _why(cell, number) for number, scores in _rounds(cell)
                ],
            }
        case DualCell() if cell.revealed:
            return none | {
                "state": cell.state,
                "formula": None if cell.award is None else of_reading(rule, cell.standing().value, granted),
                "decided": cell.decided,
                "rounds": [
                    _read(state, number, pairs, rule, granted, facts) | _why(cell, number)
                    for number, pairs in _rounds(cell)
                ],
            }
        case _:
            return none


def _rounds(cell: JudgedCell | DualCell) -> Iterator[tuple[int, dict[str, Given]]]:
    """Complete rounds, oldest first. Counted here: the cell's own number moves with the first hidden score (R21)."""
    yield from enumerate([*cell.earlier, cell.revealed] if cell.revealed else cell.earlier, start=1)


def _revealed(cell: JudgedCell | DualCell) -> Iterator[tuple[str, Given]]:
    for _, given in _rounds(cell):
        yield from given.items()


def _scored(state: Scorecard, number: int, round_: Mapping[str, Given], facts: Mapping[int, Recorded]) -> View:
    scores = [given.score for given in round_.values()]
    return {
        "round": number,
        "scores": [{"score": one.score} | _who(state, one.judge, one, facts) for one in round_.values()],
        "spread": judgement.spread(scores),
        "stands": judgement.stands(scores),
        "justification": _words(round_, facts),
    }


def _read(
    state: Scorecard,
    number: int,
    pairs: Mapping[str, Given],
    rule: AspectRule,
    granted: int,
    facts: Mapping[int, Recorded],
) -> View:
    assert rule.measure is not None  # a dual cell is a measured one
    awards: dict[str, Fraction] = {pair: rule.measure(one.value, granted) for pair, one in pairs.items()}
    return {
        "round": number,
        "pairs": [
            {"pair": int(pair), "value": one.value, "award": wire(awards[pair])} | _who(state, one.judge, one, facts)
            for pair, one in pairs.items()
        ],
        "stands": len(set(awards.values())) == 1,
        "justification": _words(pairs, facts),
    }


def _why(cell: JudgedCell | DualCell, number: int) -> View:
    """What the coordinator wrote before the round, where there is one."""
    why = cell.why(number)
    return {} if why is None else {"justification": why}


def _words(round_: Mapping[str, Given], facts: Mapping[int, Recorded]) -> str | None:
    """Why a new round was scored as it was, from whichever of its marks says it (R24)."""
    said = (_mark(one.seq, facts) for one in round_.values())
    return next((mark.justification for mark in said if mark is not None and mark.justification), None)


def _superseded(state: Scorecard, seq: int, facts: Mapping[int, Recorded]) -> Iterator[View]:
    """Readings that were replaced, newest first; nothing is deleted (R44)."""
    mark = _mark(seq, facts)
    while mark is not None and mark.supersedes is not None:
        seq = mark.supersedes
        mark = _mark(seq, facts)
        if mark is not None:
            when = _when(state, seq, mark.judge, instant(mark.marked_at), facts)
            yield {"value": mark.value, "award": None, "counts": False} | when


def _outages(state: Scorecard, entrant: Competitor, rule: AspectRule) -> Iterator[View]:
    """What remedies in force do to this mark (R75, R76, R15)."""
    for outage in state.outages.kept.values():
        if outage.reversed_at is not None:
            continue
        effect: View | None = None
        match outage.remedy:
            case FullMarks() as remedy if rule.aspect.id in remedy.aspects:
                effect = {}
            case TimeBack() as remedy if rule.timed and remedy.competitor == entrant.id:
                effect = {"seconds": remedy.seconds}
            case RemovedInterval() as remedy if rule.timed:
                effect = {"seconds": int((remedy.end - remedy.start).total_seconds())}
            case _:
                pass
        if effect is not None:
            yield {"outage": outage.id, "kind": outage.remedy.kind, "at": outage.at, "seq": outage.seq} | effect


def _who(state: Scorecard, judge: str, given: Given | MeasuredCell, facts: Mapping[int, Recorded]) -> View:
    return _when(state, given.seq, judge, instant(given.marked_at), facts)


def _when(state: Scorecard, seq: int, judge: str, marked_at: str, facts: Mapping[int, Recorded]) -> View:
    """Also what a script said, who checked it by hand (R18), and whether it was typed from paper (R43)."""
    received = facts.get(seq)
    return {
        "seq": seq,
        "judge": judge,
        "marked_at": marked_at,
        "received_at": None if received is None else received.at,
        **state.origins.told(seq),
    }


def _mark(seq: int, facts: Mapping[int, Recorded]) -> MarkGiven | None:
    recorded = facts.get(seq)
    return recorded.event if recorded is not None and isinstance(recorded.event, MarkGiven) else None
