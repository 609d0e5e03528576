"""A SQLite file read beside its owner, who may be writing, starting, dying or not there at all.

Every read is one short transaction and therefore one moment; a long one would keep the owner's log from being folded
into the file. What a reader meets while the owner makes or recovers the file passes by itself, so it looks again for
some seconds before it gives up.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from shared.errors import BadStart
from shared.sqlite import NOT_READABLE_YET, Connection, SqliteError, open_reader

T = TypeVar("T")
_PATIENCE_SECONDS = 10.0
_PAUSE_SECONDS = 0.05


class SqliteReader:
    """Give it back with `close`. It blocks: for commands that have nothing else to do, not for services."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: Connection | None = None

    def read(self, work: Callable[[Connection], T]) -> T:
        """What `work` makes of the file at one moment; raise BadStart when it stays unreadable."""
        give_up = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                if self._db is None:
                    self._db = open_reader(self._path)
                self._db.execute("BEGIN")
                found = work(self._db)
                self._db.execute("COMMIT")
            except NOT_READABLE_YET as exc:
                self.close()
                if time.monotonic() > give_up or not self._path.exists():
                    raise BadStart(f"{self._path} cannot be read: {exc}") from exc
                time.sleep(_PAUSE_SECONDS)
            except SqliteError as exc:
                self.close()
                raise BadStart(f"{self._path} is damaged or no store of this version: {exc}") from exc
            except BaseException:
                self.close()  # and with it the transaction that was begun
                raise
            else:
                return found

    def close(self) -> None:
        if self._db is not None:
            self._db.close(True)
            self._db = None
