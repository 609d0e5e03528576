"""What a service asks of its engine: a ledger, a bus, and why either of them is not well.

A service opens what it needs, in order, with `async with`; what was opened last is closed first. A fault after which
going on could lose or falsify something stops the process by itself; anything that passes is a reason in `checks`.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from pathlib import Path
from typing import Protocol

from shared.bus.port import Bus
from shared.contracts.events import DecodeAll, decode_all
from shared.ledger.port import Ledger
from shared.metrics import Metrics
from shared.selfcheck.start import Ask

Check = Callable[[], str | None]
"""Says why something is not ready, or None."""


class Engine(Protocol):
    checks: list[Check]
    """One for each thing that was opened."""
    asks: list[Ask]
    """What the self-check asks those things."""

    def unless_shared(self, *checks: Check) -> Sequence[Check]:
        """Checks of what all copies would lack at once, such as the bus: with one copy they say that it is not ready.

        With several they would take every copy out of use behind the front door, and judges need only the ledger.
        """

    def show(self, metrics: Metrics) -> None:
        """Show what was opened, where there is anything to see."""

    def claimed(self) -> AbstractContextManager[Path]:
        """The data folder, for this service alone where its files are in it. Raises BadStart."""

    def ledger(self, decode_all: DecodeAll = decode_all) -> AbstractAsyncContextManager[Ledger]:
        """The service's own ledger, its events read by `decode_all`. Raises BadStart."""

    def bus(self, *publishes: str) -> AbstractAsyncContextManager[Bus]:
        """The bus, ready to publish on these topics. Raises BadStart."""
