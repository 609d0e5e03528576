"""Viewer robots: follow a board over a real WebSocket, apply every delta, and remember when they saw what.

A robot does what the protocol asks of any client: it checks that a delta begins where it stands, comes back with its
position when it does not or when the connection ends, and never takes an older state than it has.
"""

import asyncio
import itertools
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake


@dataclass(slots=True)
class Seen:
    """The state a viewer has, and for each competitor the times at which its count of settled marks was reached."""

    epoch: str = ""
    seq: int = -1
    head: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    reached: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    connections: int = 0

    def apply(self, frame: dict[str, Any], now: float) -> bool:
        """Take a frame; False when the viewer has to ask again with its position."""
        if frame["type"] == "snapshot":
            if frame["epoch"] == self.epoch and frame["seq"] < self.seq:
                self.faults.append(f"a snapshot of {frame['seq']} after {self.seq}")
                return True
            self.epoch, self.seq = frame["epoch"], frame["seq"]
            self.head, self.rows = frame["state"]["head"], frame["state"]["rows"]
            changed = set(self.rows)
        elif frame["type"] == "delta":
            if frame["epoch"] != self.epoch or frame["base"] != self.seq:
                return False
            if frame["seq"] <= self.seq:
                self.faults.append(f"a change to {frame['seq']} after {self.seq}")
            self.seq = frame["seq"]
            _merge(self.head, frame.get("head", {}))
            changed = set()
            for row, change in frame.get("rows", {}).items():
                if change is None:
                    self.rows.pop(row, None)
                else:
                    _merge(self.rows.setdefault(row, {}), change)
                    if "marked" in change:
                        changed.add(row)
        else:
            return True
        for row in changed:
            self.reached.setdefault(row, []).append((self.rows[row].get("marked", 0), now))
        return True


def _merge(into: dict[str, Any], change: dict[str, Any]) -> None:
    for name, value in change.items():
        if value is None:
            into.pop(name, None)
        else:
            into[name] = value


class Viewer:
    """One robot; run it as a task. Each time it comes, it comes to the next of several addresses."""

    def __init__(self, urls: Sequence[str], channel: str) -> None:
        self.seen = Seen()
        self.connected = False
        self._urls = itertools.cycle([f"{url.replace('http', 'ws', 1)}/live?c={channel}" for url in urls])

    async def run(self) -> None:
        while True:
            retry = random.uniform(0.05, 0.3)
            since = f"&since={self.seen.epoch}.{self.seen.seq}" if self.seen.epoch else ""
            try:
                async with connect(next(self._urls) + since, proxy=None, compression=None, open_timeout=10) as socket:
                    self.connected = True
                    self.seen.connections += 1
                    async for message in socket:
                        frame = orjson.loads(message)
                        if frame["type"] == "bye":
                            retry = frame["retry_ms"] / 1000
                        elif not self.seen.apply(frame, time.perf_counter()):
                            retry = 0.0
                            break
            except (OSError, ConnectionClosed, InvalidHandshake, TimeoutError):
                pass  # a viewer comes back by itself
            finally:
                self.connected = False
            await asyncio.sleep(retry)


class Audience:
    """Many viewers of one channel; open with `async with`, entered when all have a state.

    Several addresses are as many nodes, among which the viewers are spread.
    """

    def __init__(self, url: str | Sequence[str], channel: str, size: int) -> None:
        urls = [url] if isinstance(url, str) else list(url)
        turned = [urls[n:] + urls[:n] for n in range(len(urls))]
        self.viewers = [Viewer(turned[n % len(urls)], channel) for n in range(size)]
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Audience":
        self._tasks = [asyncio.create_task(viewer.run()) for viewer in self.viewers]
        await self.wait_for_seq(0)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def wait_for_seq(self, seq: int, timeout_seconds: float = 30.0) -> int:
        """Wait until every viewer has reached `seq`, or the time is up; returns how many have."""
        deadline = time.perf_counter() + timeout_seconds
        while True:
            count = sum(viewer.seen.seq >= seq for viewer in self.viewers)
            if count == len(self.viewers) or time.perf_counter() > deadline:
                return count
            await asyncio.sleep(0.02)

    @property
    def connected(self) -> int:
        return sum(viewer.connected for viewer in self.viewers)
