"""A power cut beneath SQLite: a VFS that notes every write and sync, and a disk that forgets what was not synced.

`kill -9` never shows a missing sync, because the system's page cache outlives the process. Here every operation on a
file goes into a journal; every prefix of the journal is a moment at which the power may fail. For each such moment
`Disk` knows what is durable for certain, and what the drive may or may not have written by then, in any order:

- a file's content is durable as of its last sync, a new file exists from its first sync on;
- a delete that did not ask for a sync of the folder may be undone, until the next sync of the folder;
- what was written since may be lost, partly there, reordered, or torn within a page (`DAMAGES`).

Not modelled: drives that lie about a sync, decaying bits. The real files are written too, so SQLite runs as ever.
"""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

import apsw
from typing_extensions import override

SECTOR = 512
_SYNCS_FOLDER = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL


@dataclass(frozen=True, slots=True)
class Op:
    """One thing that happened: to a file, or (`sent`, `acked`) between the store and its caller."""

    kind: Literal["there", "create", "write", "truncate", "sync", "delete", "sent", "acked"]
    path: str = ""
    offset: int = 0
    data: bytes = b""
    folder: bool = False
    """Whether this sync or delete makes the folder's entries durable as well."""


@dataclass(slots=True)
class _File:
    durable: bytes | None
    pending: list[Op] = field(default_factory=list)


Damage = Callable[[list[Op], random.Random], list[Op]]


def _torn(pending: list[Op], dice: random.Random) -> list[Op]:
    if not pending or pending[-1].kind != "write" or len(pending[-1].data) <= SECTOR:
        return pending[:-1]
    last = pending[-1]
    kept = SECTOR * dice.randrange(1, -(-len(last.data) // SECTOR))
    return [*pending[:-1], Op("write", last.path, last.offset, last.data[:kept])]


DAMAGES: dict[str, Damage] = {
    "nothing unsynced survives": lambda _pending, _dice: [],
    "a prefix survives": lambda pending, dice: pending[: dice.randint(0, len(pending))],
    "any part survives": lambda pending, dice: [op for op in pending if dice.random() < 0.5],
    "the last write is torn": _torn,
    "everything survives": lambda pending, _dice: pending,
}


class Disk:
    """What a drive holds after each operation of a journal."""

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}
        self._undeleted: dict[str, bytes] = {}

    def take(self, op: Op) -> None:
        match op.kind:
            case "there":
                self._files[op.path] = _File(op.data)
            case "create":
                self._files[op.path] = _File(None)
            case "write" | "truncate":
                self._files[op.path].pending.append(op)
            case "sync":
                file = self._files[op.path]
                file.durable, file.pending = _applied(file.durable, file.pending), []
            case "delete":
                gone = self._files.pop(op.path, None)
                if gone is not None and gone.durable is not None:
                    self._undeleted[op.path] = gone.durable
            case "sent" | "acked":
                return
        if op.folder:
            self._undeleted.clear()

    def after_cut(self, damage: str, dice: random.Random) -> dict[str, bytes]:
        """The files that are found when the power is back."""
        found: dict[str, bytes] = {}
        if damage != "everything survives":
            certain = damage == "nothing unsynced survives"
            found |= {path: old for path, old in self._undeleted.items() if certain or dice.random() < 0.5}
        for path, file in self._files.items():
            kept = DAMAGES[damage](file.pending, dice)
            if file.durable is not None or kept:
                found[path] = _applied(file.durable, kept)
        return found


def _applied(durable: bytes | None, ops: list[Op]) -> bytes:
    content = bytearray(durable or b"")
    for op in ops:
        end = op.offset + len(op.data)
        if op.kind == "truncate":
            del content[op.offset :]
            end = op.offset
        if len(content) < end:
            content.extend(bytes(end - len(content)))
        content[op.offset : op.offset + len(op.data)] = op.data
    return bytes(content)


class PowerVFS(apsw.VFS):
    """SQLite's own VFS with a journal; locks and shared memory stay as they are."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "")
        self.name = name
        self.journal: list[Op] = []
        self._known: set[str] = set()
        self._lock = threading.Lock()

    def note(self, op: Op) -> None:
        with self._lock:
            self.journal.append(op)

    @override
    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        if name is None:
            return apsw.VFSFile("", None, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        if path not in self._known:
            self._known.add(path)
            try:
                with open(path, "rb") as file:
                    self.note(Op("there", path, data=file.read()))
            except FileNotFoundError:
                self.note(Op("create", path))
        return _NotedFile(self, name, path, flags)

    @override
    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.note(Op("delete", filename, folder=bool(syncdir)))
        self._known.discard(filename)
        super().xDelete(filename, syncdir)


class _NotedFile(apsw.VFSFile):
    def __init__(self, vfs: PowerVFS, name: str | apsw.URIFilename, path: str, flags: list[int]) -> None:
        self._syncs_folder = bool(flags[0] & _SYNCS_FOLDER)
        super().__init__("", name, flags)
        self._vfs = vfs
        self._path = path

    @override
    def xWrite(self, data: bytes, offset: int) -> None:
        self._vfs.note(Op("write", self._path, offset, bytes(data)))
        super().xWrite(data, offset)

    @override
    def xTruncate(self, newsize: int) -> None:
        self._vfs.note(Op("truncate", self._path, newsize))
        super().xTruncate(newsize)

    @override
    def xSync(self, flags: int) -> None:
        # The folder is synced with the first sync of a new journal or log; the flag stays off after that.
        self._vfs.note(Op("sync", self._path, folder=self._syncs_folder))
        self._syncs_folder = False
        super().xSync(flags)


@contextmanager
def power(name: str) -> Iterator[PowerVFS]:
    """A VFS to be named when a file is opened, until the block ends."""
    vfs = PowerVFS(name)
    try:
        yield vfs
    finally:
        vfs.unregister()


def cuts(journal: list[Op]) -> Iterator[tuple[Disk, frozenset[int], frozenset[int]]]:
    """Every moment at which the power may fail: the disk then, and the numbers sent and acknowledged by then."""
    disk, sent, acked = Disk(), frozenset[int](), frozenset[int]()
    for op in journal:
        disk.take(op)
        if op.kind == "sent":
            sent |= {op.offset}
        elif op.kind == "acked":
            acked |= {op.offset}
        if op.kind not in ("sent", "there"):  # neither happens to the disk
            yield disk, sent, acked


def small_log(db: apsw.Connection) -> None:
    """Fold the log into the file again and again, so that checkpoints and resets of the log are hit as well."""
    db.execute("PRAGMA wal_autocheckpoint=6").fetchall()
