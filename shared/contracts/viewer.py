"""What a viewer receives: frames, close codes, and how to apply a delta.

A frame is one JSON object with a `type`. `state + delta == next state`, always: a delta names only what changed,
and `null` means "is not there any more". So no head and no row ever holds a null itself; absent and null are one thing.
A field's value is replaced whole, never merged. Positions are `<epoch>.<seq>`; within an epoch they only grow.

Close codes are instructions, not reasons: `CLOSE_CODES` says what a client does next.
"""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.names import Channel

MAX_CHANNELS = 16
"""Channels one viewer may ask for."""
MAX_FROM_VIEWER = 8192
"""Bytes of the largest frame a viewer may send."""


class _Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class State(_Frame):
    head: dict[str, Any]
    rows: dict[str, dict[str, Any]]


class SnapshotFrame(_Frame):
    """The whole state; replaces whatever the client holds of this channel."""

    type: Literal["snapshot"] = "snapshot"
    channel: Channel
    epoch: str
    seq: int = Field(ge=0)
    state: State


class DeltaFrame(_Frame):
    """What changed between `base` and `seq`; applies only to a state that is exactly at `(epoch, base)`."""

    type: Literal["delta"] = "delta"
    channel: Channel
    epoch: str
    base: int = Field(ge=0)
    seq: int = Field(ge=0)
    head: dict[str, Any]
    rows: dict[str, dict[str, Any] | None]


class ByeFrame(_Frame):
    """The server is about to close with 1012; come back after this pause, each viewer after another one."""

    type: Literal["bye"] = "bye"
    retry_ms: int = Field(ge=0)


@dataclass(frozen=True, slots=True)
class CloseCode:
    code: int
    meaning: str
    action: str


CLOSE_CODES: dict[int, CloseCode] = {
    one.code: one
    for one in (
        CloseCode(1009, "your message was larger than 8 kB", "do not retry: viewers have nothing to send"),
        CloseCode(1012, "the server restarts", "come back after the `retry_ms` of the bye frame, with your positions"),
        CloseCode(1013, "full, or not ready yet", "try later: at least 5 s, growing, with a random part"),
        CloseCode(4008, "you were too slow to keep up", "reconnect with your positions; at most once in 5 s"),
        CloseCode(4400, "bad request: the query, or a message where none is expected", "do not retry; mend the client"),
        CloseCode(4404, "no such channel", "mend the address; a board may appear later: ask again after 15 s or more"),
    )
}


def applied(state: dict[str, Any], delta: dict[str, Any]) -> dict[str, Any]:
    """The next state, made of `{"head", "rows"}` and a delta frame's; leaves the old one as it is."""

    def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in {**old, **new}.items() if value is not None}

    rows = dict(state["rows"])
    for row, change in delta["rows"].items():
        if change is None:
            rows.pop(row, None)
        else:
            rows[row] = merged(rows.get(row, {}), change)
    return {"head": merged(state["head"], delta["head"]), "rows": rows}
