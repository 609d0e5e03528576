"""A ledger file read beside its owner, as far as a copy of a running showcase needs it."""

from pathlib import Path

from shared.ledger.port import Stored
from shared.sqlite_reader import SqliteReader

_EXPORT = "SELECT stream, seq, body, command FROM events WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?"


class LedgerFile:
    """`epoch`, `streams` and `export` of `shared.ledger.port.Ledger`, without its owner."""

    def __init__(self, path: Path) -> None:
        self._file = SqliteReader(path)
        self._epoch: str = self._file.read(lambda db: db.execute("SELECT epoch FROM history").get)

    @property
    def epoch(self) -> str:
        return self._epoch

    def close(self) -> None:
        self._file.close()

    async def streams(self, prefix: str = "") -> list[str]:
        query = "SELECT DISTINCT stream FROM events WHERE substr(stream, 1, ?) = ? ORDER BY stream"
        return self._file.read(lambda db: [name for (name,) in db.execute(query, (len(prefix), prefix))])

    async def export(self, stream: str, after: int = 0, limit: int | None = None) -> list[Stored]:
        place = (stream, after, -1 if limit is None else limit)
        return self._file.read(
            lambda db: [Stored(name, seq, (body,), command) for name, seq, body, command in db.execute(_EXPORT, place)]
        )
