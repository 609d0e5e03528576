"""Two copies of every service on a real Kafka and a MongoDB-wire server, and one copy at a time to talk to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from services.rehearsal.http import Http
from services.supervisor import Cluster, Supervisor, place
from tests.conftest import Running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


class Twice(Running):
    """Two copies of each service; what is asked here goes to one and the other in turn."""

    def through(self, copy: int) -> Running:
        """The same showcase, seen by somebody who always meets the same copies."""
        return Running(replace(self.at, ports=self.at.copies[copy], further=()), self.supervisor, self.http_of_one)

    http_of_one: Http


@pytest.fixture
async def twice(tmp_path: Path, kafka_servers: str, mongo_uri: str, mongo_database: str) -> AsyncIterator[Twice]:
    cluster = Cluster(
        kafka_servers, mongo_uri, kafka_prefix=f"{mongo_database}-", mongo_database=mongo_database, unsafe=True
    )
    at = place(tmp_path / "data", "127.0.0.1", 0, cluster=cluster, copies=2)
    async with Supervisor(at) as supervisor, Http(copies=at.alternatives()) as http, Http() as http_of_one:
        running = Twice(at, supervisor, http)
        running.http_of_one = http_of_one
        yield running
