"""The ledger on SQLite, for one machine: one file and one writer per service.

`pos` is the order of commits and therefore the outbox; what has been published is one number in the same file.
Events can be neither changed nor deleted: triggers refuse it, whoever asks.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from shared.contracts.events import DecodeAll, Recorded, decode_all, encode
from shared.ledger.port import Entry, Stored, WrongSeq
from shared.sqlite import Connection, ConstraintError, SqliteFile, insert, open_reader

_SCHEMA = """
CREATE TABLE IF NOT EXISTS history(one INTEGER PRIMARY KEY CHECK (one = 1), epoch TEXT NOT NULL);
INSERT OR IGNORE INTO history VALUES (1, lower(hex(randomblob(6))));
CREATE TABLE IF NOT EXISTS events(
  pos INTEGER PRIMARY KEY AUTOINCREMENT,
  stream TEXT NOT NULL,
  seq INTEGER NOT NULL,
  command TEXT,            -- on the first event of an append that carried one
  body BLOB NOT NULL,      -- the CloudEvent, as it is published
  UNIQUE (stream, seq)
);
CREATE UNIQUE INDEX IF NOT EXISTS events_command ON events(stream, command) WHERE command IS NOT NULL;
CREATE TABLE IF NOT EXISTS outbox(one INTEGER PRIMARY KEY CHECK (one = 1), published INTEGER NOT NULL);
INSERT OR IGNORE INTO outbox VALUES (1, 0);
CREATE TABLE IF NOT EXISTS places(topic TEXT PRIMARY KEY, place TEXT NOT NULL) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS events_stay BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER IF NOT EXISTS events_are_final BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events never change'); END;
"""
_STATE = "SELECT epoch, published, (SELECT ifnull(max(pos), 0) FROM events) FROM history, outbox"
_LAST = "SELECT seq FROM events WHERE stream = ? ORDER BY seq DESC LIMIT 1"
_INTO = "INSERT INTO events(stream, seq, command, body)"
_KEEP_PLACE = "INSERT INTO places VALUES (?, ?) ON CONFLICT DO UPDATE SET place = excluded.place"
_Row = tuple[str, int, str | None, bytes]


@dataclass(slots=True)
class _Append:
    """Events on their way into the file; `first` is the place of the first of them once they are there.

    `recorded` is empty where only the bytes are known.
    """

    recorded: Sequence[Recorded]
    rows: list[_Row]
    first: int = 0

    def entries(self) -> Iterator[Entry]:
        known = itertools.chain(self.recorded, itertools.repeat(None))
        for pos, one, (stream, _, _, body) in zip(itertools.count(self.first), known, self.rows, strict=False):
            yield Entry(pos, stream, body, one)


_KEPT = 2048
"""How many stored events are kept at hand for the outbox; what lags further behind is read from the file."""


class SqliteLedger:
    """Implements `shared.ledger.port.Ledger`; open it with `async with`.

    `decode_all` is how events are read, for a service that knows a faster way for its own.
    """

    shared = False

    def __init__(self, path: Path, *, vfs: str | None = None, decode_all: DecodeAll = decode_all) -> None:
        self.file = SqliteFile(path, _SCHEMA, vfs=vfs)
        self._decode_all = decode_all
        self._appended = asyncio.Event()
        self._epoch = ""
        self._published = 0
        self._last = 0
        self._fresh: deque[Entry] = deque(maxlen=_KEPT)  # the newest up to `_last`, without gaps
        self._faults = self._faults_seen = 0  # after a fault there may be events beyond `_last`

    async def __aenter__(self) -> Self:
        await self.file.__aenter__()
        self._epoch, self._published, self._last = await self.file.read(lambda db: db.execute(_STATE).get)
        self.file.on_commit(self._stored)
        self.file.reopened = self._look_again
        self._appended.set()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.file.__aexit__(kind, error, trace)

    @property
    def epoch(self) -> str:
        return self._epoch

    def append(self, recorded: Sequence[Recorded], command: str | None = None) -> asyncio.Future[None]:
        rows = [(one.stream, one.seq, None if n else command, encode(one)) for n, one in enumerate(recorded)]
        return self.file.write_in_bulk(_append, _Append(recorded, rows))

    def _stored(self, items: list[Any]) -> None:
        for append in items:
            if isinstance(append, _Append):
                self._fresh.extend(append.entries())
                self._last = append.first + len(append.rows) - 1
        self._appended.set()

    def _look_again(self) -> None:
        self._fresh.clear()
        self._faults += 1
        self._appended.set()

    async def read(self, stream: str, after: int = 0, limit: int | None = None) -> list[Recorded]:
        query = "SELECT body FROM events WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?"
        place = (stream, after, -1 if limit is None else limit)
        return await self.file.read(lambda db: self._decode_all([body for (body,) in db.execute(query, place)]))

    async def streams(self, prefix: str = "") -> list[str]:
        query = "SELECT DISTINCT stream FROM events WHERE substr(stream, 1, ?) = ? ORDER BY stream"
        return await self.file.read(lambda db: [name for (name,) in db.execute(query, (len(prefix), prefix))])

    async def unpublished(self, after: int = 0, limit: int = 500) -> list[Entry]:
        self._appended.clear()  # before the read: an append that lands after it sets the flag again
        query = "SELECT pos, stream, body FROM events WHERE pos > ? ORDER BY pos LIMIT ?"
        start = max(after, self._published)
        while self._fresh and self._fresh[0].pos <= start:
            self._fresh.popleft()
        if start >= self._last and self._faults_seen == self._faults:
            return []
        if self._fresh and self._fresh[0].pos == start + 1:
            return list(itertools.islice(self._fresh, limit))
        faults = self._faults
        entries = await self.file.read(lambda db: [Entry(*row) for row in db.execute(query, (start, limit))])
        if entries:
            self._appended.set()
        else:
            self._faults_seen = faults
        return entries

    async def published(self, upto: int) -> None:
        statement = "UPDATE outbox SET published = ? WHERE published < ?"
        await self.file.write(lambda db: _change(db, statement, upto, upto))
        self._published = max(self._published, upto)

    async def wait_appended(self) -> None:
        await self._appended.wait()

    async def publish_again(self) -> None:
        await self.file.write(lambda db: _change(db, "UPDATE outbox SET published = 0"))
        self._published = 0
        self._appended.set()

    async def keep_place(self, topic: str, place: str) -> None:
        await self.file.write(lambda db: _change(db, _KEEP_PLACE, topic, place))

    async def place(self, topic: str) -> str | None:
        place: str | None = await self.file.read(
            lambda db: db.execute("SELECT place FROM places WHERE topic = ?", (topic,)).get
        )
        return place

    async def export(self, stream: str, after: int = 0, limit: int | None = None) -> list[Stored]:
        query = "SELECT stream, seq, body, command FROM events WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?"
        place = (stream, after, -1 if limit is None else limit)
        return await self.file.read(
            lambda db: [Stored(name, seq, (body,), command) for name, seq, body, command in db.execute(query, place)]
        )

    async def adopt(self, stored: Sequence[Stored]) -> None:
        appends = []
        for one in stored:
            names = itertools.chain((one.command,), itertools.repeat(None))
            rows = zip(itertools.repeat(one.stream), itertools.count(one.seq), names, one.bodies, strict=False)
            appends.append(self.file.write_in_bulk(_append, _Append((), list(rows))))
        await asyncio.gather(*appends)


def _change(db: Connection, statement: str, *values: str | int) -> None:
    db.execute(statement, values)


def _append(db: Connection, appends: list[_Append]) -> list[None]:
    """Store appends that all fit; raise WrongSeq when one does not, whichever it is."""
    last: dict[str, int] = {}
    for append in appends:
        rows = append.rows
        stream, first = rows[0][0], rows[0][1]
        if stream not in last:
            last[stream] = db.execute(_LAST, (stream,)).get or 0
        if first != last[stream] + 1:
            raise WrongSeq(stream)
        last[stream] += len(rows)
    try:
        insert(db, _INTO, [row for append in appends for row in append.rows])
    except ConstraintError as exc:
        raise WrongSeq(appends[0].rows[0][0]) from exc
    # One writer and a counter that never goes back: the rows of one transaction have places in a row.
    place = db.last_insert_rowid() + 1
    for append in reversed(appends):
        place -= len(append.rows)
        append.first = place
    return [None] * len(appends)


def read_file(path: Path) -> tuple[str, list[bytes]]:
    """A ledger file's epoch and all its events in commit order, read without its owner; for checks and exports."""
    db = open_reader(path)
    try:
        epoch: str = db.execute("SELECT epoch FROM history").get
        return epoch, [body for (body,) in db.execute("SELECT body FROM events ORDER BY pos")]
    finally:
        db.close()
