"""What the ledger holds, read behind the services' backs; to be compared with what robots were told."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.supervisor import Cluster, Place
from services.verify import fold
from shared.contracts.board import Board, decode_board
from shared.contracts.events import Recorded, decode
from shared.contracts.livescore import MarkGiven
from shared.contracts.names import competition_stream
from shared.ledger.sqlite import read_file


@dataclass(frozen=True, slots=True)
class Held:
    """The ledger's marks by id in order, and the board they fold to."""

    marks: list[str]
    board: Board


def read_ledger(data: Path, competition: str) -> Held:
    epoch, bodies = read_file(data / "livescore.db")
    stream = competition_stream(competition)
    return _held(epoch, stream, [one for one in map(decode, bodies) if one.stream == stream])


async def read_held(at: Place, competition: str) -> Held:
    """The same on either engine."""
    if at.cluster is None:
        return read_ledger(at.data, competition)
    return await _read_database(at.cluster, competition_stream(competition))


async def _read_database(cluster: Cluster, stream: str) -> Held:
    from shared.ledger.mongo import MongoLedger  # noqa: PLC0415 - not loaded where there is no cluster
    from shared.mongo import Mongo  # noqa: PLC0415

    driver: Any = cluster.mongo_driver
    async with (
        Mongo(cluster.mongo, driver=driver, database=cluster.mongo_database) as mongo,
        MongoLedger(mongo, "livescore") as ledger,
    ):
        return _held(ledger.epoch, stream, await ledger.read(stream))


def _held(epoch: str, stream: str, recorded: list[Recorded]) -> Held:
    marks = [one.event.mark for one in recorded if isinstance(one.event, MarkGiven)]
    return Held(marks, decode_board(fold(epoch, recorded)[stream]))
