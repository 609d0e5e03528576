"""A lane: all viewers that look at the same channels over the same wire. They get the same bytes, made once per tick.

A viewer's position is one number, the lane's generation it was last sent, and not a queue. The frame of generation g
goes only to who is exactly at g - 1: to groups (`group.py`), and to viewers whose transport holds bytes back, each with
a position of its own. So a viewer that joins while a fan-out is under way, or was skipped, can never be sent a delta
that does not fit what it holds. In the same way only who is in the compressor's epoch gets what it has packed
(`deflate.py`); everybody else gets the plain frame.

Viewers ahead of us (see `Channel.bridge`) wait outside with positions of their own until we have passed them.
"""

from collections.abc import Sequence
from typing import NamedTuple

from services.broadcast.channel import Channel, Frame
from services.broadcast.deflate import SharedDeflate
from services.broadcast.group import Group, Watcher
from services.broadcast.question import Position
from services.broadcast.wire import Wire, encode, encode_alone, encode_packed

_OUTSIDE = 0  # in no epoch of the compressor


class Sent(NamedTuple):
    deliveries: int
    bytes: int
    skips: int = 0


class _Held(NamedTuple):
    at: int
    epoch: int


class Lane:
    __slots__ = (
        "_ahead",
        "_deflate",
        "_group_size",
        "_groups",
        "_held",
        "_opening",
        "_packed",
        "channels",
        "frame",
        "generation",
        "wire",
    )

    def __init__(self, channels: tuple[Channel, ...], wire: Wire, group_size: int = 1000) -> None:
        self.channels = channels
        self.wire = wire
        self.generation = 0
        self.frame = b""
        """What the current generation is for who gets it plain."""
        self._packed = b""
        self._deflate = SharedDeflate() if wire is Wire.DEFLATE else None
        self._group_size = group_size
        self._groups: list[Group] = []
        self._held: dict[Watcher, _Held] = {}
        self._ahead: dict[Watcher, list[Position | None]] = {}
        self._opening: bytes | None = None

    def __len__(self) -> int:
        return sum(map(len, self._groups)) + len(self._held) + len(self._ahead)

    @property
    def began_anew(self) -> bool:
        """Whether the compressor's history begins with the current generation."""
        return self._deflate is not None and self._deflate.fresh

    # Viewers come, are held back, drain and go

    def join(self, viewer: Watcher, since: Sequence[Position | None]) -> bytes:
        """Take the viewer in and give the bytes that bring it to the lane's state."""
        if not any(since):
            self._enter(viewer, _OUTSIDE)
            return self.opening()
        self._ahead[viewer] = list(since)
        return self._bring_up(viewer)

    def discard(self, viewer: Watcher) -> None:
        if viewer.group is not None:
            self._take_out(viewer, viewer.group)
        self._held.pop(viewer, None)
        self._ahead.pop(viewer, None)

    def hold(self, viewer: Watcher) -> None:
        """Its transport has begun to hold bytes back."""
        if (group := viewer.group) is not None:
            self._held[viewer] = _Held(group.at, group.epoch)
            self._take_out(viewer, group)

    def catch_up(self, viewer: Watcher) -> bytes:
        """The bytes for a viewer whose transport has drained: nothing, unless it was skipped meanwhile."""
        if viewer in self._ahead:
            return self._bring_up(viewer)
        held = self._held.pop(viewer, None)
        if held is None:
            return b""
        if held.at == self.generation:
            self._enter(viewer, held.epoch)
            return b""
        if held.at == self.generation - 1:
            frame, epoch = self._fitting(held.epoch)
            self._enter(viewer, epoch)
            return frame
        self._enter(viewer, _OUTSIDE)
        return self.opening()

    def opening(self) -> bytes:
        """A snapshot of every channel: for joins without a position, and for viewers that were skipped."""
        if self._opening is not None:
            return self._opening
        frames = [(place, channel.snapshot()) for place, channel in enumerate(self.channels)]
        opening = encode_alone(self.wire, frames, [""] * len(frames))
        if self._deflate is not None:
            # Packing takes time, and few lanes do. The others may be as many as viewers, so they keep no board.
            self._opening = opening
        return opening

    def _enter(self, viewer: Watcher, epoch: int) -> None:
        """Put a viewer that holds the current generation into a group that does."""
        if viewer.held:
            self._held[viewer] = _Held(self.generation, epoch)
            return
        for group in reversed(self._groups):
            if group.at == self.generation and group.epoch == epoch and len(group) < self._group_size:
                break
        else:
            group = Group(self.generation, epoch)
            self._groups.append(group)
        group.add(viewer)

    def _take_out(self, viewer: Watcher, group: Group) -> None:
        group.remove(viewer)
        if not group.viewers:
            self._groups.remove(group)

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
            self._enter(viewer, _OUTSIDE)
        return encode(self.wire, frames, labels)

    # The fan-out

    def advance(self, flushed: dict[Channel, Frame], positions_before: dict[Channel, str]) -> None:
        """Move to the next generation; nothing may wait between the channels' flush and this."""
        frames = [(place, flushed[channel]) for place, channel in enumerate(self.channels) if channel in flushed]
        positions = [positions_before.get(channel, channel.position) for channel in self.channels]
        self._gather()
        self.frame = encode(self.wire, frames, positions)
        if self._deflate is not None:
            inside = self._inside(self._deflate.epoch)
            outside = len(self) - len(self._ahead) - inside
            self._packed = encode_packed(self._deflate.pack([frame.body for _, frame in frames], inside, outside))
        self._opening = None
        self.generation += 1
        for viewer in list(self._ahead):
            # One that does not take bytes now keeps its positions: the next tick bridges from there.
            if not viewer.held and (data := self._bring_up(viewer)):
                viewer.send_rest(data, 0)

    def due(self) -> list[Group]:
        """The groups to write to, beginning elsewhere each time."""
        if not self._groups:
            return []
        turn = self.generation % len(self._groups)
        return [*self._groups[turn:], *self._groups[:turn]]

    def write(self, group: Group) -> Sent:
        """Send the current frame to a group that it fits."""
        if group.at != self.generation - 1:
            return Sent(0, 0)
        frame, epoch = self._fitting(group.epoch)
        written = group.write(frame, self.generation, epoch)
        return Sent(written, written * len(frame))

    def write_behind(self) -> Sent:
        """Send the current frame to those whose transport holds bytes back and may hold more."""
        deliveries = size = skips = 0
        for viewer, held in list(self._held.items()):
            if held.at != self.generation - 1:
                continue
            frame, epoch = self._fitting(held.epoch)
            if viewer.send_behind(frame):
                self._held[viewer] = _Held(self.generation, epoch)
                deliveries += 1
                size += len(frame)
            else:
                skips += 1
        return Sent(deliveries, size, skips)

    def _fitting(self, epoch: int) -> tuple[bytes, int]:
        """The current frame for viewers of the generation before that are in this epoch; and the epoch it brings."""
        deflate = self._deflate
        if deflate is not None and (deflate.fresh or epoch == deflate.epoch):
            return self._packed, deflate.epoch
        return self.frame, _OUTSIDE

    def _inside(self, epoch: int) -> int:
        grouped = sum(len(group) for group in self._groups if group.epoch == epoch)
        return grouped + sum(held.epoch == epoch for held in self._held.values())

    def _gather(self) -> None:
        """Pour small groups together: late viewers make one after another, and each costs a look per tick."""
        small = [one for one in self._groups if one.at == self.generation and 2 * len(one) < self._group_size]
        if len(small) > 4:
            self._groups = [group for group in self._groups if group not in small]
            for group in small:
                for viewer in group.viewers.values():
                    self._enter(viewer, group.epoch)
