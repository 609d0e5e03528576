"""The broker of docker-compose.yml starts with the settings written there, outside the container that it is meant for.

Its image turns `KAFKA_SOME_NAME` into `some.name`, adds nothing of its own, and formats the folder for `CLUSTER_ID`.
Only addresses and the folder are replaced here, by those of this machine.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from typing_extensions import override

from shared.kafka.asker import Asker
from tests.deploy.test_compose import compose, environment, three
from tests.parts.kafka import Broker, Kafka, missing

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 1
"""Tried with 3 as well; one is enough for every run, because what differs is in three.env, which is compared below."""


class AsComposed(Broker):
    others: list[AsComposed]

    @override
    def _write_properties(self) -> None:
        file = three() if len(self.others) > 1 else compose()
        given = environment(file["services"][f"kafka-{self.node}"])
        here = {
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self.controller}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self.port}",
            "controller.quorum.voters": self._voters,
            "log.dirs": str(self.data),
        }
        composed = {
            key.removeprefix("KAFKA_").replace("_", ".").lower(): value
            for key, value in given.items()
            if key.startswith("KAFKA_") and key != "KAFKA_HEAP_OPTS"
        }
        assert composed.keys() >= here.keys()
        # The same places, by the names of the containers: nothing but names may differ from what is used here.
        ports = {port: 9092 + n for n, port in enumerate((self.port, self.controller))}
        for key in ("listeners", "advertised.listeners"):
            said = re.sub(r"127\.0\.0\.1:(\d+)", lambda found: f":{ports[int(found[1])]}", here[key])
            assert composed[key].replace(f"kafka-{self.node}", "") == said
        composed |= here | {"log.cleaner.dedupe.buffer.size": "4194304"}  # for the small heap of tests
        self._properties.write_text("".join(f"{key}={value}\n" for key, value in composed.items()))


def test_a_quorum_of_three_has_the_three_brokers_in_it() -> None:
    file = three()
    nodes = {name: environment(service) for name, service in file["services"].items() if name.startswith("kafka-")}
    assert {f"{given['KAFKA_NODE_ID']}@{name}:9093" for name, given in nodes.items()} == set(
        nodes["kafka-1"]["KAFKA_CONTROLLER_QUORUM_VOTERS"].split(",")
    )
    assert {given["KAFKA_DEFAULT_REPLICATION_FACTOR"] for given in nodes.values()} == {"3"}
    assert {given["KAFKA_MIN_INSYNC_REPLICAS"] for given in nodes.values()} == {"2"}


async def _listed(servers: str) -> set[int]:
    asker = Asker(servers, "tests", 5.0)
    try:
        return await asker.brokers()
    finally:
        await asker.close()


async def test_the_broker_starts_with_the_settings_written_there(tmp_path: Path) -> None:
    if reason := missing():
        pytest.skip(reason)
    kafka = Kafka(tmp_path, COUNT)
    composed = [AsComposed(tmp_path / "composed", one.node) for one in kafka.brokers]
    for one in composed:
        one.others = composed
    kafka.brokers = list(composed)
    try:
        for one in composed:
            one.lay_out(",".join(f"{each.node}@127.0.0.1:{each.controller}" for each in composed), COUNT)
            one.start()
        await kafka.ready()
        assert await _listed(kafka.servers) == set(range(1, COUNT + 1))
        for one in composed:
            log = (one.folder / "log").read_text()
            assert "was supplied but isn't a known config" not in log
            assert "ERROR" not in log
    finally:
        for one in composed:
            one.kill()
