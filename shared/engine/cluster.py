"""The cluster engine: ledger on MongoDB, bus on Kafka, any number of copies of each service. Nothing is on our disk."""

import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import cast

from shared.bus.kafka import KafkaBus
from shared.contracts.events import DecodeAll, decode_all
from shared.engine.filling import Filling
from shared.engine.port import Check
from shared.ledger.mongo import MongoLedger
from shared.lifecycle import Stop
from shared.metrics import Metrics
from shared.mongo import Mongo
from shared.selfcheck.kafka_asked import clients
from shared.selfcheck.kafka_asked import kafka as of_kafka
from shared.selfcheck.mongo_asked import mongo as of_mongo
from shared.selfcheck.start import Ask
from shared.settings import EngineSettings, LedgerSettings


class Cluster:
    """Implements `shared.engine.port.Engine`; `mongo` is the open database as long as the ledger is open."""

    def __init__(self, settings: EngineSettings, name: str, stop: Stop) -> None:
        self.checks: list[Check] = []
        self.asks: list[Ask] = []
        self._settings = settings
        self._name = name
        self._stop = stop
        self._mongo: Mongo | None = None
        self._bus: KafkaBus | None = None

    @property
    def mongo(self) -> Mongo:
        assert self._mongo is not None, "the ledger is opened first"
        return self._mongo

    def unless_shared(self, *checks: Check) -> Sequence[Check]:
        del checks
        return ()

    def show(self, metrics: Metrics) -> None:
        bus = self._bus
        if bus is not None:
            metrics.gauge("bus_lag", "Messages on Kafka that this copy has not taken yet", lambda: bus.lag)
            metrics.gauge("bus_reconnects_total", "Kafka clients that were replaced", lambda: bus.reconnects)
            metrics.gauge("bus_well", "1 when Kafka is all there", lambda: bus.trouble is None)

    def claimed(self) -> AbstractContextManager[Path]:
        return self._not_claimed()

    @contextlib.contextmanager
    def _not_claimed(self) -> Iterator[Path]:
        yield self._settings.data

    @contextlib.asynccontextmanager
    async def ledger(self, decode_all: DecodeAll = decode_all) -> AsyncIterator[MongoLedger]:
        settings = cast("LedgerSettings", self._settings)  # only services with a ledger ask for one
        async with Mongo(settings.mongo, driver=settings.mongo_driver, database=settings.mongo_database) as mongo:
            self._mongo = mongo
            await Filling(mongo).must_be_over()
            async with MongoLedger(mongo, self._name, decode_all=decode_all) as ledger:
                ledger.broken = self._stop.fail
                self.asks.append(lambda: of_mongo(mongo, self._name))
                yield ledger

    @contextlib.asynccontextmanager
    async def bus(self, *publishes: str) -> AsyncIterator[KafkaBus]:
        del publishes  # all topics are made at the start, whoever comes first
        settings = self._settings
        async with KafkaBus(
            settings.kafka, self._name, replication=settings.kafka_replication, namespace=settings.kafka_prefix
        ) as bus:
            self.asks.append(partial(clients, settings.kafka, self._name))
            self.asks.append(
                partial(
                    of_kafka,
                    settings.kafka,
                    self._name,
                    replication=settings.kafka_replication,
                    namespace=settings.kafka_prefix,
                )
            )
            self._bus = bus
            yield bus
