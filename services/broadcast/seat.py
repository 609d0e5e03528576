"""The seat of a process among those that share a port: a number of its own, and with it a name on the bus.

Each holds the lowest number that is free in the data folder. So processes that come and go, and for a while one more
when one is replaced, use few names, and never two the same one. That no stranger joins them is the supervisor's
matter: it holds the lock that a process started alone would take.
"""

import contextlib
from collections.abc import Iterator

from services.broadcast.settings import Settings
from shared.engine import Engine, chosen
from shared.lifecycle import Stop, Taken


@contextlib.contextmanager
def seated(settings: Settings, stop: Stop) -> Iterator[Engine]:
    """The engine under the name of this process's own, until the block ends. Raises BadStart."""
    with contextlib.ExitStack() as held:
        yield _sit_down(settings, stop, held)


def _sit_down(settings: Settings, stop: Stop, held: contextlib.ExitStack) -> Engine:
    if settings.socket >= 0 and settings.engine == "embedded":
        for number in range(1, 2 * settings.processes + 1):  # each may have one that it replaces
            engine = chosen(settings, f"broadcast-{number}", stop)
            with contextlib.suppress(Taken):
                held.enter_context(engine.claimed())
                return engine
    engine = chosen(settings, "broadcast", stop)
    held.enter_context(engine.claimed())
    return engine
