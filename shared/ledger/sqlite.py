"""The ledger on SQLite, for one machine: one file and one writer per service.

`pos` is the order of commits and therefore the outbox; what has been published is one number in the same file.
Events can be neither changed nor deleted: triggers refuse it, whoever asks.
"""

import asyncio
import itertools
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from shared.contracts.events import Recorded, decode, encode
from shared.ledger.port import Entry, WrongSeq
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
CREATE TRIGGER IF NOT EXISTS events_stay BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER IF NOT EXISTS events_are_final BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events never change'); END;
"""
_LAST = "SELECT seq FROM events WHERE stream = ? ORDER BY seq DESC LIMIT 1"
_INTO = "INSERT INTO events(stream, seq, command, body)"
_Row = tuple[str, int, str | None, bytes]


class SqliteLedger:
    """Implements `shared.ledger.port.Ledger`; open it with `async with`."""

    def __init__(self, path: Path, *, vfs: str | None = None) -> None:
        self.file = SqliteFile(path, _SCHEMA, vfs=vfs)
        self._appended = asyncio.Event()
        self._epoch = ""
        self._published = 0

    async def __aenter__(self) -> Self:
        await self.file.__aenter__()
        self.file.on_commit(self._appended.set)
        self._epoch, self._published = await self.file.read(
            lambda db: (db.execute("SELECT epoch FROM history").get, db.execute("SELECT published FROM outbox").get)
        )
        self._appended.set()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.file.__aexit__(kind, error, trace)

    @property
    def epoch(self) -> str:
        return self._epoch

    def append(self, recorded: Sequence[Recorded], command: str | None = None) -> "asyncio.Future[None]":
        names = itertools.chain((command,), itertools.repeat(None))
        rows = [(one.stream, one.seq, name, encode(one)) for one, name in zip(recorded, names, strict=False)]
        return self.file.write_in_bulk(_append, rows)

    async def read(self, stream: str, after: int = 0, limit: int | None = None) -> list[Recorded]:
        query = "SELECT body FROM events WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?"
        place = (stream, after, -1 if limit is None else limit)
        return await self.file.read(lambda db: [decode(body) for (body,) in db.execute(query, place)])

    async def streams(self, prefix: str = "") -> list[str]:
        query = "SELECT DISTINCT stream FROM events WHERE substr(stream, 1, ?) = ? ORDER BY stream"
        return await self.file.read(lambda db: [name for (name,) in db.execute(query, (len(prefix), prefix))])

    async def unpublished(self, after: int = 0, limit: int = 500) -> list[Entry]:
        self._appended.clear()  # before the read: an append that lands after it sets the flag again
        query = "SELECT pos, stream, body FROM events WHERE pos > ? ORDER BY pos LIMIT ?"
        start = max(after, self._published)
        entries = await self.file.read(lambda db: [Entry(*row) for row in db.execute(query, (start, limit))])
        if entries:
            self._appended.set()
        return entries

    async def published(self, upto: int) -> None:
        def work(db: Connection) -> None:
            db.execute("UPDATE outbox SET published = ? WHERE published < ?", (upto, upto))

        await self.file.write(work)
        self._published = max(self._published, upto)

    async def wait_appended(self) -> None:
        await self._appended.wait()


def _append(db: Connection, appends: list[list[_Row]]) -> list[None]:
    """Store appends that all fit; raise WrongSeq when one does not, whichever it is."""
    last: dict[str, int] = {}
    for rows in appends:
        stream, first = rows[0][0], rows[0][1]
        if stream not in last:
            last[stream] = db.execute(_LAST, (stream,)).get or 0
        if first != last[stream] + 1:
            raise WrongSeq(stream)
        last[stream] += len(rows)
    try:
        insert(db, _INTO, [row for rows in appends for row in rows])
    except ConstraintError as exc:
        raise WrongSeq(appends[0][0][0]) from exc
    return [None] * len(appends)


def read_file(path: Path) -> tuple[str, list[bytes]]:
    """A ledger file's epoch and all its events in commit order, read without its owner; for checks and exports."""
    db = open_reader(path)
    try:
        epoch: str = db.execute("SELECT epoch FROM history").get
        return epoch, [body for (body,) in db.execute("SELECT body FROM events ORDER BY pos")]
    finally:
        db.close()
