"""What a SQLite file is really kept with, asked of the connection that writes it.

Most of it is per connection and not stored in the file, and a pragma that cannot do what it was asked keeps the old
value in silence. `shared/sqlite.py` sets these; here they are read back, so a change there cannot go unnoticed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from typing_extensions import override

from shared.selfcheck import Facts, Finding, doubt
from shared.sqlite import Connection, SqliteFile

_OLDEST_SAFE = (3, 51, 3)
_WITHDRAWN = (3, 52, 0)
_FULL, _EXTRA = 2, 3
_ASKED = ("journal_mode", "synchronous", "busy_timeout", "foreign_keys", "mmap_size", "secure_delete")


@dataclass(frozen=True, slots=True)
class SqliteFacts(Facts):
    file: str
    version: str
    journal_mode: str
    synchronous: int
    busy_timeout: int
    foreign_keys: bool
    mmap_size: int
    secure_delete: bool
    people: bool
    """Whether it holds people's data."""

    @override
    def findings(self) -> Iterator[Finding]:
        version = tuple(int(part) for part in self.version.split("."))
        if version < _OLDEST_SAFE or version == _WITHDRAWN:
            yield Finding("C1", f"SQLite {self.version} can corrupt {self.file}: pip install -U apsw")
        if self.journal_mode not in ("wal", "delete"):
            yield Finding("C2", f"{self.file} has journal mode {self.journal_mode}, not WAL: use a local disk")
        least = _EXTRA if self.journal_mode == "delete" else _FULL
        if self.synchronous < least:
            yield Finding("C3", f"{self.file} has synchronous={self.synchronous}: a power cut takes marks away")
        if not self.busy_timeout:
            yield Finding("C5", f"{self.file} has no busy timeout: a reader at the wrong moment would fail a write")
        if not self.foreign_keys:
            yield Finding("C5", f"{self.file} is written without foreign keys")
        if self.mmap_size:
            yield doubt("C6", f"{self.file} is mapped into memory: a fault of the disk would end the process")
        if self.people and not self.secure_delete:
            yield Finding("C8", f"{self.file} holds people's data and keeps what was erased in free pages")


async def sqlite(file: SqliteFile, *, people: bool = False) -> SqliteFacts:
    """Ask the writing connection of an open file."""

    def ask(db: Connection) -> tuple[str, dict[str, str | int]]:
        values = {name: db.execute(f"PRAGMA {name}").get for name in _ASKED}
        return db.execute("SELECT sqlite_version()").get, values

    version, found = await file.write(ask)
    return SqliteFacts(
        file=file.path.name,
        version=version,
        journal_mode=str(found["journal_mode"]),
        synchronous=int(found["synchronous"]),
        busy_timeout=int(found["busy_timeout"]),
        foreign_keys=bool(found["foreign_keys"]),
        mmap_size=int(found["mmap_size"] or 0),
        secure_delete=bool(found["secure_delete"]),
        people=people,
    )
