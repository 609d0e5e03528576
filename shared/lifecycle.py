"""How a service process starts and stops.

The data folder is claimed before anything is opened: its format must be the one this version writes, and one
process at a time may hold a service's part of it. A service stops on SIGTERM, SIGINT, or when its supervisor is
gone (the other end of standard input closes), always through the same orderly way out.
"""

import asyncio
import contextlib
import fcntl
import gc
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from shared.errors import BadStart
from shared.logs import log

FORMAT = "1"


class Taken(BadStart):
    """Another process holds this part of the data folder."""


@contextlib.contextmanager
def claimed(folder: Path, name: str) -> Iterator[Path]:
    """Hold `name`'s part of the data folder; raise BadStart when it is not writable or of another format,
    and Taken when another process has it. The lock's file names the process that does.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # hidden scores and people's data are in it
        lock = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as exc:
        raise BadStart(f"cannot write in the data folder {folder}: {exc.strerror}") from exc
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Taken(f"another {name} already runs on the data folder {folder}; stop it first") from None
        _check_format(folder)
        os.ftruncate(lock, 0)
        os.write(lock, b"%d\n" % os.getpid())
        yield folder
    finally:
        os.close(lock)


def _check_format(folder: Path) -> None:
    file = folder / "format"
    try:
        if not file.exists():
            fresh = folder / f"format.{os.getpid()}"
            fresh.write_text(FORMAT)
            fresh.replace(file)
        found = file.read_text(errors="replace").strip()
    except OSError as exc:
        raise BadStart(f"cannot write in the data folder {folder}: {exc.strerror}") from exc
    if found != FORMAT:
        raise BadStart(
            f"the data folder {folder} has format {found[:20]!r}, this version reads {FORMAT!r}; "
            "choose another folder with --data, or run the version that wrote it"
        )


class Stop:
    """Set once, by a signal, a lost supervisor or a fault; `failed` makes the exit code 1."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._altogether = asyncio.Event()
        self.failed: str | None = None
        self.replaced = False
        """A successor does our work already."""

    def now(self) -> None:
        self._event.set()
        self._altogether.set()

    def replace(self) -> None:
        """End because a successor is at work."""
        self.replaced = True
        self._event.set()

    def fail(self, reason: str) -> None:
        """End the process because going on could lose or falsify something."""
        log.error("stopping because of a fault", reason=reason)
        self.failed = self.failed or reason
        self._event.set()

    def watch(self, task: "asyncio.Task[None]") -> None:
        """A task that should run for ever and ends by itself is a fault."""

        def ended(done: "asyncio.Task[None]") -> None:
            if not done.cancelled():
                self.fail(f"{done.get_name()} ended: {done.exception()!r}")

        task.add_done_callback(ended)

    async def wait(self) -> None:
        await self._event.wait()

    async def altogether(self) -> None:
        """Wait until we are told to stop, not just to make way for a successor: it is being stopped as well."""
        await self._altogether.wait()


def run(main: Callable[[Stop], Awaitable[None]], *, with_parent: bool = False) -> int:
    """Run a service to its end; returns the exit code. A clear line per reason and 2 when it cannot start."""
    os.umask(0o077)  # what a service writes is for its own user

    async def run_main() -> int:
        stop = Stop()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.now)
        if with_parent:
            threading.Thread(target=_watch_parent, args=(loop, stop), daemon=True).start()
        await main(stop)
        return 1 if stop.failed else 0

    try:
        return asyncio.run(run_main())
    except BadStart as exc:
        sys.stderr.write("".join(f"showcase: {line}\n" for line in exc.lines))
        return 2


def _watch_parent(loop: asyncio.AbstractEventLoop, stop: Stop) -> None:
    while os.read(0, 4096):
        pass
    with contextlib.suppress(RuntimeError):  # the loop may have ended first
        loop.call_soon_threadsafe(stop.now)


def settle_memory() -> None:
    """Call once a service has loaded what it keeps.

    What is there now stays for good and what comes after is mostly freed by counting, so looking for cycles in all of
    it every few hundred objects only costs every request.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def announce(name: str, port: int) -> None:
    """Tell the supervisor, on standard output, that the service listens."""
    sys.stdout.write(f'{{"service":"{name}","port":{port}}}\n')
    sys.stdout.flush()
