"""A showcase in a data folder, on the embedded engine: read beside its services, or built anew.

A new folder is built under another name beside its place and renamed when everything in it has been checked and is on
disk, so a data folder is complete or not there, whenever the power goes. What a killed attempt left behind is thrown
away by the next one; a lock tells it from an attempt that is still at work.
"""

import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

from services.archive.house import House, NewHouse
from services.registration.people_sqlite import PeopleFile, SqlitePeople
from services.serve import SERVICES
from shared.errors import BadStart
from shared.ledger.sqlite import SqliteLedger
from shared.ledger.sqlite_reader import LedgerFile
from shared.lifecycle import FORMAT, claimed

_FILES = ("livescore.db", "registration.db", "people.db")


@contextlib.contextmanager
def folder(data: Path) -> Iterator[House]:
    """The showcase in a data folder, whether its services run or not; nothing is written."""
    missing = [name for name in _FILES if not (data / name).exists()]
    if missing:
        raise BadStart(f"there is no showcase in {data} ({missing[0]} is missing); name the data folder with --data")
    found = _format(data)
    if found != FORMAT:
        raise BadStart(f"the data folder {data} has format {found[:20]!r}, this version reads {FORMAT!r}")
    with ExitStack() as stack:
        livescore, registration = (LedgerFile(data / f"{name}.db") for name in ("livescore", "registration"))
        people = PeopleFile(data / "people.db")
        for one in (livescore, registration, people):
            stack.callback(one.close)
        yield House(f"the data folder {data}", livescore, registration, people, data / "keys")


@contextlib.contextmanager
def stopped(data: Path) -> Iterator[None]:
    """Hold everything that runs on a data folder out of it; raise BadStart when something does."""
    with ExitStack() as stack:
        for name in ("supervisor", *SERVICES):
            stack.enter_context(claimed(data, name))
        yield


@contextlib.asynccontextmanager
async def new_folder(data: Path) -> AsyncIterator[NewHouse]:
    """An empty showcase that becomes the folder `data` when the block ends well; raise BadStart when one is there."""
    free(data)
    building = _beside(data)
    mask = os.umask(0o077)  # hidden scores and people's data are in it: for its own user, as the services make it
    try:
        with claimed(building, "building"):
            _clear(building)
            try:
                async with _ledgers(building) as house:
                    yield house
                _settle(building)
                _appear(building, data)
            except BaseException:
                shutil.rmtree(building, ignore_errors=True)
                raise
    except OSError as exc:
        raise BadStart(f"cannot make the data folder {data}: {exc.strerror}") from exc
    finally:
        os.umask(mask)


def free(data: Path) -> None:
    """Raise BadStart unless `data` is an empty folder or nothing yet."""
    if data.is_dir() and not any(data.iterdir()):
        if data.is_mount():
            raise BadStart(f"{data} is a volume of its own and cannot be replaced in one step; name a folder in it")
        return
    if data.exists() or data.is_symlink():
        raise BadStart(f"{data} is not empty; choose another folder with --data, or move what is in it away")


@contextlib.asynccontextmanager
async def _ledgers(building: Path) -> AsyncIterator[NewHouse]:
    async with AsyncExitStack() as stack:
        livescore = await stack.enter_async_context(SqliteLedger(building / "livescore.db"))
        registration = await stack.enter_async_context(SqliteLedger(building / "registration.db"))
        people = await stack.enter_async_context(SqlitePeople(building / "people.db"))
        keys = building / "keys"
        keys.mkdir(mode=0o700)
        yield NewHouse(f"the data folder {building}", livescore, registration, people, keys)


def _beside(data: Path) -> Path:
    data = data.absolute()
    data.parent.mkdir(parents=True, exist_ok=True)
    return data.with_name(f".{data.name}.building")


def _clear(building: Path) -> None:
    """Throw away what an attempt that was killed has left; the lock and the format stay."""
    for one in building.iterdir():
        if one.name in {"building.lock", "format"}:
            continue
        shutil.rmtree(one) if one.is_dir() else one.unlink()


def _settle(building: Path) -> None:
    """What was built is on disk before it gets its name."""
    (building / "building.lock").unlink()
    for file in building.rglob("*"):
        _flush(file)
    _flush(building)


def _appear(building: Path, data: Path) -> None:
    building.rename(data)  # refused by the system when something has come to be there
    _flush(data.absolute().parent)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _format(data: Path) -> str:
    try:
        return (data / "format").read_text(errors="replace").strip()
    except OSError as exc:
        raise BadStart(f"cannot read {data}/format: {exc.strerror}") from exc
