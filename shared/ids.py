"""Ids and times, the only places where the outside of the domain asks the clock and the dice."""

import os
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from shared.contracts.events import Event, Recorded

_dice = random.Random(os.urandom(32))  # ids are names, not secrets; asking the system each time costs a lock


def new_id() -> str:
    """32 hex digits that sort by the millisecond they were made in (the layout of UUID version 7)."""
    stamp = time.time_ns() // 1_000_000
    rand = _dice.getrandbits(80)
    return f"{stamp:012x}7{rand >> 68:03x}{0x8 | (rand >> 66 & 0x3):x}{rand & ((1 << 60) - 1):015x}"


def utc_now() -> datetime:
    return datetime.now(UTC)


def rfc3339(moment: datetime) -> str:
    """UTC with milliseconds and a `Z`."""
    return f"{moment.astimezone(UTC).isoformat(timespec='milliseconds')[:-6]}Z"


def record(stream: str, after: int, events: Sequence[Event]) -> list[Recorded]:
    """Give decided events their place behind seq `after`, an id and the time of recording."""
    at = rfc3339(utc_now())
    return [Recorded(stream, seq, new_id(), at, event) for seq, event in enumerate(events, after + 1)]
