"""The hub: boards in, bytes out. Owns the channels, the lanes and the tick.

The first change after a quiet spell goes out at once; while changes keep coming, at most one fan-out per tick. A
fan-out is cut into slices with a pause for the loop after each, because thousands of writes in one go would starve
handshakes, pings and judges on the same machine; the order rotates, so that nobody is always last.

A fan-out ends before the next flush, so a lane's frame is always the one for its generation. A viewer that cannot take
bytes is passed over and gets a snapshot when it has drained: it never delays anybody.
"""

import asyncio
from collections.abc import Iterable
from itertools import islice

from services.broadcast.channel import Channel, Frame
from services.broadcast.figures import Figures
from services.broadcast.lane import Lane, Watcher
from services.broadcast.question import Question
from services.broadcast.wire import Wire
from shared.contracts.board import Board


class UnknownChannel(LookupError):
    """Nobody publishes this channel."""


class Hub:
    def __init__(self, figures: Figures, tick_seconds: float = 0.04, slice_writes: int = 500) -> None:
        self.channels: dict[str, Channel] = {}
        self._figures = figures
        self._tick_seconds = tick_seconds
        self._slice_writes = slice_writes
        self._lanes: dict[tuple[tuple[str, ...], Wire], Lane] = {}
        self._dirty: dict[str, Channel] = {}
        self._woken = asyncio.Event()
        self._turn = 0

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
            lane = self._lanes[key] = Lane(tuple([self.channel(name) for name in question.channels]), wire)
        return lane

    def leave(self, viewer: Watcher, lane: Lane) -> None:
        lane.discard(viewer)
        if not lane:
            self._lanes.pop((tuple(channel.name for channel in lane.channels), lane.wire), None)

    def everyone(self) -> list[Watcher]:
        return [viewer for lane in self._lanes.values() for viewer in lane.everyone()]

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
            await self._fan_out(self._flush())

    def _flush(self) -> list[Lane]:
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
        return moved

    async def _fan_out(self, lanes: Iterable[Lane]) -> None:
        figures, room = self._figures, self._slice_writes
        for lane in lanes:
            viewers = list(lane.viewers)  # a copy: joins and leaves go on while we pause
            self._turn = turn = (self._turn + self._slice_writes) % max(1, len(viewers))
            queue = iter([*viewers[turn:], *viewers[:turn]])
            while some := list(islice(queue, room)):
                written, skipped = lane.write(some)
                figures.deliveries += written
                figures.bytes_out += written * lane.frame_bytes
                figures.skips += skipped
                room -= len(some)
                if room == 0:
                    await asyncio.sleep(0)
                    room = self._slice_writes
