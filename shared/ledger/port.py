"""The ledger port: append-only events, one gapless `seq` per stream, the only truth, and its own outbox.

Guarantees every adapter keeps (`tests/contracts/test_ledger.py`):

- **Durable.** An append's result is set only after a commit that survives a power cut.
- **Gapless.** Sequence numbers of a stream are 1, 2, 3 ...; an append that does not begin right after the stream's last
  seq raises `WrongSeq` and stores nothing. All events of one append are stored, or none.
- **In call order.** Appends to one stream take effect in the order of the calls, even when a caller does not wait for
  one before making the next; when one fails, those that built on it fail with `WrongSeq`.
- **Once.** `(stream, command)` is unique: a second append under the same client-made id raises `WrongSeq` too, and the
  caller, deciding again, finds the command carried out.
- **Outbox.** `unpublished` gives events in commit order, so those of one stream in seq order, until `published` was
  called for them; at least once, never skipped.
- **Place.** What the relay keeps as its place on a topic is there again after a restart; `publish_again` makes
  everything unpublished anew, for a bus that has lost what it had.
- **Verbatim.** `export` gives the bytes as they are stored and `adopt` stores them so, unpublished: the same bytes,
  seqs and command ids, and so the same history for everybody who reads it.
- **Refusing is safe.** When the store is full or broken, `Unavailable` is raised. The append may have been stored
  only if the fault struck at the commit itself, so a caller sends the same command id again; after the fault is gone
  appends work again without a restart.
"""

import asyncio
import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shared.contracts.events import Recorded


class WrongSeq(Exception):
    """Someone else wrote to the stream first: load it again and decide again."""


@dataclass(slots=True)  # not frozen, which takes three times as long to make: there is one for every event
class Entry:
    """One event in the outbox: its place there, its stream, and the bytes to publish verbatim.

    `recorded` is the event itself where it is still at hand.
    """

    pos: int
    stream: str
    body: bytes
    recorded: Recorded | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Stored:
    """Events that stand in a row in one stream, as bytes; `seq` and `command` are those of the first of them.

    They came with one append where the store knows it, and one by one where it does not.
    """

    stream: str
    seq: int
    bodies: tuple[bytes, ...]
    command: str | None = None

    @property
    def last(self) -> int:
        return self.seq + len(self.bodies) - 1


class Ledger(Protocol):
    @property
    def epoch(self) -> str:
        """Names this history; another one after a restore. All who share a ledger see the same."""

    @property
    def shared(self) -> bool:
        """True when others append to the same streams, so that what was read may be behind at any time."""

    def append(self, recorded: Sequence[Recorded], command: str | None = None) -> asyncio.Future[None]:
        """Queue the events of one stream at once, at the seqs they carry; the future ends when they are durable.

        Several may wait for it, and cancelling one of them neither takes the append back nor wakes the others.
        """

    async def read(self, stream: str, after: int = 0, limit: int | None = None) -> list[Recorded]:
        """The stream's events with a seq above `after`, in order: all of them, or the first `limit`."""

    async def streams(self, prefix: str = "") -> list[str]:
        """Names of all streams that begin so, sorted."""

    async def unpublished(self, after: int = 0, limit: int = 500) -> list[Entry]:
        """The oldest events not yet marked published and beyond position `after`, in commit order."""

    async def published(self, upto: int) -> None:
        """The bus has acknowledged everything up to this position."""

    async def wait_appended(self) -> None:
        """Return as soon as something may be unpublished; may return early, never hangs while there is something."""

    async def publish_again(self) -> None:
        """Everything counts as unpublished again. Positions known before mean nothing afterwards: ask from 0 on."""

    async def keep_place(self, topic: str, place: str) -> None:
        """Keep where on a topic the newest published event went, in words of the bus; the newest call counts."""

    async def place(self, topic: str) -> str | None:
        """What was kept last for this topic, by anybody who shares the ledger."""

    async def export(self, stream: str, after: int = 0, limit: int | None = None) -> list[Stored]:
        """What is stored in the stream behind seq `after`, verbatim and in order: all of it, or the first `limit`.

        `after` is 0 or the `last` of something exported before.
        """

    async def adopt(self, stored: Sequence[Stored]) -> None:
        """Store verbatim what another ledger exported, of one stream or several, each in order; nothing is decoded.

        Raise `WrongSeq` where something does not begin right after its stream's last seq or brings a command id that
        is there already. What came before it in the same stream is then stored: look where the stream ends and go on.
        """


_AT_ONCE = 2000


Take = Callable[[Sequence[Recorded]], None]
"""Gets a stretch of one stream: events in a row, at least one."""


async def replay(ledger: Ledger, stream: str, after: int, take: Take) -> None:
    """Give `take` everything after a seq, two thousand events at a time: a long stream never stands in memory whole.

    The collector stays off meanwhile. What a replay builds is meant to stay, and looking through all of it again and
    again makes each event dearer the longer the stream is.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        while recorded := await ledger.read(stream, after, _AT_ONCE):
            take(recorded)
            after = recorded[-1].seq
    finally:
        if collecting:
            gc.enable()
