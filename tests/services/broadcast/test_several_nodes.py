"""Nodes add up their viewers: each knows all of them, a node that ends or falls silent counts no more."""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from websockets.asyncio.client import connect

from services.broadcast.app import opened
from services.broadcast.crowd import Crowd
from services.broadcast.nodes import MOST_PER_SECOND, SILENT_SECONDS, Nodes
from services.broadcast.settings import Settings
from shared.bus.port import Message
from shared.bus.sqlite import SqliteBus, read_compacted
from shared.contracts.audience import NodeAudience, decode_audience, encode_audience
from shared.contracts.board import Board, encode_board
from shared.contracts.topics import AUDIENCE, BOARDS
from shared.lifecycle import Stop
from tests.services.broadcast.service import until

BOARD = "competition/expo.electronics"


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[SqliteBus]:
    async with SqliteBus(tmp_path / "bus", "broadcast", AUDIENCE) as opened:
        yield opened


async def test_each_node_adds_up_what_the_others_say(bus: SqliteBus) -> None:
    crowds = [
        Crowd({BOARD: 3}, {BOARD: {"CN": 2}}),
        Crowd({BOARD: 4, "showcase/expo": 1}, {BOARD: {"CN": 1, "GB": 1}, "showcase/expo": {"BR": 1}}),
        Crowd(),
    ]
    nodes = [Nodes(bus, f"node-{n}", own) for n, own in enumerate(crowds)]
    tasks = [asyncio.create_task(work) for node in nodes for work in (node.read(), node.say())]

    async def summed() -> bool:
        return [node.watching().head(BOARD) for node in nodes] == [
            {"watching": 4, "countries": {"CN": 1, "GB": 1}},
            {"watching": 3, "countries": {"CN": 2}},
            {"watching": 7, "countries": {"CN": 3, "GB": 1}},
        ]

    await until(summed)
    assert [node.watching().head("showcase/expo")["watching"] for node in nodes] == [1, 0, 1]
    await bus.publish(AUDIENCE, [Message("stranger", b"not a count")])
    crowds[0].come([BOARD], "CN")
    crowds[0].come([BOARD], "")

    async def moved() -> bool:
        return nodes[1].watching().head(BOARD) == {"watching": 5, "countries": {"CN": 3}}

    await until(moved)
    tasks[1].cancel()
    await nodes[0].leave()

    async def left() -> bool:
        return nodes[1].watching().head(BOARD) == {"watching": 0}

    await until(left)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_node_of_an_older_version_counts_without_countries(bus: SqliteBus) -> None:
    node = Nodes(bus, "new", Crowd())
    reading = asyncio.create_task(node.read())
    await bus.publish(AUDIENCE, [Message("old", b'{"node":"old","watching":{"%b":5}}' % BOARD.encode())])

    async def heard() -> bool:
        return node.watching().head(BOARD) == {"watching": 5}

    await until(heard)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


async def test_a_file_keeps_only_the_newest_that_each_node_said(bus: SqliteBus, tmp_path: Path) -> None:
    for n in range(1, 20):
        said = NodeAudience(node="one", watching={BOARD: n})
        await bus.publish(AUDIENCE, [Message("one", encode_audience(said))])
    (kept,) = read_compacted(tmp_path / "bus", AUDIENCE)
    assert decode_audience(kept.body).watching == {BOARD: 19}


def test_a_node_whose_viewers_say_no_country_is_understood_by_an_older_version() -> None:
    assert encode_audience(NodeAudience(node="new", watching={BOARD: 5})) == (
        b'{"node":"new","watching":{"%b":5}}' % BOARD.encode()
    )


def test_what_a_newer_version_says_besides_is_left_out() -> None:
    said = decode_audience(b'{"node":"newer","watching":{"%b":5},"languages":{"zh":3}}' % BOARD.encode())
    assert said == NodeAudience(node="newer", watching={BOARD: 5})


@pytest.mark.parametrize(
    "countries", [{BOARD: {"China": 1}}, {BOARD: {"CN": -1}}, {BOARD: 1}, {"no channel": {"CN": 1}}]
)
def test_countries_that_are_none_are_refused(countries: object) -> None:
    with pytest.raises(ValueError, match="countries"):
        decode_audience(json.dumps({"node": "n", "watching": {}, "countries": countries}).encode())


async def test_a_node_that_falls_silent_is_forgotten(bus: SqliteBus, monkeypatch: pytest.MonkeyPatch) -> None:
    asking = Nodes(bus, "asking", Crowd())
    reading = asyncio.create_task(asking.read())
    dying = Nodes(bus, "dying", Crowd({BOARD: 2}))
    saying = asyncio.create_task(dying.say())

    async def heard() -> bool:
        return asking.watching().watching[BOARD] == 2

    await until(heard)
    for task in (saying, reading):
        task.cancel()
    await asyncio.gather(saying, reading, return_exceptions=True)
    now = asyncio.get_running_loop().time()
    monkeypatch.setattr(asking, "_clock", lambda: now + SILENT_SECONDS + 1)
    assert asking.watching().watching[BOARD] == 0


async def test_many_nodes_speak_more_rarely_and_are_forgotten_later(
    bus: SqliteBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Nodes(bus, "one", Crowd())
    reading = asyncio.create_task(one.read())
    assert one.slower() == 1
    others = [NodeAudience(node=f"other-{n}", watching={BOARD: 1}) for n in range(4 * MOST_PER_SECOND - 1)]
    await bus.publish(AUDIENCE, [Message(other.node, encode_audience(other)) for other in others])

    async def heard() -> bool:
        return one.watching().watching[BOARD] == len(others)

    await until(heard)
    assert one.slower() == 4
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    now = asyncio.get_running_loop().time()
    monkeypatch.setattr(one, "_clock", lambda: now + 4 * SILENT_SECONDS - 1)
    assert one.watching().watching[BOARD] == len(others)
    monkeypatch.setattr(one, "_clock", lambda: now + 4 * SILENT_SECONDS + 1)
    assert one.watching().watching[BOARD] == 0
    assert one.slower() == 1


async def test_processes_on_one_machine_tell_the_same_countries(tmp_path: Path) -> None:
    stop, folder, ports = Stop(), tmp_path / "bus", list[int]()
    board = Board(channel=BOARD, epoch="e1", seq=1, head={}, rows={})
    async with contextlib.AsyncExitStack() as stack:
        publisher = await stack.enter_async_context(SqliteBus(folder, "test"))
        await publisher.publish(BOARDS, [Message(BOARD, encode_board(board))])
        for name in ("broadcast", "broadcast-2"):
            # Not the same socket here, so that the test knows who is at which process.
            with socket.create_server(("127.0.0.1", 0)) as listens:
                given = Settings(data=tmp_path, processes=2, socket=os.dup(listens.fileno()), drain_seconds=0.1)
            bus = await stack.enter_async_context(SqliteBus(folder, name))
            ports.append(await stack.enter_async_context(opened(given, bus, stop)))
        for n, country in enumerate(("CN", "CN", "GB", "", "CN", "BR", "BR", "GB")):
            live = connect(f"ws://127.0.0.1:{ports[n % 2]}/live?c={BOARD}&from={country}", proxy=None)
            await stack.enter_async_context(live)
        http = await stack.enter_async_context(aiohttp.ClientSession())

        async def told(port: int) -> Any:
            async with http.get(f"http://127.0.0.1:{port}/live/state/audience/{BOARD}") as answer:
                return (await answer.json())["state"]["head"]

        async def summed() -> bool:
            wanted = {"watching": 8, "countries": {"BR": 2, "CN": 3, "GB": 2}}
            return [await told(port) for port in ports] == [wanted, wanted]

        await until(summed)
    assert stop.failed is None
