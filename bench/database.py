"""The limit of `ingest --engine cluster`: the documents that livescore has stored, stored once more with nothing else
running, by as many writers as there were judges.

Each writer stores one document and waits, as a judge does; then the same in bulks of as many, as the ledger may do. The
better of the two is the limit. The collection is new each time, because the server gets slower as it fills.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from services.supervisor import Cluster
from shared.ledger.mongo import MongoLedger
from shared.mongo import Collection, Document, Mongo

_MOST = 5000


async def database_alone(cluster: Cluster, at_once: int) -> float:
    """Documents a second."""
    driver: Any = cluster.mongo_driver
    async with Mongo(cluster.mongo, driver=driver, database=cluster.mongo_database) as mongo:
        documents = await mongo.collection("livescore_commits").find({"n": 1}, sort=[("seq", 1)], limit=_MOST)
        # As they were when they were stored; only the first of a bulk says whether it was published.
        documents = [{**one, "pub": False} if "pub" in one else one for one in documents]

        async def one_by_one(into: Collection) -> None:
            rest = iter(documents)

            async def writer() -> None:
                for document in rest:
                    await into.insert([document])

            await asyncio.gather(*(writer() for _ in range(at_once)))

        async def in_bulks(into: Collection) -> None:
            for start in range(0, len(documents), at_once):
                await into.insert(documents[start : start + at_once])

        return max([await _rate(mongo, way, documents) for way in (one_by_one, in_bulks)])


async def _rate(mongo: Mongo, way: Callable[[Collection], Awaitable[None]], documents: Sequence[Document]) -> float:
    owner = f"limit_{way.__name__}"
    async with MongoLedger(mongo, owner):  # makes the indexes that the real one has
        into = mongo.collection(f"{owner}_commits")
    began = time.perf_counter()
    await way(into)
    return len(documents) / (time.perf_counter() - began)
