"""The embedded engine: ledger and bus are SQLite files in the data folder, which this process locks for itself."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from shared.bus.sqlite import SqliteBus
from shared.contracts.events import DecodeAll, decode_all
from shared.engine.port import Check
from shared.ledger.sqlite import SqliteLedger
from shared.lifecycle import Stop, claimed
from shared.metrics import Metrics
from shared.selfcheck.sqlite import sqlite
from shared.selfcheck.start import Ask
from shared.settings import EngineSettings


class Embedded:
    """Implements `shared.engine.port.Engine`."""

    def __init__(self, settings: EngineSettings, name: str, stop: Stop) -> None:
        self.checks: list[Check] = []
        self.asks: list[Ask] = []
        self._data = settings.data
        self._name = name
        self._stop = stop

    def unless_shared(self, *checks: Check) -> Sequence[Check]:
        return checks

    def show(self, metrics: Metrics) -> None:
        """Files show nothing; their faults are reasons in `checks`."""

    def claimed(self) -> AbstractContextManager[Path]:
        return claimed(self._data, self._name)

    @contextlib.asynccontextmanager
    async def ledger(self, decode_all: DecodeAll = decode_all) -> AsyncIterator[SqliteLedger]:
        async with SqliteLedger(self._data / f"{self._name}.db", decode_all=decode_all) as ledger:
            ledger.file.broken = self._stop.fail
            self.checks.append(lambda: ledger.file.fault)
            self.asks.append(lambda: sqlite(ledger.file))
            yield ledger

    @contextlib.asynccontextmanager
    async def bus(self, *publishes: str) -> AsyncIterator[SqliteBus]:
        async with SqliteBus(self._data / "bus", self._name, *publishes, broken=self._stop.fail) as bus:
            yield bus
