"""Nodes add up their viewers: each knows all of them, a node that ends or falls silent counts no more."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.broadcast.nodes import MOST_PER_SECOND, SILENT_SECONDS, Nodes
from shared.bus.port import Message
from shared.bus.sqlite import SqliteBus
from shared.contracts.audience import NodeAudience, encode_audience
from shared.contracts.topics import AUDIENCE
from tests.services.broadcast.service import until

BOARD = "competition/expo.electronics"


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[SqliteBus]:
    async with SqliteBus(tmp_path / "bus", "broadcast", AUDIENCE) as opened:
        yield opened


async def test_each_node_adds_up_what_the_others_say(bus: SqliteBus) -> None:
    counts: list[dict[str, int]] = [{BOARD: 3}, {BOARD: 4, "showcase/expo": 1}, {}]
    nodes = [Nodes(bus, f"node-{n}", own.copy if n else lambda: counts[0]) for n, own in enumerate(counts)]
    tasks = [asyncio.create_task(work) for node in nodes for work in (node.read(), node.say())]

    async def summed() -> bool:
        seen = [node.watching() for node in nodes]
        return [one[BOARD] for one in seen] == [4, 3, 7] and [one["showcase/expo"] for one in seen] == [1, 0, 1]

    await until(summed)
    await bus.publish(AUDIENCE, [Message("stranger", b"not a count")])
    counts[0][BOARD] = 5

    async def moved() -> bool:
        return nodes[1].watching()[BOARD] == 5

    await until(moved)
    tasks[1].cancel()
    await nodes[0].leave()

    async def left() -> bool:
        return nodes[1].watching()[BOARD] == 0

    await until(left)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_node_that_falls_silent_is_forgotten(bus: SqliteBus, monkeypatch: pytest.MonkeyPatch) -> None:
    asking = Nodes(bus, "asking", dict)
    reading = asyncio.create_task(asking.read())
    dying = Nodes(bus, "dying", lambda: {BOARD: 2})
    saying = asyncio.create_task(dying.say())

    async def heard() -> bool:
        return asking.watching()[BOARD] == 2

    await until(heard)
    for task in (saying, reading):
        task.cancel()
    await asyncio.gather(saying, reading, return_exceptions=True)
    now = asyncio.get_running_loop().time()
    monkeypatch.setattr(asking, "_clock", lambda: now + SILENT_SECONDS + 1)
    assert asking.watching()[BOARD] == 0


async def test_many_nodes_speak_more_rarely_and_are_forgotten_later(
    bus: SqliteBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Nodes(bus, "one", dict)
    reading = asyncio.create_task(one.read())
    assert one.slower() == 1
    others = [NodeAudience(node=f"other-{n}", watching={BOARD: 1}) for n in range(4 * MOST_PER_SECOND - 1)]
    await bus.publish(AUDIENCE, [Message(other.node, encode_audience(other)) for other in others])

    async def heard() -> bool:
        return one.watching()[BOARD] == len(others)

    await until(heard)
    assert one.slower() == 4
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    now = asyncio.get_running_loop().time()
    monkeypatch.setattr(one, "_clock", lambda: now + 4 * SILENT_SECONDS - 1)
    assert one.watching()[BOARD] == len(others)
    monkeypatch.setattr(one, "_clock", lambda: now + 4 * SILENT_SECONDS + 1)
    assert one.watching()[BOARD] == 0
    assert one.slower() == 1
