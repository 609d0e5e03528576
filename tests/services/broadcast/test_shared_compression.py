"""What one compressor makes for everybody is read rightly by clients of three makes, whatever happens in between."""

import contextlib
import os
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.broadcast import wheel
from tests.services.broadcast.other_clients import (
    Client,
    Clients,
    chromium_clients,
    node_clients,
    python_clients,
)
from tests.services.broadcast.service import CHANNEL, Broadcast, Start, until


class Competition:
    """Boards that go on from one to the next, and what the service tells of them."""

    def __init__(self, broadcast: Broadcast) -> None:
        self._broadcast = broadcast
        self.seq = 0

    async def goes_on(self, marks: int) -> None:
        for _ in range(marks):
            self.seq += 1
            totals = {f"competitor-{n}": {"total": f"{(self.seq + 9 - n) // 10 / 4:.2f}"} for n in range(10)}
            await self._broadcast.show(self.seq, totals, {"title": {"en": "Electronics", "zh": "电子技术"}})

    async def grows_until_somebody_is_skipped(self) -> None:
        before = await self._broadcast.figure("skips_total")
        while await self._broadcast.figure("skips_total") == before:
            self.seq += 1
            noise = {str(n): {"text": os.urandom(1024).hex()} for n in range(200)}
            await self._broadcast.show(self.seq, noise)

    async def seen_by(self, client: Client) -> None:
        """Wait until the client holds what the service tells."""
        async with self._broadcast.http.get(f"{self._broadcast.url}/live/state/{CHANNEL}") as answer:
            told = await answer.json()

        async def current() -> bool:
            return (await client.report()).board == {"epoch": told["epoch"], "seq": told["seq"], **told["state"]}

        await until(current)
        assert (await client.report()).complaints == []


@pytest.mark.parametrize(
    "clients",
    [
        pytest.param(python_clients, id="websockets"),
        pytest.param(node_clients, id="node ws"),
        pytest.param(chromium_clients, id="chromium"),
    ],
)
async def test_clients_read_it_whether_they_come_late_are_skipped_or_resume(
    start: Start, monkeypatch: pytest.MonkeyPatch, clients: Clients
) -> None:
    monkeypatch.setattr(wheel, "PING_SECONDS", 2)  # pings come in between all the time
    settings: dict[str, Any] = {"tick_ms": 5, "soft_limit_bytes": 1024, "drain_seconds": 0.2, "behind_seconds": 30}
    async with contextlib.AsyncExitStack() as service:
        broadcast = await service.enter_async_context(start(**settings))
        async with clients(broadcast.port) as make, make() as early, make() as late:
            await _play(broadcast, early, late)
            await service.aclose()
            for client in (early, late):
                await until(_was_sent_away(client))


async def _play(broadcast: Broadcast, early: Client, late: Client) -> None:
    competition = Competition(broadcast)
    await competition.goes_on(1)
    address = f"ws://127.0.0.1:{broadcast.port}/live?c={CHANNEL}"
    assert "permessage-deflate" in await early.open(address)
    await competition.goes_on(20)

    await late.open(address)
    await competition.goes_on(1)
    await competition.seen_by(late)
    await competition.goes_on(20)
    await competition.seen_by(early)
    await competition.seen_by(late)
    assert await broadcast.figure("sent_bytes_total") < 0.5 * await broadcast.figure("plain_bytes_total")

    await early.stop_reading()
    await competition.grows_until_somebody_is_skipped()
    await competition.goes_on(3)
    await early.read_again()
    await competition.seen_by(early)
    await competition.goes_on(20)
    await competition.seen_by(early)

    await late.close()
    await until(_watched_by(broadcast, 1))
    await competition.goes_on(3)
    deltas = (await late.report()).deltas
    await late.open(address)
    await competition.seen_by(late)
    assert (await late.report()).deltas == deltas + 3, "it got what it missed, and no snapshot"
    await competition.goes_on(20)
    await competition.seen_by(late)
    await competition.seen_by(early)


def _watched_by(broadcast: Broadcast, number: int) -> Callable[[], Awaitable[bool]]:
    async def watched() -> bool:
        return await broadcast.figure('viewers{wire="deflate"}') == number

    return watched


def _was_sent_away(client: Client) -> Callable[[], Awaitable[bool]]:
    async def gone() -> bool:
        report = await client.report()
        return (report.byes, report.code) == (1, 1012)

    return gone
