"""A lane: all viewers that look at the same channels over the same wire. They get the same bytes, made once per tick.

A viewer's position is one number, the lane's generation it was last sent (`viewer.at`), and not a queue. The fan-out
writes the frame of generation g only to viewers that are exactly at g - 1. So a viewer that joins while a fan-out is
under way, or was skipped, can never be sent a delta that does not fit what it holds.

Viewers ahead of us (see `Channel.bridge`) wait outside with positions of their own until we have passed them.
"""

import os
from collections.abc import Sequence
from typing import Protocol

from services.broadcast.channel import Channel, Frame
from services.broadcast.question import Position
from services.broadcast.wire import Wire, encode


class Watcher(Protocol):
    """What a lane needs of a viewer. `fd` is the descriptor to write to, or -1 while the transport holds bytes back."""

    at: int
    fd: int

    def send_rest(self, data: bytes, sent: int) -> None:
        """Send what is left of the data after that many bytes; the transport keeps what does not go out at once."""

    def send_behind(self, data: bytes) -> bool:
        """Append to what is held back, or say False: over the soft limit, skipped until it has drained."""

    def broken(self) -> None:
        """The descriptor refused for good."""


class Lane:
    __slots__ = ("_ahead", "_frame", "_opening", "channels", "generation", "viewers", "wire")

    def __init__(self, channels: tuple[Channel, ...], wire: Wire) -> None:
        self.channels = channels
        self.wire = wire
        self.generation = 0
        self.viewers: set[Watcher] = set()
        self._ahead: dict[Watcher, list[Position | None]] = {}
        self._frame = b""
        self._opening: bytes | None = None

    def __len__(self) -> int:
        return len(self.viewers) + len(self._ahead)

    @property
    def frame_bytes(self) -> int:
        return len(self._frame)

    def everyone(self) -> list[Watcher]:
        return [*self.viewers, *self._ahead]

    def discard(self, viewer: Watcher) -> None:
        self.viewers.discard(viewer)
        self._ahead.pop(viewer, None)

    def opening(self) -> bytes:
        """A snapshot of every channel: for joins without a position, and for viewers that were skipped."""
        if self._opening is None:
            frames = [(place, channel.snapshot()) for place, channel in enumerate(self.channels)]
            self._opening = encode(self.wire, frames, [""] * len(frames))
        return self._opening

    def join(self, viewer: Watcher, since: Sequence[Position | None]) -> bytes:
        """Take the viewer in and give the bytes that bring it to the lane's state."""
        if not any(since):
            viewer.at = self.generation
            self.viewers.add(viewer)
            return self.opening()
        self._ahead[viewer] = list(since)
        return self._bring_up(viewer)

    def _bring_up(self, viewer: Watcher) -> bytes:
        held = self._ahead[viewer]
        labels = ["" if position is None else f"{position[0]}.{position[1]}" for position in held]
        frames: list[tuple[int, Frame]] = []
        still_ahead = False
        for place, channel in enumerate(self.channels):
            position = held[place]
            bridge = [channel.snapshot()] if position is None else channel.bridge(*position)
            if bridge is None:
                still_ahead = True
            elif bridge:
                frames += [(place, frame) for frame in bridge]
                held[place] = bridge[-1].epoch, bridge[-1].seq
        if not still_ahead:
            del self._ahead[viewer]
            viewer.at = self.generation
            self.viewers.add(viewer)
        return encode(self.wire, frames, labels)

    def catch_up(self, viewer: Watcher) -> bytes:
        """The bytes for a viewer whose transport has drained: nothing, unless it was skipped meanwhile."""
        if viewer in self._ahead:
            return self._bring_up(viewer)
        if viewer.at == self.generation or viewer not in self.viewers:
            return b""
        viewer.at = self.generation
        return self.opening()

    def advance(self, flushed: dict[Channel, Frame], positions_before: dict[Channel, str]) -> None:
        """Move to the next generation; nothing may wait between the channels' flush and this."""
        frames = [(place, flushed[channel]) for place, channel in enumerate(self.channels) if channel in flushed]
        positions = [positions_before.get(channel, channel.position) for channel in self.channels]
        self._frame = encode(self.wire, frames, positions)
        self._opening = None
        self.generation += 1
        for viewer in list(self._ahead):
            # One that does not take bytes now keeps its positions: the next tick bridges from there.
            if viewer.fd >= 0 and (data := self._bring_up(viewer)):
                viewer.send_rest(data, 0)

    def write(self, viewers: Sequence[Watcher]) -> tuple[int, int]:
        """Send the current frame to those it is for; how many got it, and how many were skipped."""
        write, frame, generation = os.write, self._frame, self.generation
        base, size = generation - 1, len(frame)
        written = skipped = 0
        for viewer in viewers:
            if viewer.at != base:
                continue
            fd = viewer.fd
            if fd >= 0:
                try:
                    sent = write(fd, frame)
                except BlockingIOError:
                    sent = 0
                except OSError:
                    viewer.broken()
                    continue
                viewer.at = generation
                written += 1
                if sent != size:
                    viewer.send_rest(frame, sent)
            elif viewer.send_behind(frame):
                viewer.at = generation
                written += 1
            else:
                skipped += 1
        return written, skipped
