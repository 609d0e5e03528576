"""What only a bus on several machines can meet: dead and frozen brokers, topics that forget, copies that share keys."""

import asyncio
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from services.dead_letters import run_dead_letters
from shared.bus.dead_letters import DeadLetters
from shared.bus.kafka import KafkaBus
from shared.bus.port import Bus, Message, Share, Subscription
from shared.contracts.topics import BOARDS, LIVESCORE
from shared.errors import BadStart, Unavailable
from shared.ids import new_id
from tests.parts.kafka import Kafka, free_port, missing
from tests.parts.kafka_member import QUICK

KEYS = [f"competition/{n}" for n in range(40)]


@pytest.fixture(scope="module")
def _one_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    if reason := missing():
        pytest.skip(reason)
    with Kafka(tmp_path_factory.mktemp("kafka")) as kafka:
        yield kafka


@pytest.fixture
def broker(_one_broker: Kafka) -> Kafka:
    """One broker for all tests here, running whatever the test before did to it."""
    if not _one_broker.brokers[0].running:
        _one_broker.heal()
    return _one_broker


@pytest.fixture
def namespace() -> str:
    return f"{new_id()}-"


@pytest.fixture
async def bus(broker: Kafka, namespace: str) -> AsyncIterator[KafkaBus]:
    async with opened(broker, namespace) as one:
        yield one


def opened(kafka: Kafka, namespace: str, service: str = "livescore") -> KafkaBus:
    return KafkaBus(kafka.servers, service, replication=1, namespace=namespace, timing=QUICK)


def numbered(key: str, *bodies: int) -> list[Message]:
    return [Message(key, str(body).encode()) for body in bodies]


class Following:
    """Reads all the time; `seen` has the numbers of each key, each once and in order, as a consumer takes them."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription
        self.seen: dict[str, list[int]] = {}
        self.batches: list[Sequence[Message]] = []

    async def __aenter__(self) -> "Following":
        self._task = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _read(self) -> None:
        async for batch in self._subscription.batches():
            self.batches.append(batch)
            for message in batch:
                numbers = self.seen.setdefault(message.key, [])
                if not numbers or int(message.body) > numbers[-1]:
                    numbers.append(int(message.body))

    async def until(self, key: str, number: int, seconds: float = 20.0) -> None:
        await until(lambda: number in self.seen.get(key, []), seconds)

    @property
    def bodies(self) -> list[int]:
        return [int(message.body) for batch in self.batches for message in batch]


async def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what is waited for lies behind ports that ring no bell
            await asyncio.sleep(0.02)


async def insist(bus: Bus, topic: str, messages: Sequence[Message]) -> int:
    """Publish as the relay does, again and again; returns how often the bus refused."""
    refused = 0
    async with asyncio.timeout(30):
        while True:
            try:
                await bus.publish(topic, messages)
            except Unavailable:
                refused += 1
                await asyncio.sleep(0.1)
            else:
                return refused


@asynccontextmanager
async def administered(kafka: Kafka) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.servers)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def test_nothing_is_lost_when_the_broker_is_killed_and_comes_back(broker: Kafka, bus: KafkaBus) -> None:
    async with Following(bus.subscribe(LIVESCORE)) as reader:
        await bus.publish(LIVESCORE, numbered("competition/a", *range(1, 101)))
        broker.brokers[0].kill()
        publishing = asyncio.create_task(insist(bus, LIVESCORE, numbered("competition/a", *range(101, 201))))
        with pytest.raises(Unavailable):
            await bus.publish(LIVESCORE, numbered("competition/b", 1))
        assert bus.trouble
        broker.brokers[0].start()
        assert await publishing > 0
        await reader.until("competition/a", 200)
        assert reader.seen["competition/a"] == list(range(1, 201))
        await until(lambda: bus.trouble is None)
        assert bus.reconnects > 0
        assert not await bus.lost(LIVESCORE)


async def test_a_frozen_broker_refuses_in_time_and_goes_on_when_thawed(broker: Kafka, bus: KafkaBus) -> None:
    async with Following(bus.subscribe(LIVESCORE)) as reader:
        await bus.publish(LIVESCORE, numbered("competition/a", 1))
        await reader.until("competition/a", 1)
        broker.brokers[0].freeze()
        try:
            for _ in range(2):
                async with asyncio.timeout(QUICK.publish + 1):
                    with pytest.raises(Unavailable):
                        await bus.publish(LIVESCORE, numbered("competition/a", 2))
        finally:
            broker.brokers[0].thaw()
        await insist(bus, LIVESCORE, numbered("competition/a", 2, 3))
        await reader.until("competition/a", 3)
        assert reader.seen["competition/a"] == [1, 2, 3]


async def test_a_bus_closes_in_time_when_its_broker_is_dead(broker: Kafka, namespace: str) -> None:
    before = asyncio.all_tasks()
    async with AsyncExitStack() as stack:
        bus = await stack.enter_async_context(opened(broker, namespace))
        reader = await stack.enter_async_context(Following(bus.subscribe(LIVESCORE)))
        await stack.enter_async_context(Following(bus.share(BOARDS)))
        await bus.publish(LIVESCORE, numbered("competition/a", 1))
        await reader.until("competition/a", 1)
        broker.brokers[0].kill()
        waiting = asyncio.create_task(bus.publish(LIVESCORE, numbered("competition/a", 2)))
        await asyncio.sleep(0)  # the publish is under way
        started = asyncio.get_running_loop().time()
    with pytest.raises(Unavailable):
        await waiting
    assert asyncio.get_running_loop().time() - started < 10
    await until(lambda: asyncio.all_tasks() <= before, 3)


async def test_a_topic_made_anew_is_noticed_and_read_from_its_beginning(
    broker: Kafka, bus: KafkaBus, namespace: str
) -> None:
    async with Following(bus.subscribe(LIVESCORE)) as reader, administered(broker) as admin:
        await bus.publish(LIVESCORE, numbered("competition/a", 1, 2, 3))
        await reader.until("competition/a", 3)
        kept = bus.place(LIVESCORE)
        assert not await bus.lost(LIVESCORE, kept)
        await admin.delete_topics([f"{namespace}{LIVESCORE}"])
        assert await _lost(bus)
        assert not await bus.lost(LIVESCORE), "it is said once"
        assert await bus.lost(LIVESCORE, kept), "a place that was kept tells it too"
        await insist(bus, LIVESCORE, numbered("competition/a", 1, 2, 3, 4))
        await reader.until("competition/a", 4)
        assert reader.bodies[-4:] == [1, 2, 3, 4]


async def _lost(bus: KafkaBus) -> bool:
    """Ask until the topic is there again and another one."""
    async with asyncio.timeout(15):
        while True:
            with suppress(Unavailable):
                if await bus.lost(LIVESCORE):
                    return True
            await asyncio.sleep(0.1)


async def test_a_broker_restored_from_an_older_copy_has_lost_what_came_after(broker: Kafka, namespace: str) -> None:
    only = broker.brokers[0]
    async with opened(broker, namespace) as bus:
        await bus.publish(LIVESCORE, numbered("competition/a", 1, 2))
        only.stop()
        shutil.copytree(only.data, only.folder / "older")
        only.start()
        await broker.ready()
        await insist(bus, LIVESCORE, numbered("competition/a", 3, 4))
        assert not await bus.lost(LIVESCORE)
        only.kill()
        shutil.rmtree(only.data)
        (only.folder / "older").rename(only.data)
        only.start()
        await broker.ready()
        await insist(bus, LIVESCORE, numbered("competition/a", 5, 6, 7, 8))
        assert await bus.lost(LIVESCORE), "although it has grown beyond its old end since"


async def test_a_dead_copys_keys_move_to_the_one_that_lives(broker: Kafka, bus: KafkaBus, namespace: str) -> None:
    share = bus.share(LIVESCORE, "latest")
    async with Following(share) as reader, _other_copy(broker, namespace) as other:
        await until(lambda: 0 < len(_owned(share)) < len(KEYS))
        await until(lambda: sorted([*_owned(share), *other.owned]) == sorted(KEYS))  # each at one of the two
        mine, theirs = _owned(share)[0], other.owned[0]
        await bus.publish(LIVESCORE, numbered(mine, 1) + numbered(theirs, 1))
        await reader.until(mine, 1)
        assert theirs not in reader.seen
        share.moved.clear()
        started = asyncio.get_running_loop().time()
        other.kill()
        await asyncio.wait_for(share.moved.wait(), 10)
        assert set(_owned(share)) == set(KEYS)
        assert asyncio.get_running_loop().time() - started < QUICK.session + 4
        await bus.publish(LIVESCORE, numbered(mine, 2) + numbered(theirs, 2))
        await reader.until(theirs, 2)
        await reader.until(mine, 2)
        assert reader.seen == {mine: [1, 2], theirs: [2]}, "what came before is for the ledger to tell"


async def test_a_gained_key_is_read_from_the_beginning_when_that_was_asked(
    broker: Kafka, bus: KafkaBus, namespace: str
) -> None:
    await bus.publish(LIVESCORE, [one for key in KEYS for one in numbered(key, 1)])
    async with opened(broker, namespace) as second:
        first_share, second_share = bus.share(LIVESCORE), second.share(LIVESCORE)
        async with Following(first_share) as first:
            await until(lambda: len(first.seen) == len(KEYS))
            async with Following(second_share) as other:
                await until(lambda: 0 < len(other.seen) < len(KEYS) and second_share.caught_up.is_set())
                assert set(other.seen) == set(_owned(second_share))
                assert len(first.bodies) == len(KEYS), "what was kept goes on where it was"


async def test_a_newest_board_survives_compaction_and_older_ones_go(
    broker: Kafka, bus: KafkaBus, namespace: str
) -> None:
    async with administered(broker) as admin:
        quick = {"cleanup.policy": "compact", "segment.ms": "100", "min.cleanable.dirty.ratio": "0.01"}
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, f"{namespace}{BOARDS}", quick)])
        published = 0
        async with asyncio.timeout(25):
            while True:
                for _ in range(20):
                    published += 1
                    await bus.publish(BOARDS, numbered("competition/a", published) + numbered("competition/b", 1))
                bootstrap = bus.subscribe(BOARDS)
                async with Following(bootstrap) as reader:
                    await asyncio.wait_for(bootstrap.caught_up.wait(), 10)
                    assert reader.seen["competition/a"][-1] == published
                    assert reader.seen["competition/b"] == [1]
                    if len(reader.bodies) < 2 * published:
                        break
                await asyncio.sleep(0.5)


async def test_a_topic_with_other_partitions_is_refused(broker: Kafka, namespace: str) -> None:
    async with opened(broker, namespace):
        pass
    async with administered(broker) as admin:
        await admin.create_partitions({f"{namespace}{LIVESCORE}": NewPartitions(7)})
    with pytest.raises(BadStart, match="7 partitions instead of 6"):
        await _open_again_and_again(broker, namespace)


async def _open_again_and_again(broker: Kafka, namespace: str) -> None:
    """Until the broker has heard of what its controller did."""
    async with asyncio.timeout(10):
        while True:
            async with opened(broker, namespace):
                await asyncio.sleep(0.05)


async def test_a_bus_without_a_broker_says_so_at_its_start(namespace: str) -> None:
    with pytest.raises(BadStart, match=r"127\.0\.0\.1:9 cannot be used"):
        async with KafkaBus("127.0.0.1:9", "livescore", namespace=namespace, timing=replace(QUICK, start=1.0)):
            pass


async def test_readers_and_publishers_follow_brokers_to_other_addresses(broker: Kafka, namespace: str) -> None:
    only = broker.brokers[0]
    before, after = only.port, free_port()
    servers = f"127.0.0.1:{before},127.0.0.1:{after}"
    async with AsyncExitStack() as stack:
        bus = KafkaBus(servers, "livescore", replication=1, namespace=namespace, timing=QUICK)
        await stack.enter_async_context(bus)
        reader = await stack.enter_async_context(Following(bus.share(LIVESCORE)))
        await bus.publish(LIVESCORE, numbered("competition/a", 1))
        await reader.until("competition/a", 1)
        only.kill()
        only.move(after)
        only.start()
        await insist(bus, LIVESCORE, numbered("competition/a", 2))
        await reader.until("competition/a", 2)


def _owned(share: Share) -> list[str]:
    return [key for key in KEYS if share.owns(key)]


class _Other:
    """Another copy of livescore, in its own process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.owned: list[str] = []

    async def read(self) -> None:
        assert self._process.stdout
        while line := await self._process.stdout.readline():
            self.owned = json.loads(line)

    def kill(self) -> None:
        os.kill(self._process.pid, signal.SIGKILL)


@asynccontextmanager
async def _other_copy(kafka: Kafka, namespace: str) -> AsyncIterator[_Other]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.parts.kafka_member", kafka.servers, namespace, *KEYS),
        stdout=asyncio.subprocess.PIPE,
    )
    other = _Other(process)
    reading = asyncio.create_task(other.read())
    try:
        yield other
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        await process.wait()
        await reading


async def test_a_clock_that_jumps_ahead_stops_nobody(broker: Kafka, bus: KafkaBus, namespace: str) -> None:
    ahead = int((time.time() + 7200) * 1000)
    producer = AIOKafkaProducer(bootstrap_servers=broker.servers, acks="all")
    await producer.start()
    try:
        for topic in (LIVESCORE, BOARDS):
            await producer.send_and_wait(f"{namespace}{topic}", b"1", b"competition/a", timestamp_ms=ahead)
    finally:
        await producer.stop()
    assert not await bus.lost(LIVESCORE)


async def test_a_dead_letter_can_be_looked_at_and_published_again(
    broker: Kafka, bus: KafkaBus, namespace: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    poison = Message("competition/\udcff", b"\xff\x00", at="3/17")
    await bus.dead_letter(LIVESCORE, poison, "no event")
    await bus.dead_letter(LIVESCORE, Message("competition/a", b"2"), "no event either")
    async with DeadLetters(broker.servers, namespace, QUICK) as dead:
        first, second = await dead.letters(LIVESCORE)
        assert (first.key, first.body, first.reason, first.at) == (poison.key, poison.body, "no event", "3/17")
        assert first.service == "livescore"
        assert await dead.letters(BOARDS) == []
    assert await run_dead_letters("show", broker.servers, namespace, LIVESCORE, first.number, False) == 0
    assert capfdbinary.readouterr().out == b"\xff\x00"
    assert await run_dead_letters("drop", broker.servers, namespace, LIVESCORE, first.number, False) == 0
    assert await run_dead_letters("replay", broker.servers, namespace, LIVESCORE, None, True) == 0
    async with Following(bus.subscribe(LIVESCORE)) as reader:
        await reader.until("competition/a", 2)
        assert reader.bodies == [2]
    async with DeadLetters(broker.servers, namespace, QUICK) as dead:
        assert await dead.letters(LIVESCORE) == []
    assert second.number == first.number + 1


async def test_a_producer_that_lost_count_is_replaced(broker: Kafka, bus: KafkaBus, namespace: str) -> None:
    async with Following(bus.subscribe(LIVESCORE)) as reader:
        await bus.publish(LIVESCORE, numbered("competition/a", 1))
        _skip_a_sequence(bus)
        with pytest.raises(Unavailable, match="OutOfOrderSequence"):
            await bus.publish(LIVESCORE, numbered("competition/a", 2))
        await bus.publish(LIVESCORE, numbered("competition/a", 2))
        await reader.until("competition/a", 2)
        assert reader.bodies == [1, 2]
        assert (bus.reconnects, bus.trouble) == (1, None)


def _skip_a_sequence(bus: KafkaBus) -> None:
    """As after a batch that was given up: the library's own counter is the only way to bring it about."""
    producer: Any = bus._publisher._producer
    sequences = producer._producer._txn_manager._sequence_numbers
    for partition in sequences:
        sequences[partition] += 5
