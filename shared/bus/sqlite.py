"""The bus on SQLite, for one machine: a durable log per topic and publisher, tailed in and across processes.

`<folder>/<topic>.<owner>.db` is written by its owner only; a subscriber opens every file of its topic read-only and
polls `PRAGMA data_version`, which costs microseconds and changes when another connection has committed. A publisher in
the same process rings at once. Broadcast therefore never opens a file that holds anything but public boards.

A compacted topic keeps one message per key: the older one is deleted in the transaction that adds the newer.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from shared.bus.port import Message
from shared.contracts.topics import COMPACTED
from shared.sqlite import NOT_READABLE_YET, Connection, SqliteFile, insert, open_reader

_SCHEMA = """
CREATE TABLE IF NOT EXISTS log(pos INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS log_key ON log(key);
"""
_BATCH = 500
_POLL_SECONDS = 0.002
_LOOKS_PER_FIND = 125  # how often to look for a publisher that was not there before: four times a second


class SqliteBus:
    """Implements `shared.bus.port.Bus` for one owner; open it with `async with`.

    The topics it is going to publish on are named, so that a file that cannot be opened stops the start (BadStart) and
    not the first message. `broken` is called when a flush failed, as `SqliteFile.broken`.
    """

    def __init__(
        self, folder: Path, owner: str, *publishes: str, broken: Callable[[str], None] = lambda _reason: None
    ) -> None:
        self._folder = folder
        self._owner = owner
        self._publishes = publishes
        self._broken = broken
        self._files: dict[str, SqliteFile] = {}
        self._bells: dict[str, list[asyncio.Event]] = {}
        self._opening = asyncio.Lock()

    async def __aenter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        for topic in self._publishes:
            await self._open(topic)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            await file.__aexit__(kind, error, trace)

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        file = self._files.get(topic) or await self._open(topic)
        compacted = topic in COMPACTED

        def work(db: Connection) -> None:
            if compacted:
                db.executemany("DELETE FROM log WHERE key = ?", [(message.key,) for message in messages])
            insert(db, "INSERT INTO log(key, body)", [(one.key, one.body) for one in messages])

        await file.write(work)

    async def _open(self, topic: str) -> SqliteFile:
        async with self._opening:
            if topic not in self._files:
                file = SqliteFile(self._folder / f"{topic}.{self._owner}.db", _SCHEMA)
                await file.__aenter__()
                file.broken = self._broken
                file.on_commit(lambda: self._ring(topic))
                self._files[topic] = file
            return self._files[topic]

    def _ring(self, topic: str) -> None:
        for bell in self._bells.get(topic, ()):
            bell.set()

    def subscribe(self, topic: str, start: Literal["earliest", "latest"] = "earliest") -> "SqliteSubscription":
        bell = asyncio.Event()
        self._bells.setdefault(topic, []).append(bell)
        return SqliteSubscription(self._folder, topic, start, bell)


class _Tail:
    """One publisher's file, read from a position on."""

    def __init__(self, path: Path, *, from_end: bool) -> None:
        self._db = open_reader(path)
        self._version: int | None = None
        self.pos = (self._db.execute("SELECT max(pos) FROM log").get or 0) if from_end else 0

    def changed(self) -> bool:
        return bool(self._db.pragma("data_version") != self._version)

    def read(self) -> list[Message]:
        """The next messages; an empty list means the end, and the version it was the end of is remembered."""
        version = self._db.pragma("data_version")
        query = "SELECT pos, key, body FROM log WHERE pos > ? ORDER BY pos LIMIT ?"
        rows: list[tuple[int, str, bytes]] = list(self._db.execute(query, (self.pos, _BATCH)))
        if not rows:
            self._version = version
            return []
        self.pos = rows[-1][0]
        return [Message(key, body) for _, key, body in rows]

    def close(self) -> None:
        self._db.close()


class SqliteSubscription:
    """Implements `shared.bus.port.Subscription`."""

    def __init__(self, folder: Path, topic: str, start: Literal["earliest", "latest"], bell: asyncio.Event) -> None:
        self.caught_up = asyncio.Event()
        self._folder = folder
        self._topic = topic
        self._bell = bell
        self._tails: dict[Path, _Tail] = {}
        self._closed = False
        self._find(from_end=start == "latest")

    def _find(self, *, from_end: bool = False) -> None:
        for path in sorted(self._folder.glob(f"{self._topic}.*.db")):
            if path not in self._tails:
                try:
                    self._tails[path] = _Tail(path, from_end=from_end)
                except NOT_READABLE_YET:
                    continue  # its owner is creating or recovering it; the next look will find it

    async def batches(self) -> AsyncIterator[Sequence[Message]]:
        poll = asyncio.get_running_loop().call_soon(self._look, 0)
        try:
            while True:
                self._bell.clear()  # before reading: a commit that lands after the read rings again
                for path, tail in list(self._tails.items()):
                    try:
                        while tail.changed() and (batch := tail.read()):
                            yield batch
                    except NOT_READABLE_YET:
                        self._reopen(path, tail)
                self.caught_up.set()
                await self._bell.wait()
        finally:
            self._closed = True
            poll.cancel()
            for tail in self._tails.values():
                tail.close()

    def _look(self, looks: int) -> None:
        """Ring when another process has committed. A timer and not a task: it runs for as long as the service does."""
        if self._closed:
            return
        if looks % _LOOKS_PER_FIND == 0:
            self._find()
        try:
            changed = any(tail.changed() for tail in self._tails.values())
        except NOT_READABLE_YET:
            changed = True  # the reader meets the same fault and opens the file again
        if changed:
            self._bell.set()
        asyncio.get_running_loop().call_later(_POLL_SECONDS, self._look, looks + 1)

    def _reopen(self, path: Path, tail: _Tail) -> None:
        """Start the file again where we were: its owner died and left a log that has to be recovered first."""
        tail.close()
        del self._tails[path]
        try:
            again = _Tail(path, from_end=False)
        except NOT_READABLE_YET:
            return  # read from the start at the next look: consumers drop what they have
        again.pos = tail.pos
        self._tails[path] = again


def read_compacted(folder: Path, topic: str) -> list[Message]:
    """The newest message of each key of a compacted topic, read without its publishers; for checks and exports."""
    return [message for path in sorted(folder.glob(f"{topic}.*.db")) for message in _read_all(path)]


def _read_all(path: Path) -> list[Message]:
    tail = _Tail(path, from_end=False)
    try:
        messages: list[Message] = []
        while batch := tail.read():
            messages.extend(batch)
        return messages
    finally:
        tail.close()
