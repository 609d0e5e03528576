"""Ids and times, the only places where the outside of the domain asks the clock and the dice."""

import os
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from shared.contracts.events import Event, Recorded

_dice = random.Random(os.urandom(32))  # ids are names, not secrets; asking the system each time costs a lock
_VERSION_7 = 0x7 << 76 | 0x2 << 62
_FREE = (1 << 80) - 1 & ~(0xF << 76 | 0x3 << 62)


def new_id() -> str:
    """32 hex digits that sort by the millisecond they were made in (the layout of UUID version 7)."""
    return f"{_millisecond() << 80 | _dice.getrandbits(80) & _FREE | _VERSION_7:032x}"


def utc_now() -> datetime:
    return datetime.now(UTC)


def rfc3339(moment: datetime) -> str:
    """UTC with milliseconds and a `Z`."""
    return f"{moment.astimezone(UTC).isoformat(timespec='milliseconds')[:-6]}Z"


def record(stream: str, after: int, events: Sequence[Event]) -> list[Recorded]:
    """Give decided events their place behind seq `after`, an id and the time of recording."""
    at = _written(_millisecond())
    return [Recorded(stream, seq, new_id(), at, event) for seq, event in enumerate(events, after + 1)]


def _millisecond() -> int:
    return time.time_ns() // 1_000_000


@lru_cache(maxsize=1)  # many marks are recorded in the same millisecond
def _written(millisecond: int) -> str:
    return rfc3339(datetime.fromtimestamp(millisecond / 1000, UTC))
