"""What one copy of a service still has to publish of a ledger that several copies share.

The first commit of every bulk leads it: it carries `pub: false`, and `upto`, the last seq that the bulk may store. It
is marked when the whole bulk has been published, so a busy stream costs one mark for many appends, where a mark is
dearer than an append. A partial index finds the leads that are not marked. Wherever it is not certain what of a bulk
is stored, the lead is left alone and the sweep looks after it: at the worst events go out twice.

Positions are this process's own. Its appends enter in commit order, at once and without asking the server. What other
copies left behind when they died is found by a sweep: a lead that is still not marked after some seconds of watching
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
_FIELDS = ("_id", "stream", "seq", "n", "upto")
_BY_PLACE = (("pub", 1), ("stream", 1), ("seq", 1))

Stored = tuple[Document, Sequence[Recorded]]


@dataclass(slots=True)
class _Waiting:
    """One commit in the queue: positions `first` to `last`; `entries` is None when they have to be read again."""

    id: str
    first: int
    last: int
    entries: list[Entry] | None
    lead: str | None = None
    """Marked once this commit, the last of its bulk, is published."""


class Outbox:
    def __init__(self, commits: Collection) -> None:
        self._commits = commits
        self._waiting: list[_Waiting] = []  # by position
        self._at_hand = 0
        self._next = 1
        self._published = 0
        self._appended = asyncio.Event()
        self._appended.set()
        self._sending: set[str] = set()
        self._leads: set[str] = set()
        self._seen: dict[str, float] = {}
        self._looking = asyncio.Lock()
        self._held: list[tuple[Sequence[Stored], str | None]] | None = None

    def lead(self, documents: Sequence[Document]) -> str:
        """Make the first of these, which are about to be sent in one bulk, the lead of all; end with `sent`."""
        first, last = documents[0], documents[-1]
        first |= {"pub": False, "upto": last["seq"] + last["n"] - 1}
        self._sending.add(first["_id"])
        return str(first["_id"])

    def sent(self, lead: str) -> None:
        self._sending.discard(lead)

    def add(self, stored: Sequence[Stored], lead: str | None) -> None:
        """Take in commits of one bulk that are stored; without a lead the sweep will look after them as well."""
        if self._held is not None:
            self._held.append((stored, lead))
            self._leads.update([lead] if stored and lead else ())
            return
        for document, recorded in stored:
            self._enter(document, recorded)
        if stored and lead:
            self._close(lead)

    def _enter(self, document: Document, recorded: Sequence[Recorded] = ()) -> None:
        first, n = self._next, document["n"]
        self._next += n
        entries = None
        if "events" in document and self._at_hand < _KEPT:
            entries = _entries(first, document, recorded)
            self._at_hand += 1
        self._waiting.append(_Waiting(document["_id"], first, first + n - 1, entries))
        self._appended.set()

    def _close(self, lead: str) -> None:
        self._waiting[-1].lead = lead
        self._leads.add(lead)

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
        if len(found) < len(set(missing)):
            raise Unavailable("what is to be published is not in MongoDB any more")
        for one in some:
            if one.entries is None:
                one.entries = _entries(one.first, found[one.id])
                self._at_hand += 1

    async def published(self, upto: int) -> None:
        self._published = max(upto, self._published)
        done = self._waiting[: self._count(self._published)]
        for start in range(0, len(done), _PAGE):
            some = done[start : start + _PAGE]
            leads = [one.lead for one in some if one.lead]
            if leads:
                await self._commits.change({"_id": {"$in": leads}}, {"$set": {"pub": True}})
            gone = self._waiting[: self._count(some[-1].last)]
            del self._waiting[: len(gone)]
            self._at_hand -= sum(one.entries is not None for one in gone)
            self._leads.difference_update(leads)

    def _count(self, upto: int) -> int:
        return bisect.bisect_right(self._waiting, upto, key=lambda one: one.last)

    async def wait(self) -> None:
        await self._appended.wait()

    async def take_everything(self, *, marked: bool = False) -> None:
        """Take in all that is not marked, whoever appended it; what is marked, too, when it is to go out again."""
        async with self._looking:
            self._held = []
            try:
                if marked:
                    self._waiting, self._leads, self._at_hand = [], set(), 0
                    await self._unmark()
                async for lead in self._unmarked():
                    await self._take_over(lead)
            finally:
                held, self._held = self._held, None
                for one in held:
                    self.add(*one)

    async def _unmark(self) -> None:
        last = ""
        while done := await self._commits.find(
            {"pub": True, "_id": {"$gt": last}}, sort=[("_id", 1)], limit=_PAGE, fields=["_id"]
        ):
            last = done[-1]["_id"]
            await self._commits.change({"_id": {"$in": [one["_id"] for one in done]}}, {"$set": {"pub": False}})

    async def sweep(self) -> None:
        """Look at what is not marked and not ours, and take over what nobody has marked for a while."""
        now = time.monotonic()
        still: dict[str, float] = {}
        async with self._looking:
            async for lead in self._unmarked():
                name = lead["_id"]
                still[name] = self._seen.get(name, now)
                if now - still[name] >= _ORPHANED_SECONDS:
                    await self._take_over(lead)
        self._seen = {name: since for name, since in still.items() if name not in self._leads}

    async def _take_over(self, lead: Document) -> None:
        commits = [lead]
        if lead["upto"] >= lead["seq"] + lead["n"]:
            query = {"stream": lead["stream"], "seq": {"$gte": lead["seq"], "$lte": lead["upto"]}}
            commits = await self._commits.find(query, sort=_BY_PLACE[1:], fields=_FIELDS)
        for commit in commits:
            self._enter(commit)
        if commits:
            self._close(lead["_id"])

    async def _unmarked(self) -> AsyncIterator[Document]:
        """The leads that are not marked and nothing of ours, by stream and seq."""
        stream, seq = "", 0
        while True:
            for query in ({"stream": stream, "seq": {"$gt": seq}}, {"stream": {"$gt": stream}}):
                page = await self._commits.find({"pub": False, **query}, sort=_BY_PLACE, limit=_PAGE, fields=_FIELDS)
                for lead in page:
                    if lead["_id"] not in self._leads and lead["_id"] not in self._sending:
                        yield lead
                if page:
                    stream, seq = page[-1]["stream"], page[-1]["seq"]
                    break
            else:
                return


def _entries(first: int, document: Document, recorded: Sequence[Recorded] = ()) -> list[Entry]:
    known = itertools.chain(recorded, itertools.repeat(None))
    bodies = zip(itertools.count(first), document["events"], known, strict=False)
    return [Entry(pos, document["stream"], bytes(body), one) for pos, body, one in bodies]
