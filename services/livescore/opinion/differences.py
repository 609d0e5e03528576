"""Where two scorers do not agree, the award of a single cell first, because everything else follows from those."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from services.livescore.opinion.cells import Cell
from services.livescore.opinion.opine import Opinion
from shared.errors import Fault

View = Mapping[str, Any]
_ABSENT = object()
_NOT_COMPARED = frozenset({"updated_at"})
_OF_OTHERS = frozenset({"rank", "medal", "computed", "medallion", "best_of_nation", "points", "score"})
"""What may differ because somebody else's marks do."""


class Difference(NamedTuple):
    """`where` is cell, result, final or board; `cell` names competitor and aspect, or the competitor's field."""

    where: str
    cell: str
    ours: Any
    theirs: Any

    def told(self) -> str:
        return f"{self.where} {self.cell}: {_said(self.ours)} by the second scorer, {_said(self.theirs)} by the first"

    def fault(self) -> Fault:
        return Fault(self.told()[:500], field=self.cell, rule="R34" if self.where == "cell" else None)


class Theirs(NamedTuple):
    """What the first scorer says, as plain values: exact awards as text, results as they are sent.

    `result` is the result as it would be finalised now; `final` the one in force.
    """

    cells: Mapping[Cell, str | None]
    result: View
    final: View | None


def result_differences(opinion: Opinion, theirs: Theirs) -> list[Difference]:
    """Empty when both agree on every cell and every figure of the results."""
    return [
        *_in_cells(opinion.cells, theirs.cells),
        *_causes_first(_in_result("result", opinion.result, theirs.result)),
        *_causes_first(_in_result("final", opinion.final, theirs.final)),
    ]


def board_differences(opinion: Opinion, head: View, rows: Mapping[str, View]) -> list[Difference]:
    """The same for everything on a board, such as the published one."""
    found = list(_in_fields("board", "head", opinion.board_head(), head))
    ours = opinion.board_rows()
    for one in _both(ours, rows):
        if one in ours and one in rows:
            found += _in_fields("board", one, ours[one], rows[one])
        else:
            found.append(Difference("board", one, ours.get(one), rows.get(one)))
    return _causes_first(found)


def _causes_first(found: Iterable[Difference]) -> list[Difference]:
    return sorted(found, key=lambda one: one.cell.rpartition(" ")[2] in _OF_OTHERS)


def _in_cells(ours: Mapping[Cell, str | None], theirs: Mapping[Cell, str | None]) -> Iterator[Difference]:
    for cell in _both(ours, theirs):
        if ours.get(cell) != theirs.get(cell):
            yield Difference("cell", " ".join(cell), ours.get(cell), theirs.get(cell))


def _in_result(where: str, ours: View | None, theirs: View | None) -> Iterator[Difference]:
    if ours is None or theirs is None:
        if ours is not theirs:
            yield Difference(where, "version", _version(ours), _version(theirs))
        return
    our_rows, their_rows = ({row["id"]: row for row in result["rows"]} for result in (ours, theirs))
    for one in _both(our_rows, their_rows):
        yield from _in_fields(where, one, our_rows.get(one, {}), their_rows.get(one, {}))
    if list(our_rows) != list(their_rows):
        yield Difference(where, "order", list(our_rows), list(their_rows))
    rest = {"rows", "digest"}
    yield from _in_fields(
        where,
        "head",
        {name: value for name, value in ours.items() if name not in rest},
        {name: value for name, value in theirs.items() if name not in rest},
    )


def _in_fields(where: str, about: str, ours: View, theirs: View) -> Iterator[Difference]:
    for name in _both(ours, theirs):
        mine, other = ours.get(name, _ABSENT), theirs.get(name, _ABSENT)
        if name not in _NOT_COMPARED and mine != other:
            yield Difference(where, f"{about} {name}", mine, other)


def _both(ours: Mapping[Any, Any], theirs: Mapping[Any, Any]) -> list[Any]:
    """The names of either, in our order; what only they have comes last."""
    return list(dict.fromkeys([*ours, *theirs]))


def _version(result: View | None) -> int | None:
    return None if result is None else result["version"]


def _said(value: Any) -> str:
    return "nothing" if value is _ABSENT or value is None else str(value)
