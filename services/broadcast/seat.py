"""The seat of a process among those that share a port: a part of the data folder, and with it a name on the bus.

Whoever starts them gives the seats: one that died is followed by one on the same seat, whose first words take the place
of the dead one's; one that is replaced, by one on another, because for a while both are there. That no stranger joins
them is the supervisor's matter as well: it holds the lock that a process started alone would take.
"""

import contextlib
from collections.abc import Iterator

from services.broadcast.settings import Settings
from shared.engine import Engine, chosen
from shared.lifecycle import Stop


@contextlib.contextmanager
def seated(settings: Settings, stop: Stop) -> Iterator[tuple[Engine, str]]:
    """The engine under the process's own name, and the name of this node; until the block ends. Raises BadStart.

    The node's name is empty where nobody else can be confused with it.
    """
    seat = f"broadcast-{settings.seat}" if settings.seat and settings.engine == "embedded" else ""
    engine = chosen(settings, seat or "broadcast", stop)
    with engine.claimed():
        yield engine, seat
