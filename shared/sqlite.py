"""One SQLite file with one writer: the only door to SQLite.

A writer thread owns the only connection that writes and checkpoints. It takes all work that is waiting, runs it in one
transaction, and settles every caller after COMMIT has returned, so one flush serves many (group commit). When a piece
is refused the batch is taken back and run again with a savepoint per piece, so that it fails alone. Reads run on a
second, read-only connection in a thread of its own.

Few statements matter more than fast ones: each gives up the interpreter's lock and has to win it back from the event
loop, so pieces of one kind are handed over together (`bulk`) and rows go in many at a time.

When the disk is full or not writable, the whole batch fails with `Unavailable`, the connection is thrown away, and the
file is opened anew until a write succeeds again: no restart is needed. A failed *flush* is different: what the
system then holds in memory is unknown, so it is never tried again; `broken` is called and the process must end.

SQLite before 3.51.3 can corrupt a WAL file (the WAL-reset fault), so an older library is refused. apsw brings its own.
"""

import asyncio
import contextlib
import itertools
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import apsw
from typing_extensions import override

from shared.errors import BadStart, Unavailable

T = TypeVar("T")
Item = TypeVar("Item")
Connection = apsw.Connection
ConstraintError = apsw.ConstraintError
SqliteError = apsw.Error

_BATCH = 512
_ROWS_AT_ONCE = (64, 32, 16, 8, 4, 2, 1)  # few sizes, so that the prepared statements are found again
_REOPEN_SECONDS = 0.25
_OLDEST_SAFE = (3, 51, 3)
_PRAGMAS = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-20000",
    "PRAGMA journal_size_limit=67108864",
)
NOT_READABLE_YET = (apsw.CantOpenError, apsw.BusyError, apsw.ReadOnlyError, apsw.SQLError, apsw.IOError)
"""What a reader meets while the file's owner is creating or recovering it; looking again later helps."""
_FLUSH_FAULTS = frozenset(
    {apsw.SQLITE_IOERR_FSYNC, apsw.SQLITE_IOERR_DIR_FSYNC, apsw.SQLITE_IOERR_TRUNCATE, apsw.SQLITE_IOERR_CLOSE}
)
_STORE_FAULTS = (
    apsw.FullError,
    apsw.IOError,
    apsw.CantOpenError,
    apsw.ReadOnlyError,
    apsw.BusyError,
    apsw.CorruptError,
    apsw.NotADBError,
    apsw.ProtocolError,
)

_Outcome = tuple[Any, asyncio.Future[Any], Any, BaseException | None]
_Piece = tuple[Callable[[Connection, list[Any]], Sequence[Any]], Any, asyncio.Future[Any]]


class _Pending(asyncio.Future[T]):
    """A queued piece is carried out whatever becomes of who waits for it: cancelling takes effect after it."""

    @override
    def cancel(self, msg: Any | None = None) -> bool:
        return False


def check_library() -> None:
    """Raise BadStart when the SQLite library in use has the WAL-reset fault."""
    version = tuple(int(part) for part in apsw.sqlite_lib_version().split("."))
    if version < _OLDEST_SAFE:
        found = apsw.sqlite_lib_version()
        raise BadStart(f"SQLite {found} can corrupt its log; 3.51.3 or newer is needed: pip install -U apsw")


def insert(db: Connection, into: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert many rows with few statements; `into` is the statement up to its VALUES."""
    place, start = f"({','.join('?' * len(rows[0]))})" if rows else "", 0
    for size in _ROWS_AT_ONCE:
        while len(rows) - start >= size:
            some = rows[start : start + size]
            db.execute(f"{into} VALUES {','.join([place] * size)}", tuple(itertools.chain.from_iterable(some)))
            start += size


def _each(db: Connection, works: list[Callable[[Connection], Any]]) -> list[Any]:
    return [work(db) for work in works]


def open_reader(path: Path, vfs: str | None = None) -> Connection:
    """Open a connection that can neither write nor checkpoint; keep its transactions short."""
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY, vfs=vfs)
    for pragma in ("PRAGMA query_only=1", "PRAGMA wal_autocheckpoint=0", "PRAGMA busy_timeout=200"):
        db.execute(pragma)
    return db


class SqliteFile:
    """A file with its schema, opened by `async with`; raises BadStart when it cannot be opened at first."""

    def __init__(self, path: Path, schema: str, *, secure_delete: bool = False, vfs: str | None = None) -> None:
        self.path = path
        self.fault: str | None = None
        """Why writes are refused now, or None."""
        self.broken: Callable[[str], None] = lambda _reason: None
        self.reopened: Callable[[], None] = lambda: None
        """Called in the event loop after a fault is over: what was refused may have been stored all the same."""
        self._schema = schema
        self._secure_delete = secure_delete
        self._vfs = vfs
        self._queue: queue.SimpleQueue[list[_Piece] | None] = queue.SimpleQueue()
        self._pieces: list[_Piece] = []
        self._dead = False
        self._committed: list[Callable[[list[Any]], None]] = []
        self._reader: Connection | None = None
        self._read_thread = ThreadPoolExecutor(1, thread_name_prefix=f"read-{path.stem}")

    def on_commit(self, listener: Callable[[list[Any]], None]) -> None:
        """Call `listener` in the event loop after every commit, with the items it stored, in order."""
        self._committed.append(listener)

    async def __aenter__(self) -> Self:
        check_library()
        self._loop = asyncio.get_running_loop()
        opened: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(target=self._run, args=(opened,), name=f"write-{self.path.stem}", daemon=True)
        self._thread.start()
        try:
            await opened
        except asyncio.CancelledError:
            self._queue.put(None)  # nobody will leave a block that was never entered
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._loop.run_in_executor(self._read_thread, self._close_reader)
        self._read_thread.shutdown()
        self._hand_over()
        self._queue.put(None)  # after the reader: the writer, closing last, folds the log into the file
        await asyncio.to_thread(self._thread.join)

    def write(self, work: Callable[[Connection], T]) -> "asyncio.Future[T]":
        """Queue `work` now; the future ends after the commit, or with what `work` raised, or with Unavailable."""
        return self.write_in_bulk(_each, work)

    def write_in_bulk(self, bulk: Callable[[Connection, list[Item]], Sequence[T]], item: Item) -> "asyncio.Future[T]":
        """Queue `item` for `bulk`, which gets all that wait in a row and returns a result for each.

        When `bulk` raises, everything it did is taken back and it is called for each item alone.
        """
        future: asyncio.Future[T] = _Pending(loop=self._loop)
        if self._dead:
            future.set_exception(Unavailable("the store is closed"))
        else:
            if not self._pieces:
                self._loop.call_soon(self._hand_over)
            self._pieces.append((bulk, item, future))
        return future

    def _hand_over(self) -> None:
        """Wake the writer once for all that this round of the event loop has queued."""
        pieces, self._pieces = self._pieces, []
        if self._dead:
            self._fail(pieces, "the store is closed")
        elif pieces:
            self._queue.put(pieces)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on the read-only connection; it sees every commit that was settled before the call."""

        def run() -> T:
            try:
                if self._reader is None:
                    self._reader = open_reader(self.path, self._vfs)
                return work(self._reader)
            except _STORE_FAULTS as exc:
                self._close_reader()
                raise Unavailable(f"the store cannot be read: {exc}") from exc

        return await self._loop.run_in_executor(self._read_thread, run)

    def _close_reader(self) -> None:
        if self._reader is not None:
            self._discard(self._reader)
            self._reader = None

    # --- the writer thread ---

    def _open(self) -> Connection:
        db = apsw.Connection(str(self.path), vfs=self._vfs)
        db.set_busy_timeout(5000)  # before anything else: a reader may be looking while the file is made or recovered
        mode = db.execute("PRAGMA journal_mode=WAL").get
        db.execute("PRAGMA synchronous=FULL")
        for pragma in _PRAGMAS:
            db.execute(pragma)
        if self._secure_delete:
            db.execute("PRAGMA secure_delete=ON")
        # Read back from the engine: both pragmas keep an old value in silence where they cannot do what was asked.
        if mode != "wal" or db.execute("PRAGMA synchronous").get != 2:
            raise BadStart(f"{self.path} cannot be kept safely here (journal {mode}); use a local disk")
        db.execute("BEGIN IMMEDIATE")
        db.execute("CREATE TABLE IF NOT EXISTS opened(one INTEGER PRIMARY KEY CHECK (one = 1), times INTEGER NOT NULL)")
        db.execute("INSERT INTO opened VALUES (1, 1) ON CONFLICT DO UPDATE SET times = times + 1")
        db.execute(self._schema)
        db.execute("COMMIT")
        return db

    def _run(self, opened: asyncio.Future[None]) -> None:
        db: Connection | None = None
        try:
            db = self._open()
        except (apsw.Error, BadStart) as exc:
            self._dead = True
            reason = exc if isinstance(exc, BadStart) else BadStart(f"cannot open {self.path}: {exc}")
            self._tell(opened, reason)
            return
        self._tell(opened, None)
        stop = False
        tried = 0.0
        while not stop:
            batch, stop = self._take(_REOPEN_SECONDS if db is None else None)
            if db is None and time.monotonic() - tried >= _REOPEN_SECONDS:
                tried = time.monotonic()
                db = self._reopen()
            if db is None:
                self._fail(batch, self.fault or "the store is not writable")
                continue
            if batch and not self._commit(db, batch):
                self._discard(db)
                db = None
        self._dead = True
        if db is not None:
            self._discard(db)
        while not self._queue.empty():
            late, _ = self._take(0)
            self._fail(late, "the store is closed")

    def _tell(self, opened: asyncio.Future[None], error: BaseException | None) -> None:
        outcome: list[_Outcome] = [(None, opened, None, error)]
        self._loop.call_soon_threadsafe(self._settle, outcome)

    def _take(self, timeout: float | None) -> tuple[list[_Piece], bool]:
        try:
            pieces = self._queue.get(timeout=timeout)
        except queue.Empty:
            return [], False
        batch: list[_Piece] = []
        while pieces is not None:
            batch += pieces
            if len(batch) >= _BATCH:
                return batch, False
            try:
                pieces = self._queue.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True

    def _commit(self, db: Connection, batch: list[_Piece]) -> bool:
        try:
            try:
                done = self._all(db, batch)
            except _STORE_FAULTS:
                raise
            except Exception:  # a piece was refused: take them one by one, so that it fails alone
                db.execute("ROLLBACK")
                done = self._one_by_one(db, batch)
        except Exception as exc:  # a fault of ours ends in refusals as well: a dead writer would keep everybody waiting
            self.fault = f"{self.path.name}: {exc}"
            if getattr(exc, "extendedresult", 0) in _FLUSH_FAULTS:
                self._dead = True
                self._loop.call_soon_threadsafe(self.broken, f"a flush of {self.path} failed: {exc}")
            self._fail(batch, self.fault)
            return False
        self._loop.call_soon_threadsafe(self._settle, done)
        return True

    @staticmethod
    def _all(db: Connection, batch: list[_Piece]) -> list[_Outcome]:
        """The usual case: nothing is refused."""
        db.execute("BEGIN IMMEDIATE")
        done: list[_Outcome] = []
        for bulk, pieces in itertools.groupby(batch, key=lambda piece: piece[0]):
            alike = list(pieces)
            results = bulk(db, [item for _, item, _ in alike])
            done.extend((item, future, result, None) for (_, item, future), result in zip(alike, results, strict=True))
        db.execute("COMMIT")
        return done

    @staticmethod
    def _one_by_one(db: Connection, batch: list[_Piece]) -> list[_Outcome]:
        done: list[_Outcome] = []
        db.execute("BEGIN IMMEDIATE")
        for bulk, item, future in batch:
            db.execute("SAVEPOINT piece")
            try:
                done.append((item, future, bulk(db, [item])[0], None))
            except _STORE_FAULTS:
                raise
            except Exception as exc:  # whatever it is belongs to the caller who sent this piece
                db.execute("ROLLBACK TO piece")
                done.append((item, future, None, exc))
            db.execute("RELEASE piece")
        db.execute("COMMIT")
        return done

    def _reopen(self) -> Connection | None:
        if self._dead:
            return None
        try:
            db = self._open()
        except (apsw.Error, BadStart) as exc:
            self.fault = f"{self.path.name}: {exc}"
            return None
        self.fault = None
        self._loop.call_soon_threadsafe(self.reopened)
        return db

    @staticmethod
    def _discard(db: Connection) -> None:
        # It is thrown away because it failed; what counts is what the file says when opened again.
        with contextlib.suppress(apsw.Error):
            db.close(True)

    def _fail(self, batch: list[_Piece], reason: str) -> None:
        if batch:
            error = Unavailable(f"nothing can be stored now ({reason}); send the same again")
            failed: list[_Outcome] = [(item, future, None, error) for _, item, future in batch]
            self._loop.call_soon_threadsafe(self._settle, failed)

    def _settle(self, done: list[_Outcome]) -> None:
        stored = []
        for item, future, result, error in done:
            if error is None:
                stored.append(item)
            if future.cancelled():
                continue
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)
        if stored:
            for listener in self._committed:
                listener(stored)
