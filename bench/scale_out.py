"""How many nodes 10^4 to 10^7 viewers take, and what breaks first: a simulation with unit costs measured in this run.

What one real broadcast node costs is measured (`_weigh`), what two and three real ones will cost is predicted from it,
and then they are run, with other numbers of viewers and another pace, so that the prediction is checked: CPU per
delivery, memory, bytes sent, and the time until a crowd that comes at once is in. Each is given as predicted divided by
measured. The table beyond what this machine can hold follows from the same costs (`bench/scale_model.py`).

Nodes read the embedded bus, or a real Kafka with `--engine cluster`; only there do they tell each other how many watch.
Options: --competitions N (10), --boards-per-s X (5) of each competition, --cores N (16) and --gbit X (10) of a machine.
"""

import asyncio
import contextlib
import math
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.crowd import Crowd, crowd
from bench.nodes import CHANNEL, Hand, Node, board, running
from bench.options import option
from bench.parts import engine_of, parts
from bench.programs import built
from bench.scale_model import Costs, Limits, Workload, breaks, most_boards_per_s, needed, places
from bench.scale_storm import storm
from services.broadcast.wheel import PING_SECONDS
from shared.contracts.audience import NodeAudience, decode_audience, encode_audience
from shared.contracts.board import encode_board

VIEWERS = (10_000, 100_000, 1_000_000, 10_000_000)
_WEIGHED_VIEWERS = 1500
_PER_SECOND = 5.0
_BOARDS = 20
_IDLE_S = 4.0
_QUIET_S = 8.0
_COUNTED_NODES = 500
_CHANNELS = 10


def run(args: list[str]) -> dict[str, object]:
    load = Workload(option(args, "--competitions", 10), option(args, "--boards-per-s", 5.0))
    gbit = option(args, "--gbit", 10.0)
    limits = Limits(cores=option(args, "--cores", 16), link_bytes_per_s=0.6 * gbit * 1e9 / 8)
    engine = engine_of(args)
    costs, checks = asyncio.run(_measured(engine))
    return {
        "engine": engine,
        "costs": {name: round(value, 2) for name, value in asdict(costs).items()},
        "checked": checks,
        **predicted(costs, load, limits),
    }


def predicted(costs: Costs, load: Workload, limits: Limits) -> dict[str, Any]:
    """The table and what breaks first, from costs."""
    return {
        "workload": asdict(load),
        "limits": asdict(limits),
        "places_per_node": {name: round(value) for name, value in places(costs, load, limits, 10).items()},
        "table": [_row(costs, load, limits, viewers) for viewers in VIEWERS],
        "breaks_at_viewers": {
            name: None if value == math.inf else round(value, -5) for name, value in breaks(costs, load, limits).items()
        },
        "breaks_at_boards_per_s": round(most_boards_per_s(costs, limits)),
    }


def _row(costs: Costs, load: Workload, limits: Limits, viewers: int) -> dict[str, Any]:
    try:
        plan = needed(costs, load, limits, viewers)
    except ValueError as exc:
        return {"viewers": viewers, "tightest": str(exc)}
    return {
        "viewers": plan.viewers,
        "nodes": plan.nodes,
        "machines": plan.machines,
        "viewers_per_node": plan.per_node,
        "tightest": plan.tightest,
        "cpu_share": round(plan.cpu_share, 2),
        "last_viewer_ms": round(plan.last_viewer_ms),
        "node_mbit_per_s": round(plan.node_bytes_per_s * 8 / 1e6),
        "all_gbit_per_s": round(plan.all_bytes_per_s * 8 / 1e9, 2),
        "node_memory_mb": round(plan.node_memory_bytes / 1e6),
        "all_memory_gb": round(plan.all_memory_bytes / 1e9, 1),
        "kafka_in_mb_per_s": round(plan.kafka_in_bytes_per_s / 1e6, 2),
        "kafka_out_mb_per_s": round(plan.kafka_out_bytes_per_s / 1e6, 1),
        "audience_share": round(plan.audience_bytes_per_s / plan.kafka_out_bytes_per_s, 2),
        "lost_node_s": plan.lost_node.recovered_s,
        "restart_s": plan.restart.recovered_s,
        "restart_oldest_board_ms": plan.restart.oldest_ms,
    }


async def _measured(engine: str) -> tuple[Costs, list[dict[str, Any]]]:
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="showcase-bench-")))
        client = built("client", folder)
        cluster = await stack.enter_async_context(parts(engine))
        kafka = cluster.kafka if cluster else None
        async with running(1, folder / "one", kafka) as ([node], hand):
            costs = await _weigh(client, node, hand, on_kafka=kafka is not None)
        checks = []
        for count, viewers, per_second in ((2, 1200, 5.0), (3, 800, 8.0)):
            async with running(count, folder / str(count), kafka) as (nodes, hand):
                checks.append(await _check(client, nodes, hand, costs, viewers, per_second))
    return costs, checks


async def _weigh(client: Path, node: Node, hand: Hand, *, on_kafka: bool) -> Costs:
    """The unit costs of one node: each is the difference that one more of something makes."""
    await hand.show(20, 20)  # warm
    base = node.rss()
    idle = await _cpu_us(node, asyncio.sleep(_IDLE_S)) / _IDLE_S
    alone = await _cpu_us(node, hand.show(40, 20))
    board_us = max(0.0, alone - 2.0 * idle) / 40
    audience_us = await _audience_us(node, hand, idle) if on_kafka else _audience_here_us()
    async with _watching(client, node, _WEIGHED_VIEWERS):  # the first also pays for what is loaded once
        held, kernel = node.rss(), _kernel_bytes()
        before = node.cpu_us()
        async with _watching(client, node, _WEIGHED_VIEWERS) as second:
            join_us = (node.cpu_us() - before) / _WEIGHED_VIEWERS
            socket = max(0.0, _kernel_bytes() - kernel) / _WEIGHED_VIEWERS / 2  # both ends are here
            viewer = max(0, node.rss() - held) / _WEIGHED_VIEWERS
            quiet = await _cpu_us(node, asyncio.sleep(_QUIET_S)) / _QUIET_S
            watching = 2 * _WEIGHED_VIEWERS
            ping_us = max(0.0, quiet - idle) * PING_SECONDS / watching
            sent = await node.sent_bytes()
            busy = await _cpu_us(node, _settled(hand, _BOARDS, _PER_SECOND, [second]))
            delta = (await node.sent_bytes() - sent) / (watching * _BOARDS)
            delivery_us = (busy - _BOARDS * board_us - _BOARDS / _PER_SECOND * quiet) / (watching * _BOARDS)
        snapshot = await node.snapshot_bytes()
    size = len(encode_board(board(1))) + len(CHANNEL)
    return Costs(
        idle_us_per_s=idle,
        board_us=board_us,
        audience_us=audience_us,
        delivery_us=delivery_us,
        ping_us=ping_us,
        join_us=join_us,
        base_bytes=base,
        viewer_bytes=viewer,
        socket_bytes=socket,
        board_bytes=size,
        delta_bytes=delta,
        snapshot_bytes=snapshot,
    )


async def _audience_us(node: Node, hand: Hand, idle_us_per_s: float) -> float:
    """For what another node says: to read it from Kafka, understand it and add it up."""
    began = time.monotonic()
    spent = await _cpu_us(node, hand.count(_COUNTED_NODES, _CHANNELS))
    return max(0.0, spent - (time.monotonic() - began) * idle_us_per_s) / _COUNTED_NODES


def _audience_here_us() -> float:
    """The same without Kafka, where nodes do not talk: what is left is to understand and to add up."""
    channels = {f"competition/bench.scale-{c}": c for c in range(_CHANNELS)}
    body = encode_audience(NodeAudience(node="node-1", watching=channels))
    total: Counter[str] = Counter()
    began = time.process_time_ns()
    for _ in range(_COUNTED_NODES):
        total.update(decode_audience(body).watching)
    return (time.process_time_ns() - began) / 1e3 / _COUNTED_NODES


@contextlib.asynccontextmanager
async def _watching(client: Path, node: Node, viewers: int) -> AsyncIterator[Crowd]:
    async with crowd(client, node.port) as load:
        await load.open("viewers", viewers, f"/live?c={CHANNEL}")
        await load.opened("viewers")
        yield load


async def _settled(hand: Hand, boards: int, per_second: float, crowds: Sequence[Crowd]) -> int:
    """Show boards and wait until the viewers of each crowd are there; how many deliveries that were."""
    for one in crowds:
        await one.report()
    await hand.show(boards, per_second)
    told = [await one.until("viewers", lambda told: bool(told["oldest"] == hand.seq), 10) for one in crowds]
    return sum(one["deltas"] + one["snapshots"] for one in told)


async def _cpu_us(node: Node, work: Any) -> float:
    before = node.cpu_us()
    await work
    return node.cpu_us() - before


def _kernel_bytes() -> float:
    """What the kernel itself holds, sockets in it; other processes move it too, so it is an estimate."""
    found = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    return float(found["Slab"].split()[0]) * 1024


@dataclass(frozen=True, slots=True)
class _Ratio:
    predicted: float
    measured: float

    def told(self) -> dict[str, float]:
        ratio = self.predicted / self.measured if self.measured else 0.0
        return {"predicted": round(self.predicted, 2), "measured": round(self.measured, 2), "ratio": round(ratio, 2)}


async def _check(
    client: Path, nodes: Sequence[Node], hand: Hand, costs: Costs, viewers: int, per_second: float
) -> dict[str, Any]:
    """Run real nodes with viewers on each, and compare what they cost with what was predicted for them."""
    await hand.show(10, 20)
    async with contextlib.AsyncExitStack() as stack:
        crowds = [await stack.enter_async_context(_watching(client, node, viewers)) for node in nodes]
        before, sent = sum(node.cpu_us() for node in nodes), sum([await node.sent_bytes() for node in nodes])
        began = time.monotonic()
        delivered = await _settled(hand, _BOARDS, per_second, crowds)
        seconds = time.monotonic() - began
        cpu = sum(node.cpu_us() for node in nodes) - before
        sent = sum([await node.sent_bytes() for node in nodes]) - sent
        told = [(await one.report())["groups"]["viewers"] for one in crowds]
        memory = sum(node.rss() for node in nodes)
        opened = await _rejoin(client, nodes[0], hand, per_second, viewers)
    fixed = costs.idle_us_per_s * seconds + _BOARDS * costs.board_us
    own = viewers * (_BOARDS * costs.delivery_us + seconds / PING_SECONDS * costs.ping_us)
    coming = storm(costs, per_second, viewers, viewers, (0.0, 0.001))
    return {
        "nodes": len(nodes),
        "viewers_per_node": viewers,
        "boards_per_s": per_second,
        "us_per_delivery": _Ratio(len(nodes) * (fixed + own) / delivered, cpu / delivered).told(),
        "rss_mb": _Ratio(len(nodes) * (costs.base_bytes + viewers * costs.viewer_bytes) / 1e6, memory / 1e6).told(),
        "sent_mb": _Ratio(len(nodes) * viewers * _BOARDS * costs.delta_bytes / 1e6, sent / 1e6).told(),
        "rejoin_s": _Ratio(coming.recovered_s, opened).told(),
        "merged": len(nodes) * viewers * _BOARDS - delivered,
        "closed": sum(sum(one["closes"].values()) for one in told),
    }


async def _rejoin(client: Path, node: Node, hand: Hand, per_second: float, viewers: int) -> float:
    """As many again come to a node at once, while boards go on; how long until all are in."""
    showing = asyncio.create_task(hand.show(100, per_second))
    try:
        async with crowd(client, node.port) as more:
            await more.open("viewers", viewers, f"/live?c={CHANNEL}")
            return float((await more.opened("viewers"))["joined_s"])
    finally:
        showing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await showing
