"""The bus on SQLite, for one machine: a durable log per topic and publisher, tailed in and across processes.

`<folder>/<topic>.<owner>.db` is written by its owner only, who touches it after each commit; a subscriber opens every
file of its topic read-only, is woken by the touch, and asks `PRAGMA data_version` whether there is news. It asks now
and then without a touch as well. Broadcast therefore never opens a file that holds anything but public boards.

A compacted topic keeps one message per key: the older one is deleted in the transaction that adds the newer. So does
one of passing messages, which would grow by one a second for as long as an event lasts.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeVar

from typing_extensions import override

from shared.bus.notice import Notice, touch
from shared.bus.port import Message
from shared.contracts.topics import COMPACTED, PASSING
from shared.logs import log
from shared.sqlite import NOT_READABLE_YET, Connection, SqliteFile, insert, open_reader

_SCHEMA = """
CREATE TABLE IF NOT EXISTS log(pos INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS log_key ON log(key);
"""
_BATCH = 500
_HANDED = 64  # what may wait for a subscriber in memory; one further behind reads the file
_POLL_SECONDS = 0.002  # where no notice comes of a commit
_QUIET_SECONDS = 0.25  # where it does: it may be missed
_FIND_SECONDS = 0.25  # how often to look for a publisher that was not there before


S = TypeVar("S", bound="SqliteSubscription")


@dataclass(slots=True)
class _Publish:
    """Messages on their way into the file; `last` is the place of the last of them once they are there."""

    messages: Sequence[Message]
    last: int = 0


def _add(db: Connection, publishes: list[_Publish]) -> list[None]:
    for one in publishes:
        insert(db, "INSERT INTO log(key, body)", [(message.key, message.body) for message in one.messages])
        one.last = db.last_insert_rowid()
    return [None] * len(publishes)


def _replace(db: Connection, publishes: list[_Publish]) -> list[None]:
    for one in publishes:
        db.executemany("DELETE FROM log WHERE key = ?", [(message.key,) for message in one.messages])
        _add(db, [one])
    return [None] * len(publishes)


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
        self._subscriptions: dict[str, list[SqliteSubscription]] = {}
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
        await file.write_in_bulk(_replace if topic in COMPACTED | PASSING else _add, _Publish(messages))

    async def _open(self, topic: str) -> SqliteFile:
        async with self._opening:
            if topic not in self._files:
                file = SqliteFile(self._folder / f"{topic}.{self._owner}.db", _SCHEMA)
                await file.__aenter__()
                file.broken = self._broken
                file.on_commit(lambda published: self._hand_over(topic, file.path, published))
                self._files[topic] = file
            return self._files[topic]

    def _hand_over(self, topic: str, path: Path, published: list[_Publish]) -> None:
        touch(path)
        for subscription in self._subscriptions.get(topic, ()):
            subscription.hand_over(published)

    def subscribe(self, topic: str, start: Literal["earliest", "latest"] = "earliest") -> "SqliteSubscription":
        return self._keep(topic, SqliteSubscription(self._folder, topic, self._owner, start))

    def share(self, topic: str, start: Literal["earliest", "latest"] = "earliest") -> "SqliteShare":
        return self._keep(topic, SqliteShare(self._folder, topic, self._owner, start))

    def _keep(self, topic: str, subscription: S) -> S:
        self._subscriptions.setdefault(topic, []).append(subscription)
        return subscription

    async def dead_letter(self, topic: str, message: Message, reason: str) -> None:
        log.error("a message that nobody can read was put aside", topic=topic, reason=reason)
        await self.publish(f"dead-{topic}", [message])

    def place(self, topic: str) -> str:
        """Nothing: a file cannot be set back behind the back of the ledger beside it, only both together."""
        return ""

    async def lost(self, topic: str, place: str = "") -> bool:
        return False


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


class _OwnTail(_Tail):
    """The file this process publishes to: once read to its end, it goes on with what the publisher hands over.

    Only what follows right on what was read is taken from the hand; anything else is read from the file.
    """

    def __init__(self, path: Path, *, from_end: bool) -> None:
        super().__init__(path, from_end=from_end)
        self._handed: deque[_Publish] = deque()

    def hand_over(self, published: list[_Publish]) -> None:
        self._handed.extend(published)
        if len(self._handed) > _HANDED:
            self._handed.clear()
            self._version = None

    @override
    def changed(self) -> bool:
        return self._version is None or bool(self._handed)

    @override
    def read(self) -> list[Message]:
        while self._handed:
            one = self._handed.popleft()
            if one.last - len(one.messages) == self.pos:
                self.pos = one.last
                return list(one.messages)
            if one.last > self.pos:
                self._version = None
                break
        return super().read()


class SqliteSubscription:
    """Implements `shared.bus.port.Subscription`."""

    def __init__(self, folder: Path, topic: str, owner: str, start: Literal["earliest", "latest"]) -> None:
        self.caught_up = asyncio.Event()
        self._folder = folder
        self._topic = topic
        self._own = folder / f"{topic}.{owner}.db"
        self._bell = asyncio.Event()
        self._tails: dict[Path, _Tail] = {}
        self._find(from_end=start == "latest")

    def _find(self, *, from_end: bool = False) -> None:
        try:
            found = sorted(self._folder.glob(f"{self._topic}.*.db"))
        except OSError:
            return  # no file can be opened now; a look that failed must not be the last
        for path in found:
            if path not in self._tails:
                try:
                    self._tails[path] = self._tail(path, from_end=from_end)
                except NOT_READABLE_YET:
                    continue  # its owner is creating or recovering it; the next look will find it

    def _tail(self, path: Path, *, from_end: bool) -> _Tail:
        return (_OwnTail if path == self._own else _Tail)(path, from_end=from_end)

    def hand_over(self, published: list[_Publish]) -> None:
        """Take what this process has published, after its commit, without reading it back."""
        tail = self._tails.get(self._own)
        if isinstance(tail, _OwnTail):
            tail.hand_over(published)
            self._bell.set()

    async def batches(self) -> AsyncIterator[Sequence[Message]]:
        self._notice = Notice(self._bell.set)
        self._timer: asyncio.Handle = asyncio.get_running_loop().call_soon(self._look, 0.0)
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
            self._timer.cancel()
            self._notice.close()
            for tail in self._tails.values():
                tail.close()

    def _look(self, find_at: float) -> None:
        """Ring when another process has committed. A timer and not a task: it runs for as long as the service does."""
        loop = asyncio.get_running_loop()
        if loop.time() >= find_at:
            find_at = loop.time() + _FIND_SECONDS
            self._find()
            for path in self._tails:
                if path != self._own:
                    self._notice.watch(path)
        try:
            changed = any(tail.changed() for tail in self._tails.values())
        except NOT_READABLE_YET:
            changed = True  # the reader meets the same fault and opens the file again
        if changed:
            self._bell.set()
        self._timer = loop.call_later(_QUIET_SECONDS if self._notice.works else _POLL_SECONDS, self._look, find_at)

    def _reopen(self, path: Path, tail: _Tail) -> None:
        """Start the file again where we were: its owner died and left a log that has to be recovered first."""
        tail.close()
        del self._tails[path]
        try:
            again = self._tail(path, from_end=False)
        except NOT_READABLE_YET:
            return  # read from the start at the next look: consumers drop what they have
        again.pos = tail.pos
        self._tails[path] = again


class SqliteShare(SqliteSubscription):
    """Implements `shared.bus.port.Share`: one copy of each service runs on one machine, so it owns everything."""

    def __init__(self, folder: Path, topic: str, owner: str, start: Literal["earliest", "latest"]) -> None:
        super().__init__(folder, topic, owner, start)
        self.moved = asyncio.Event()
        self.moved.set()

    def owns(self, key: str) -> bool:
        return True


def read_compacted(folder: Path, topic: str) -> list[Message]:
    """The newest message of each key of a compacted topic, read without its publishers; for checks and exports."""
    return [message for path in sorted(folder.glob(f"{topic}.*.db")) for message in _read_all(path)]


def _read_all(path: Path) -> list[Message]:
    try:
        tail = _Tail(path, from_end=False)
    except NOT_READABLE_YET:
        return []  # its owner is creating it: there is nothing in it yet
    try:
        messages: list[Message] = []
        while batch := tail.read():
            messages.extend(batch)
        return messages
    finally:
        tail.close()
