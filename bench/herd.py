"""Broadcast restarts under 10,000 viewers while judges mark: how soon all are current again, and what judges notice.

All three services run under their supervisor; 64 judges mark at a steady pace through the real edge, and every viewer
follows what the page follows (competition, showcase, how many watch) and comes back as docs/protocol.md says. First
broadcast is killed and started again by the supervisor, then it is stopped in order and started again. `recovered_s`
runs from the signal until all are connected and as far as anybody was when the last one was back. Judges must get no
error meanwhile, and their answers must not come later.

Options: --viewers N (10000), --marks-per-second X (5, some hundred times what an event has).
"""

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.crowd import Crowd, Json, crowd
from bench.ingest import load as warm_up
from bench.ingest import plan_for
from bench.programs import built
from bench.running import Running, running
from bench.steady_judges import Answer, SteadyJudges
from shared.contracts.names import showcase_stream

_JUDGES = 64
_CALM_SECONDS = 5.0
_PATIENCE_SECONDS = 90.0


def run(args: list[str]) -> dict[str, Any]:
    def option(name: str, usual: float) -> float:
        return float(args[args.index(name) + 1]) if name in args else usual

    return asyncio.run(_run(int(option("--viewers", 10_000)), option("--marks-per-second", 5.0)))


async def _run(viewers: int, marks_per_second: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="showcase-bench-") as folder:
        client = built("client", Path(folder))
        async with running() as showcase, crowd(client, showcase.place.ports["broadcast"]) as load:
            plan, cells = plan_for(showcase, await showcase.judges(_JUDGES))
            await warm_up({**plan, "seconds": 0.5, "cells": [{**one, "id": f"warm-{one['id']}"} for one in cells[:1]]})
            followed = (
                showcase.channel,
                showcase_stream(showcase.event.showcase["id"]),
                f"audience/{showcase.channel}",
            )
            path = "/live?" + "&".join(f"c={channel}" for channel in followed)
            await load.open("all", viewers, path, "deflate", "return")
            await load.holding("all", 60)
            async with SteadyJudges(plan, cells[1:], marks_per_second) as judges:
                calm = time.monotonic()
                await asyncio.sleep(_CALM_SECONDS)
                killed = await _restart(showcase, load, signal.SIGKILL)
                await asyncio.sleep(_CALM_SECONDS)
                stopped = await _restart(showcase, load, signal.SIGTERM)
                await asyncio.sleep(_CALM_SECONDS)
            told = (await load.tell())["groups"]["all"]
            await _agree(showcase, load, followed)
    began = killed["began"]
    return {
        "viewers": viewers,
        "recovered_s": max(killed["recovered_s"], stopped["recovered_s"]),
        "judge_ack_p99_ms": _p99_ms(judges.answers),
        "judge_errors": len(errors := [one.error for one in judges.answers if one.error]),
        "marks": len(judges.answers),
        "judge_ack_p99_calm_ms": _p99_ms(judges.between(calm, began)),
        "killed": _told(killed, judges),
        "stopped": _told(stopped, judges),
        "faults": told["faults"],
        "example": errors[0] if errors else None,
    }


async def _restart(showcase: Running, load: Crowd, how: signal.Signals) -> dict[str, Any]:
    """Signal broadcast and wait until every viewer is back and current."""
    pid, starts = showcase.supervisor.pid("broadcast"), showcase.supervisor.starts("broadcast")
    await load.report()
    began = time.monotonic()
    os.kill(pid, how)
    told: Json = {}
    started = back = 0.0
    wanted = -1
    while time.monotonic() - began < _PATIENCE_SECONDS:
        await asyncio.sleep(0.05)
        now = time.monotonic()
        told = (await load.tell())["groups"]["all"]
        if not started and showcase.supervisor.starts("broadcast") > starts:
            started = now - began
        if not back and started and told["open"] == told["viewers"]:
            back, wanted = now - began, told["newest"]
        if back and told["oldest"] >= wanted:
            break
    else:
        raise SystemExit(f"not all were current after {_PATIENCE_SECONDS:.0f} s: {told['open']} connected")
    return {
        "began": began,
        "ended": time.monotonic(),
        "recovered_s": round(time.monotonic() - began, 2),
        "started_after_s": round(started, 2),
        "all_connected_after_s": round(back, 2),
        "joins": told["joins"],
        "snapshots": told["snapshots"],
        "closes": told["closes"],
    }


def _told(restart: dict[str, Any], judges: SteadyJudges) -> dict[str, Any]:
    answers = judges.between(restart.pop("began"), restart.pop("ended"))
    return restart | {"judge_ack_p99_ms": _p99_ms(answers), "marks": len(answers)}


def _p99_ms(answers: Sequence[Answer]) -> float:
    took = sorted(one.seconds for one in answers)
    return round(took[int(len(took) * 0.99)] * 1000, 1) if took else 0.0


async def _agree(showcase: Running, load: Crowd, followed: Sequence[str]) -> None:
    """Once nobody marks any more, all viewers hold what polling gets; the count of viewers goes on moving."""
    told = {}
    for channel in followed:
        address = f"{showcase.place.url('broadcast')}/live/state/{channel}"
        told[channel] = (await showcase.http.send("GET", address)).body
    await load.until("all", lambda group: bool(group["oldest"] >= told[followed[0]]["seq"]))
    for end in await load.ends():
        for channel in followed[:2]:
            wanted = {"epoch": told[channel]["epoch"], "seq": told[channel]["seq"], **told[channel]["state"]}
            if end.held.get(channel) != wanted:
                raise SystemExit(f"{end.viewers} viewers hold another state of {channel} than they should")
