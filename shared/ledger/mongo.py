"""The ledger on MongoDB, for any number of copies of a service at once.

One append is one document, `{_id, stream, seq, n, command, events, at}`: the events as bytes, `seq` that of the first
of them. So an append is whole or not there without a transaction, and two unique indexes hold the promises: (stream,
seq), and (stream, command) where there is a command. Appends go through `mongo_appends`. What is to be published
follows from the same documents (`pub` and `upto`, see `mongo_outbox`), so nothing is ever written to two places.

A small collection beside it holds the epoch, made once by whoever came first, and the relay's places on topics. The
epoch is read again every second: when it is another one, somebody has put an older or another database in the place
of ours, what is in memory belongs to nothing any more, and every operation fails until the service is started anew.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

from shared.contracts.events import DecodeAll, Recorded, decode_all, encode
from shared.errors import BadStart, Unavailable
from shared.ids import new_id, rfc3339, utc_now
from shared.ledger.mongo_appends import Commit, Line, Outcome
from shared.ledger.mongo_outbox import Outbox
from shared.ledger.port import Entry, Stored, WrongSeq
from shared.logs import log
from shared.mongo import Document, Duplicate, Mongo

UNIQUE = (("stream", "seq"), ("stream", "command"))
"""What the indexes made here keep apart."""
_AT_ONCE = 1000
_NEAR = 64
_LOOK_SECONDS = 1.0
_REST = 5  # a look that takes long is made more rarely
_HIGHEST = "\U0010ffff"


class MongoLedger:
    """Implements `shared.ledger.port.Ledger` in an open database; `owner` is the service, whose streams these are.

    `decode_all` is how events are read, for a service that knows a faster way for its own.
    """

    shared = True

    def __init__(self, mongo: Mongo, owner: str, *, decode_all: DecodeAll = decode_all) -> None:
        self._decode_all = decode_all
        self._commits = mongo.collection(f"{owner}_commits")
        self._about = mongo.collection(f"{owner}_about")
        self._lines: dict[str, Line] = {}
        self._outbox = Outbox(self._commits)
        self._epoch = ""
        self._closed: str | None = None
        self.broken: Callable[[str], None] = lambda _reason: None
        """Called when going on could falsify something: the process has to end and start anew."""

    @property
    def epoch(self) -> str:
        return self._epoch

    async def __aenter__(self) -> Self:
        place, command = ([(field, 1) for field in fields] for fields in UNIQUE)
        try:
            await self._commits.index("place", place, unique=True)
            await self._commits.index("command", command, unique=True, only={"command": {"$exists": True}})
            await self._commits.index("outbox", [("pub", 1), ("stream", 1), ("seq", 1)], only={"pub": False})
            self._epoch = await self._make_epoch()
            await self._outbox.take_everything()
        except Unavailable as exc:
            raise BadStart(f"the ledger cannot be opened: {exc.detail}") from exc
        self._watching = asyncio.create_task(self._watch())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = "the ledger is closed"
        self._watching.cancel()
        running = [line.running for line in self._lines.values() if line.running is not None]
        await asyncio.gather(self._watching, *running, return_exceptions=True)

    async def _make_epoch(self) -> str:
        with contextlib.suppress(Duplicate):
            await self._about.insert([{"_id": "epoch", "value": new_id()[-12:]}])
        return await self._known("epoch") or await self._make_epoch()

    async def _known(self, name: str) -> str | None:
        found = await self._about.find({"_id": name}, limit=1)
        return found[0]["value"] if found else None

    async def _watch(self) -> None:
        pause = _LOOK_SECONDS
        while True:
            await asyncio.sleep(pause)
            began = time.monotonic()
            with contextlib.suppress(Unavailable):
                if await self._known("epoch") != self._epoch:
                    self._closed = "another ledger is in the place of ours: start this service anew"
                    log.error("ledger replaced", epoch=self._epoch)
                    self.broken(self._closed)
                    return
                await self._outbox.sweep()
            pause = max(_LOOK_SECONDS, _REST * (time.monotonic() - began))

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable(self._closed)

    def _line(self, stream: str) -> Line:
        if stream not in self._lines:
            self._lines[stream] = Line(stream, self._commits, self._outbox)
        return self._lines[stream]

    def append(self, recorded: Sequence[Recorded], command: str | None = None) -> "asyncio.Future[None]":
        stream, first = recorded[0].stream, recorded[0].seq
        fits = all(one.stream == stream and one.seq == seq for seq, one in enumerate(recorded, first))
        bodies = [encode(one) for one in recorded] if fits else []
        return self._queue(stream, first, bodies, command, recorded)

    def _queue(
        self, stream: str, seq: int, bodies: Sequence[bytes], command: str | None, recorded: Sequence[Recorded] = ()
    ) -> Outcome:
        outcome = Outcome()
        document: Document = {"_id": new_id(), "stream": stream, "seq": seq, "n": len(bodies)}
        if command is not None:
            document["command"] = command
        document |= {"events": list(bodies), "at": rfc3339(utc_now())}
        if self._closed:
            outcome.set_exception(Unavailable(self._closed))
        elif not bodies or seq < 1:
            outcome.set_exception(WrongSeq(stream))
        else:
            self._line(stream).append(Commit(document, recorded, outcome))
        return outcome

    async def read(self, stream: str, after: int = 0, limit: int | None = None) -> list[Recorded]:
        self._check_open()
        events: list[Recorded] = []
        place = await self._joint(stream, after)
        while limit is None or len(events) < limit:
            at_once = _AT_ONCE if limit is None else min(_AT_ONCE, limit + after - place)
            commits = await self._behind(stream, place, at_once)
            bodies = (body for commit in commits for body in commit["events"][max(0, after + 1 - commit["seq"]) :])
            events += self._decode_all([bytes(body) for body in bodies])
            if len(commits) < at_once:
                break
            place = commits[-1]["seq"] + commits[-1]["n"] - 1
        return events[:limit]

    async def _behind(self, stream: str, after: int, limit: int) -> list[Document]:
        """Commits that begin behind a seq, in order."""
        found = await self._commits.find({"stream": stream, "seq": {"$gt": after}}, sort=[("seq", 1)], limit=limit)
        if found:
            self._line(stream).ends_at_least(found[-1]["seq"] + found[-1]["n"] - 1)
        return found

    async def _joint(self, stream: str, after: int) -> int:
        """A seq at or before `after` at which a commit ends, and not long before it."""
        line = self._lines.get(stream)
        if line is not None and line.end is not None and after - _NEAR <= line.end <= after:
            return line.end  # what is read by far most often: what came since the last look
        if after <= 0:
            return 0
        query: dict[str, Any] = {"stream": stream, "seq": {"$lte": after}}
        found = await self._commits.find(query, sort=[("seq", -1)], limit=1, fields=["seq", "n"])
        return int(found[0]["seq"]) - 1 if found else 0

    async def streams(self, prefix: str = "") -> list[str]:
        self._check_open()
        return sorted(await self._commits.names("stream", {"stream": {"$gte": prefix, "$lt": prefix + _HIGHEST}}))

    async def unpublished(self, after: int = 0, limit: int = 500) -> list[Entry]:
        self._check_open()
        return await self._outbox.unpublished(after, limit)

    async def published(self, upto: int) -> None:
        self._check_open()
        await self._outbox.published(upto)

    async def wait_appended(self) -> None:
        await self._outbox.wait()

    async def publish_again(self) -> None:
        self._check_open()
        await self._outbox.take_everything(marked=True)

    async def keep_place(self, topic: str, place: str) -> None:
        self._check_open()
        with contextlib.suppress(Duplicate):  # another copy made it at the same moment; the next call goes through
            await self._about.change({"_id": f"place {topic}"}, {"$set": {"value": place}}, make=True)

    async def place(self, topic: str) -> str | None:
        self._check_open()
        return await self._known(f"place {topic}")

    async def export(self, stream: str, after: int = 0, limit: int | None = None) -> list[Stored]:
        self._check_open()
        stored: list[Stored] = []
        while limit is None or len(stored) < limit:
            at_once = _AT_ONCE if limit is None else min(_AT_ONCE, limit - len(stored))
            commits = await self._behind(stream, after, at_once)
            for one in commits:
                bodies = tuple(bytes(body) for body in one["events"])
                stored.append(Stored(stream, one["seq"], bodies, one.get("command")))
            if len(commits) < at_once:
                break
            after = stored[-1].last
        return stored

    async def adopt(self, stored: Sequence[Stored]) -> None:
        await asyncio.gather(*(self._queue(one.stream, one.seq, one.bodies, one.command) for one in stored))
