"""Notice when another process has touched a file (inotify), so that nobody has to keep looking.

A notice is a hint: it may be missed or come twice, so whoever waits for one looks now and then all the same. Where the
system has no inotify, `works` is False and looking often is all there is.
"""

import asyncio
import contextlib
import ctypes
import os
from collections.abc import Callable
from pathlib import Path

_TOUCHED = 0x4  # IN_ATTRIB


class Notice:
    """Calls `ring` in the running loop when a watched file was touched."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        try:
            self._libc = ctypes.CDLL(None, use_errno=True)
            self._fd = int(self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        except (OSError, AttributeError):
            self._fd = -1
        self.works = self._fd >= 0
        if self.works:
            asyncio.get_running_loop().add_reader(self._fd, self._read)

    def watch(self, path: Path) -> None:
        """Watch a file; again is no harm, and needed when the file is another one under the same name."""
        if self.works:
            self._libc.inotify_add_watch(self._fd, os.fsencode(path), _TOUCHED)

    def close(self) -> None:
        if self.works:
            self.works = False
            with contextlib.suppress(RuntimeError):  # the loop may be closed
                asyncio.get_running_loop().remove_reader(self._fd)
            os.close(self._fd)

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._fd, 65536)
        self._ring()


def touch(path: Path) -> None:
    """Give notice; it fails in silence, because those who wait look now and then all the same."""
    with contextlib.suppress(OSError):
        os.utime(path)
