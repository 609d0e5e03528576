"""The ceremony in steps: from the last rank to the first, equal ranks together, a pause at each award (R58).

A group of equal rank that is awarded something takes two steps: what it is, then who it is. What the public board shows
follows from the number of steps taken alone, so every site sees the same.
"""

from typing import Any, Literal, NamedTuple

from services.livescore.domain.arithmetic import shown
from services.livescore.domain.results.result import Line, Result


class Step(NamedTuple):
    """`announce` names awards and nobody; `reveal` puts everybody of the rank on the board, in order of bib."""

    kind: Literal["announce", "reveal"]
    rank: int
    awards: tuple[str, ...]
    lines: tuple[Line, ...]

    def to_json(self) -> dict[str, Any]:
        """For the host, who knows the result."""
        return {
            "kind": self.kind,
            "rank": self.rank,
            "awards": list(self.awards),
            "competitors": [line.entrant.id for line in self.lines],
        }


def reveal_steps(result: Result) -> tuple[Step, ...]:
    steps: list[Step] = []
    ranks: dict[int, list[Line]] = {}
    for line in result.ranked:
        ranks.setdefault(line.rank or 0, []).append(line)
    for rank, group in reversed(ranks.items()):
        awards = tuple(dict.fromkeys(award for line in group for award in line.awards))
        if awards:
            steps.append(Step("announce", rank, awards, ()))
        steps.append(Step("reveal", rank, awards, tuple(group)))
    return tuple(steps)


def announced(steps: tuple[Step, ...], taken: int) -> dict[str, Any] | None:
    """What is announced now and not yet revealed: `{"rank", "awards"}`, without a name."""
    if not 1 <= taken <= len(steps) or steps[taken - 1].kind == "reveal":
        return None
    step = steps[taken - 1]
    return {"rank": step.rank, "awards": list(step.awards)}


def revealed(steps: tuple[Step, ...], taken: int, *, totals: bool) -> dict[str, dict[str, Any]]:
    """What the public board shows by competitor after so many steps: `{"rank", "total"?, "medal"?, "best_of_nation"?}`.

    `medal` is gold, silver, bronze or medallion; `totals` is whether the board's mode shows marks.
    """
    return {
        line.entrant.id: placed(line, totals=totals)
        for step in steps[:taken]
        if step.kind == "reveal"
        for line in step.lines
    }


def placed(line: Line, *, totals: bool) -> dict[str, Any]:
    """Somebody's place and awards as the public board shows them."""
    row: dict[str, Any] = {"rank": line.rank}
    if totals:
        row["total"] = shown(line.entrant.total)
    if line.medal or line.medallion:
        row["medal"] = line.medal or "medallion"
    if line.best_of_nation:
        row["best_of_nation"] = True
    return row
