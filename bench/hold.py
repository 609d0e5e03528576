"""Many viewers on one broadcast process for minutes, with a change a second: is anyone dropped, and does it stay quick?

All viewers offer deflate, as browsers do, and stay; each is pinged every 20 s. Somebody is dropped who is closed, or
whose frames do not fit what it holds; at the end all must hold the state that polling gets. The age of a change is
from its making until a viewer has read it, over all viewers and changes (`message_p99_ms`: until 99 % have read it,
the median of the changes); `rss_mb` is the service's memory at the end, `rss_grown_mb` what of it came after the
tenth part of the time. Takes as long as it is told, and some ten seconds.

Options: --viewers N (19000: a process may have 20,000 files open here), --seconds S (300), --plain (do not offer
deflate).
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.crowd import crowd
from bench.options import option
from bench.programs import built
from bench.stage import CHANNEL, PATH, Stage, stage

_GROUP = "viewers"


def run(args: list[str]) -> dict[str, Any]:
    return asyncio.run(
        _run(option(args, "--viewers", 19_000), option(args, "--seconds", 300), deflate="--plain" not in args)
    )


async def _run(viewers: int, seconds: int, *, deflate: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="showcase-bench-") as folder:
        client = built("client", Path(folder))
        async with stage() as one, crowd(client, one.port) as load:
            await load.open(_GROUP, viewers, PATH, *(["deflate"] if deflate else []))
            opened = await load.holding(_GROUP, 60)
            await load.report()
            cpu, began = one.cpu_s(), time.monotonic()
            early = await _changes(one, max(1, seconds // 10))
            await _changes(one, seconds - max(1, seconds // 10))
            cpu, took = one.cpu_s() - cpu, time.monotonic() - began
            # Whoever was dropped does not get there: told below, so not waited for.
            await load.until(_GROUP, lambda told: bool(told["current"] >= told["open"] and told["newest"] == one.seq))
            rss = one.rss()
            told = await load.report()
            figures = told["groups"][_GROUP]
            dropped = viewers - figures["open"] + figures["faults"]
            if not dropped:
                await load.agree({CHANNEL: await one.current()})
    age = figures["age_ms"]
    return {
        "viewers": viewers,
        "seconds": seconds,
        "dropped": dropped,
        "closes": figures["closes"],
        "fault": figures["fault"],
        "p50_ms": round(age["p50"], 1),
        "p99_ms": round(age["p99"], 1),
        "message_p99_ms": round(statistics.median(one["p99_ms"] or age["max"] for one in figures["messages"]), 1),
        "p999_ms": round(age["p999"], 1),
        "max_ms": round(age["max"], 1),
        "deliveries": age["count"],
        "snapshots": figures["snapshots"],
        "bytes_per_delivery": round(figures["bytes"] / max(1, age["count"])),
        "pings": figures["pings"],
        "joined_s": round(opened["joined_s"], 2),
        "rss_mb": round(rss / 1e6, 1),
        "rss_grown_mb": round((rss - early) / 1e6, 1),
        "server_share": round(cpu / took, 3),
        "client_share": round(told["cpu_share"], 3),
    }


async def _changes(one: Stage, seconds: int) -> int:
    """One a second; the service's memory afterwards."""
    for left in range(seconds, 0, -30):
        print(f"{left} s to go", file=sys.stderr)
        await one.show(min(left, 30), 1.0)
    return one.rss()
