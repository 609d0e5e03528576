"""The hub: boards in, bytes out. Owns the channels, the lanes and the tick.

The first change after a quiet spell goes out at once; while changes keep coming, at most one fan-out per tick. A
fan-out is cut into slices with a pause for the loop after each, because thousands of writes in one go would starve
handshakes, pings and judges on the same machine; the order rotates, so that nobody is always last.

A fan-out ends before the next flush, so a lane's frame is always the one for its generation. A viewer that cannot take
bytes is passed over and brought up to date when it has drained: it never delays anybody.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable

from services.broadcast.channel import Channel, Frame
from services.broadcast.figures import Figures
from services.broadcast.group import Watcher
from services.broadcast.lane import Lane, Sent
from services.broadcast.question import Question
from services.broadcast.wire import Wire
from shared.contracts.board import Board

_MOST_COMPRESSING = 200  # lanes with a compressor, of 48 kB each: anybody may ask for channels in any order


class UnknownChannel(LookupError):
    """Nobody publishes this channel."""


class Hub:
    def __init__(self, figures: Figures, tick_seconds: float = 0.04, slice_writes: int = 1000) -> None:
        self.channels: dict[str, Channel] = {}
        self._figures = figures
        self._tick_seconds = tick_seconds
        self._slice_writes = slice_writes
        self._lanes: dict[tuple[tuple[str, ...], Wire], Lane] = {}
        self._dirty: dict[str, Channel] = {}
        self._woken = asyncio.Event()
        self._compressing = 0

    def offer(self, board: Board) -> bool:
        """Take a board; whether it was news."""
        channel = self.channels.get(board.channel)
        if channel is None:
            channel = self.channels[board.channel] = Channel(board.channel)
        if not channel.offer(board):
            return False
        self._dirty[board.channel] = channel
        self._woken.set()
        return True

    def channel(self, name: str) -> Channel:
        """A channel with a state to show. Raises UnknownChannel."""
        channel = self.channels.get(name)
        if channel is None:
            raise UnknownChannel(name)
        if not channel.told:
            channel.flush()  # its first board waits for the tick; nobody can be looking yet
        return channel

    def lane(self, question: Question, wire: Wire) -> Lane:
        """The lane for a question, made when its first viewer comes. Raises UnknownChannel."""
        key = question.channels, wire
        lane = self._lanes.get(key)
        if lane is None:
            if wire is Wire.DEFLATE and self._compressing >= _MOST_COMPRESSING:
                return self.lane(question, Wire.WS)  # fits such a viewer too
            channels = tuple([self.channel(name) for name in question.channels])
            lane = self._lanes[key] = Lane(channels, wire, self._slice_writes)
            self._compressing += wire is Wire.DEFLATE
        return lane

    def leave(self, viewer: Watcher, lane: Lane) -> None:
        lane.discard(viewer)
        key = tuple([channel.name for channel in lane.channels]), lane.wire
        if not lane and self._lanes.pop(key, None) is not None:
            self._compressing -= lane.wire is Wire.DEFLATE

    def lanes(self) -> Counter[str]:
        """How many there are, by wire."""
        counts = Counter({wire.value: 0 for wire in Wire})
        counts.update(lane.wire.value for lane in self._lanes.values())
        return counts

    def snapshots_built(self) -> int:
        return sum(channel.snapshots_built for channel in self.channels.values())

    async def run(self) -> None:
        """Flush and fan out, for ever."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            await self._woken.wait()
            if (wait := due - loop.time()) > 0:
                await asyncio.sleep(wait)
                self._figures.tick_late.observe(max(0.0, loop.time() - due))
            due = loop.time() + self._tick_seconds
            began = loop.time()
            await self.fan_out(self.flush())
            self._figures.fan_out.observe(loop.time() - began)

    def flush(self) -> list[Lane]:
        """Move every changed channel and its lanes on. Synchronous: a join sees all of it or nothing."""
        self._woken.clear()
        dirty, self._dirty = self._dirty, {}
        before = {channel: channel.position for channel in dirty.values() if channel.told}
        flushed: dict[Channel, Frame] = {}
        for channel in dirty.values():
            if frame := channel.flush():
                flushed[channel] = frame
        moved = [lane for lane in self._lanes.values() if any(channel in flushed for channel in lane.channels)]
        for lane in moved:
            lane.advance(flushed, before)
            self._figures.fresh_starts += lane.began_anew
        return moved

    async def fan_out(self, lanes: Iterable[Lane]) -> None:
        """Write to all viewers of the lanes that have moved; it must end before the next flush."""
        room = self._slice_writes
        for lane in lanes:
            for group in lane.due():
                self._count(lane, lane.write(group))
                room -= len(group)
                if room <= 0:
                    await asyncio.sleep(0)  # joins and leaves go on meanwhile
                    room = self._slice_writes
            self._count(lane, lane.write_behind())

    def _count(self, lane: Lane, sent: Sent) -> None:
        self._figures.deliveries += sent.deliveries
        self._figures.bytes_out += sent.bytes
        self._figures.bytes_plain += sent.deliveries * len(lane.frame)
        self._figures.skips += sent.skips
