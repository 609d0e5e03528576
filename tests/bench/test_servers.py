"""All that fan-out compares do the same: each brings every viewer through the same frames to the state it tells."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from bench.crowd import crowd
from bench.servers import Opening, ours, peers, wall
from bench.stage import CHANNEL, PATH

INSTALLED = {name: opening for name, opening in peers().items() if opening is not None}


@pytest.mark.parametrize("name", ["wall", "ours", "ours, deflate", *INSTALLED])
async def test_a_server_of_the_comparison_brings_all_viewers_to_the_state_it_tells(
    name: str, limit: Path, client: Path
) -> None:
    openings: dict[str, Opening] = {"wall": lambda: wall(limit), "ours": ours, "ours, deflate": ours, **INSTALLED}
    async with openings[name]() as server, crowd(client, server.port) as load:
        await load.open("viewers", 20, PATH, *(["deflate"] if "deflate" in name else []))
        await load.opened("viewers", 10)
        for _ in range(4):
            seq = await server.show()
            await load.holding("viewers", 10)
        await load.until("viewers", lambda told: bool(told["oldest"] == seq), 10)
        # Whoever publishes goes on at its own pace while the server is behind: else nothing would ever be late.
        os.kill(server.pid, signal.SIGSTOP)
        try:
            async with asyncio.timeout(10):
                for _ in range(4):
                    seq = await server.show()
        finally:
            os.kill(server.pid, signal.SIGCONT)
        await load.until("viewers", lambda told: bool(told["oldest"] == seq), 10)
        assert await load.agree({CHANNEL: await server.state()}) == 20
        assert server.cpu_us() > 0
