"""One process of a service: started again whenever it dies, and replaced by another one on demand.

A process says on its standard output when it listens. One that cannot start the first time (exit code 2) is not tried
again: `ended` gets its reasons. One that dies later is started again, at once if it has lived for a while, else with a
growing pause. Its end of a pipe tells it when we are gone.

Replacing overlaps: the successor is at work before the one it replaces is told to go, and if there never is one, the
old one stays. Both take connections from sockets that are passed to them and belong to us.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from itertools import takewhile
from pathlib import Path

from shared.errors import BadStart

_LIVED_SECONDS = 3.0  # who dies sooner may be in a loop, and is started again with a longer and longer pause
_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0
_LOOK_SECONDS = 0.02
_START_SECONDS = 30.0
_STOP_SECONDS = 20.0
_AWAY_SECONDS = 100.0  # for a whole house of viewers to move, and then some


class _Run:
    """One process from its start to its end; `listens` is set when it says that it does."""

    def __init__(self, process: asyncio.subprocess.Process, log_from: int) -> None:
        self.process = process
        self.log_from = log_from
        self.listens = asyncio.Event()
        self._began = time.monotonic()
        self._hearing = asyncio.create_task(self._hear(), name=f"hear {process.pid}")

    async def _hear(self) -> None:
        assert self.process.stdout is not None
        while await self.process.stdout.read(4096):
            self.listens.set()

    @property
    def alive(self) -> bool:
        return self.process.returncode is None

    @property
    def lived(self) -> bool:
        return time.monotonic() - self._began > _LIVED_SECONDS

    async def listens_within(self, seconds: float) -> bool:
        """Whether it does, before it ends and the time is up."""
        waiting = [asyncio.create_task(self.listens.wait()), asyncio.create_task(self.process.wait())]
        try:
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
        return self.listens.is_set() and self.alive

    async def end(self, number: signal.Signals, seconds: float) -> None:
        """Ask it to end, and kill it when it does not."""
        if self.alive:
            self.process.send_signal(number)
        try:
            async with asyncio.timeout(seconds):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
        self._hearing.cancel()


class Child:
    def __init__(
        self,
        name: str,
        environment: Callable[[int], dict[str, str]],
        log: Path,
        ended: Callable[[list[str]], None],
        passed: Sequence[socket.socket] = (),
    ) -> None:
        """`environment` gives the settings by how many times the process was replaced before."""
        self.name = name
        self.starts = 0
        self._environment = environment
        self._log = log
        self._ended = ended
        self._passed = passed
        self._replaced = 0
        self._now: _Run | None = None
        self._runs: set[_Run] = set()
        self._changing = asyncio.Lock()
        self._keeper: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def process(self) -> asyncio.subprocess.Process | None:
        """The newest process, which may have ended."""
        return self._now.process if self._now is not None else None

    def start(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self._log.stem}")

    async def listens(self) -> None:
        """Wait until there is a process that listens."""
        while self._now is None or not await self._now.listens_within(_START_SECONDS):  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_SECONDS)  # it is being started

    async def replace(self) -> None:
        """Put a successor in the place of the process, which ends when everybody has moved.

        Raise BadStart when there is none; the process stays then.
        """
        async with self._changing:
            if self._stopping:
                raise BadStart(f"{self.name} is being stopped")
            old, new = self._now, await self._run(self._replaced + 1)
            if not await new.listens_within(_START_SECONDS):
                await new.end(signal.SIGKILL, _STOP_SECONDS)
                self._runs.discard(new)
                raise BadStart(*self._reasons(new))
            self._now = new
            self._replaced += 1
            self.start()  # the one before watches over the old process, and that may take its time to end
        if old is not None:
            await old.end(signal.SIGUSR1, _AWAY_SECONDS)
            self._runs.discard(old)

    async def stop(self) -> None:
        self._stopping = True
        async with self._changing:  # who is being started has to be stopped too
            await asyncio.gather(*(run.end(signal.SIGTERM, _STOP_SECONDS) for run in self._runs))
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)

    async def _keep(self) -> None:
        pause = 0.0
        while True:
            lived = False
            try:
                async with self._changing:
                    if self._stopping:
                        return
                    if self._now is None or not self._now.alive:
                        self._now = await self._run(self._replaced)
                    run = self._now
            except BadStart as exc:
                if not self.starts:
                    self._ended(exc.lines)
                    return
                sys.stderr.write("".join(f"showcase: {line}\n" for line in exc.lines))
            else:
                code = await run.process.wait()
                self._runs.discard(run)
                if code == 2 and self.starts == 1:  # later it is tried again: what it lacks (a full disk) may come back
                    self._ended(self._reasons(run))
                    return
                lived = run.lived
            pause = 0.0 if lived else min(max(pause * 2, _PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause)

    async def _run(self, replaced: int) -> _Run:
        """Start a process. Raise BadStart when the system cannot: no memory, no file, no program."""
        try:
            self._log.parent.mkdir(exist_ok=True)  # somebody who tidies up may have taken it away
            with self._log.open("ab") as log:
                log_from = log.tell()
                process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    # Where in a line an error came from would cost a megabyte for the three; the line is told still.
                    *("-X", "no_debug_ranges"),
                    "-m",
                    "services.serve",
                    self.name,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=log,
                    env=os.environ | self._environment(replaced),
                    pass_fds=[one.fileno() for one in self._passed],
                    start_new_session=True,  # Ctrl-C in the terminal is ours to pass on, in order
                )
        except OSError as exc:
            raise BadStart(f"{self.name} cannot be started: {exc}") from exc
        self.starts += 1
        run = _Run(process, log_from)
        self._runs.add(run)
        return run

    def _reasons(self, run: _Run) -> list[str]:
        """What it said on standard error, at its end, about why it cannot start."""
        lines: list[str] = []
        with contextlib.suppress(OSError), self._log.open("rb") as log:
            log.seek(run.log_from)
            lines = log.read().decode(errors="replace").strip().splitlines()
        said = list(takewhile(lambda line: line.startswith("showcase: "), reversed(lines)))
        reasons = [line.removeprefix("showcase: ") for line in reversed(said)]
        return reasons or lines[-1:] or [f"{self.name} cannot start"]
