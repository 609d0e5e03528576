"""Durable marks acknowledged per second over real HTTP with 64 judges at once, against a limit of the same run.

All three services run; every mark is a correction that names the seq it saw, so each is decided, stored with a flush,
answered, relayed, folded and published. At the end those that were acknowledged, and no others, must be in the ledger.

The limit of the embedded engine is an aiohttp handler that answers an empty 200 to the same client, before and after.
That of the cluster engine is what the database server takes when nothing else runs: the same documents, into an
empty collection with the same indexes, acknowledged as safely, 64 at a time.
"""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psutil

from bench.database import database_alone
from bench.options import option
from bench.parts import engine_of, parts
from bench.running import Running, running
from services.rehearsal.audit import read_held, read_ledger

_JUDGES = 64
_SECONDS = 6.0
_MARKS = "bench-"


def run(args: list[str]) -> dict[str, Any]:
    seconds = option(args, "--seconds", _SECONDS)
    return asyncio.run(_on_cluster(seconds) if engine_of(args) == "cluster" else _on_embedded(seconds))


async def _on_embedded(seconds: float) -> dict[str, Any]:
    async with running() as showcase:
        plan = await warm_plan(showcase, _JUDGES)
        with _empty_server() as (pid, port):
            limit_plan = {**plan, "port": port, "path": "/", "seconds": seconds / 2}
            before = await load(limit_plan, pid)
            marks = await load({**plan, "seconds": seconds}, showcase.supervisor.pid("livescore"))
            after = await load(limit_plan, pid)
        held = read_ledger(showcase.place.data, showcase.event.competition_id).marks
    limit = (before["per_s"] + after["per_s"]) / 2
    return {
        "marks_per_s": round(marks["per_s"]),
        "limit_per_s": round(limit),
        "ratio": round(marks["per_s"] / limit, 3),
        "p50_ms": round(marks["p50_ms"], 2),
        "p99_ms": round(marks["p99_ms"], 2),
        "limit_p99_ms": round(after["p99_ms"], 2),
        "cpu_us_per_mark": round(marks["cpu_us"]),
        "limit_cpu_us": round((before["cpu_us"] + after["cpu_us"]) / 2),
        **_kept(marks, held),
    }


async def _on_cluster(seconds: float) -> dict[str, Any]:
    async with parts("cluster") as cluster:
        assert cluster is not None
        async with running(cluster) as showcase:
            plan = await warm_plan(showcase, _JUDGES)
            marks = await load({**plan, "seconds": seconds}, showcase.supervisor.pid("livescore"))
            held = (await read_held(showcase.place, showcase.event.competition_id)).marks
        limit = await database_alone(cluster, _JUDGES)
    return {
        "marks_per_s": round(marks["per_s"]),
        "limit_per_s": round(limit),
        "ratio": round(marks["per_s"] / limit, 3),
        "p50_ms": round(marks["p50_ms"], 2),
        "p99_ms": round(marks["p99_ms"], 2),
        "cpu_us_per_mark": round(marks["cpu_us"]),
        **_kept(marks, held),
    }


def _kept(marks: dict[str, Any], held: list[str]) -> dict[str, Any]:
    """What was acknowledged and is in the ledger; it ends the measurement when these are not the same."""
    in_ledger = sum(mark.startswith(_MARKS) for mark in held)
    if in_ledger != marks["answered"]:
        raise SystemExit(f"{marks['answered']} marks were acknowledged, {in_ledger} are in the ledger")
    return {
        "acknowledged": marks["answered"],
        "in_ledger": in_ledger,
        "refused": marks["refused"],
        "example": marks["example"],
    }


async def warm_plan(showcase: Running, judges: int) -> dict[str, Any]:
    """What the client needs: the address, and a cell of its own for each judge; everything is warm afterwards.

    One judge more warms it up: the client knows of no mark that it did not give itself.
    """
    plan = _plan_for(showcase, await showcase.judges(judges + 1))
    first, *others = plan["cells"]
    await load({**plan, "seconds": 0.5, "cells": [{**first, "id": "warm"}]})
    return {**plan, "cells": others}


def _plan_for(showcase: Running, tokens: list[str]) -> dict[str, Any]:
    """The address, and a cell of its own for each of these judges."""
    counted = [
        (competitor, aspect)
        for aspect in ("C1.1", "C2.1", "D1.1", "F1.1", "G1.3", "A1.2", "B1.2")
        for competitor in showcase.cast.competitors.values()
    ]
    url = urlsplit(showcase.marks_url)
    cells = [
        {"id": f"{_MARKS}{n}", "token": token, "competitor": competitor, "aspect": aspect}
        for n, (token, (competitor, aspect)) in enumerate(zip(tokens, counted, strict=False))
    ]
    return {"host": url.hostname, "port": url.port, "path": url.path, "cells": cells}


async def load(plan: dict[str, Any], server: int | None = None) -> dict[str, Any]:
    """Run the client; with the server's pid, also the CPU time its process spent per answer."""
    before = _cpu_seconds(server)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.ingest_client", stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    out, _ = await process.communicate(json.dumps(plan).encode())
    result: dict[str, Any] = json.loads(out)
    return {**result, "cpu_us": 1e6 * (_cpu_seconds(server) - before) / result["answered"]}


def _cpu_seconds(pid: int | None) -> float:
    return 0.0 if pid is None else float(sum(psutil.Process(pid).cpu_times()[:2]))


@contextlib.contextmanager
def _empty_server() -> Iterator[tuple[int, int]]:
    with subprocess.Popen(
        [sys.executable, "-m", "bench.empty_server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        yield server.pid, int(server.stdout.readline())
        assert server.stdin is not None
        server.stdin.close()
