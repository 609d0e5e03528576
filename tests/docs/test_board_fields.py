"""The protocol's page names every field of a competition's board, and none that there is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from services.livescore.domain.board import Standings
from tests.properties.random_competitions import ID, random_competition

if TYPE_CHECKING:
    from tests.docs.conftest import Pages

COMPETITIONS = range(60)


def _named(page: str, head: str) -> set[str]:
    """The names in the first column of the table with this heading."""
    table = page.partition(f"| {head} | what it says |")[2].partition("\n\n")[0]
    return {name for row in re.findall(r"^\| (`.+?`) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}


def test_every_field_of_a_board_is_on_the_protocols_page(pages: Pages) -> None:
    page = pages.text("docs/protocol.md")
    heads: set[str] = set()
    rows: set[str] = set()
    for seed in COMPETITIONS:
        standings = Standings(ID)
        for recorded in random_competition(seed).ledger:
            if standings.apply(recorded):
                board = standings.board("epoch")
                heads |= set(board.head)
                rows |= {name for row in board.rows.values() for name in row}
    # A second version of a result is rarer than these: tests/domain/livescore/test_finalising.py has one.
    assert heads | {"amended"} == _named(page, "head")
    assert rows == _named(page, "row")
