"""How many viewers a second can join, each with its snapshot, while the board changes once in between.

The load client keeps a number of connections under way and counts a viewer when it holds the board; half way, another
board is published, so that there is one version whose snapshot has to be built, and one for whom it was when the first
viewers came before the measurement. At the end all hold the same board, the one that polling gets. `server_share` is
how much of a core the service used meanwhile: near 1 means that the service was the limit and not the client beside
it, whose share is `client_share`.

Options: --viewers N (10000), --plain (do not offer deflate).
"""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.crowd import crowd
from bench.options import option
from bench.programs import built
from bench.stage import CHANNEL, PATH, stage

_AT_ONCE = "flight=256"
_WARM = 500


def run(args: list[str]) -> dict[str, Any]:
    viewers = option(args, "--viewers", 10_000)
    return asyncio.run(_run(viewers, deflate="--plain" not in args))


async def _run(viewers: int, *, deflate: bool) -> dict[str, Any]:
    options = [_AT_ONCE, "deflate"] if deflate else [_AT_ONCE]
    with tempfile.TemporaryDirectory(prefix="showcase-bench-") as folder:
        client = built("client", Path(folder))
        async with stage() as one, crowd(client, one.port) as load:
            await load.open("warm", _WARM, PATH, *options)
            await load.holding("warm")
            await load.leave("warm")
            await load.report()
            before, cpu, began = await one.metric("snapshots"), one.cpu_s(), time.monotonic()
            await load.open("all", viewers, PATH, *options)
            await load.until("all", lambda told: bool(told["holding"] >= viewers / 2))
            await one.show()
            await load.holding("all", 60)
            took, cpu = time.monotonic() - began, one.cpu_s() - cpu
            told = await load.tell()
            figures = told["groups"]["all"]
            builds = await one.metric("snapshots") - before
            await load.until("all", lambda told: bool(told["oldest"] == one.seq))
            await load.agree({CHANNEL: await one.current()}, "all")
    joined_s = figures["joined_s"]
    return {
        "viewers": viewers,
        "joins_per_s": round(viewers / joined_s),
        "snapshot_builds": round(builds),
        "versions": 1,
        "joined_s": round(joined_s, 2),
        "handshake_p99_ms": figures["handshake_ms"]["p99"],
        "snapshot_p50_ms": figures["snapshot_ms"]["p50"],
        "snapshot_p99_ms": figures["snapshot_ms"]["p99"],
        "cpu_us_per_join": round(cpu / viewers * 1e6, 1),
        "server_share": round(cpu / took, 2),
        "client_share": round(told["cpu_share"], 2),
        "closes": figures["closes"],
    }
