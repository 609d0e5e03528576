"""Resident memory of the three services at rest, with the reference event loaded and nobody watching."""

import asyncio
from typing import Any

import psutil

from bench.running import running
from services.serve import SERVICES

_SETTLE_SECONDS = 3.0


def run(_args: list[str]) -> dict[str, Any]:
    return asyncio.run(_run())


async def _run() -> dict[str, Any]:
    async with running() as showcase:
        await asyncio.sleep(_SETTLE_SECONDS)
        rss = {name: psutil.Process(showcase.supervisor.pid(name)).memory_info().rss for name in SERVICES}
    return {"rss_services_bytes": sum(rss.values()), "rss_by_service": rss, "limit_bytes": 200_000_000}
