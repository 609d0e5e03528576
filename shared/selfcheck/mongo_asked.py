"""What MongoDB says about itself. A command that is refused leaves its value unknown; silence is `Unavailable`."""

from importlib.metadata import version
from typing import Any

from shared.errors import Unavailable
from shared.ids import utc_now
from shared.ledger.mongo import UNIQUE
from shared.mongo import Mongo
from shared.selfcheck.mongo import MongoFacts


async def mongo(database: Mongo, service: str) -> MongoFacts:
    """Ask an open database about itself, and about the commits of a service's ledger in it."""
    commits = database.collection(f"{service}_commits")
    hello = await database.ask("hello")
    write, read = commits.concerns
    config = (await _asked(database, "replSetGetConfig", "admin")).get("config", {})
    hosts = hello.get("hosts")
    told = hello.get("localTime")
    return MongoFacts(
        now=utc_now(),
        kind="sharded" if hello.get("msg") == "isdbgrid" else "replica set" if "setName" in hello else "standalone",
        data_voters=None if hosts is None else len(hosts),
        arbiters=None if hosts is None else len(hello.get("arbiters", ())),
        w=write.get("w"),
        journal=write.get("j"),
        read_concern=read,
        unique=frozenset(
            tuple(name for name, _ in index["key"])
            for index in (await commits.indexes()).values()
            if index.get("unique")
        ),
        wanted_unique=frozenset(UNIQUE),
        driver=database.driver,
        journal_default=config.get("writeConcernMajorityJournalDefault"),
        persistent=(await _asked(database, "serverStatus")).get("storageEngine", {}).get("persistent"),
        server_time=told if told is None or told.tzinfo else told.replace(tzinfo=utc_now().tzinfo),
        version=(await _asked(database, "buildInfo")).get("version"),
        driver_version=version(database.driver),
    )


async def _asked(database: Mongo, command: str, where: str | None = None) -> dict[str, Any]:
    try:
        return await database.ask(command, database=where)
    except Unavailable:
        return {}
