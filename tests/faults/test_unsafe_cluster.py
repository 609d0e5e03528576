"""What the self-check is told by a real broker and a real database is what they do."""

from __future__ import annotations

import asyncio

import pytest

from shared.bus.kafka import KafkaBus
from shared.ids import new_id
from shared.kafka.asker import Asker, TopicPlan
from shared.ledger.mongo import UNIQUE, MongoLedger
from shared.mongo import Driver, Mongo
from shared.selfcheck import Facts, check
from shared.selfcheck.kafka_asked import clients, kafka
from shared.selfcheck.mongo_asked import mongo


def refused(facts: Facts) -> dict[str, str]:
    return {finding.row: finding.says for finding in facts.findings() if finding.refused}


async def test_one_broker_is_refused_for_want_of_copies_and_for_nothing_else(kafka_servers: str) -> None:
    prefix = f"unsafe-{new_id()}."
    async with KafkaBus(kafka_servers, "livescore", replication=1, namespace=prefix):
        facts = await kafka(kafka_servers, "livescore", replication=3, namespace=prefix)
    if facts.brokers > 1:
        pytest.skip("the Kafka that was named has more than one broker")
    assert set(refused(facts)) == {"C10", "C11"}
    assert refused(facts)["C10"].startswith("Kafka has 1 broker")
    assert {topic.name for topic in facts.topics} == {
        f"{prefix}{name}" for name in ("registration", "livescore", "boards", "audience")
    }
    assert facts.eligible_leaders


async def test_topics_that_somebody_else_made_are_looked_at_as_they_are(kafka_servers: str) -> None:
    prefix = f"unsafe-{new_id()}."
    asker = Asker(kafka_servers, "test")
    try:
        plans = [
            TopicPlan(f"{prefix}boards", 6, {"cleanup.policy": "delete"}),
            TopicPlan(f"{prefix}livescore", 4, {"unclean.leader.election.enable": "true", "retention.ms": "1000"}),
        ]
        await asker.create(plans, 1)
        async with asyncio.timeout(20):
            # The broker says that they are made before it shows them.
            while len(await asker.topics([plan.name for plan in plans])) < len(plans):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    finally:
        await asker.close()
    facts = await kafka(kafka_servers, "livescore", replication=1, namespace=prefix)
    by_topic = {topic.name.removeprefix(prefix): topic for topic in facts.topics}
    assert {finding.row for finding in by_topic["boards"].findings(1, 1)} == {"C11", "C32"}
    assert {finding.row for finding in by_topic["livescore"].findings(1, 1)} == {"C11", "C12", "C15", "C32"}


async def test_our_own_clients_are_made_as_they_must_be(kafka_servers: str) -> None:
    assert check(False, await clients(kafka_servers, "livescore")) == []


@pytest.mark.parametrize("driver", ["motor", "pymongo"])
async def test_a_database_as_the_services_open_it_is_not_refused(
    mongo_uri: str, mongo_database: str, driver: Driver
) -> None:
    async with (
        Mongo(mongo_uri, driver=driver, database=mongo_database) as database,
        MongoLedger(database, "livescore"),
    ):
        facts = await mongo(database, "livescore")
    assert refused(facts) == {}
    assert (facts.kind, facts.driver, facts.w, facts.journal) == ("replica set", driver, "majority", True)
    assert facts.server_time is not None


async def test_an_index_that_is_missing_is_missed(mongo_uri: str, mongo_database: str) -> None:
    async with Mongo(mongo_uri, database=mongo_database) as database:
        await database.collection("livescore_commits").insert([{"_id": "one"}])
        facts = await mongo(database, "livescore")
    assert facts.unique == frozenset()
    assert len([finding for finding in facts.findings() if finding.row == "C25"]) == len(UNIQUE)
    assert set(refused(facts)) == {"C25"}
