"""The protocol's page names every field of a competition's, a showcase's and a count's channel, and no other."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from services.broadcast.crowd import Crowd
from services.livescore.domain.board import Standings
from services.registration.showcase_board import ShowcaseBoard
from shared.contracts.events import Recorded
from shared.contracts.registration import CompetitionAdded, Session, ShowcaseCreated
from shared.contracts.streams import Stream
from shared.contracts.text import Text
from tests.properties.random_competitions import ID, random_competition

if TYPE_CHECKING:
    from tests.docs.conftest import Pages

COMPETITIONS = range(100)


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


def test_every_field_of_a_showcases_channel_is_on_the_protocols_page(pages: Pages) -> None:
    page = pages.text("docs/protocol.md")
    begin, end = datetime(2026, 11, 18, 9, tzinfo=UTC), datetime(2026, 11, 19, 17, tzinfo=UTC)
    text = Text(en="Invented", zh="虚构")
    showcase = ShowcaseBoard("expo")
    created = ShowcaseCreated(
        showcase="expo",
        title=text,
        timezone="Europe/London",
        starts_on=begin.date(),
        ends_on=end.date(),
        programme=(Session(starts_at=begin, ends_at=end, title=text),),
        streams=(Stream(url="https://video.example/live", title=text, lang="en"),),
    )
    added = CompetitionAdded(
        competition="expo.electronics",
        title=text,
        capacity=10,
        opens_at=begin,
        closes_at=end,
        minimum_age=16,
        board_mode="marks",
    )
    for seq, event in enumerate((created, added), 1):
        assert showcase.apply(Recorded("showcase/expo", seq, f"event-{seq}", "2026-11-01T09:00:00Z", event))
    board = showcase.board("epoch")
    assert set(board.head) == _named(page, "showcase head")
    assert {name for row in board.rows.values() for name in row} == _named(page, "showcase row")


def test_every_field_of_a_count_is_on_the_protocols_page(pages: Pages) -> None:
    page = pages.text("docs/protocol.md").partition("## Audience")[2]
    assert set(Crowd({"c": 1}, {"c": {"CN": 1}}).head("c")) == _named(page, "field")
