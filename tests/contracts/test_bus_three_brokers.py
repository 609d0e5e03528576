"""One of three brokers goes: what was acknowledged is on the others, and all goes on within seconds."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from shared.bus.kafka import KafkaBus
from shared.contracts.topics import BOARDS, LIVESCORE
from shared.ids import new_id
from shared.kafka.asker import Asker
from tests.contracts.test_bus_kafka import Following, insist, numbered
from tests.parts.kafka import Broker, Kafka, missing
from tests.parts.kafka_member import QUICK

pytestmark = pytest.mark.timeout(120)
KEYS = [f"competition/{n}" for n in range(12)]


@pytest.fixture(scope="module")
def _cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    if reason := missing():
        pytest.skip(reason)
    with Kafka(tmp_path_factory.mktemp("kafka"), 3) as kafka:
        yield kafka


@pytest.fixture
def cluster(_cluster: Kafka) -> Kafka:
    _cluster.heal()
    return _cluster


@pytest.fixture
def namespace() -> str:
    return f"{new_id()}-"


@pytest.fixture
async def bus(cluster: Kafka, namespace: str) -> AsyncIterator[KafkaBus]:
    async with KafkaBus(cluster.servers, "livescore", namespace=namespace, timing=QUICK) as one:
        yield one


async def _leader_of_most(kafka: Kafka, topic: str) -> Broker:
    asker = Asker(kafka.servers, "tests")
    leaders = list((await asker.topics([topic]))[topic].leaders.values())
    await asker.close()
    return kafka.brokers[max(leaders, key=leaders.count) - 1]


async def test_topics_have_three_copies_of_which_two_must_answer(bus: KafkaBus, cluster: Kafka, namespace: str) -> None:
    assert bus.trouble is None
    asker = Asker(cluster.servers, "tests")
    for topic, state in (await asker.topics([f"{namespace}{one}" for one in (LIVESCORE, BOARDS)])).items():
        settings = await asker.topic_settings(topic)
        assert (state.replication, settings["min.insync.replicas"]) == (3, "2")
        assert settings["unclean.leader.election.enable"] == "false"
    await asker.close()


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_a_leader_goes_and_nothing_acknowledged_is_lost(
    bus: KafkaBus, cluster: Kafka, namespace: str, how: str
) -> None:
    loop = asyncio.get_running_loop()
    async with Following(bus.share(LIVESCORE)) as reader:
        for n in range(1, 21):
            await bus.publish(LIVESCORE, [one for key in KEYS for one in numbered(key, n)])
        leader = await _leader_of_most(cluster, f"{namespace}{LIVESCORE}")
        leader.kill() if how == "killed" else leader.freeze()
        started = loop.time()
        for n in range(21, 41):
            await insist(bus, LIVESCORE, [one for key in KEYS for one in numbered(key, n)])
        for key in KEYS:
            await reader.until(key, 40)
        assert loop.time() - started < 30
        assert all(reader.seen[key] == list(range(1, 41)) for key in KEYS)
        if how == "frozen":
            leader.thaw()
        else:
            leader.start()
        await cluster.ready()
        await insist(bus, LIVESCORE, numbered(KEYS[0], 41))
        await reader.until(KEYS[0], 41)
        assert not await bus.lost(LIVESCORE)
