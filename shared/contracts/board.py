"""A board: the whole public state of one channel at one position. This is what travels on the topic `boards`.

`epoch` names one history of the channel, `seq` counts its public changes; a restored or replaced ledger has another
epoch. Newest wins, a gap heals itself. `head` holds the channel's own fields, `rows` one object per row id; all values
are JSON, marks are decimal strings. Nothing secret is ever in a board, because everyone may read it.
"""

import re
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.names import Channel

_BEGINNING = re.compile(rb'{"channel":"[^"]+","epoch":"([A-Za-z0-9_-]{1,40})",')
_END = re.compile(rb"[0-9]{1,16}(?=}$)")


class Board(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: Channel
    epoch: str = Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")
    seq: int = Field(ge=0, lt=2**53)
    head: dict[str, Any]
    rows: dict[str, dict[str, Any]]


def encode_board(board: Board) -> bytes:
    return orjson.dumps(
        {"channel": board.channel, "epoch": board.epoch, "seq": board.seq, "head": board.head, "rows": board.rows},
        option=orjson.OPT_SORT_KEYS,
    )


def decode_board(body: bytes) -> Board:
    """Raise ValueError when the bytes are not a board."""
    return Board.model_validate(orjson.loads(body))


def position_of(body: bytes) -> tuple[str, int]:
    """Epoch and seq of what `encode_board` wrote, without reading what lies between; ValueError for other bytes."""
    begins, ends = _BEGINNING.match(body), _END.match(body.rpartition(b',"seq":')[2])
    if begins is None or ends is None:
        raise ValueError("these are not the bytes of a board")
    return begins[1].decode(), int(ends[0])
