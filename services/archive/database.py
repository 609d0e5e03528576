"""A showcase in a database, on the cluster engine: read beside its services, or filled while nobody serves it.

A database cannot be renamed, so one that is being filled carries a sign (`shared/engine/filling.py`) that keeps
services from starting on half a showcase. What fails clears up after itself; after a `kill -9` the sign stays, and
the next attempt clears up first.
"""

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from services.archive.house import House, NewHouse
from services.archive.topics import topics_must_be_free
from services.registration.people_mongo import MongoPeople
from shared.engine.filling import Filling
from shared.errors import BadStart, Unavailable
from shared.ledger.mongo import MongoLedger
from shared.mongo import Mongo

if TYPE_CHECKING:
    from services.archive.places import Database

_LEDGERS = ("livescore", "registration")
_LIVING = ("livescore_commits", "registration_commits", "registration_people", "registration_judges")
_ABOUT = tuple(f"{owner}_about" for owner in _LEDGERS)


@contextlib.asynccontextmanager
async def database(place: "Database") -> AsyncIterator[House]:
    """The showcase in a database, whether its services run or not."""
    async with _mongo(place) as mongo:
        try:
            for about in _ABOUT:  # asked before the ledger is opened: opening makes one where there is none
                if not await mongo.collection(about).find({"_id": "epoch"}, limit=1):
                    raise BadStart(f"there is no showcase in {place}")
            await Filling(mongo).must_be_over()
        except Unavailable as exc:
            raise BadStart(f"{place} cannot be read: {exc.detail}") from exc
        async with _house(place, mongo) as house:
            yield house


@contextlib.asynccontextmanager
async def new_database(place: "Database") -> AsyncIterator[NewHouse]:
    """An empty showcase that is kept when the block ends well; raise BadStart when there is one already."""
    if place.kafka:
        await topics_must_be_free(place.kafka, place.kafka_prefix)
    async with _mongo(place) as mongo:
        filling = Filling(mongo)
        try:
            if not await filling.there():
                await _must_be_empty(place, mongo)  # before the sign: services may be at work in it
            if await filling.claim():
                await _clear(mongo)
            for about in _ABOUT:  # what services left that ran here on nothing: the epoch must be a new one
                await mongo.collection(about).remove({})
        except Unavailable as exc:
            raise BadStart(f"{place} cannot be filled: {exc.detail}") from exc
        try:
            async with filling.beating(), _house(place, mongo) as house:
                yield house
            await filling.end()
        except BaseException:
            with contextlib.suppress(Unavailable):  # then the sign stays, and the next attempt clears up
                await _clear(mongo)
                await filling.end()
            raise


def _mongo(place: "Database") -> Mongo:
    return Mongo(place.uri, driver=place.driver, database=place.name, patience_seconds=place.patience_seconds)


@contextlib.asynccontextmanager
async def _house(place: "Database", mongo: Mongo) -> AsyncIterator[NewHouse]:
    async with (
        MongoLedger(mongo, "livescore") as livescore,
        MongoLedger(mongo, "registration") as registration,
        MongoPeople(place.uri, place.name, place.driver, patience_seconds=place.patience_seconds) as people,
    ):
        yield NewHouse(str(place), livescore, registration, people, place.keys)


async def _must_be_empty(place: "Database", mongo: Mongo) -> None:
    for name in _LIVING:
        if await mongo.collection(name).find({}, limit=1, fields=["_id"]):
            raise BadStart(f"{place} is not empty; choose another one with --mongo-database")


async def _clear(mongo: Mongo) -> None:
    for name in (*_LIVING, *_ABOUT):
        await mongo.collection(name).remove({})
