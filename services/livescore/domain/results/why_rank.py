"""Why somebody has a rank: the totals around it, ties, and who is not in the order at all (R36, R38, R59)."""

from typing import Any

from services.livescore.domain.arithmetic import shown, wire
from services.livescore.domain.results.result import Line, Result


def why_rank(result: Result, competitor: str) -> dict[str, Any] | None:
    """None for somebody who is not in the result. A neighbour's `gap` is in marks; `looks_equal` says that the shown
    totals are the same and only the exact ones differ.
    """
    line = result.line(competitor)
    if line is None:
        return None
    higher = [one for one in result.ranked if line.rank is not None and one.rank is not None and one.rank < line.rank]
    lower = [one for one in result.ranked if line.rank is not None and one.rank is not None and one.rank > line.rank]
    tied = [one for one in result.ranked if one.rank == line.rank and one is not line]
    return {
        "competitor": _who(line),
        "status": line.entrant.status,
        "final": result.final,
        "unranked": result.unranked,
        "rank": line.rank,
        "ranked": len(result.ranked),
        "total": wire(line.entrant.total) if line.entrant.by_criterion else None,
        "complete": line.entrant.complete,
        "higher": len(higher),
        "tied": [_who(one) for one in tied],
        "skipped": [] if line.rank is None else list(range(line.rank + 1, line.rank + len(tied) + 1)),
        "above": _neighbour(higher[-1], line) if higher else None,
        "below": _neighbour(lower[0], line) if lower else None,
        "excluded": [_who(one) | {"status": one.entrant.status} for one in result.lines if not one.entrant.competes],
        "unmarked": [_who(one) for one in result.starters if one.rank is None and not result.unranked],
    }


def _who(line: Line) -> dict[str, Any]:
    return {"id": line.entrant.id, "bib": line.entrant.bib, "name": line.entrant.name}


def _neighbour(other: Line, line: Line) -> dict[str, Any]:
    theirs, own = other.entrant.total, line.entrant.total
    return _who(other) | {
        "rank": other.rank,
        "total": wire(theirs),
        "gap": wire(abs(theirs - own)),
        "looks_equal": shown(theirs) == shown(own),
    }
