"""A group: viewers of a lane that hold the same generation and are written to in one go, without a pause between.

The position is the group's, not the viewer's: writing to a viewer is then one system call and a comparison, and whoever
is in a group is where the group is. Nobody enters a group that is elsewhere, and a viewer whose transport holds bytes
back is in none: bytes written to its descriptor would overtake those.
"""

import os
from collections.abc import Iterable
from typing import Protocol


class Watcher(Protocol):
    """What a lane needs of a viewer."""

    fd: int
    """The descriptor to write to."""
    held: bool
    """Whether the transport holds bytes back."""
    group: "Group | None"
    """The lane's note."""

    def send_rest(self, data: bytes, sent: int) -> None:
        """Send what is left of the data after that many bytes; the transport keeps what does not go out at once."""

    def send_behind(self, data: bytes) -> bool:
        """Append to what is held back, or say False: over the soft limit, skipped until it has drained."""

    def broken(self) -> None:
        """The descriptor refused for good."""


class Group:
    """`at`: the generation that all of them hold. `epoch`: the one of the shared compressor they are in, or 0."""

    __slots__ = ("at", "epoch", "viewers")

    def __init__(self, at: int, epoch: int) -> None:
        self.at = at
        self.epoch = epoch
        self.viewers: dict[int, Watcher] = {}

    def __len__(self) -> int:
        return len(self.viewers)

    def add(self, viewer: Watcher) -> None:
        self.viewers[viewer.fd] = viewer
        viewer.group = self

    def remove(self, viewer: Watcher) -> None:
        del self.viewers[viewer.fd]
        viewer.group = None

    def write(self, frame: bytes, at: int, epoch: int) -> int:
        """Send a frame that fits where the group is, and move it on; how many viewers got it."""
        write, size = os.write, len(frame)
        # Every other time from the back, so that nobody is always last.
        descriptors: Iterable[int] = reversed(self.viewers) if at & 1 else self.viewers
        rest: list[tuple[int, int]] = []
        for fd in descriptors:
            try:
                if (sent := write(fd, frame)) != size:
                    rest.append((fd, sent))
            except BlockingIOError:
                rest.append((fd, 0))
            except OSError:
                rest.append((fd, -1))
        self.at, self.epoch = at, epoch
        written = len(self.viewers)
        for fd, sent in rest:  # only now, because these leave the group while they are looked at
            if sent >= 0:
                self.viewers[fd].send_rest(frame, sent)
            else:
                written -= 1
                self.viewers[fd].broken()
        return written
