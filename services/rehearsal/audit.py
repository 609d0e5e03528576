"""What the ledger holds, read from its file; to be compared with what robots were told."""

from dataclasses import dataclass
from pathlib import Path

from services.verify import fold
from shared.contracts.board import Board, decode_board
from shared.contracts.events import decode
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
    recorded = [one for one in map(decode, bodies) if one.stream == stream]
    marks = [one.event.mark for one in recorded if isinstance(one.event, MarkGiven)]
    return Held(marks, decode_board(fold(epoch, recorded)[stream]))
