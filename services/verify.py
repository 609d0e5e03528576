"""`showcase verify`: fold every competition's ledger anew and compare the published boards with it.

A second scorer, which shares no code with the first, works every competition out as well; where it does not agree with
what is published, the first cell that differs is named. So is the first sheet whose versions do not follow one on the
other (R44).

Reads the files only, so it may run while the services do; a competition that moved while it was read is read again.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from services.livescore.domain.chain import Chain
from services.livescore.domain.public import Public
from services.livescore.opinion.book import Book
from services.livescore.opinion.differences import board_differences, result_differences
from services.livescore.opinion.opine import concluded, deliberate
from services.livescore.second_opinion import theirs
from shared.bus.sqlite import read_compacted
from shared.contracts.board import Board, decode_board, encode_board
from shared.contracts.events import Recorded, decode
from shared.contracts.topics import BOARDS
from shared.errors import BadStart
from shared.ids import utc_now
from shared.ledger.sqlite import read_file

PREFIX = "competition/"
_ATTEMPTS = 5


async def run_verify(data: Path, as_json: bool) -> int:
    ledger = data / "livescore.db"
    if not ledger.exists():
        raise BadStart(f"there is no ledger in {data}; name the data folder with --data")
    found = _compare(data, ledger)
    for _ in range(_ATTEMPTS):
        if found.different or found.cells:  # or only read in the middle of a change
            found = _compare(data, ledger)
    if as_json:
        sys.stdout.write(json.dumps(found._asdict()) + "\n")
    else:
        sys.stdout.write(f"{found.boards} boards, different: {', '.join(found.different) or 'none'}\n")
        for name, told in [*found.cells.items(), *found.chains.items()]:
            sys.stdout.write(f"{name}: {told}\n")
    return 1 if found.different or found.cells or found.chains else 0


class Compared(NamedTuple):
    """`different` are channels whose published board is missing, another than the ledger folds to, or of no ledger.

    `cells` are those that the second scorer does not agree with, each with the first cell or field that differs;
    `chains` those of which a sheet's versions do not follow one on the other, each with the first break.
    """

    boards: int
    different: list[str]
    cells: dict[str, str]
    chains: dict[str, str]


def _compare(data: Path, ledger: Path) -> Compared:
    bodies_published = {message.key: message.body for message in read_compacted(data / "bus", BOARDS)}
    published = {name: decode_board(body) for name, body in bodies_published.items() if name.startswith(PREFIX)}
    epoch, bodies = read_file(ledger)
    let_out = _let_out(map(decode, bodies))
    folded = {name: encode_board(public.board(epoch)) for name, public in let_out.items()}
    ours = {name: encode_board(board) for name, board in published.items()}
    books = {name: Book() for name in let_out}
    chains = {name: Chain(name.removeprefix(PREFIX)) for name in let_out}
    for recorded in map(decode, bodies):
        chains[recorded.stream].take(recorded)
        if recorded.seq <= let_out[recorded.stream].standings.state.seq:
            books[recorded.stream].enter(recorded)
    cells = {name: _disagreement(book, let_out[name], published.get(name)) for name, book in books.items()}
    return Compared(
        boards=len(folded),
        different=sorted(name for name in ours | folded if ours.get(name) != folded.get(name)),
        cells={name: told for name, told in sorted(cells.items()) if told is not None},
        chains={name: chain.broken[0] for name, chain in sorted(chains.items()) if chain.broken},
    )


def _disagreement(book: Book, public: Public, published: Board | None) -> str | None:
    """What the second scorer finds first, in the awards and results of the first one or on the published board."""
    opinion = concluded(deliberate(book))
    found = result_differences(opinion, theirs(public.standings.state))
    if published is not None:
        found += board_differences(opinion, published.head, published.rows)
    return found[0].told() if found else None


def fold(epoch: str, events: Iterable[Recorded]) -> dict[str, bytes]:
    """The board of every competition in a ledger, by channel, as it has to be published."""
    return {name: encode_board(public.board(epoch)) for name, public in _let_out(events).items()}


def _let_out(events: Iterable[Recorded]) -> dict[str, Public]:
    """What is public by now of every competition, by channel."""
    standings: dict[str, Public] = {}
    for recorded in events:
        one = standings.setdefault(recorded.stream, Public(recorded.stream.removeprefix(PREFIX)))
        one.apply(recorded)
    for public in standings.values():
        public.advance(utc_now())
    return standings
