"""The reveal in steps (R58), taken from a final result: from the last rank up, first what is won and then by whom."""

from typing import Any, NamedTuple

View = dict[str, Any]


class Step(NamedTuple):
    rank: int
    awards: list[str]
    rows: list[View]
    """Empty while it is only announced."""


def steps(result: View) -> list[Step]:
    found: list[Step] = []
    for rank in sorted({row["rank"] for row in result["rows"] if row["rank"]}, reverse=True):
        rows = [row for row in result["rows"] if row["rank"] == rank]
        awards: list[str] = []
        for row in rows:
            awards += [one for one in _won(row) if one not in awards]
        if awards:
            found.append(Step(rank, awards, []))
        found.append(Step(rank, awards, rows))
    return found


def told(result: View, taken: int) -> View:
    """What a head says of so many steps."""
    all_steps = steps(result)
    said: View = {"step": taken, "of": len(all_steps)}
    if 0 < taken <= len(all_steps) and not all_steps[taken - 1].rows:
        now = all_steps[taken - 1]
        said["announced"] = {"rank": now.rank, "awards": now.awards}
    return said


def revealed(result: View, taken: int, *, totals: bool) -> dict[str, View]:
    """What so many steps have shown, by competitor."""
    found: dict[str, View] = {}
    for step in steps(result)[:taken]:
        for row in step.rows:
            shown = {"rank": row["rank"]} | honours(row)
            found[row["id"]] = shown | ({"total": row["total"]["shown"]} if totals else {})
    return found


def honours(row: View) -> View:
    """A row's awards as a board says them."""
    found: View = {}
    if row["medal"] or row["medallion"]:
        found["medal"] = row["medal"] or "medallion"
    if row["best_of_nation"]:
        found["best_of_nation"] = True
    return found


def _won(row: View) -> list[str]:
    return [str(value) if name == "medal" else name for name, value in honours(row).items()]
