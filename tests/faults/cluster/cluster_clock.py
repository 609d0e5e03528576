"""Clocks that are wrong: a process started with `for_new_processes` has a time of day that jumps when told.

Ready-made tools for this shift the clock that Python's own threads wait by, or fail in it; the few lines of C beside
this file shift the time of day and nothing else, as somebody does who sets a clock.
"""

import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_SOURCE = Path(__file__).with_name("shifted_clock.c")


@dataclass(frozen=True, slots=True)
class ShiftedClock:
    library: Path
    shift: Path

    def jump(self, seconds: int) -> None:
        """From now on the clock is wrong by so much."""
        if not self.shift.exists():
            self.shift.write_bytes(bytes(8))
        with self.shift.open("r+b", buffering=0) as file:
            file.write(struct.pack("=q", seconds))

    @contextmanager
    def for_new_processes(self) -> Iterator[None]:
        """What is started inside the block has this clock."""
        given = {"LD_PRELOAD": str(self.library), "SHIFTED_CLOCK": str(self.shift)}
        os.environ.update(given)
        try:
            yield
        finally:
            for name in given:
                del os.environ[name]


def shifted_clock(folder: Path) -> ShiftedClock:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler for a clock that jumps (scripts/system-packages.sh)")
    library = folder / "shifted_clock.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(_SOURCE), "-ldl"], check=True)
    return ShiftedClock(library, folder / "shift")
