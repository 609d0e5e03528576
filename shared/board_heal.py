"""Notices when the topic `boards` is behind what was published on it.

That happens in two ways. The topic was made anew or restored from an older copy: the bus says so. Or a copy that was
frozen and has thawed publishes a board that is older than ours: viewers' nodes drop it, but on a compacted topic the
message that came last is all that a node started later would find. So everything on the topic is read, and an older
board that stays the last of its channel for a moment is covered by ours again.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from shared.bus.port import Bus
from shared.consumer import ended
from shared.contracts.board import Board
from shared.contracts.topics import BOARDS
from shared.errors import Unavailable
from shared.logs import log

_LOOK_SECONDS = 1.0
_LOST_EVERY = 2


@dataclass(slots=True)
class _Ours:
    epoch: str
    seq: int
    at: float


class Healer:
    """Run it as a task; tell it what was `published`, and it tells which channels are to be published again."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._ours: dict[str, _Ours] = {}
        self._last: dict[str, bytes] = {}

    def published(self, board: Board) -> None:
        """The bus has acknowledged this board of ours."""
        self._ours[board.channel] = _Ours(board.epoch, board.seq, asyncio.get_running_loop().time())

    def forget(self, channel: str) -> None:
        self._ours.pop(channel, None)

    async def run(self, again: Callable[[set[str] | None], None]) -> None:
        """Call `again` with channels that are behind, or with None for all of them."""
        reading = asyncio.create_task(self._read(), name="read boards")
        try:
            turn = 0
            while not reading.done():
                await asyncio.wait({reading}, timeout=_LOOK_SECONDS)
                turn += 1
                if behind := self._behind():
                    log.warning("an older board came last; ours is published again", channels=sorted(behind))
                    again(behind)
                with contextlib.suppress(Unavailable):
                    if turn % _LOST_EVERY == 0 and await self._bus.lost(BOARDS):
                        log.warning("the bus has lost boards; ours are published again")
                        again(None)
            await reading
        finally:
            reading.cancel()
            await asyncio.wait({reading})

    async def _read(self) -> None:
        async with ended(self._bus.subscribe(BOARDS, "latest").batches()) as batches:
            async for batch in batches:
                for message in batch:
                    self._last[message.key] = message.body

    def _behind(self) -> set[str]:
        """Channels whose last board is not ours, and not for want of time to come back to us."""
        settled = asyncio.get_running_loop().time() - _LOOK_SECONDS
        looked, self._last = self._last, {}
        behind = set()
        for channel, body in looked.items():
            ours = self._ours.get(channel)
            if ours is None:
                continue
            if ours.at > settled:
                self._last.setdefault(channel, body)  # looked at once more
            elif _older(body, ours):
                behind.add(channel)
        return behind


def _older(body: bytes, ours: _Ours) -> bool:
    try:
        found: Any = orjson.loads(body)
        return bool(found["epoch"] != ours.epoch or found["seq"] < ours.seq)
    except (ValueError, KeyError, TypeError):
        return True
