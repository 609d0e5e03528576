"""Programs that measure or are measured: compile those in C, start broadcast, and see what a process has cost."""

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

HERE = Path(__file__).parent


def built(name: str, folder: Path) -> Path:
    """The C program `NAME.c` or `NAME/*.c` of this folder, compiled into another one."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise SystemExit("a C compiler (cc) is needed for the limit and the load client")
    parts = sorted((HERE / name).glob("*.c")) or [HERE / f"{name}.c"]
    result = subprocess.run([compiler, "-O2", "-o", str(folder / name), *map(str, parts), "-lz"], check=False)
    if result.returncode:
        raise SystemExit(f"bench/{name} could not be compiled; it wants the headers of libc and zlib")
    return folder / name


def cpu_ns(pid: int) -> int:
    """Time on a processor of all threads; finer than the ticks in /proc/<pid>/stat."""
    return sum(int((task / "schedstat").read_text().split()[0]) for task in Path(f"/proc/{pid}/task").iterdir())


@contextlib.asynccontextmanager
async def broadcast(data: Path, **settings: str) -> AsyncIterator[tuple[int, int]]:
    """Its process and port, on a data folder, with settings as in `BROADCAST_<NAME>`; it stops with the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services", "serve", "broadcast", "--data", str(data), "--port", "0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {f"BROADCAST_{name.upper()}": text for name, text in settings.items()},
    )
    assert process.stdout is not None
    try:
        if not (said := await process.stdout.readline()):
            raise SystemExit("broadcast could not be started")
        yield process.pid, json.loads(said)["port"]
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
