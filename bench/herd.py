"""Broadcast restarts under 10,000 viewers while judges mark: how soon all are current again, and what judges notice.

All three services run under their supervisor; 64 judges mark at a steady pace through the real edge, and every viewer
follows what the page follows (competition, showcase, how many watch) and comes back as docs/protocol.md says. Broadcast
is killed and started again by the supervisor, then it is stopped in order and started again, then it is replaced, as by
an operator with a new version. `recovered_s` runs from then until each viewer has come back, all are connected and as
far as anybody was when the last one was. Judges must get no error meanwhile, and their answers must not come later.

Options: --viewers N (10000), --marks-per-second X (10; the reference event has 0.07).
"""

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from bench.crowd import Crowd, Json, crowd
from bench.ingest import warm_plan
from bench.options import option
from bench.programs import built
from bench.running import Running, running
from bench.steady_judges import Answer, steady_judges
from shared.contracts.names import showcase_stream

_JUDGES = 64
_CALM_SECONDS = 5.0
_PATIENCE_SECONDS = 90.0


def run(args: list[str]) -> dict[str, Any]:
    return asyncio.run(_run(option(args, "--viewers", 10_000), option(args, "--marks-per-second", 10.0)))


async def _run(viewers: int, marks_per_second: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="showcase-bench-") as folder:
        client = built("client", Path(folder))
        async with running() as showcase, crowd(client, showcase.place.ports["broadcast"]) as load:
            plan = await warm_plan(showcase, _JUDGES)
            followed = (
                showcase.channel,
                showcase_stream(showcase.event.showcase["id"]),
                f"audience/{showcase.channel}",
            )
            path = "/live?" + "&".join(f"c={channel}" for channel in followed)
            await load.open("all", viewers, path, "deflate", "return")
            await load.holding("all", 60)
            async with steady_judges(plan, marks_per_second) as answers:
                calm = time.monotonic()
                await asyncio.sleep(_CALM_SECONDS)
                restarts = {}
                for name, act in _restarts(showcase).items():
                    restarts[name] = await _restart(load, act)
                    await asyncio.sleep(_CALM_SECONDS)
            await _agree(showcase, load, followed[:2])  # how many watch goes on moving
    errors = [one.error for one in answers if one.error]
    return {
        "viewers": viewers,
        "recovered_s": max(one["recovered_s"] for one in restarts.values()),
        "judge_ack_p99_ms": _p99_ms(answers),
        "judge_ack_max_ms": round(max(one.seconds for one in answers) * 1000, 1),
        "judge_errors": len(errors),
        "marks": len(answers),
        "judge_ack_p99_calm_ms": _p99_ms(_between(answers, calm, restarts["killed"]["began"])),
        **{name: _told(one, answers) for name, one in restarts.items()},
        "example": errors[0] if errors else None,
    }


def _restarts(showcase: Running) -> dict[str, Callable[[], Awaitable[None]]]:
    """Ways to restart broadcast; what each does returns when it is under way."""

    def signalled(how: signal.Signals) -> Callable[[], Awaitable[None]]:
        async def act() -> None:
            os.kill(showcase.supervisor.pid("broadcast"), how)

        return act

    return {
        "killed": signalled(signal.SIGKILL),
        "stopped": signalled(signal.SIGTERM),
        "replaced": lambda: showcase.supervisor.replace("broadcast"),
    }


async def _restart(load: Crowd, act: Callable[[], Awaitable[None]]) -> dict[str, Any]:
    """Do it, and wait until every viewer has come back and is current."""
    await load.report()
    began = time.monotonic()
    doing = asyncio.ensure_future(act())
    told: Json = {}
    back, wanted = 0.0, -1
    while time.monotonic() - began < _PATIENCE_SECONDS:
        await asyncio.sleep(0.05)
        told = (await load.tell())["groups"]["all"]
        if not back and told["joins"] >= told["viewers"] == told["open"]:
            back, wanted = time.monotonic() - began, told["newest"]
        if back and told["oldest"] >= wanted:
            break
    else:
        raise SystemExit(f"not all were current after {_PATIENCE_SECONDS:.0f} s: {told['open']} connected")
    recovered = time.monotonic() - began
    await doing
    return {
        "began": began,
        "ended": began + recovered,
        "recovered_s": round(recovered, 2),
        "all_connected_after_s": round(back, 2),
        "joins": told["joins"],
        "snapshots": told["snapshots"],
        "closes": told["closes"],
    }


def _told(restart: dict[str, Any], all_answers: Sequence[Answer]) -> dict[str, Any]:
    answers = _between(all_answers, restart.pop("began"), restart.pop("ended"))
    return restart | {"judge_ack_p99_ms": _p99_ms(answers), "marks": len(answers)}


def _between(answers: Sequence[Answer], begin: float, end: float) -> list[Answer]:
    return [one for one in answers if begin <= one.at < end]


def _p99_ms(answers: Sequence[Answer]) -> float:
    took = sorted(one.seconds for one in answers)
    return round(took[int(len(took) * 0.99)] * 1000, 1) if took else 0.0


async def _agree(showcase: Running, load: Crowd, channels: Sequence[str]) -> None:
    """Once nobody marks any more, all viewers hold what polling gets of these."""
    told = {}
    for channel in channels:
        address = f"{showcase.place.url('broadcast')}/live/state/{channel}"
        told[channel] = (await showcase.http.send("GET", address)).body
    await load.until("all", lambda group: bool(group["oldest"] >= told[channels[0]]["seq"]))
    await load.agree(told)
