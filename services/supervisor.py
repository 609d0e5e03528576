"""Starts the three services on one machine, keeps them running, and stops them in order; on the cluster engine, copies.

Each is a process of its own, so that fan-out never slows a judge. One that dies is started again with a growing pause;
one that cannot start the first time (exit code 2) ends everything with its own line. Stopping goes against the flow of
people, not of data: livescore first, so that the last boards still reach the viewers; broadcast last, so that they are
told to come back. The children hold the other end of a pipe: if this process is killed, they stop by themselves.
"""

import asyncio
import os
import random
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from services.serve import SERVICES
from shared.errors import BadStart
from shared.lifecycle import claimed

_PORT_ORDER = ("broadcast", "registration", "livescore")
_STOP_ORDER = ("livescore", "registration", "broadcast")
_NOT_LENT = (12_000, 32_000)
_LIVED_SECONDS = 3.0  # who dies sooner may be in a loop, and is started again with a longer and longer pause
_START_SECONDS = 30.0
_STOP_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Cluster:
    """The Kafka and MongoDB that services run on; what is empty here is left to the environment."""

    kafka: str
    mongo: str = field(repr=False)
    kafka_prefix: str = ""
    mongo_driver: str = "motor"
    mongo_database: str = "showcase"
    keys: Path | None = None
    unsafe: bool = False
    """For trying out: one copy of each topic, and whatever the self-check says."""

    def environment(self, service: str, keys: Path) -> dict[str, str]:
        given = {"ENGINE": "cluster", "KAFKA": self.kafka, "KAFKA_PREFIX": self.kafka_prefix}
        if self.unsafe:
            given |= {"UNSAFE": "true", "KAFKA_REPLICATION": "1"}
        if service != "broadcast":
            given |= {
                "MONGO": self.mongo,
                "MONGO_DRIVER": self.mongo_driver,
                "MONGO_DATABASE": self.mongo_database,
                "KEYS": str(keys),
            }
        return {f"{service.upper()}_{name}": text for name, text in given.items()}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event runs: its data folder, the address to listen on, and the one people's browsers use.

    `ports` are those of the first copy of each service, `further` those of the others.
    """

    data: Path
    host: str = "127.0.0.1"
    address: str = "127.0.0.1"
    ports: dict[str, int] = field(default_factory=lambda: {"broadcast": 8080, "registration": 8081, "livescore": 8082})
    cluster: Cluster | None = None
    further: tuple[dict[str, int], ...] = ()

    def url(self, service: str) -> str:
        return f"http://{self.address}:{self.ports[service]}"

    @property
    def copies(self) -> tuple[dict[str, int], ...]:
        return (self.ports, *self.further)

    def urls(self, service: str) -> list[str]:
        """Of every copy."""
        return [self.url(service), *(f"http://{self.address}:{ports[service]}" for ports in self.further)]

    def alternatives(self) -> dict[str, list[str]]:
        """For the first copy's address of each service, all that are as good."""
        return {self.url(service): self.urls(service) for service in self.ports} if self.further else {}

    @property
    def keys(self) -> Path:
        given = self.cluster.keys if self.cluster is not None else None
        return (given or self.data / "keys").resolve()

    @property
    def organiser_link(self) -> Path:
        return self.keys / "organiser.link"


def laid_out(data: Path, host: str, port: int, address: str | None = None) -> Place:
    """The place whose first port is `port`, without looking whether anything listens there."""
    return Place(data.resolve(), host, address or host, {name: port + n for n, name in enumerate(_PORT_ORDER)})


def place(
    data: Path, host: str, port: int, address: str | None = None, cluster: Cluster | None = None, copies: int = 1
) -> Place:
    """Lay out three ports for each copy from `port` on (0: free ones); raise BadStart when one is taken."""
    taken: list[socket.socket] = []
    count = len(_PORT_ORDER) * copies
    try:
        for wanted in range(port, port + count) if port else _free_ports(host, count):
            one = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
            taken.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind((host, wanted))
            except OSError as exc:
                raise BadStart(f"cannot listen on {host}:{wanted}: {exc.strerror}; choose another with --port") from exc
        numbers = iter([one.getsockname()[1] for one in taken])
        ports = [{name: next(numbers) for name in _PORT_ORDER} for _ in range(copies)]
    finally:
        for one in taken:
            one.close()
    everywhere = host in {"0.0.0.0", "::"}
    name = address or (socket.gethostname() if everywhere else host)
    return Place(data.resolve(), host, name, ports[0], cluster, tuple(ports[1:]))


def _free_ports(host: str, count: int) -> list[int]:
    """Ports that can be had now, beneath those the system lends to outgoing connections.

    A lent one could be in use by a client's connection at the very moment a service comes back to it.
    """
    free: list[int] = []
    candidates = iter(random.sample(range(*_NOT_LENT), 200))
    while len(free) < count:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            wanted = next(candidates)
            try:
                probe.bind((host, wanted))
            except OSError:
                continue
            free.append(wanted)
    return free


class _Child:
    """One copy of a service, started again whenever it dies."""

    def __init__(self, name: str, copy: int, at: Place, ended: Callable[[list[str]], None]) -> None:
        self.name = name
        self.copy = copy
        self.process: asyncio.subprocess.Process | None = None
        self.starts = 0
        self._at = at
        self._ended = ended
        self._log = at.data / "logs" / (f"{name}-{copy + 1}.log" if copy else f"{name}.log")
        self._keeper: asyncio.Task[None] | None = None
        self._stopping = False

    def start(self) -> None:
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.name} {self.copy}")

    async def _keep(self) -> None:
        pause = 0.1
        while not self._stopped():
            began = time.monotonic()
            offset = self._log.stat().st_size if self._log.exists() else 0
            with self._log.open("ab") as log:
                self.process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "services.serve",
                    self.name,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.DEVNULL,
                    stderr=log,
                    env=self._environment(),
                    start_new_session=True,  # Ctrl-C in the terminal is ours to pass on, in order
                )
            self.starts += 1
            code = await self.process.wait()
            if self._stopped():
                return
            if code == 2 and self.starts == 1:  # later it is tried again: what it lacks (a full disk) may come back
                self._ended(self._reasons(offset))
                return
            if time.monotonic() - began > _LIVED_SECONDS:
                pause = 0.1
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)

    def _stopped(self) -> bool:
        return self._stopping

    def _environment(self) -> dict[str, str]:
        at, prefix = self._at, self.name.upper()
        given = {
            f"{prefix}_DATA": str(at.data),
            f"{prefix}_HOST": at.host,
            f"{prefix}_PORT": str(at.copies[self.copy][self.name]),
        }
        if at.cluster is not None:
            given |= at.cluster.environment(self.name, at.keys)
        if self.name == "registration":
            given |= {
                "REGISTRATION_PUBLIC_URL": at.url("registration"),
                "REGISTRATION_LIVESCORE_URL": at.url("livescore"),
                "REGISTRATION_BROADCAST_URL": at.url("broadcast"),
            }
        if self.name == "broadcast":
            given |= {
                "BROADCAST_REGISTRATION_URL": at.url("registration"),
                "BROADCAST_LIVESCORE_URL": at.url("livescore"),
            }
        return os.environ | self._no_authorities() | given

    def _no_authorities(self) -> dict[str, str]:
        """Keep certificate authorities out of memory where no setting names an https address.

        The HTTP library reads all of them when it is loaded, two megabytes in each process, for connections to the
        outside, which a service on one machine does not open.
        """
        ours = f"{self.name.upper()}_"
        outside = any(name.startswith(ours) and "https:" in text for name, text in os.environ.items())
        if self._at.cluster is not None or outside:
            return {}
        return {"SSL_CERT_FILE": os.devnull, "SSL_CERT_DIR": os.devnull}

    def _reasons(self, offset: int) -> list[str]:
        """What it said on standard error, at its end, about why it cannot start."""
        with self._log.open("rb") as log:
            log.seek(offset)
            lines = log.read().decode(errors="replace").strip().splitlines()
        said = list(takewhile(lambda line: line.startswith("showcase: "), reversed(lines)))
        reasons = [line.removeprefix("showcase: ") for line in reversed(said)]
        return reasons or lines[-1:] or [f"{self.name} cannot start"]

    async def stop(self) -> None:
        self._stopping = True
        process = self.process
        if process is not None and process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), _STOP_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)


class Supervisor:
    """`async with Supervisor(place)` is a running showcase; ready when it is entered, stopped in order when left."""

    def __init__(self, at: Place) -> None:
        self.place = at
        self._reasons: asyncio.Queue[list[str]] = asyncio.Queue()
        # Ends with the line to show when a service cannot start; that one is not tried again.
        self._cannot_start = asyncio.create_task(self._reasons.get())
        self._children = {
            (name, copy): _Child(name, copy, at, self._reasons.put_nowait)
            for name in SERVICES
            for copy in range(len(at.copies))
        }
        self._claim = claimed(at.data, "supervisor")

    def pid(self, service: str, copy: int = 0) -> int:
        """The process id of a running service, for measuring and for fault tests."""
        process = self._children[service, copy].process
        assert process is not None, "not started yet"
        return process.pid

    def starts(self, service: str, copy: int = 0) -> int:
        return self._children[service, copy].starts

    async def __aenter__(self) -> Self:
        self._claim.__enter__()
        try:
            (self.place.data / "logs").mkdir(exist_ok=True)
            if self.place.cluster is not None:
                from services.keys import make_keys  # noqa: PLC0415 - the other engine's registration makes its own

                make_keys(self.place.keys, self.place.url("registration"))
            for child in self._children.values():
                child.start()
            await self.ready()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in _STOP_ORDER:
            await asyncio.gather(*(child.stop() for child in self._children.values() if child.name == name))
        self._cannot_start.cancel()
        self._claim.__exit__(None, None, None)

    async def ready(self) -> None:
        """Wait until every service says it is ready; raise BadStart when one cannot."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as http:
            waiting = asyncio.create_task(self._all_ready(http))
            try:
                async with asyncio.timeout(_START_SECONDS):
                    await self.until(waiting)
            except TimeoutError:
                raise BadStart(f"not ready in {_START_SECONDS:.0f} s; see {self.place.data}/logs") from None
            finally:
                waiting.cancel()

    async def until(self, work: "asyncio.Task[Any]") -> None:
        """Wait for `work`; raise BadStart as soon as a service cannot start."""
        await asyncio.wait({work, self._cannot_start}, return_when=asyncio.FIRST_COMPLETED)
        if self._cannot_start.done():
            raise BadStart(*self._cannot_start.result())
        await work

    async def _all_ready(self, http: aiohttp.ClientSession) -> None:
        await asyncio.gather(*(self.copy_ready(http, name, copy) for name, copy in self._children))

    async def copy_ready(self, http: aiohttp.ClientSession, name: str, copy: int) -> None:
        """Wait until one copy says that it is ready."""
        host = "127.0.0.1" if self.place.host == "0.0.0.0" else self.place.host
        url = f"http://{host}:{self.place.copies[copy][name]}"
        while True:
            try:
                async with http.get(f"{url}/readyz") as answer:
                    if answer.status == 200:
                        return
            except (aiohttp.ClientError, TimeoutError):
                pass  # not listening yet
            await asyncio.sleep(0.05)
