"""An event loop whose clock jumps to the next thing to do: hours of timers pass in seconds, sockets work as ever."""

import asyncio
import selectors

from typing_extensions import override


class _Hurry(selectors.DefaultSelector):
    """Never waits: when no socket has anything to say, the time that would have been waited has passed."""

    now = 0.0

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0 if timeout is not None else None)
        if not ready and timeout is not None and timeout > 0:
            self.now += timeout
        return ready


class SimulatedLoop(asyncio.SelectorEventLoop):
    """Its time begins at 0. For sockets whose both ends live in it, and without threads: nobody waits for those."""

    def __init__(self) -> None:
        self._hurry = _Hurry()
        super().__init__(self._hurry)

    @override
    def time(self) -> float:
        return self._hurry.now
