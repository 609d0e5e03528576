"""What viewers who stop reading do to the others, to the server's memory, and what becomes of themselves.

A tenth of all viewers stops reading and reads again, in turns with nobody being slow; the others' p99 of both kinds of
turns is compared. The slow have small receive buffers and take plain frames, so that bytes are held back for them
within the second, as for a phone that went to sleep on a bad line. In the end they stop for longer than the server
puts up with: all must be let go (4008) within ten seconds of falling behind, and be current ten seconds after they read
again, because they come back as docs/protocol.md says. Memory is the server's growth while nobody reads.

Twice: with a board of ten rows that changes 20 times a second, and with one of 300 rows of which 100 change, 4 times
a second. Takes two minutes.

Options: --viewers N (5000; of the large board two fifths of it), --turns N (4), --board small|large (both).
"""

import asyncio
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.crowd import Crowd, crowd
from bench.options import option
from bench.programs import built
from bench.stage import CHANNEL, PATH, Stage, stage

_SLOW_SHARE = 0.1
_RECEIVE_BUFFER = 8192
_TOO_SLOW = 'code="4008"'
_TURN_SECONDS = 3.0
_WAIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Scene:
    rows: int
    moved: int
    per_second: float
    viewers_share: float


_SCENES = {"small": _Scene(10, 10, 20.0, 1.0), "large": _Scene(300, 100, 4.0, 0.4)}


def run(args: list[str]) -> dict[str, Any]:
    only = option(args, "--board", "")
    viewers, turns = option(args, "--viewers", 5000), option(args, "--turns", 4)
    return asyncio.run(_run({name: one for name, one in _SCENES.items() if only in {"", name}}, viewers, turns))


async def _run(scenes: dict[str, _Scene], viewers: int, turns: int) -> dict[str, Any]:
    found = {}
    with tempfile.TemporaryDirectory(prefix="showcase-bench-") as folder:
        client = built("client", Path(folder))
        for name, scene in scenes.items():
            found[name] = await _play(client, scene, int(viewers * scene.viewers_share), turns)
    return {
        "p99_ratio": max(one["p99_ratio"] for one in found.values()),
        "closed_after_s": max(one["closed_after_s"] for one in found.values()),
        "current_after_s": max(one["current_after_s"] for one in found.values()),
        "boards": found,
    }


async def _play(client: Path, scene: _Scene, viewers: int, turns: int) -> dict[str, Any]:
    slow = int(viewers * _SLOW_SHARE)
    async with stage(scene.rows, scene.moved) as one, crowd(client, one.port) as load:
        await load.open("quick", viewers - slow, PATH, "deflate", "return")
        await load.open("slow", slow, PATH, "return", f"buffer={_RECEIVE_BUFFER}")
        await load.holding("quick")
        await load.holding("slow")
        rain = asyncio.create_task(_rain(one, scene.per_second))
        try:
            await asyncio.sleep(2.0)
            calm, stalled, rss = [], [], one.rss()
            for _ in range(turns):
                calm.append(await _turn(load))
                await load.stall("slow", slow)
                stalled.append(await _turn(load))
                await load.stall("slow", 0)
                await _back(load)
            ending = await _too_long(one, load, slow, rss)
        finally:
            rain.cancel()
        await load.until("quick", lambda told: bool(told["oldest"] == one.seq))
        await load.until("slow", lambda told: bool(told["oldest"] == one.seq))
        told = (await load.tell())["groups"]
        await load.agree({CHANNEL: await one.current()})
    p99, others = statistics.median(calm), statistics.median(stalled)
    return {
        "viewers": viewers,
        "slow": slow,
        "p99_ratio": round(others / p99, 3),
        "p99_ms": round(others, 1),
        "p99_without_slow_ms": round(p99, 1),
        "p99_by_turn_ms": [[round(one, 1) for one in calm], [round(one, 1) for one in stalled]],
        "quick_sent_away": sum(told["quick"]["closes"].values()),
        **ending,
    }


async def _rain(one: Stage, per_second: float) -> None:
    while True:
        await one.show(1, per_second)


async def _turn(load: Crowd) -> float:
    """The quick ones' p99 over some seconds."""
    await asyncio.sleep(0.5)  # what was under way belongs to neither
    await load.report()
    await asyncio.sleep(_TURN_SECONDS)
    return float((await load.tell())["groups"]["quick"]["age_ms"]["p99"])


async def _back(load: Crowd) -> float:
    """Wait until the slow are connected and as far as the quick; how long that took."""
    began = time.monotonic()
    while time.monotonic() - began < _WAIT_SECONDS:
        told = (await load.tell())["groups"]
        slow = told["slow"]
        # The newest board is on its way to some of the quick as well.
        if slow["open"] == slow["viewers"] and slow["oldest"] >= told["quick"]["oldest"] - 1:
            return time.monotonic() - began
        await asyncio.sleep(0.05)
    raise SystemExit(f"the slow were not current after {_WAIT_SECONDS:.0f} s")


async def _too_long(one: Stage, load: Crowd, slow: int, rss: int) -> dict[str, Any]:
    """Nobody of the slow reads until the server has let go of all of them; `rss` is what it held before all that."""
    closed = await one.metric("closes", _TOO_SLOW)
    behind_at = gone_at = 0.0
    most_behind, most_rss, began = 0.0, rss, time.monotonic()
    await load.stall("slow", slow)
    while not gone_at and time.monotonic() - began < _WAIT_SECONDS:
        await asyncio.sleep(0.1)
        now = time.monotonic() - began
        most_rss = max(most_rss, one.rss())
        most_behind = max(most_behind, behind := await one.metric("viewers_behind"))
        if not behind_at and behind >= slow:
            behind_at = now
        if await one.metric("closes", _TOO_SLOW) - closed >= slow:
            gone_at = now
    if not gone_at:
        raise SystemExit(f"the slow were not let go in {_WAIT_SECONDS:.0f} s; {most_behind:.0f} were behind")
    await load.stall("slow", 0)
    current = await _back(load)
    return {
        "all_behind_after_s": round(behind_at, 1),
        "closed_after_s": round(gone_at - behind_at, 1),
        "current_after_s": round(current, 1),
        "rss_growth_bytes": most_rss - rss,
        "rss_growth_per_slow_bytes": round((most_rss - rss) / slow),
    }
