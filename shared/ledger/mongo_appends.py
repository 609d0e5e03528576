"""Appends to one stream on their way into MongoDB: in call order, many to a round trip, each at most once.

While one ordered bulk is on its way the next one gathers, as callers share a flush on the embedded engine. A commit is
sent only where it begins right after the stream's known end, so every stored commit stands behind a stored one and
the unique index on (stream, seq) is enough to keep streams without gaps, however many processes write.

When the server refuses a place or says nothing, the documents' own ids tell what happened: those found are stored, by
us. If it cannot be found out in time, all that wait fail with `Unavailable`, and the end is asked for anew: a write
may still be under way, and the indexes let it in whole and in order, or not at all.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from typing_extensions import override

from shared.contracts.events import Recorded
from shared.errors import Unavailable
from shared.ledger.mongo_outbox import Outbox
from shared.ledger.port import WrongSeq
from shared.mongo import Collection, Document, Duplicate

_BULK = 256
_PAUSE_SECONDS = 0.05


class Outcome(asyncio.Future[None]):
    """An append is carried out whatever becomes of who waits for it: cancelling takes effect after it."""

    @override
    def cancel(self, msg: Any | None = None) -> bool:
        return False


@dataclass(slots=True)
class Commit:
    """One append: its document, the events where they are at hand, and who waits for it."""

    document: Document
    recorded: Sequence[Recorded]
    outcome: Outcome

    @property
    def first(self) -> int:
        return int(self.document["seq"])

    @property
    def last(self) -> int:
        return int(self.document["seq"] + self.document["n"] - 1)

    def fail(self, error: Exception) -> None:
        if not self.outcome.done():
            self.outcome.set_exception(error)


class Line:
    """The appends to one stream that wait, and where the stream is known to end; None while that has to be asked."""

    def __init__(self, stream: str, commits: Collection, outbox: Outbox) -> None:
        self._stream = stream
        self._commits = commits
        self._outbox = outbox
        self._waiting: deque[Commit] = deque()
        self.running: asyncio.Task[None] | None = None
        self.end: int | None = None

    def append(self, commit: Commit) -> None:
        self._waiting.append(commit)
        if self.running is None:
            self.running = asyncio.create_task(self._run())  # begins after this round of calls: they share a bulk

    def ends_at_least(self, seq: int) -> None:
        """Somebody has read as far as this, and it was the end of a commit."""
        self.end = max(self.end or 0, seq)

    async def _run(self) -> None:
        try:
            while self._waiting:
                bulk = [self._waiting.popleft() for _ in range(min(_BULK, len(self._waiting)))]
                try:
                    await self._store(bulk)
                except Exception as exc:  # a fault of ours ends in refusals as well, or everybody would wait for ever
                    self._fail(bulk, exc)
        finally:
            self.running = None

    def _fail(self, bulk: list[Commit], error: Exception) -> None:
        """Nobody knows what is stored: all that wait built on it."""
        self.end = None
        for commit in (*bulk, *self._waiting):
            commit.fail(error)
        self._waiting.clear()

    async def _store(self, bulk: list[Commit]) -> None:
        if self.end is None or bulk[0].first > self.end + 1:
            await self._look()
        end, fitting = self.end or 0, []
        for commit in bulk:
            if commit.first == end + 1:
                fitting.append(commit)
                end = commit.last
            else:
                commit.fail(WrongSeq(self._stream))
        if fitting:
            await self._insert(fitting)

    async def _look(self) -> None:
        """Ask where the stream ends."""
        known = self.end or 0
        query = {"stream": self._stream, "seq": {"$gt": known}}
        found = await self._commits.find(query, sort=[("seq", -1)], limit=1, fields=["seq", "n"])
        self.end = found[0]["seq"] + found[0]["n"] - 1 if found else known

    async def _insert(self, commits: list[Commit]) -> None:
        clock = asyncio.get_running_loop().time
        until = clock() + self._commits.patience_seconds
        while commits:
            lead = self._outbox.lead([commit.document for commit in commits])
            stored, refused, certain = 0, False, False
            try:
                try:
                    await self._commits.insert([commit.document for commit in commits])
                    stored, certain = len(commits), True
                except Duplicate as exc:
                    stored, refused = exc.at, True
                except Unavailable:
                    if clock() > until:
                        raise
                if not certain:
                    ours = await self._ours(commits[stored:])
                    stored += ours
                    certain = refused and not ours
            finally:
                # Where an answer was lost an older try may still be at work: the sweep looks after all it may store.
                self._settle(commits[:stored], lead if certain else None)
                self._outbox.sent(lead)
            commits = commits[stored:]
            if commits and refused and await self._taken(commits[0]):
                for commit in commits:
                    commit.fail(WrongSeq(self._stream))
                return
            if commits and not stored:  # what is in the way may be rolled back, or the server is not itself
                if clock() > until:
                    raise Unavailable("MongoDB cannot say what is stored")
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _ours(self, commits: list[Commit]) -> int:
        """How many of these are stored already, from the first on: an answer was lost, or the driver sent it twice."""
        ids = [commit.document["_id"] for commit in commits]
        found = {one["_id"] for one in await self._commits.find({"_id": {"$in": ids}}, fields=["_id"])}
        return next((at for at, one in enumerate(ids) if one not in found), len(ids))

    async def _taken(self, commit: Commit) -> bool:
        """Whether somebody else's commit has the place, or the command id, for good."""
        places: list[dict[str, Any]] = [{"stream": self._stream, "seq": commit.first}]
        if "command" in commit.document:
            places.append({"stream": self._stream, "command": commit.document["command"]})
        for place in places:
            if await self._commits.find(place, limit=1, fields=["_id"]):
                return True
        return False

    def _settle(self, commits: list[Commit], lead: str | None) -> None:
        self._outbox.add([(commit.document, commit.recorded) for commit in commits], lead)
        for commit in commits:
            self.ends_at_least(commit.last)
            if not commit.outcome.done():
                commit.outcome.set_result(None)
