"""Real broadcast nodes on one bus, and viewers for them, to be weighed: time on a processor, memory, bytes sent.

On the embedded bus each node has a data folder of its own, in which the folder of the bus is a link to the common one:
nodes share boards and nothing else, as on several machines. With Kafka they are what they are in a cluster. Viewers
are those of `bench/crowd.py`.
"""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from bench.programs import broadcast, cpu_ns
from shared.bus.port import Bus, Message
from shared.bus.sqlite import SqliteBus
from shared.contracts.audience import NodeAudience, encode_audience
from shared.contracts.board import Board, encode_board
from shared.contracts.topics import AUDIENCE, BOARDS
from shared.ids import new_id

CHANNEL = "competition/bench.scale"
_COMPETITORS, _CRITERIA = 10, 6


def board(seq: int) -> Board:
    """A board as a competition of the reference event's size has one; one competitor got a mark since the last."""

    def row(n: int) -> dict[str, Any]:
        marks = (seq + _COMPETITORS - 1 - n) // _COMPETITORS
        criteria = {f"{'ABCDEF'[c]}": f"{(marks + c) / 8:.2f}" for c in range(_CRITERIA)}
        total = f"{marks / 4:.2f}"
        person = {
            "bib": f"{n:02}",
            "name": f"Competitor {n}",
            "country": "GB" if n % 2 else "CN",
            "status": "competing",
        }
        return {**person, "marked": marks, "total": total, "criteria": criteria, "rank": n + 1}

    head = {
        "competition": CHANNEL.partition("/")[2],
        "showcase": "bench",
        "title": {"en": "Electronics", "zh": "电子技术"},
        "mode": "marks",
        "aspects": 80,
        "max": "100.00",
        "final": False,
        "criteria": [
            {"id": "ABCDEF"[c], "name": {"en": f"Criterion {c}", "zh": f"评分项 {c}"}, "max": "15.00"}
            for c in range(_CRITERIA)
        ],
        "updated_at": "2026-11-18T09:00:00.000Z",
        "sent": str(time.monotonic_ns()),  # what the viewers' ages are taken from
    }
    return Board(
        channel=CHANNEL,
        epoch="bench",
        seq=seq,
        head=head,
        rows={f"gb-competitor-{n:02}": row(n) for n in range(_COMPETITORS)},
    )


@dataclass(slots=True)
class Node:
    """One broadcast process."""

    pid: int
    port: int

    def cpu_us(self) -> float:
        return cpu_ns(self.pid) / 1e3

    def rss(self) -> int:
        return int(psutil.Process(self.pid).memory_info().rss)

    async def sent_bytes(self) -> float:
        """What it says itself that it has written to viewers in fan-outs."""
        async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{self.port}/metrics") as answer:
            found = re.search(r"^showcase_broadcast_sent_bytes(?:_total)? (\S+)$", await answer.text(), re.MULTILINE)
        if found is None:
            raise SystemExit("broadcast no longer counts what it sends")
        return float(found[1])

    async def snapshot_bytes(self) -> int:
        address = f"http://127.0.0.1:{self.port}/live/state/{CHANNEL}"
        async with aiohttp.ClientSession() as http, http.get(address) as answer:
            return len(await answer.read())


class Hand:
    """Publishes boards to all nodes."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.seq = 0

    async def count(self, nodes: int, channels: int) -> None:
        """Say numbers of viewers once for so many nodes, as each of them would."""
        for n in range(nodes):
            watching = {f"competition/bench.scale-{c}": n + c for c in range(channels)}
            body = encode_audience(NodeAudience(node=f"node-{n}", watching=watching))
            await self._bus.publish(AUDIENCE, [Message(f"node-{n}", body)])

    async def show(self, boards: int, per_second: float) -> None:
        due = time.monotonic()
        for _ in range(boards):
            self.seq += 1
            await self._bus.publish(BOARDS, [Message(CHANNEL, encode_board(board(self.seq)))])
            due += 1 / per_second
            await asyncio.sleep(max(0.0, due - time.monotonic()))


@contextlib.asynccontextmanager
async def running(count: int, folder: Path, kafka: str | None = None) -> AsyncIterator[tuple[list[Node], Hand]]:
    """So many nodes that have the first board, and the hand that publishes to them; on Kafka where one is named."""
    async with contextlib.AsyncExitStack() as stack:
        prefix = f"bench-{new_id()[-8:]}-"
        bus = await stack.enter_async_context(_bus(folder, kafka, prefix))
        hand = Hand(bus)
        await hand.show(1, 100)
        nodes = []
        for number in range(count):
            data = folder / f"node-{number}"
            data.mkdir(mode=0o700, parents=True)
            if kafka is None:
                (data / "bus").symlink_to(folder / "bus")
            nodes.append(await stack.enter_async_context(_node(data, kafka, prefix)))
        yield nodes, hand


@contextlib.asynccontextmanager
async def _bus(folder: Path, kafka: str | None, prefix: str) -> AsyncIterator[Bus]:
    if kafka is None:
        async with SqliteBus(folder / "bus", "bench") as files:
            yield files
    else:
        from shared.bus.kafka import KafkaBus  # noqa: PLC0415 - the embedded bus is measured without the extra

        async with KafkaBus(kafka, "bench", replication=1, namespace=prefix) as brokers:
            yield brokers


@contextlib.asynccontextmanager
async def _node(data: Path, kafka: str | None, prefix: str) -> AsyncIterator[Node]:
    cluster = {} if kafka is None else {"engine": "cluster", "kafka": kafka, "kafka_prefix": prefix, "unsafe": "true"}
    async with broadcast(data, **cluster) as (pid, port):
        async with asyncio.timeout(20), aiohttp.ClientSession() as http:
            while True:
                async with http.get(f"http://127.0.0.1:{port}/live/state/{CHANNEL}") as answer:
                    if answer.status == 200:
                        break
                await asyncio.sleep(0.02)
        yield Node(pid, port)
