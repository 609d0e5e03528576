"""One broadcast process with a board of any size to show, for measurements that need nothing else of the system.

The process is `services serve broadcast` on the embedded bus; boards are published on that bus as livescore does.
"""

import asyncio
import contextlib
import re
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from bench.programs import broadcast, cpu_ns
from shared.bus.port import Message
from shared.bus.sqlite import SqliteBus
from shared.contracts.board import Board, encode_board
from shared.contracts.topics import BOARDS

CHANNEL = "competition/bench.stage"
PATH = f"/live?c={CHANNEL}"
_CRITERIA = "ABCDEFG"


def board(seq: int, rows: int, moved: int) -> Board:
    """The board after so many changes, each of which brought `moved` competitors a mark; `sent` says when."""

    def row(n: int) -> dict[str, Any]:
        marks = (seq * moved + rows - 1 - n) // rows
        return {
            "bib": f"{n:03}",
            "name": f"Competitor {n}",
            "country": "GB" if n % 2 else "CN",
            "status": "competing",
            "marked": marks,
            "total": f"{marks / 4:.2f}",
            "criteria": {criterion: f"{(marks + place) / 28:.2f}" for place, criterion in enumerate(_CRITERIA)},
            "rank": n + 1,
        }

    head = {
        "competition": CHANNEL.partition("/")[2],
        "title": {"en": "Electronics", "zh": "电子技术"},
        "mode": "marks",
        "aspects": 80,
        "max": "100.00",
        "criteria": [{"id": criterion, "max": "15.00"} for criterion in _CRITERIA],
        "sent": str(time.monotonic_ns()),
    }
    return Board(
        channel=CHANNEL, epoch="bench", seq=seq, head=head, rows={f"competitor-{n:04}": row(n) for n in range(rows)}
    )


@dataclass(slots=True)
class Stage:
    pid: int
    port: int
    rows: int
    moved: int
    bus: SqliteBus
    seq: int = 0

    async def show(self, boards: int = 1, per_second: float = 0.0) -> dict[int, int]:
        """Publish changes in their rhythm, or at once; when each was made, by its seq."""
        made, due = {}, time.monotonic()
        for _ in range(boards):
            self.seq += 1
            one = board(self.seq, self.rows, self.moved)
            made[self.seq] = int(one.head["sent"])
            await self.bus.publish(BOARDS, [Message(CHANNEL, encode_board(one))])
            if per_second:
                due += 1 / per_second
                await asyncio.sleep(max(0.0, due - time.monotonic()))
        return made

    async def state(self) -> Any:
        """The snapshot that polling gets, or None while there is none."""
        address = f"http://127.0.0.1:{self.port}/live/state/{CHANNEL}"
        async with aiohttp.ClientSession() as http, http.get(address) as answer:
            return await answer.json() if answer.status == 200 else None

    async def current(self, seconds: float = 10.0) -> Any:
        """The snapshot of what was published last, once it is there."""
        async with asyncio.timeout(seconds):
            while (state := await self.state()) is None or state["seq"] < self.seq:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return state

    async def metric(self, name: str, label: str = "") -> float:
        """The sum of a metric over its labels, or of one of them as `code="4008"`; 0 where nothing was counted."""
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"http://127.0.0.1:{self.port}/metrics") as answer,
        ):
            text = await answer.text()
        labels = rf"{{[^}}]*{label}[^}}]*}}" if label else r"(?:{[^}]*})?"
        found = re.findall(rf"^showcase_broadcast_{name}(?:_total)?{labels} (\S+)$", text, re.MULTILINE)
        if not found and f"showcase_broadcast_{name}" not in text:
            raise SystemExit(f"broadcast does not count {name}")
        return sum(map(float, found))

    def rss(self) -> int:
        return int(psutil.Process(self.pid).memory_info().rss)

    def cpu_s(self) -> float:
        return cpu_ns(self.pid) / 1e9


@contextlib.asynccontextmanager
async def stage(rows: int = 10, moved: int = 1, **settings: str) -> AsyncIterator[Stage]:
    """A process that shows its first board; settings are its own, as in `BROADCAST_<NAME>`."""
    with tempfile.TemporaryDirectory(prefix="showcase-bench-") as folder:
        data = Path(folder) / "data"
        async with SqliteBus(data / "bus", "bench") as bus, broadcast(data, **settings) as (pid, port):
            one = Stage(pid, port, rows, moved, bus)
            await one.show()
            await one.current(20.0)
            yield one
