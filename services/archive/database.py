"""A showcase in a database, on the cluster engine: read beside its services, or filled while nobody serves it."""

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from services.archive.house import House, NewHouse
from shared.errors import BadStart

if TYPE_CHECKING:
    from services.archive.places import Database


def database(place: "Database") -> AbstractAsyncContextManager[House]:
    raise BadStart(f"{place}: the cluster engine cannot be copied yet")


def new_database(place: "Database") -> AbstractAsyncContextManager[NewHouse]:
    raise BadStart(f"{place}: the cluster engine cannot be filled yet")
