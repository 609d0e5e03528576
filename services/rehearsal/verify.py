"""`showcase verify`: fold every competition's ledger anew and compare the published boards with it.

Reads the files only, so it may run while the services do; a competition that moved while it was read is read again.
"""

import json
import sys
from pathlib import Path

from services.livescore.domain.board import Standings
from shared.bus.sqlite import read_compacted
from shared.contracts.board import Board, decode_board, encode_board
from shared.contracts.events import decode
from shared.contracts.topics import BOARDS
from shared.errors import BadStart
from shared.ledger.sqlite import read_file

_ATTEMPTS = 5


async def run_verify(data: Path, as_json: bool) -> int:
    ledger = data / "livescore.db"
    if not ledger.exists():
        raise BadStart(f"there is no ledger in {data}; name the data folder with --data")
    different = list(_different(data, ledger))
    for _ in range(_ATTEMPTS):
        if not different:
            break
        different = list(_different(data, ledger))
    boards = _fold(ledger)
    report = {"boards": len(boards), "different": different}
    plain = f"{len(boards)} boards, different: {', '.join(different) or 'none'}"
    sys.stdout.write((json.dumps(report) if as_json else plain) + "\n")
    return 1 if different else 0


def _fold(ledger: Path) -> dict[str, Board]:
    epoch, bodies = read_file(ledger)
    standings: dict[str, Standings] = {}
    for body in bodies:
        recorded = decode(body)
        competition = recorded.stream.partition("/")[2]
        standings.setdefault(competition, Standings(competition)).apply(recorded)
    return {one.board(epoch).channel: one.board(epoch) for one in standings.values()}


def _different(data: Path, ledger: Path) -> list[str]:
    published = {message.key: decode_board(message.body) for message in read_compacted(data / "bus", BOARDS)}
    return sorted(
        channel
        for channel, board in _fold(ledger).items()
        if channel not in published or encode_board(published[channel]) != encode_board(board)
    )
