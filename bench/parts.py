"""The engine a measurement runs on: nothing for the embedded one, a real Kafka and a MongoDB server for the cluster.

`TEST_KAFKA_BOOTSTRAP` and `TEST_MONGO_URI` name servers that run already; without them the tests' own are started, one
broker and one database server on this machine, which share its cores with everything that is measured.
"""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from bench.options import option
from services.supervisor import Cluster
from shared.errors import BadStart
from shared.ids import new_id


def engine_of(args: list[str]) -> str:
    """What `--engine` says."""
    engine = option(args, "--engine", "embedded")
    if engine not in {"embedded", "cluster"}:
        raise SystemExit(f"--engine is embedded or cluster, not {engine}")
    return engine


@contextlib.asynccontextmanager
async def parts(engine: str) -> AsyncIterator[Cluster | None]:
    if engine == "embedded":
        yield None
        return
    with contextlib.ExitStack() as stack:
        # In a thread: starting them waits, and one of them runs an event loop of its own for it.
        kafka, mongo = await asyncio.to_thread(_started, stack)
        name = f"bench-{new_id()[-8:]}"
        yield Cluster(kafka=kafka, mongo=mongo, kafka_prefix=f"{name}-", mongo_database=name, unsafe=True)


def missing() -> str | None:
    """Why the cluster engine cannot be measured here, or None."""
    from tests.parts import kafka, mongo  # noqa: PLC0415 - the embedded engine is measured without the extra

    needed = {"TEST_KAFKA_BOOTSTRAP": kafka.missing, "TEST_MONGO_URI": mongo.missing}
    reasons = (why() for given, why in needed.items() if not os.environ.get(given))
    return next((reason for reason in reasons if reason), None)


def _started(stack: contextlib.ExitStack) -> tuple[str, str]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="showcase-parts-")))
    return stack.enter_context(_kafka(folder)), stack.enter_context(_mongo(folder))


@contextlib.contextmanager
def _kafka(folder: Path) -> Iterator[str]:
    if given := os.environ.get("TEST_KAFKA_BOOTSTRAP"):
        yield given
        return
    from tests.parts.kafka import Kafka, missing  # noqa: PLC0415 - the embedded engine is measured without the extra

    if reason := missing():
        raise BadStart(reason)
    with Kafka(folder) as kafka:
        yield kafka.servers


@contextlib.contextmanager
def _mongo(folder: Path) -> Iterator[str]:
    if given := os.environ.get("TEST_MONGO_URI"):
        yield given
        return
    from tests.parts.mongo import MongoServer, missing  # noqa: PLC0415

    if reason := missing():
        raise BadStart(reason)
    with MongoServer(folder / "mongo") as server:
        yield server.uri
