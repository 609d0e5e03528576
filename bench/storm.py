"""How old what viewers see is while marks rain on one board, and how many writes they cause.

A hundred changes of a board a second for half a minute, each published by itself as livescore would, before 5,000
viewers. The age of a change runs from its publishing until the last viewer has a state with it in; that of one which
was made part of a later frame ends with that frame. Ten changes a second come before, four hundred after: writes per
viewer and second must be bounded by the tick and not grow with the changes.

Peers send every change to everybody, each that is installed (`bench/servers.py`). They get the same changes without bus
and database, at the same pace whether they keep up or not, for ten seconds each. What they are behind by then is their
backlog: changes published that their viewers have not seen, which count as old as they are at that moment. With all of
them it takes two minutes.

Options: --viewers N (5000), --seconds N (30), --no-peers.
"""

import asyncio
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.crowd import Json, crowd
from bench.options import option
from bench.programs import built
from bench.servers import Opening, peers
from bench.stage import CHANNEL, PATH, stage

_ROWS, _MOVED = 10, 1
_PER_SECOND = 100.0
_CALM, _WILD = 10.0, 400.0
_SHORT_SECONDS, _PEER_SECONDS = 5.0, 10.0


def run(args: list[str]) -> dict[str, Any]:
    return asyncio.run(
        _run(option(args, "--viewers", 5000), option(args, "--seconds", 30), with_peers="--no-peers" not in args)
    )


async def _run(viewers: int, seconds: float, *, with_peers: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="showcase-bench-") as folder:
        client = built("client", Path(folder))
        ours = await _ours(client, viewers, seconds)
        behind: dict[str, Any] = {}
        for name, opening in peers().items() if with_peers else ():
            behind[name] = await _peer(client, viewers, opening) if opening else "not installed"
    rain = ours[_PER_SECOND]
    return {
        "viewers": viewers,
        "changes_per_s": rain["changes_per_s"],
        "age_p99_ms": rain["age_p99_ms"],
        "age_p50_ms": rain["age_p50_ms"],
        "age_max_ms": rain["age_max_ms"],
        "writes": {f"{rate:g}": one["writes_per_viewer_and_s"] for rate, one in ours.items()},
        "phases": {f"{rate:g}": one for rate, one in ours.items()},
        "peers": behind,
    }


async def _ours(client: Path, viewers: int, seconds: float) -> dict[float, dict[str, Any]]:
    found: dict[float, dict[str, Any]] = {}
    async with stage(_ROWS, _MOVED) as one, crowd(client, one.port) as load:
        await load.open("all", viewers, PATH, "deflate")
        await load.holding("all")
        await one.show(20, _CALM)  # by now the lane has taken everybody in
        for rate, length in ((_CALM, _SHORT_SECONDS), (_PER_SECOND, seconds), (_WILD, _SHORT_SECONDS)):
            await load.until("all", lambda told: bool(told["oldest"] == one.seq))
            await load.report()
            cpu, began = one.cpu_s(), time.monotonic()
            made = await one.show(int(rate * length), rate)
            took = time.monotonic() - began
            await load.until("all", lambda told: bool(told["oldest"] == one.seq))
            told = await load.tell()
            figures = told["groups"]["all"]
            found[rate] = {
                **ages(made, figures["messages"], viewers),
                "changes_per_s": round(len(made) / took, 1),
                "writes_per_viewer_and_s": round((figures["deltas"] + figures["snapshots"]) / viewers / took, 2),
                "bytes_per_viewer_and_s": round(figures["bytes"] / viewers / took),
                "snapshots": figures["snapshots"],
                "frame_p99_ms": figures["age_ms"]["p99"],
                "server_share": round((one.cpu_s() - cpu) / took, 2),
                "client_share": round(told["cpu_share"], 2),
            }
        await load.agree({CHANNEL: await one.current()})
    return found


def ages(made: Mapping[int, int], messages: list[Json], viewers: int) -> dict[str, float]:
    """How long each change took to reach its last viewer; a frame that some were not sent does not count for all.

    What has not reached everybody by now is as old as it is now, and will be older.
    """
    counts: dict[int, int] = {}
    last: dict[int, float] = {}
    for one in messages:
        arrived = one["sent"] / 1e6 + one["last_ms"]
        counts[one["seq"]] = counts.get(one["seq"], 0) + one["count"]
        last[one["seq"]] = max(last.get(one["seq"], 0.0), arrived)
    ages, complete = [], time.monotonic() * 1e3
    seqs = sorted(last, reverse=True)
    place = 0
    for seq in sorted(made, reverse=True):
        while place < len(seqs) and seqs[place] >= seq:
            whole = counts[seqs[place]] >= viewers
            complete = last[seqs[place]] if whole else max(complete, last[seqs[place]])
            place += 1
        ages.append(complete - made[seq] / 1e6)
    ages.sort()
    return {
        "age_p50_ms": round(ages[len(ages) // 2], 1),
        "age_p99_ms": round(ages[int(len(ages) * 0.99)], 1),
        "age_max_ms": round(ages[-1], 1),
    }


async def _peer(client: Path, viewers: int, opening: Opening) -> dict[str, Any]:
    async with opening() as server, crowd(client, server.port) as load:
        await load.open("all", viewers, PATH)
        await load.opened("all")
        await server.show()  # they tell nothing to who comes, so all begin with this
        await load.holding("all", 60)
        await load.report()
        began = due = time.monotonic()
        made = {}
        for _ in range(int(_PEER_SECONDS * _PER_SECOND)):
            at = time.monotonic_ns()
            made[await server.show()] = at
            due += 1 / _PER_SECOND
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        took = time.monotonic() - began
        told = (await load.tell())["groups"]["all"]
        seen = told["deltas"] / viewers
        return {
            **ages(made, told["messages"], viewers),
            "changes_per_s": round(len(made) / took, 1),
            "backlog": round(len(made) - seen),
            "writes_per_viewer_and_s": round(seen / took, 1),
            "faults": told["faults"],
            "closes": told["closes"],
        }
