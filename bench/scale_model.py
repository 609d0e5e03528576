"""What N broadcast nodes can carry, worked out from measured unit costs. Pure: no clock, no I/O, no dice.

A node is one process on one core, and nodes share nothing, so a node's load is that of its own viewers plus a fixed
part that every node pays for every board. `needed` finds how many nodes a number of viewers takes: as many as the
tightest limit asks for, then more until the viewers of a lost node, and of all nodes at once, are current again in
time (`bench/scale_storm.py`). docs/capacity.md explains the formulae and says what is left out.
"""

import math
from dataclasses import dataclass, replace

from bench.scale_storm import DIED_S, Storm, storm
from services.broadcast.nodes import MOST_PER_SECOND, SAY_SECONDS
from services.broadcast.wheel import PING_SECONDS

_WIRE = 94  # Ethernet, IP and TCP around a packet, with what is between packets on the line, and the frame's own head
_RECORD = 91  # a Kafka batch with one record in it: 61 bytes of batch, the record's own lengths, key and traceparent
_MANY = 1_000_000  # nodes; more are none that anybody will have
_SEAT = 60  # a channel and its number of viewers in an audience message


@dataclass(frozen=True, slots=True)
class Costs:
    """Of one node, measured: CPU in microseconds, memory in bytes, sizes of what is sent."""

    idle_us_per_s: float
    board_us: float
    audience_us: float
    delivery_us: float
    ping_us: float
    join_us: float
    base_bytes: float
    viewer_bytes: float
    socket_bytes: float
    board_bytes: float
    delta_bytes: float
    snapshot_bytes: float


@dataclass(frozen=True, slots=True)
class Workload:
    competitions: int = 10
    boards_per_s: float = 5.0
    """Of each competition, once every mark of a moment is one board; viewers look at one competition each."""
    counts_per_s: float = 1.0
    """How often the number of viewers moves on their pages."""
    stay_s: float = 1200.0
    ping_s: float = PING_SECONDS
    audience_s: float = SAY_SECONDS
    """How often a node tells the others its numbers of viewers, while they change: always, with many."""
    audience_most_per_s: float = MOST_PER_SECOND
    """How many such messages all nodes together send at most."""
    mark_bytes: float = 900.0

    @property
    def deliveries_per_s(self) -> float:
        """To each viewer; the tick of 40 ms makes one of what comes within it."""
        return min(self.boards_per_s, 25.0) + self.counts_per_s

    def told_per_s(self, nodes: int) -> float:
        """Messages of numbers that each node hears."""
        return min(nodes / self.audience_s, self.audience_most_per_s)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is asked for, and what machines have; links are taken to 0.6 of what they are sold as."""

    cpu_share: float = 0.6
    cpu_share_after: float = 0.9
    """Once a node is lost and its viewers are on the others."""
    last_viewer_s: float = 0.1
    lost_node_s: float = 10.0
    restart_s: float = 30.0
    cores: int = 16
    memory_bytes: float = 64e9
    link_bytes_per_s: float = 0.6 * 1.25e9
    files: int = 1_000_000
    brokers: int = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """A number of viewers on a number of nodes."""

    viewers: int
    nodes: int
    machines: int
    per_node: int
    tightest: str
    cpu_share: float
    last_viewer_ms: float
    node_bytes_per_s: float
    all_bytes_per_s: float
    node_memory_bytes: float
    all_memory_bytes: float
    kafka_in_bytes_per_s: float
    kafka_out_bytes_per_s: float
    audience_bytes_per_s: float
    lost_node: Storm
    restart: Storm


def cpu_us_per_s(costs: Costs, load: Workload, viewers: float, nodes: int = 1) -> float:
    """A node's CPU time a second with so many viewers of its own."""
    fixed = costs.idle_us_per_s + load.competitions * load.boards_per_s * costs.board_us
    told = load.told_per_s(nodes) * costs.audience_us
    each = load.deliveries_per_s * costs.delivery_us + costs.ping_us / load.ping_s + costs.join_us / load.stay_s
    return fixed + told + viewers * each


def viewer_bytes_per_s(costs: Costs, load: Workload) -> float:
    """On the line to one viewer."""
    joins = (costs.snapshot_bytes + 4 * _WIRE) / load.stay_s
    return load.deliveries_per_s * (costs.delta_bytes + _WIRE) + _WIRE / load.ping_s + joins


def boards_bytes_per_s(costs: Costs, load: Workload) -> float:
    """Of the topic `boards`, which every node reads whole."""
    return load.competitions * load.boards_per_s * (costs.board_bytes + _RECORD)


def audience_bytes_per_s(load: Workload, nodes: int) -> float:
    """To all nodes of the topic `audience`, which each of them writes to and reads whole."""
    return nodes * load.told_per_s(nodes) * (_RECORD + load.competitions * _SEAT)


def places(costs: Costs, load: Workload, limits: Limits, nodes: int) -> dict[str, float]:
    """How many viewers each limit allows one of so many nodes."""
    free = limits.cpu_share * 1e6 - cpu_us_per_s(costs, load, 0, nodes)
    each = cpu_us_per_s(costs, load, 1, nodes) - cpu_us_per_s(costs, load, 0, nodes)
    memory = limits.memory_bytes / limits.cores - costs.base_bytes
    return {
        "cpu": free / each,
        "last viewer": limits.last_viewer_s * 1e6 / costs.delivery_us,
        "link": limits.link_bytes_per_s / limits.cores / viewer_bytes_per_s(costs, load),
        "memory": memory / (costs.viewer_bytes + costs.socket_bytes),
        "files": float(limits.files),
    }


def needed(costs: Costs, load: Workload, limits: Limits, viewers: int) -> Plan:
    """The fewest nodes, and at least two, that keep all limits; raises ValueError where no number of them does."""
    nodes = 2
    while True:
        allowed = places(costs, load, limits, nodes)
        tightest = min(allowed, key=lambda name: allowed[name])
        if allowed[tightest] < 1:
            raise ValueError(f"no number of nodes carries {viewers} viewers: {tightest}")
        wanted = math.ceil(viewers / math.floor(allowed[tightest]))
        if wanted < 2:
            wanted, tightest = 2, "two at least"
        if wanted <= nodes:
            break
        nodes = wanted
    while True:
        per_node = math.ceil(viewers / nodes)
        lost = storm(costs, load.deliveries_per_s, per_node, math.ceil(per_node / (nodes - 1)), DIED_S)
        restart = storm(costs, load.deliveries_per_s, 0, per_node)
        after = cpu_us_per_s(costs, load, per_node * nodes / (nodes - 1), nodes) / 1e6
        if after > limits.cpu_share_after or lost.recovered_s > limits.lost_node_s:
            tightest = "lost node"
        elif restart.recovered_s > limits.restart_s:
            tightest = "restart"
        else:
            break
        nodes = max(nodes + 1, math.ceil(nodes * 1.05))
    return _plan(costs, load, limits, viewers, nodes, tightest, lost, restart)


def _plan(
    costs: Costs, load: Workload, limits: Limits, viewers: int, nodes: int, tightest: str, lost: Storm, restart: Storm
) -> Plan:
    per_node = math.ceil(viewers / nodes)
    memory = costs.base_bytes + per_node * (costs.viewer_bytes + costs.socket_bytes)
    boards, audience = boards_bytes_per_s(costs, load), audience_bytes_per_s(load, nodes)
    marks = load.competitions * load.boards_per_s * (load.mark_bytes + _RECORD)
    written = boards + marks + audience / nodes
    return Plan(
        viewers=viewers,
        nodes=nodes,
        machines=math.ceil(nodes / limits.cores),
        per_node=per_node,
        tightest=tightest,
        cpu_share=cpu_us_per_s(costs, load, per_node, nodes) / 1e6,
        last_viewer_ms=per_node * costs.delivery_us / 1e3,
        node_bytes_per_s=per_node * viewer_bytes_per_s(costs, load),
        all_bytes_per_s=viewers * viewer_bytes_per_s(costs, load),
        node_memory_bytes=memory,
        all_memory_bytes=memory * nodes,
        kafka_in_bytes_per_s=written,
        kafka_out_bytes_per_s=nodes * boards + audience + marks + 2 * written,
        audience_bytes_per_s=audience,
        lost_node=lost,
        restart=restart,
    )


def breaks(costs: Costs, load: Workload, limits: Limits) -> dict[str, float]:
    """For what all nodes share: the number of viewers at which it is used up, more nodes or not."""
    return {
        "Kafka's links": _most(costs, load, limits, count=False),
        "a node's core, by numbers of viewers": _most(costs, load, limits, count=True),
        "the same, were each node to tell its numbers every second": _most(
            costs, replace(load, audience_most_per_s=math.inf), limits, count=True
        ),
    }


def _most(costs: Costs, load: Workload, limits: Limits, *, count: bool) -> float:
    """The most viewers that any number of nodes carries (`count`), or that Kafka's links can feed the nodes for."""
    most = nodes = 0.0
    while nodes < _MANY:
        nodes = math.ceil(nodes * 1.02 + 1)
        each = min(places(costs, load, limits, nodes).values())
        sent = nodes * boards_bytes_per_s(costs, load) + audience_bytes_per_s(load, nodes)
        if each < 1 or (not count and sent > limits.brokers * limits.link_bytes_per_s):
            return most
        most = max(most, nodes * each)
    return math.inf


def most_boards_per_s(costs: Costs, limits: Limits) -> float:
    """Of all competitions together: every node takes each of them, so no number of nodes helps."""
    return (limits.cpu_share * 1e6 - costs.idle_us_per_s) / costs.board_us
