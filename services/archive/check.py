"""`showcase verify` for what is no data folder: an archive, or a showcase on the cluster engine.

An archive is read as a restore reads it before it writes. On the cluster both ledgers are folded anew from the database
and every board on Kafka is compared with them, epoch included; what differs may only have been read in the middle of
a change, so it is looked at again before it counts.
"""

import asyncio
import json
import sys
from pathlib import Path

from services.archive.house import House, survey
from services.archive.inventory import BoardFacts, board_facts
from services.archive.places import Database, existing
from services.archive.progress import Progress
from services.archive.restore import check
from services.archive.topics import newest_boards
from services.archive.trouble import plainly
from services.archive.zipped import open_archive
from shared.contracts.board import decode_board
from shared.errors import BadStart

_ATTEMPTS = 5
_PAUSE_SECONDS = 0.5


async def run_check_archive(path: Path, as_json: bool) -> int:
    progress = Progress("checking")
    with open_archive(path) as archive:
        found = check(archive, path, progress)
        made_at, software = archive.manifest.made_at, archive.manifest.software
    progress.done()
    report = {"made_at": made_at, "events": found.events, "boards": len(found.boards), "people": found.count("people")}
    plain = f"{path} is whole: {found.events:,} events, {len(found.boards)} boards; made at {made_at} by {software}"
    sys.stdout.write((json.dumps(report) if as_json else plain) + "\n")
    return 0


async def run_verify_cluster(place: Database, as_json: bool) -> int:
    if not place.kafka:
        raise BadStart("the boards are on Kafka: name it with --kafka, or in REGISTRATION_KAFKA")
    progress = Progress("folding")
    with plainly(place, place):
        async with existing(place) as house:
            folded, different = await _compare(house, place, progress)
            for _ in range(_ATTEMPTS):
                if different:
                    await asyncio.sleep(_PAUSE_SECONDS)
                    folded, different = await _compare(house, place, progress)
    progress.done()
    report = {"boards": folded, "different": different}
    plain = f"{folded} boards, different: {', '.join(different) or 'none'}"
    sys.stdout.write((json.dumps(report) if as_json else plain) + "\n")
    return 1 if different else 0


async def _compare(house: House, place: Database, progress: Progress) -> tuple[int, list[str]]:
    """How many boards the ledgers fold to, and the channels whose published board is missing, another, or of none."""
    published = {name: _facts(body) for name, body in (await newest_boards(place.kafka, place.kafka_prefix)).items()}
    found = await survey(house, progress, people=False)
    folded = {name: (house.epoch_of(name), facts) for name, facts in found.boards.items()}
    return len(folded), sorted(name for name in published | folded if published.get(name) != folded.get(name))


def _facts(body: bytes) -> tuple[str, BoardFacts] | None:
    try:
        board = decode_board(body)
    except ValueError:
        return None
    return board.epoch, board_facts(board)
