"""What a showcase consists of, counted and digested: written into an archive's manifest, compared after every move.

A `Tally` takes the lines of every part as they pass by and refuses what no healthy showcase gives: a gap in a stream,
an event that stands elsewhere than it says, one that this version does not know. It folds the boards on the way, so
that two places with the same lines are also known to show the same, whatever version wrote them.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from services.archive.line import BadLine, EventLine
from services.livescore.domain.board import Standings
from services.registration.showcase_board import ShowcaseBoard
from shared.contracts.board import Board, encode_board
from shared.contracts.events import Recorded, UnknownEvent, decode

Part = Literal["livescore", "registration", "people", "judges"]
LEDGERS: tuple[Part, ...] = ("livescore", "registration")
PARTS: tuple[Part, ...] = (*LEDGERS, "people", "judges")
_NO_EPOCH = "none"  # each place has its own; what they show must be the same apart from it


class PartFacts(BaseModel):
    """One part: its lines, their size, and one digest over all of them in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lines: int = Field(ge=0)
    size: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    streams: dict[str, int] = {}
    """In a ledger: the last seq of each stream."""


class BoardFacts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    seq: int
    sha256: str


class Inventory(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    parts: dict[Part, PartFacts]
    boards: dict[str, BoardFacts]

    @property
    def events(self) -> int:
        return sum(self.parts[one].lines for one in LEDGERS)

    def count(self, part: Part) -> int:
        return self.parts[part].lines if part in self.parts else 0

    def differences(self, other: "Inventory") -> list[str]:
        """What is not the same in both, in plain words; empty when they are equal."""
        found = [one for one in PARTS if self.parts.get(one) != other.parts.get(one)]
        channels = self.boards.keys() | other.boards.keys()
        return found + sorted(one for one in channels if self.boards.get(one) != other.boards.get(one))


class _Fold(Protocol):
    def apply(self, recorded: Recorded) -> bool: ...

    def board(self, epoch: str) -> Board: ...


@dataclass(slots=True)
class _Count:
    lines: int = 0
    size: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    streams: dict[str, int] = field(default_factory=dict)


class Tally:
    """Takes lines part by part, each part's in its own order; `inventory` is what they came to."""

    def __init__(self) -> None:
        self._counts: dict[Part, _Count] = {}
        self._folds: dict[str, _Fold] = {}

    def begin(self, part: Part) -> None:
        """A part that is there counts even when it has no lines."""
        self._counts[part] = _Count()

    def take(self, part: Part, line: bytes, event: EventLine | None = None) -> None:
        """Raise BadLine when the event does not fit; `event` is what the line of a ledger says."""
        if event is not None:
            self._take_event(part, event)
        count = self._counts[part]
        count.lines += 1
        count.size += len(line)
        count.digest.update(line)

    def _take_event(self, part: Part, event: EventLine) -> None:
        streams = self._counts[part].streams
        last = streams.get(event.stream, 0)
        if event.seq != last + 1:
            raise BadLine(f"{event.stream} goes from {last} to {event.seq}")
        try:
            recorded = decode(event.body)
        except UnknownEvent as exc:
            raise BadLine(f"event {event.seq} of {event.stream} is {exc}") from exc
        if (recorded.stream, recorded.seq) != (event.stream, event.seq):
            raise BadLine(f"event {event.seq} of {event.stream} says that it is {recorded.seq} of {recorded.stream}")
        streams[event.stream] = event.seq
        if event.stream not in self._folds:
            kind, _, name = event.stream.partition("/")
            self._folds[event.stream] = Standings(name) if kind == "competition" else ShowcaseBoard(name)
        self._folds[event.stream].apply(recorded)

    def inventory(self) -> Inventory:
        return Inventory(
            parts={
                part: PartFacts(lines=one.lines, size=one.size, sha256=one.digest.hexdigest(), streams=one.streams)
                for part, one in self._counts.items()
            },
            boards={stream: board_facts(fold.board(_NO_EPOCH)) for stream, fold in self._folds.items()},
        )


def board_facts(board: Board) -> BoardFacts:
    body = encode_board(board.model_copy(update={"epoch": _NO_EPOCH}))
    return BoardFacts(seq=board.seq, sha256=hashlib.sha256(body).hexdigest())
