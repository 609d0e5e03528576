"""What MongoDB really promises, asked of the server, and how its collections were really opened.

A write is safe when most of the members that hold data have it in their journal; anything less was lost in published
fault tests. Neither a standalone server nor an arbiter can promise that. A value that could not be asked for is None
and is only warned of.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from typing_extensions import override

from shared.ids import rfc3339
from shared.selfcheck import Facts, Finding, doubt

_VOTERS = 3
_MOTOR_ENDS = datetime(2027, 5, 14, tzinfo=UTC)
_SKEW = timedelta(minutes=1)
_SAFE_READS = ("majority", "linearizable", "snapshot")


@dataclass(frozen=True, slots=True)
class MongoFacts(Facts):
    now: datetime
    kind: Literal["standalone", "replica set", "sharded"]
    data_voters: int | None
    arbiters: int | None
    w: int | str | None
    journal: bool | None
    read_concern: str | None
    unique: frozenset[tuple[str, ...]]
    wanted_unique: frozenset[tuple[str, ...]]
    driver: Literal["motor", "pymongo"]
    journal_default: bool | None = None
    """`writeConcernMajorityJournalDefault` of the replica set."""
    persistent: bool | None = None
    """Whether the storage engine keeps anything over a restart."""
    server_time: datetime | None = None
    version: str | None = None
    driver_version: str = ""

    @override
    def findings(self) -> Iterator[Finding]:
        if self.kind == "standalone":
            yield Finding(
                "C21", "MongoDB is a single server and no replica set: start it with --replSet and rs.initiate()"
            )
        if self.arbiters:
            yield Finding("C21", "MongoDB has an arbiter, which holds no data but votes: replace it by a full member")
        elif self.kind == "replica set" and self.data_voters is not None and self.data_voters < _VOTERS:
            says = f"MongoDB has {self.data_voters} member{'s' * (self.data_voters != 1)} with data"
            yield doubt("C21", f"{says}: only {_VOTERS} go on when one is lost")
        if self.w != "majority" or not self.journal:
            says = f"writes are acknowledged with w={self.w}, j={self.journal}"
            yield Finding(
                "C22", f"{says}: take w and journal out of the MongoDB address, w=majority with j=true is meant"
            )
        if self.journal_default is False:
            says = "MongoDB calls a majority what is in no journal yet"
            yield Finding("C23", f"{says}: set writeConcernMajorityJournalDefault to true")
        elif self.journal_default is None and self.kind == "replica set":
            yield doubt(
                "C23", "the replica set's configuration cannot be asked for: grant clusterMonitor, or look yourself"
            )
        if self.persistent is False:
            yield Finding("C23", "MongoDB keeps nothing over a restart (storage in memory): use WiredTiger")
        if self.read_concern not in _SAFE_READS:
            says = f"reads have read concern {self.read_concern or 'local'}, and may see what is rolled back later"
            yield Finding("C24", f"{says}: take readConcernLevel out of the MongoDB address")
        for keys in sorted(self.wanted_unique - self.unique):
            says = f"MongoDB has no unique index on ({', '.join(keys)}), so a mark could count twice"
            yield Finding("C25", f"{says}: remove what is doubled there, and start again to make it")
        if self.driver == "motor" and self.now >= _MOTOR_ENDS:
            yield doubt("C26", "motor gets no fixes since 14 May 2027: set MONGO_DRIVER to pymongo")
        if self.server_time is not None and abs(self.server_time - self.now) > _SKEW:
            says = f"MongoDB's clock says {rfc3339(self.server_time)}, this machine's {rfc3339(self.now)}"
            yield doubt("C30", f"{says}: set them by the same time server")
