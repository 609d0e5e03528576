"""How far long work is, on standard error about once a second; the last line on standard output stays the result's."""

import sys
import time

_EVERY_SECONDS = 1.0


class Progress:
    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._counts: dict[str, int] = {}
        self._said = time.monotonic()
        self._shown = False

    def now(self, doing: str) -> None:
        """Something else is done from here on."""
        self._doing, self._counts = doing, {}

    def step(self, part: str, count: int) -> None:
        self._counts[part] = self._counts.get(part, 0) + count
        if time.monotonic() - self._said >= _EVERY_SECONDS:
            self._said = time.monotonic()
            self._show(f"{self._doing}: " + ", ".join(f"{name} {number:,}" for name, number in self._counts.items()))

    def done(self) -> None:
        if self._shown and sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")

    def _show(self, line: str) -> None:
        self._shown = True
        sys.stderr.write(f"\r\x1b[K{line}" if sys.stderr.isatty() else f"{line}\n")
        sys.stderr.flush()
