"""The second opinion on a competition: every award, the result and the board, from its whole ledger.

`deliberate` hands the thread back after every bit of work, so that a long ledger never keeps a judge waiting; whoever
has nothing else to do calls `opine`.
"""

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Any

from services.livescore.opinion.board import Boards
from services.livescore.opinion.book import Book
from services.livescore.opinion.cells import Cell, Cells
from services.livescore.opinion.result import Results
from shared.contracts.events import Recorded

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Opinion:
    """`cells` are exact awards as text, such as "14/9", for everybody and every aspect; None is not marked.

    `result` is what the marks give now, as the version it would be finalised as; `final` the result in force.
    """

    seq: int
    cells: dict[Cell, str | None]
    result: View
    final: View | None
    head: View
    rows: dict[str, View]

    def board_head(self) -> View:
        """All but when it was updated, which says nothing about marks."""
        return self.head

    def board_rows(self) -> dict[str, View]:
        return self.rows


def opine(events: Iterable[Recorded]) -> Opinion:
    """The opinion on a whole stream; raises ValueError for one that has a gap or is no competition's."""
    book = Book()
    for recorded in events:
        book.enter(recorded)
    return concluded(deliberate(book))


def concluded(deliberation: Generator[None, None, Opinion]) -> Opinion:
    """Run a deliberation to its end."""
    while True:
        try:
            next(deliberation)
        except StopIteration as ended:
            opinion: Opinion = ended.value
            return opinion


def deliberate(book: Book) -> Generator[None, None, Opinion]:
    """Work everything out of a book, a competitor's share at a time."""
    now = book.seq
    cells = Cells(book)
    results = Results(cells)
    boards = Boards(cells, results)
    exact: dict[Cell, str | None] = {}
    standings = []
    for competitor in book.people(now):
        for aspect in cells.places(now):
            award = cells.award(competitor, aspect, now)
            exact[competitor, aspect] = None if award is None else cells.parts.exact(award)
        yield
        standings.append(results.standing(competitor, now))
        yield
    result = results.of(standings, now, len(book.finals) + 1, now)
    yield
    final = yield from boards.final(now, now)
    head, rows = yield from boards.board(now, final)
    return Opinion(now, exact, result, final, head, rows)
