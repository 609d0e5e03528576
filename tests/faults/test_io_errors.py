"""Operation n fails, for n = 1, 2, 3 ... until a run passes clean: the ledger keeps its promises at every one.

A disk that is full or that cannot be read is a refusal: the same append is taken when the disk is well again, without
opening anything by hand. A failed sync is the end: nothing is acknowledged after it, and the owner is told to stop.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import apsw
import pytest
from typing_extensions import override

from shared.contracts.events import Recorded
from shared.contracts.registration import JudgeRevoked
from shared.errors import BadStart, Unavailable
from shared.ids import record
from shared.ledger.port import WrongSeq
from shared.ledger.sqlite import SqliteLedger
from tests.faults.powercut import small_log

Kind = Literal["write", "sync"]
STREAM = "competition/a.one"
APPENDS = 8
CODES = {"write": apsw.SQLITE_FULL, "sync": apsw.SQLITE_IOERR_FSYNC}


class FailingVFS(apsw.VFS):
    """SQLite's own VFS, of which the `at`-th write or sync fails, and every one after it until `well` is set."""

    def __init__(self, name: str, kind: Kind, at: int) -> None:
        super().__init__(name, "")
        self.name = name
        self.kind = kind
        self.left = at
        self.well = False
        self.failed = 0

    def may(self, kind: Kind) -> None:
        if kind != self.kind or self.well:
            return
        self.left -= 1
        if self.left <= 0:
            self.failed += 1
            raise apsw.exception_for(CODES[kind])

    @override
    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        return _FailingFile(self, name, flags)


class _FailingFile(apsw.VFSFile):
    def __init__(self, vfs: FailingVFS, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._vfs = vfs

    @override
    def xWrite(self, data: bytes, offset: int) -> None:
        self._vfs.may("write")
        super().xWrite(data, offset)

    @override
    def xSync(self, flags: int) -> None:
        self._vfs.may("sync")
        super().xSync(flags)


@contextmanager
def failing(kind: Kind, at: int) -> Iterator[FailingVFS]:
    vfs = FailingVFS(f"failing-{kind}-{at}", kind, at)
    try:
        yield vfs
    finally:
        vfs.unregister()


def append_of(number: int) -> list[Recorded]:
    """Append number n: two events, so that a half of it would show."""
    return record(STREAM, 2 * number, [JudgeRevoked(judge=f"j{number}-{part}") for part in "ab"])


async def append_until_refused(ledger: SqliteLedger, first: int = 0) -> int:
    """How many appends were acknowledged."""
    for number in range(first, APPENDS):
        try:
            await ledger.append(append_of(number), f"command-{number}")
        except Unavailable:
            return number
    return APPENDS


async def judges(path: Path) -> list[str]:
    async with SqliteLedger(path) as ledger:
        assert await ledger.file.read(lambda db: db.execute("PRAGMA integrity_check").get) == "ok"
        return [one.event.judge for one in await ledger.read(STREAM) if isinstance(one.event, JudgeRevoked)]


def written(appends: int) -> list[str]:
    return [f"j{number}-{part}" for number in range(appends) for part in "ab"]


async def continue_when_well(ledger: SqliteLedger, vfs: FailingVFS, first: int) -> None:
    """Send the refused append again, under its command id, until it is taken or found stored; then the rest."""
    vfs.well = True
    async with asyncio.timeout(10):
        while True:
            try:
                await ledger.append(append_of(first), f"command-{first}")
            except Unavailable:
                await asyncio.sleep(0.02)
            except WrongSeq:
                break  # the fault struck after the commit: it was stored all the same
            else:
                break
    assert await append_until_refused(ledger, first + 1) == APPENDS


@pytest.mark.timeout(120)
async def test_a_write_that_fails_anywhere_refuses_the_append_and_nothing_more(tmp_path: Path) -> None:
    struck = 0
    for at in range(1, 400):
        path = tmp_path / f"{at}.db"
        with failing("write", at) as vfs:
            try:
                async with SqliteLedger(path, vfs=vfs.name) as ledger:
                    stop: list[str] = []
                    ledger.file.broken = stop.append
                    acknowledged = 0
                    try:
                        await ledger.file.write(small_log)
                        acknowledged = await append_until_refused(ledger)
                    except Unavailable:
                        pass
                    if acknowledged < APPENDS:
                        await continue_when_well(ledger, vfs, acknowledged)
                    assert stop == []
                    assert len(await ledger.unpublished()) == 2 * APPENDS, "the relay is told of every event"
            except BadStart:
                assert vfs.failed
                assert await judges(path) == []
                continue
            finally:
                vfs.well = True
        struck += vfs.failed > 0
        assert await judges(path) == written(APPENDS)
        if not vfs.failed:
            break
    assert struck > 20


@pytest.mark.timeout(120)
async def test_a_sync_that_fails_anywhere_ends_the_store(tmp_path: Path) -> None:
    struck = 0
    for at in range(1, 200):
        path = tmp_path / f"{at}.db"
        with failing("sync", at) as vfs:
            stop: list[str] = []
            acknowledged = 0
            try:
                async with SqliteLedger(path, vfs=vfs.name) as ledger:
                    ledger.file.broken = stop.append
                    try:
                        await ledger.file.write(small_log)
                        acknowledged = await append_until_refused(ledger)
                    except Unavailable:
                        pass
                    if acknowledged < APPENDS:
                        vfs.well = True
                        for again in range(acknowledged, APPENDS):
                            with pytest.raises(Unavailable):
                                await ledger.append(append_of(again), f"command-{again}")
                        assert stop
            except BadStart:
                pass
        found = await judges(path)
        assert found in (written(acknowledged), written(acknowledged + 1))
        struck += vfs.failed > 0
        if not vfs.failed:
            break
    assert struck > 10
