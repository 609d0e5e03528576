"""What one copy of a service still has to publish of a ledger that several copies share.

Positions are this process's own. Its appends enter in commit order, at once and without asking the server. What other
copies left behind when they died is found by a sweep: a commit that is still not marked after some seconds of watching
has nobody else, and enters the same queue. The watching goes by this process's own clock: the time in a document says
nothing when clocks jump. Two copies may pick up the same; consumers drop what they have.

Only the oldest entries are kept with their bytes. A bus that is away for hours costs a few hundred bytes per commit.
"""

import asyncio
import bisect
import itertools
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from shared.contracts.events import Recorded
from shared.errors import Unavailable
from shared.ledger.port import Entry
from shared.mongo import Collection, Document

_KEPT = 2048
_PAGE = 1000
_ORPHANED_SECONDS = 2.0
_BY_PLACE = (("pub", 1), ("stream", 1), ("seq", 1))


@dataclass(slots=True)
class _Waiting:
    """One commit in the queue: positions `first` to `last`; `entries` is None when they have to be read again."""

    id: str
    first: int
    last: int
    entries: list[Entry] | None


class Outbox:
    def __init__(self, commits: Collection) -> None:
        self._commits = commits
        self._waiting: list[_Waiting] = []  # by position
        self._ids: set[str] = set()
        self._bytes_at_hand = 0
        self._next = 1
        self._published = 0
        self._appended = asyncio.Event()
        self._appended.set()
        self._seen: dict[str, float] = {}
        self._looking = asyncio.Lock()
        self._held: list[tuple[Document, Sequence[Recorded]]] | None = None

    def add(self, document: Document, recorded: Sequence[Recorded]) -> None:
        """Take in a commit that is stored; while everything is looked through, put it behind that."""
        if self._held is not None:
            self._held.append((document, recorded))
        else:
            self._enter(document, recorded)

    def _enter(self, document: Document, recorded: Sequence[Recorded] = ()) -> None:
        if document["_id"] in self._ids:
            return
        first, n = self._next, document["n"]
        self._next += n
        entries = None
        if "events" in document and self._bytes_at_hand < _KEPT:
            entries = _entries(first, document, recorded)
            self._bytes_at_hand += 1
        self._waiting.append(_Waiting(document["_id"], first, first + n - 1, entries))
        self._ids.add(document["_id"])
        self._appended.set()

    async def unpublished(self, after: int, limit: int) -> list[Entry]:
        self._appended.clear()
        start = max(after, self._published)
        at = bisect.bisect_right(self._waiting, start, key=lambda one: one.last)
        some = self._waiting[at : at + limit]
        if any(one.entries is None for one in some):
            await self._read_again(some)
        entries = itertools.chain.from_iterable(one.entries or () for one in some)
        return list(itertools.islice((entry for entry in entries if entry.pos > start), limit))

    async def _read_again(self, some: list[_Waiting]) -> None:
        missing = [one.id for one in some if one.entries is None]
        found = {one["_id"]: one for one in await self._commits.find({"_id": {"$in": missing}})}
        if len(found) < len(missing):
            raise Unavailable("what is to be published is not in MongoDB any more")
        for one in some:
            if one.entries is None:
                one.entries = _entries(one.first, found[one.id])
                self._bytes_at_hand += 1

    async def published(self, upto: int) -> None:
        upto = max(upto, self._published)
        self._published = upto
        done = self._waiting[: bisect.bisect_right(self._waiting, upto, key=lambda one: one.last)]
        for start in range(0, len(done), _PAGE):
            some = done[start : start + _PAGE]
            await self._commits.change({"_id": {"$in": [one.id for one in some]}}, {"$set": {"pub": True}})
            self._forget(some)

    def _forget(self, some: list[_Waiting]) -> None:
        ids = {one.id for one in some} & self._ids
        self._ids -= ids
        self._bytes_at_hand -= sum(one.entries is not None for one in some if one.id in ids)
        self._waiting = [one for one in self._waiting if one.id not in ids]

    async def wait(self) -> None:
        await self._appended.wait()

    async def take_everything(self, *, marked: bool = False) -> None:
        """Take in all that is not marked, whoever appended it; what is marked, too, when it is to go out again."""
        async with self._looking:
            self._held = []
            try:
                if marked:
                    self._waiting, self._ids, self._bytes_at_hand = [], set(), 0
                    await self._unmark()
                async for document in self._unmarked():
                    self._enter(document)
            finally:
                held, self._held = self._held, None
                for one in held:
                    self._enter(*one)

    async def _unmark(self) -> None:
        last = ""
        while done := await self._commits.find(
            {"pub": True, "_id": {"$gt": last}}, sort=[("_id", 1)], limit=_PAGE, fields=["_id"]
        ):
            last = done[-1]["_id"]
            await self._commits.change({"_id": {"$in": [one["_id"] for one in done]}}, {"$set": {"pub": False}})

    async def sweep(self) -> None:
        """Look at what is not marked and not ours, and take in what nobody has marked for a while."""
        now = time.monotonic()
        still: dict[str, float] = {}
        async with self._looking:
            async for document in self._unmarked():
                name = document["_id"]
                if name in self._ids:
                    continue
                still[name] = self._seen.get(name, now)
                if now - still[name] >= _ORPHANED_SECONDS:
                    self._enter(document)
        self._seen = {name: since for name, since in still.items() if name not in self._ids}

    async def _unmarked(self) -> AsyncIterator[Document]:
        """Ids, places and sizes of all commits not marked, by stream and seq."""
        stream, seq = "", 0
        while True:
            for query in ({"stream": stream, "seq": {"$gt": seq}}, {"stream": {"$gt": stream}}):
                fields = ["_id", "stream", "seq", "n"]
                page = await self._commits.find({"pub": False, **query}, sort=_BY_PLACE, limit=_PAGE, fields=fields)
                for document in page:
                    yield document
                if page:
                    stream, seq = page[-1]["stream"], page[-1]["seq"]
                    break
            else:
                return


def _entries(first: int, document: Document, recorded: Sequence[Recorded] = ()) -> list[Entry]:
    known = itertools.chain(recorded, itertools.repeat(None))
    bodies = zip(itertools.count(first), document["events"], known, strict=False)
    return [Entry(pos, document["stream"], bytes(body), one) for pos, body, one in bodies]
