"""The two kinds of place a showcase can live in, opened by where they are: the command line's words for a `House`.

The cluster's clients are loaded only when a database is named, so moving in and out of folders needs nothing of them.
"""

import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from typing_extensions import override

from services.archive import folder
from services.archive.house import House, NewHouse
from shared.errors import BadStart

Driver = Literal["motor", "pymongo"]


@dataclass(frozen=True, slots=True)
class Folder:
    """The embedded engine's data folder."""

    data: Path

    @override
    def __str__(self) -> str:
        return f"the data folder {self.data}"


@dataclass(frozen=True, slots=True)
class Database:
    """The cluster engine's database; its address may carry a password and is never shown."""

    uri: str = field(repr=False)
    name: str
    keys: Path
    driver: Driver = "motor"
    patience_seconds: float = 30.0
    kafka: str = ""
    """Asked before moving in whether its topics are free; not asked when empty."""
    kafka_prefix: str = ""

    @override
    def __str__(self) -> str:
        return f"the database {self.name}"


Location = Folder | Database


def in_cluster(mongo: str, database: str, driver: Driver, keys: Path, kafka: str, kafka_prefix: str) -> Database:
    """The database that the services' own environment variables name, or the command line instead of them."""
    for setting in ("MONGO", "MONGO_DATABASE"):
        named = {
            os.environ[name] for name in (f"REGISTRATION_{setting}", f"LIVESCORE_{setting}") if os.environ.get(name)
        }
        if len(named) > 1:
            raise BadStart(
                f"REGISTRATION_{setting} and LIVESCORE_{setting} differ; both ledgers must be in one database"
            )
    if not mongo:
        raise BadStart("the cluster engine needs --mongo, or REGISTRATION_MONGO in the environment")
    return Database(mongo, database, keys, driver, kafka=kafka, kafka_prefix=kafka_prefix)


@contextlib.asynccontextmanager
async def existing(location: Location) -> AsyncIterator[House]:
    """A showcase to read from, also while its services run."""
    match location:
        case Folder(data):
            with folder.folder(data) as house:
                yield house
        case Database():
            from services.archive.database import database  # noqa: PLC0415 - loads the cluster's clients

            async with database(location) as house:
                yield house


@contextlib.asynccontextmanager
async def new(location: Location) -> AsyncIterator[NewHouse]:
    """An empty place that is kept when the block ends well and leaves nothing behind when it does not."""
    match location:
        case Folder(data):
            async with folder.new_folder(data) as house:
                yield house
        case Database():
            from services.archive.database import new_database  # noqa: PLC0415

            async with new_database(location) as house:
                yield house
