"""The `showcase` command as a process: start it, read what it says, send it signals."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
_PATIENCE_SECONDS = 40.0


def run(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        _argv(args), cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=60, check=False
    )


def _argv(args: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "services", *args]


class Command:
    """A command that goes on until it is told to stop; `under` is a program that runs it, such as a tracer."""

    def __init__(self, args: tuple[str, ...], output: Path, under: tuple[str, ...] = ()) -> None:
        self.output = output
        with output.open("ab") as file:
            self.process = subprocess.Popen(
                [*under, *_argv(args)], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT
            )

    def said(self) -> str:
        return self.output.read_text()

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Wait until what it has said matches."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while (found := re.search(pattern, self.said())) is None:
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"did not say {pattern!r}, but:\n{self.said()}")
            time.sleep(0.02)
        return found

    def children(self) -> list[psutil.Process]:
        found: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        return found

    def end(self, with_signal: signal.Signals) -> int:
        self.process.send_signal(with_signal)
        return self.process.wait(_PATIENCE_SECONDS)


@contextmanager
def started(output: Path, *args: str, under: tuple[str, ...] = ()) -> Iterator[Command]:
    """Start a command; whatever the test does, it and its children are gone afterwards."""
    command = Command(args, output, under)
    try:
        yield command
    finally:
        if command.process.poll() is None:
            left = command.children()
            command.process.kill()
            command.process.wait()
            for child in left:
                if child.is_running():
                    child.kill()


def wait_gone(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Wait for them to end by themselves; those that did not."""
    _, alive = psutil.wait_procs(processes, timeout=_PATIENCE_SECONDS)
    return list(alive)
