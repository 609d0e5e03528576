"""`showcase verify`: fold every competition's ledger anew and compare the published boards with it.

Reads the files only, so it may run while the services do; a competition that moved while it was read is read again.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from services.livescore.domain.public import Public
from shared.bus.sqlite import read_compacted
from shared.contracts.board import decode_board, encode_board
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
    folded, different = _compare(data, ledger)
    for _ in range(_ATTEMPTS):
        if different:  # or only read in the middle of a change
            folded, different = _compare(data, ledger)
    report = {"boards": len(folded), "different": different}
    plain = f"{len(folded)} boards, different: {', '.join(different) or 'none'}"
    sys.stdout.write((json.dumps(report) if as_json else plain) + "\n")
    return 1 if different else 0


def _compare(data: Path, ledger: Path) -> tuple[dict[str, bytes], list[str]]:
    """The boards the ledger folds to, and the channels whose published board is missing, another, or of no ledger."""
    published = {message.key: message.body for message in read_compacted(data / "bus", BOARDS)}
    ours = {name: encode_board(decode_board(body)) for name, body in published.items() if name.startswith(PREFIX)}
    epoch, bodies = read_file(ledger)
    folded = fold(epoch, map(decode, bodies))
    return folded, sorted(name for name in ours | folded if ours.get(name) != folded.get(name))


def fold(epoch: str, events: Iterable[Recorded]) -> dict[str, bytes]:
    """The board of every competition in a ledger, by channel, as it has to be published."""
    standings: dict[str, Public] = {}
    for recorded in events:
        competition = recorded.stream.removeprefix(PREFIX)
        standings.setdefault(competition, Public(competition)).apply(recorded)
    for public in standings.values():
        public.advance(utc_now())
    return {PREFIX + competition: encode_board(one.board(epoch)) for competition, one in standings.items()}
