"""What bringing one message to one viewer costs, against a bare epoll and send() loop in C and what people use.

The real process (`services serve broadcast` on the embedded bus), once with viewers that take frames plain and once
with viewers that offer deflate, the wall (`wall.c`) and every peer that is installed hold as many viewers each, all
at the same time, and take turns: some messages, five a second, to all viewers of one of them, so that all meet the
same hiccups of the machine. In each round the order is another one. All send the same frames of about 270 bytes,
deflate apart.

Cost is the server's CPU time, all threads, per frame that arrived, with what ours does beside (the bus, deltas,
pings) in it; the median of the turns. `p99_ms` is how old a message is when 99 % of the viewers have read it, from
before it is given to the bus; the median of all messages. `p99_turns_ms` is the least and the most of it among turns:
two servers whose medians are closer than that are alike. `all_p99_ms` is over all deliveries of a turn, the median of
the turns: one message in eight that meets a hiccup decides it. At the end every viewer must hold the state that the
server tells, folded from its own frames.

Options: --viewers N (10000), --turns N (12), --no-peers. Takes about four minutes.
"""

import asyncio
import contextlib
import itertools
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.crowd import Crowd, crowd
from bench.options import option
from bench.programs import built
from bench.servers import Opening, Server, ours, peers, wall
from bench.stage import CHANNEL, PATH

_PER_SECOND = 5
_MESSAGES = 8  # in a turn
_GROUP = "viewers"
_WALL, _PLAIN, _DEFLATE = "wall", "ours", "ours, deflate"


@dataclass(frozen=True, slots=True)
class Turn:
    us_per_delivery: float
    p50_ms: float
    all_p99_ms: float
    p99_ms: list[float]
    """Of each message."""
    last_ms: list[float]
    bytes_per_delivery: float
    client_share: float
    merged: int
    """Messages that viewers got as part of a later one."""


@dataclass(slots=True)
class Measured:
    """A server with its viewers, and what its turns brought."""

    name: str
    server: Server
    load: Crowd
    viewers: int
    turns: list[Turn] = field(default_factory=list)

    async def turn(self) -> Turn:
        """Publish some messages in their rhythm, and look how they arrived."""
        await self.load.report()
        cpu, due, seq = self.server.cpu_us(), time.monotonic(), 0
        for _ in range(_MESSAGES):
            seq = await self.server.show()
            due += 1 / _PER_SECOND
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        await asyncio.sleep(0.2)
        await self.load.until(_GROUP, lambda told: bool(told["oldest"] == seq))
        cpu = self.server.cpu_us() - cpu
        told = await self.load.report()
        one = told["groups"][_GROUP]
        if one["faults"] or one["closes"]:
            raise SystemExit(f"{self.name}: faults {one['faults']} ({one['fault']}), closes {one['closes']}")
        arrived = one["deltas"] + one["snapshots"]
        return Turn(
            us_per_delivery=cpu / arrived,
            p50_ms=one["age_ms"]["p50"],
            all_p99_ms=one["age_ms"]["p99"],
            p99_ms=[message["p99_ms"] for message in one["messages"] if message["p99_ms"] is not None],
            last_ms=[message["last_ms"] for message in one["messages"]],
            bytes_per_delivery=one["bytes"] / arrived,
            client_share=told["cpu_share"],
            merged=self.viewers * _MESSAGES - arrived,
        )

    def middle(self, name: str) -> float:
        """The median over turns, or over the messages of all turns."""
        found = [getattr(turn, name) for turn in self.turns]
        return float(statistics.median(itertools.chain.from_iterable(found) if isinstance(found[0], list) else found))

    def figures(self, limit: "Measured") -> dict[str, Any]:
        cost, p99 = self.middle("us_per_delivery"), self.middle("p99_ms")
        return {
            "us_per_delivery": round(cost, 2),
            "ratio": round(cost / limit.middle("us_per_delivery"), 3),
            "p99_ms": round(p99, 1),
            "p99_turns_ms": [round(which(map(_p99_ms, self.turns)), 1) for which in (min, max)],
            "p99_ratio": round(p99 / limit.middle("p99_ms"), 3),
            "all_p99_ms": round(self.middle("all_p99_ms"), 1),
            "bytes_per_delivery": round(self.middle("bytes_per_delivery")),
            "merged": sum(turn.merged for turn in self.turns),
        }


def run(args: list[str]) -> dict[str, object]:
    return asyncio.run(
        _run(option(args, "--viewers", 10_000), option(args, "--turns", 12), with_peers="--no-peers" not in args)
    )


async def _run(viewers: int, turns: int, *, with_peers: bool) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="showcase-bench-") as folder:
        limit, client = built("wall", Path(folder)), built("client", Path(folder))
        servers: dict[str, Opening | None] = {_WALL: lambda: wall(limit), _PLAIN: ours, _DEFLATE: ours}
        if with_peers:
            servers |= peers()
        async with contextlib.AsyncExitStack() as stack:
            all_: dict[str, Measured] = {}
            for name, opening in servers.items():
                if opening is not None:
                    _say(f"{name}: {viewers:,} viewers come")
                    server = await stack.enter_async_context(opening())
                    load = await stack.enter_async_context(crowd(client, server.port))
                    all_[name] = await _watched(name, server, load, viewers)
            await _take_turns(list(all_.values()), turns)
            for one in all_.values():
                await one.load.agree({CHANNEL: await one.server.state()})
    missing = {name: "not installed" for name, opening in servers.items() if opening is None}
    return _told(viewers, all_, missing)


async def _watched(name: str, server: Server, load: Crowd, viewers: int) -> Measured:
    await load.open(_GROUP, viewers, PATH, *(["deflate"] if name == _DEFLATE else []))
    await load.opened(_GROUP)
    await server.show()  # those that tell nothing to who comes begin with this
    await load.holding(_GROUP)
    return Measured(name, server, load, viewers)


async def _take_turns(all_: list[Measured], turns: int) -> None:
    for turn in range(turns + 1):
        _say(f"turn {turn} of {turns}" if turn else "warming up")
        # So that nobody is always behind the same neighbour.
        for one in random.Random(turn).sample(all_, len(all_)):
            result = await one.turn()
            if turn > 0:
                one.turns.append(result)


def _p99_ms(turn: Turn) -> float:
    return float(statistics.median(turn.p99_ms))


def _told(viewers: int, all_: dict[str, Measured], missing: dict[str, str]) -> dict[str, object]:
    limit, plain = all_[_WALL], all_[_PLAIN]
    figures = {name: one.figures(limit) for name, one in all_.items()}
    mine = figures[_PLAIN]
    others = {name: one for name, one in figures.items() if name not in (_WALL, _PLAIN, _DEFLATE)}
    return {
        "viewers": viewers,
        "us_per_delivery": mine["us_per_delivery"],
        "limit_us_per_delivery": figures[_WALL]["us_per_delivery"],
        "ratio": mine["ratio"],
        "p50_ms": round(plain.middle("p50_ms"), 1),
        "p99_ms": mine["p99_ms"],
        "limit_p99_ms": figures[_WALL]["p99_ms"],
        "p99_ratio": mine["p99_ratio"],
        "p99_turns_ms": mine["p99_turns_ms"],
        "all_p99_ms": mine["all_p99_ms"],
        "limit_all_p99_ms": figures[_WALL]["all_p99_ms"],
        "last_viewer_ms": round(plain.middle("last_ms"), 1),
        "limit_last_viewer_ms": round(limit.middle("last_ms"), 1),
        "bytes_per_delivery": mine["bytes_per_delivery"],
        "merged": mine["merged"],
        "client_share": round(max(turn.client_share for one in all_.values() for turn in one.turns), 2),
        "deflate": figures[_DEFLATE],
        "peers": others | missing,
    }


def _say(text: str) -> None:
    print(text, file=sys.stderr)
