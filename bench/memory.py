"""Resident memory: the three services at rest, and what an idle viewer costs the broadcast process.

The services have the reference event loaded and nobody watching. Viewers are weighed in a broadcast process of its own,
10,000 over WebSocket who offered to deflate, and as many over Server-Sent Events in another: the growth from no viewer
to all of them, after the board has changed a number of times before all their eyes, so that deltas, compression and
whatever else grows with use are in it. Before the first weighing some hundred viewers have come, seen changes and gone.

What the kernel holds besides is told where it can be read: unreclaimable slab and socket buffers of the whole machine,
per connection with both of its ends, because the client runs here too.

Option: --viewers N (10000).
"""

import asyncio
import re
import tempfile
from pathlib import Path
from typing import Any

import psutil

from bench.crowd import crowd
from bench.listeners import Listeners
from bench.options import option
from bench.programs import built
from bench.running import running
from bench.stage import CHANNEL, PATH, Stage, stage
from services.serve import SERVICES

_SETTLE_SECONDS = 3.0
_WARM = 300
_CHANGES, _PER_SECOND = 20, 5.0


def run(args: list[str]) -> dict[str, Any]:
    viewers = option(args, "--viewers", 10_000)
    return asyncio.run(_run(viewers))


async def _run(viewers: int) -> dict[str, Any]:
    async with running() as showcase:
        await asyncio.sleep(_SETTLE_SECONDS)
        rss = {name: psutil.Process(showcase.supervisor.pid(name)).memory_info().rss for name in SERVICES}
    weighed = {"ws_deflate": await _weigh_phones(viewers), "sse": await _weigh_listeners(viewers)}
    return {
        "rss_services_bytes": sum(rss.values()),
        "rss_by_service": rss,
        "limit_bytes": 200_000_000,
        "viewers": viewers,
        "rss_per_viewer_bytes": max(one["rss_per_viewer_bytes"] for one in weighed.values()),
        "by_wire": weighed,
    }


async def _weigh_phones(viewers: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="showcase-bench-") as folder:
        client = built("client", Path(folder))
        async with stage() as one, crowd(client, one.port) as load:
            await load.open("warm", _WARM, PATH, "deflate")
            await load.holding("warm")
            await one.show(_CHANGES, _PER_SECOND)
            await load.leave("warm")
            empty = await _scales(one, 0)
            await load.open("all", viewers, PATH, "deflate")
            await load.holding("all")
            await one.show(_CHANGES, _PER_SECOND)
            full = await _scales(one, viewers)
            figures = (await load.tell())["groups"]["all"]
            await load.agree({CHANNEL: await one.current()}, "all")
    share = figures["compressed"] / (figures["deltas"] + figures["snapshots"])
    return _difference(empty, full, viewers) | {"compressed_share": round(share, 3)}


async def _weigh_listeners(viewers: int) -> dict[str, Any]:
    events = PATH.replace("/live", "/live/events", 1)
    async with stage() as one:
        with Listeners(one.port, events, _WARM) as warm:
            await warm.hold()
            await one.show(_CHANGES, _PER_SECOND)
        empty = await _scales(one, 0)
        with Listeners(one.port, events, viewers) as everybody:
            await everybody.hold()
            await one.show(_CHANGES, _PER_SECOND)
            full = await _scales(one, viewers)
            if everybody.broken:
                raise SystemExit(f"{everybody.broken} listeners were sent away")
    return _difference(empty, full, viewers)


async def _scales(one: Stage, viewers: int) -> dict[str, int]:
    """What is held once that many viewers are there and nothing is going on."""
    async with asyncio.timeout(20):
        while await one.metric("viewers") != viewers:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await asyncio.sleep(1.0)
    return {"rss": one.rss(), **_of_the_kernel()}


def _of_the_kernel() -> dict[str, int]:
    """What it tells of itself, in bytes, as far as it does."""
    found = {}
    if slab := re.search(r"SUnreclaim: +(\d+) kB", Path("/proc/meminfo").read_text()):
        found["slab"] = int(slab[1]) * 1024
    if pages := re.search(r"TCP: .*mem (\d+)", Path("/proc/net/sockstat").read_text()):
        found["socket_buffers"] = int(pages[1]) * 4096
    return found


def _difference(empty: dict[str, int], full: dict[str, int], viewers: int) -> dict[str, Any]:
    grown = {f"{name}_per_viewer_bytes": round((full[name] - empty[name]) / viewers) for name in full}
    return grown | {"rss_empty_bytes": empty["rss"], "rss_full_bytes": full["rss"]}
