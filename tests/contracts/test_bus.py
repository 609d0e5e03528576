"""One behaviour suite for the bus port; every adapter runs all of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path

import pytest

from shared.bus.kafka import KafkaBus
from shared.bus.port import Bus, Message, Subscription
from shared.bus.sqlite import SqliteBus
from shared.contracts.topics import BOARDS, LIVESCORE
from shared.ids import new_id

MakeBus = Callable[[str], AbstractAsyncContextManager[Bus]]


@pytest.fixture(params=["sqlite", "kafka"])
def make_bus(request: pytest.FixtureRequest, tmp_path: Path) -> MakeBus:
    if request.param == "sqlite":
        return lambda owner: SqliteBus(tmp_path / "bus", owner)
    servers: str = request.getfixturevalue("kafka_servers")
    namespace = f"{new_id()}-"
    return lambda owner: KafkaBus(servers, owner, replication=1, namespace=namespace)


@pytest.fixture
async def bus(make_bus: MakeBus) -> AsyncIterator[Bus]:
    async with make_bus("livescore") as opened:
        yield opened


def numbered(key: str, *bodies: int) -> list[Message]:
    return [Message(key, str(body).encode()) for body in bodies]


async def take(subscription: Subscription, n: int) -> list[Message]:
    got: list[Message] = []
    async with asyncio.timeout(10):
        async for batch in subscription.batches():
            assert batch
            got.extend(batch)
            if len(got) >= n:
                break
    return got


async def test_a_subscriber_gets_what_was_there_and_then_what_comes(bus: Bus) -> None:
    await bus.publish(LIVESCORE, numbered("competition/a", 1, 2))
    reading = asyncio.create_task(take(bus.subscribe(LIVESCORE), 4))
    await bus.publish(LIVESCORE, numbered("competition/a", 3, 4))
    assert [message.body for message in await reading] == [b"1", b"2", b"3", b"4"]


async def test_a_subscriber_from_the_end_gets_only_what_comes_after_it_subscribed(bus: Bus) -> None:
    await bus.publish(LIVESCORE, numbered("competition/a", 1))
    subscription = bus.subscribe(LIVESCORE, "latest")
    await bus.publish(LIVESCORE, numbered("competition/a", 2))
    assert [message.body for message in await take(subscription, 1)] == [b"2"]


async def test_order_is_kept_per_key_under_concurrent_publishers(bus: Bus) -> None:
    async def work(key: str) -> None:
        for n in range(50):
            await bus.publish(LIVESCORE, numbered(key, n))

    await asyncio.gather(*(work(f"competition/{k}") for k in range(4)))
    got = await take(bus.subscribe(LIVESCORE), 200)
    for k in range(4):
        assert [int(one.body) for one in got if one.key == f"competition/{k}"] == list(range(50))


async def test_topics_do_not_mix(bus: Bus) -> None:
    await bus.publish(LIVESCORE, numbered("a", 1))
    await bus.publish(BOARDS, numbered("a", 2))
    assert [message.body for message in await take(bus.subscribe(BOARDS), 1)] == [b"2"]


async def test_a_compacted_topic_keeps_the_newest_of_each_key(bus: Bus) -> None:
    for n in range(20):
        await bus.publish(BOARDS, numbered("competition/a", n) + numbered("competition/b", n + 100))
    newest = {message.key: message.body for message in await take(bus.subscribe(BOARDS), 2)}
    assert newest == {"competition/a": b"19", "competition/b": b"119"}


async def test_caught_up_means_everything_there_before_was_handed_over(bus: Bus) -> None:
    await bus.publish(LIVESCORE, numbered("competition/a", *range(1200)))
    subscription = bus.subscribe(LIVESCORE)
    got: list[Message] = []

    async def follow() -> None:
        async for batch in subscription.batches():
            got.extend(batch)

    following = asyncio.create_task(follow())
    await asyncio.wait_for(subscription.caught_up.wait(), 10)
    assert len(got) == 1200
    following.cancel()


async def test_an_empty_topic_is_caught_up_at_once(bus: Bus) -> None:
    subscription = bus.subscribe(LIVESCORE)
    reading = asyncio.create_task(take(subscription, 1))
    await asyncio.wait_for(subscription.caught_up.wait(), 10)
    await bus.publish(LIVESCORE, numbered("a", 1))
    assert len(await reading) == 1


async def test_several_publishers_and_subscribers_meet_on_one_topic(make_bus: MakeBus) -> None:
    async with AsyncExitStack() as stack:
        publishers = [await stack.enter_async_context(make_bus(owner)) for owner in ("registration", "livescore")]
        readers = [await stack.enter_async_context(make_bus(f"broadcast-{n}")) for n in range(2)]
        reading = [asyncio.create_task(take(reader.subscribe(BOARDS), 2)) for reader in readers]
        await publishers[0].publish(BOARDS, numbered("showcase/a", 1))
        await publishers[1].publish(BOARDS, numbered("competition/a", 2))
        for got in await asyncio.gather(*reading):
            assert {message.key: message.body for message in got} == {"showcase/a": b"1", "competition/a": b"2"}


async def test_a_subscriber_goes_on_when_the_publisher_restarts(make_bus: MakeBus) -> None:
    async with make_bus("broadcast") as reader:
        async with make_bus("livescore") as publisher:
            await publisher.publish(LIVESCORE, numbered("a", 1))
        reading = asyncio.create_task(take(reader.subscribe(LIVESCORE), 2))
        async with make_bus("livescore") as publisher:
            await publisher.publish(LIVESCORE, numbered("a", 2))
            assert [message.body for message in await reading] == [b"1", b"2"]


async def test_the_only_member_owns_every_key_and_reads_everything(bus: Bus) -> None:
    await bus.publish(LIVESCORE, numbered("competition/a", 1) + numbered("competition/b", 2))
    share = bus.share(LIVESCORE)
    assert {message.body for message in await take(share, 2)} == {b"1", b"2"}
    assert share.moved.is_set()
    assert all(share.owns(f"competition/{letter}") for letter in "abcdefgh")


async def test_a_share_from_the_end_gets_only_what_comes_after_it_owns_a_key(bus: Bus) -> None:
    await bus.publish(LIVESCORE, numbered("competition/a", 1))
    share = bus.share(LIVESCORE, "latest")
    reading = asyncio.create_task(take(share, 1))
    await asyncio.wait_for(share.moved.wait(), 10)
    await bus.publish(LIVESCORE, numbered("competition/a", 2))
    assert [message.body for message in await reading] == [b"2"]


async def test_a_topic_that_keeps_everything_is_not_lost(bus: Bus) -> None:
    assert not await bus.lost(LIVESCORE, bus.place(LIVESCORE))
    await bus.publish(LIVESCORE, numbered("competition/a", 1))
    assert not await bus.lost(LIVESCORE)
    assert not await bus.lost(LIVESCORE, bus.place(LIVESCORE))


async def test_a_dead_letter_stays_out_of_its_topic(bus: Bus) -> None:
    await bus.dead_letter(LIVESCORE, Message("competition/a", b"\xff"), "no event")
    await bus.publish(LIVESCORE, numbered("competition/a", 1))
    assert [message.body for message in await take(bus.subscribe(LIVESCORE), 1)] == [b"1"]
