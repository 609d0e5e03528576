"""A broadcast process of a test's own, started and stopped from outside, and the hand that publishes boards to it."""

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from shared.bus.port import Message
from shared.bus.sqlite import SqliteBus
from shared.contracts.board import Board, encode_board
from shared.contracts.topics import BOARDS

ROOT = Path(__file__).parents[3]
Json = dict[str, Any]
_PATIENCE_SECONDS = 20.0


def until(true: Callable[[], bool], why: str = "it did not come true") -> None:
    """Ask until it is so: what happens in another process tells nobody."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, why
        time.sleep(0.02)


class BroadcastProcess:
    """Use it with `with`; `settings` are those of `services/broadcast/settings.py`. No event loop is needed."""

    def __init__(self, data: Path, **settings: str) -> None:
        self._data = data
        self._settings = settings
        with socket.create_server(("127.0.0.1", 0)) as held:
            self.port: int = held.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.publish([])  # the bus is there from the start, so nobody waits for it to be found
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Return when viewers are let in."""
        given = {"DATA": str(self._data), "PORT": str(self.port), "DRAIN_SECONDS": "0.1", "RETRY_MS": "500"}
        given |= self._settings
        environment = {**os.environ, **{f"BROADCAST_{name}": value for name, value in given.items()}}
        with (self._data / "broadcast.log").open("ab") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "services", "serve", "broadcast"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )
        until(self._ready, "broadcast did not become ready")

    def stop(self) -> None:
        """End it as an operator does; what it says on its way out is its viewers' matter."""
        if self._child is not None:
            self._child.terminate()
            assert self._child.wait(15) == 0
            self._child = None

    def kill(self) -> None:
        assert self._child is not None
        self._child.kill()
        self._child.wait()
        self._child = None

    def publish(self, boards: Sequence[Board]) -> None:
        """From a thread, because whoever calls may have an event loop of its own, as a browser's driver does."""
        with ThreadPoolExecutor(1) as hand:
            hand.submit(asyncio.run, self._publish(boards)).result()

    async def _publish(self, boards: Sequence[Board]) -> None:
        async with SqliteBus(self._data / "bus", "test") as bus:
            await bus.publish(BOARDS, [Message(board.channel, encode_board(board)) for board in boards])

    def state(self, channel: str) -> Json:
        """The snapshot that a plain request gets."""
        with urllib.request.urlopen(f"{self.url}/live/state/{channel}", timeout=5) as answer:
            return dict(orjson.loads(answer.read()))

    def figure(self, line: str) -> float:
        """A line of /metrics, without what all of them begin with; 0 when it is not there."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=5) as answer:
            for one in answer.read().decode().splitlines():
                if one.startswith(f"showcase_broadcast_{line} "):
                    return float(one.split()[-1])
        return 0.0

    def _ready(self) -> bool:
        assert self._child is not None
        assert self._child.poll() is None, (self._data / "broadcast.log").read_text()
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False
