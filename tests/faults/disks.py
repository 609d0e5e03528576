"""Disks that cannot be written: one of a few megabytes that is filled to the last byte, and a limit on file sizes.

SQLite reports them differently, so both are wanted; where no file system may be mounted, only the limit is there.
"""

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.supervisor import Supervisor

SIZE = "48m"


@contextmanager
def mounted_disk(folder: Path, size: str = SIZE) -> Iterator[Path]:
    """A file system of its own for a folder; where none may be mounted, an ordinary folder."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], capture_output=True, check=False
    )
    try:
        yield folder
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", "-l", str(folder)], check=True)


@dataclass(frozen=True, slots=True)
class Trouble:
    begin: Callable[[Supervisor], None]
    end: Callable[[Supervisor], None]


def fill(disk: Path) -> None:
    if not os.path.ismount(disk):
        pytest.skip("no file system may be mounted here; the limit on file sizes is tested instead")
    with (disk / "ballast").open("wb", buffering=0) as ballast:
        for piece in (1024 * 1024, 4096, 1):
            try:
                while ballast.write(bytes(piece)) == piece:
                    pass
            except OSError:
                continue


def empty(disk: Path) -> None:
    (disk / "ballast").unlink()


def _limit(size: int | None) -> Callable[[Supervisor], None]:
    def limit(supervisor: Supervisor) -> None:
        pid = supervisor.pid("livescore")
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if size is None else size, hard))

    return limit


TROUBLES = {
    "full disk": Trouble(
        lambda supervisor: fill(supervisor.place.data.parent), lambda supervisor: empty(supervisor.place.data.parent)
    ),
    "unwritable files": Trouble(_limit(1), _limit(None)),
}
