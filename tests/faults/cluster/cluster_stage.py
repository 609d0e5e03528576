"""A whole showcase on the cluster engine for one module of tests: broker, MongoDB server, two copies of each service.

Between the services and what they run on stand proxies, so that every line can be cut and mended while everything
runs. One set serves all tests of a module, because starting it takes longer than most faults; `mend` puts everything
right again, whatever the test before has left. Viewers watch from the first test to the last without ever reloading:
whatever happens, what they see may never go back.
"""

import asyncio
import contextlib
import os
import resource
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from services.cli import EXAMPLE
from services.rehearsal.audit import Held, read_held
from services.rehearsal.event import Event, load_event
from services.rehearsal.http import Http
from services.rehearsal.organiser import Cast, set_up
from services.rehearsal.viewers import Audience
from services.serve import SERVICES
from services.supervisor import Cluster, Place, Supervisor, place
from shared.bus.kafka import KafkaBus
from shared.bus.kafka_link import Timing
from shared.errors import BadStart, Unavailable
from tests.faults.disks import empty, fill, mounted_disk
from tests.faults.storm import corrected
from tests.parts import kafka as kafka_part
from tests.parts import mongo as mongo_part
from tests.parts.kafka import Kafka, free_port
from tests.parts.mongo import MongoServer
from tests.parts.proxy import Proxy

SOAK = os.environ.get("SHOWCASE_SOAK") == "1"
COPIES = 2
_VIEWERS = 12
_ROUND = 12  # cells that are given before anybody looks whether the storm is over
_SPARE = 8
_TRY_SECONDS = 3.0  # a robot that hears nothing for so long goes to another copy, with the same client-made id


def lasting(short: float, full: float) -> float:
    """How long a fault lasts: short in every test run, in full in a soak."""
    return full if SOAK else short


@dataclass(slots=True)
class Stage:
    """Everything that can be hurt, and those who judge and watch meanwhile."""

    kafka: Kafka
    mongo: MongoServer
    bus_lines: Sequence[Proxy]
    """One in front of each broker."""
    store_line: Proxy
    supervisor: Supervisor
    http: Http
    event: Event
    cast: Cast
    audience: Audience
    rounds: Iterator[Event]
    """What the judges do next; it never ends."""
    spare: Event
    """Cells that no robot touches, for marks that a test gives by hand."""

    @property
    def at(self) -> Place:
        return self.supervisor.place

    @property
    def copies(self) -> list[tuple[str, int]]:
        return [(name, copy) for name in SERVICES for copy in range(COPIES)]

    def signal(self, service: str, copy: int, number: signal.Signals) -> bool:
        """False when it is dead already, and being started again."""
        try:
            os.kill(self.supervisor.pid(service, copy), number)
        except ProcessLookupError:
            return False
        return True

    async def mend(self) -> None:
        """Thaw, start and connect what is not, and wait until every copy is ready."""
        for line in (*self.bus_lines, self.store_line):
            line.delay, line.deaf, line.refusing = 0.0, False, False
            line.thaw()
        for service, copy in self.copies:
            self.signal(service, copy, signal.SIGCONT)
        for broker in self.kafka.brokers:
            if broker.running:
                broker.thaw()
            else:
                broker.start()
        if self.mongo.running:
            self.mongo.thaw()
        else:
            await asyncio.to_thread(self.mongo.start)
        await self.kafka.ready()
        await self.supervisor.ready()

    def own_bus(self, service: str = "tests", timing: Timing | None = None) -> KafkaBus:
        """A bus of the test's own on the same topics; under a service's name it is one copy more of that service."""
        return KafkaBus(self.kafka.servers, service, replication=len(self.kafka.brokers), timing=timing)

    async def start_again(self, copy: int) -> None:
        """Kill this copy of every service and wait until each has been started anew."""
        before = {service: self.supervisor.starts(service, copy) for service in SERVICES}
        for service in SERVICES:
            self.signal(service, copy, signal.SIGKILL)
        async with asyncio.timeout(30):
            for service, starts in before.items():
                while self.supervisor.starts(service, copy) == starts:  # noqa: ASYNC110 - there is no event for it
                    await asyncio.sleep(0.01)
        await self.supervisor.ready()

    @contextlib.contextmanager
    def full_disk(self, node: int) -> Iterator[None]:
        """Nothing more can be written to a broker's disk; where none may be mounted, its files may not grow."""
        disk = self.kafka.brokers[node].folder.parent
        if os.path.ismount(disk):
            fill(disk)
            try:
                yield
            finally:
                empty(disk)
            return
        pid = self.kafka.brokers[node].pid
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]))
        yield

    def logged(self, text: str) -> int:
        """In how many lines of all services' logs this was said."""
        logs = (self.at.data / "logs").iterdir()
        return sum(text in line for log in logs for line in log.read_text(errors="replace").splitlines())

    async def broker_back(self, node: int = 0) -> None:
        """Start a broker that was killed, and wait until it answers."""
        self.kafka.brokers[node].start()
        await self.kafka.ready()

    async def held(self) -> Held:
        """What the ledger holds, asked until it says so."""
        async with asyncio.timeout(60):
            while True:
                with contextlib.suppress(BadStart, Unavailable):
                    return await read_held(self.at, self.event.competition_id)
                await asyncio.sleep(0.1)


def rounds_of(event: Event) -> Iterator[Event]:
    """The event in small pieces; then every measured aspect corrected, again and again."""
    while True:
        for start in range(0, len(event.cells), _ROUND):
            yield replace(event, cells=event.cells[start : start + _ROUND])
        event = corrected(event)
        event = replace(event, cells=tuple(cell for cell in event.cells if cell.turns[-1].value is not None))


@asynccontextmanager
async def staged(folder: Path, *, brokers: int = 1, driver: str = "motor") -> AsyncIterator[Stage]:
    for part in (kafka_part, mongo_part):
        if reason := part.missing():
            pytest.skip(reason)
    async with AsyncExitStack() as stack:
        ports = [free_port() for _ in range(brokers)]
        disk = stack.enter_context(mounted_disk(folder / "kafka", "160m") if brokers == 1 else nullcontext(folder))
        kafka = Kafka(disk, brokers, ports)
        bus_lines = [
            await stack.enter_async_context(Proxy(broker.port, listen=port))
            for broker, port in zip(kafka.brokers, ports, strict=True)
        ]
        await asyncio.to_thread(kafka.__enter__)
        stack.callback(kafka.__exit__)
        mongo = await asyncio.to_thread(MongoServer(folder / "mongo").__enter__)
        stack.callback(mongo.__exit__)
        store_line = await stack.enter_async_context(Proxy(mongo.port))
        cluster = Cluster(kafka.servers, mongo.uri_through(store_line.port), mongo_driver=driver, unsafe=brokers == 1)
        at = place(folder / "data", "127.0.0.1", 0, cluster=cluster, copies=COPIES)
        supervisor = await stack.enter_async_context(Supervisor(at))
        http = await stack.enter_async_context(Http(timeout_seconds=_TRY_SECONDS, copies=at.alternatives()))
        event = load_event(EXAMPLE)
        spare = [cell for cell in event.cells if cell.turns[0].value is not None][-_SPARE:]
        played = replace(event, cells=tuple(cell for cell in event.cells if cell not in spare))
        cast = await set_up(event, at, http)
        channel = f"competition/{event.competition_id}"
        audience = await stack.enter_async_context(Audience(at.urls("broadcast"), channel, _VIEWERS))
        stage = Stage(
            kafka=kafka,
            mongo=mongo,
            bus_lines=bus_lines,
            store_line=store_line,
            supervisor=supervisor,
            http=http,
            event=event,
            cast=cast,
            audience=audience,
            rounds=rounds_of(played),
            spare=replace(event, cells=tuple(spare)),
        )
        try:
            yield stage
        finally:
            await stage.mend()
