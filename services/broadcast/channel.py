"""One channel: its newest state, the state that viewers were told, and the last deltas between.

Boards come in at any pace (`offer`), go out when the hub says so (`flush`): whatever came in between is one delta, so a
hundred marks a second cost no more writes than ten. Joins, resumes, SSE and GET are all answered from the *told* state,
hence a position that a viewer holds is always one that a flush has made.

Guaranteed: told state + delta == next told state, byte for byte; nothing older than what a viewer holds is handed out
in the same epoch; one snapshot is built per version. Not kept: anything on disk, because the bus can rebuild it all.
"""

from collections import deque
from dataclasses import dataclass
from typing import Any

import orjson

from shared.contracts.board import Board

Json = dict[str, Any]

_RING_FRAMES = 1024
_RING_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Frame:
    """A snapshot (`base` is None) or a delta, as JSON; how it is put on a wire is the lane's matter."""

    epoch: str
    base: int | None
    seq: int
    body: bytes

    @property
    def position(self) -> str:
        return f"{self.epoch}.{self.seq}"


@dataclass(frozen=True, slots=True)
class _State:
    """A board without nulls, with each row in canonical JSON too: rows are compared and sent as those bytes."""

    epoch: str
    seq: int
    head: Json
    rows: dict[str, Json]
    packed: dict[str, bytes]


def _packed(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _without_nulls(fields: Json) -> Json:
    return {key: value for key, value in fields.items() if value is not None}


def _state_of(board: Board) -> _State:
    rows = {row: _without_nulls(fields) for row, fields in board.rows.items()}
    packed = {row: _packed(fields) for row, fields in rows.items()}
    return _State(board.epoch, board.seq, _without_nulls(board.head), rows, packed)


def _changes(old: Json, new: Json) -> Json:
    # Compared as JSON: Python holds 1, 1.0 and True for equal, a viewer's JSON does not.
    changed = {key: value for key, value in new.items() if key not in old or _packed(old[key]) != _packed(value)}
    changed.update((key, None) for key in old if key not in new)
    return changed


def _delta(channel: str, old: _State, new: _State) -> Frame:
    rows: dict[str, Json | None] = {
        row: _changes(old.rows.get(row, {}), fields)
        for row, fields in new.rows.items()
        if old.packed.get(row) != new.packed[row]
    }
    rows.update((row, None) for row in old.rows if row not in new.rows)
    body = {
        "type": "delta",
        "channel": channel,
        "epoch": new.epoch,
        "base": old.seq,
        "seq": new.seq,
        "head": _changes(old.head, new.head),
        "rows": rows,
    }
    return Frame(new.epoch, old.seq, new.seq, orjson.dumps(body))


class Channel:
    """Call `flush` from one place only; between a flush and the joins that follow it nothing may wait."""

    __slots__ = ("_pending", "_ring", "_ring_bytes", "_snapshot", "_told", "name", "snapshots_built")

    def __init__(self, name: str) -> None:
        self.name = name
        self.snapshots_built = 0
        self._pending: Board | None = None
        self._told: _State | None = None
        self._snapshot: Frame | None = None
        self._ring: deque[Frame] = deque()
        self._ring_bytes = 0

    @property
    def told(self) -> bool:
        """Whether there is a state to show."""
        return self._told is not None

    @property
    def position(self) -> str:
        assert self._told is not None
        return f"{self._told.epoch}.{self._told.seq}"

    @property
    def seq(self) -> int:
        assert self._told is not None
        return self._told.seq

    def offer(self, board: Board) -> bool:
        """Take a board unless what is held is as new; another epoch always replaces."""
        held = self._pending or self._told
        if held is not None and held.epoch == board.epoch and held.seq >= board.seq:
            return False
        self._pending = board
        return True

    def flush(self) -> Frame | None:
        """Make the newest state the told one; what every viewer of the old one has to receive, or None."""
        if self._pending is None:
            return None
        old, new = self._told, _state_of(self._pending)
        self._pending, self._told, self._snapshot = None, new, None
        if old is None or old.epoch != new.epoch:
            self._ring.clear()
            self._ring_bytes = 0
            return self.snapshot()
        frame = _delta(self.name, old, new)
        self._ring.append(frame)
        self._ring_bytes += len(frame.body)
        while len(self._ring) > _RING_FRAMES or self._ring_bytes > _RING_BYTES:
            self._ring_bytes -= len(self._ring.popleft().body)
        return frame

    def snapshot(self) -> Frame:
        """The told state; the same object until the next flush."""
        if self._snapshot is None:
            told = self._told
            assert told is not None
            rows = {row: orjson.Fragment(packed) for row, packed in told.packed.items()}
            body = {
                "type": "snapshot",
                "channel": self.name,
                "epoch": told.epoch,
                "seq": told.seq,
                "state": {"head": told.head, "rows": rows},
            }
            self._snapshot = Frame(told.epoch, None, told.seq, orjson.dumps(body))
            self.snapshots_built += 1
        return self._snapshot

    def bridge(self, epoch: str, seq: int) -> list[Frame] | None:
        """What takes a viewer from its position to the told one: exact deltas, else a snapshot, else nothing.

        None: the viewer is ahead of us (it was served by a copy that reads faster). It must get nothing until we have
        passed it, or its board would jump back.
        """
        told = self._told
        assert told is not None
        if epoch != told.epoch:
            return [self.snapshot()]
        if seq >= told.seq:
            return [] if seq == told.seq else None
        for place, frame in enumerate(self._ring):
            if frame.base == seq:
                return list(self._ring)[place:]
        return [self.snapshot()]
