"""Where a showcase runs: its data folder, its addresses and ports, and the engine behind it."""

import random
import socket
from dataclasses import dataclass, field
from pathlib import Path

from shared.errors import BadStart

_PORT_ORDER = ("broadcast", "registration", "livescore")
_NOT_LENT = (12_000, 32_000)
_LAST_PORT = 65_535


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

    `ports` are those of the first copy of each service, `further` those of the others. Where several processes of
    broadcast share a port, each answers health and metrics at one of its own as well: `own_ports`, by copy.
    """

    data: Path
    host: str = "127.0.0.1"
    address: str = "127.0.0.1"
    ports: dict[str, int] = field(default_factory=lambda: {"broadcast": 8080, "registration": 8081, "livescore": 8082})
    cluster: Cluster | None = None
    further: tuple[dict[str, int], ...] = ()
    own_ports: tuple[tuple[int, ...], ...] = ((),)

    def url(self, service: str) -> str:
        return url(self.address, self.ports[service])

    @property
    def copies(self) -> tuple[dict[str, int], ...]:
        return (self.ports, *self.further)

    def urls(self, service: str) -> list[str]:
        """Of every copy."""
        return [self.url(service), *(url(self.address, ports[service]) for ports in self.further)]

    def alternatives(self) -> dict[str, list[str]]:
        """For the first copy's address of each service, all that are as good."""
        return {self.url(service): self.urls(service) for service in self.ports} if self.further else {}

    @property
    def broadcast_processes(self) -> int:
        """For each copy."""
        return max(1, len(self.own_ports[0]))

    @property
    def keys(self) -> Path:
        given = self.cluster.keys if self.cluster is not None else None
        return (given or self.data / "keys").resolve()

    @property
    def organiser_link(self) -> Path:
        return self.keys / "organiser.link"


def url(host: str, port: int) -> str:
    """The address of a port; one of IPv6 stands in brackets there."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def laid_out(data: Path, host: str, port: int, address: str | None = None) -> Place:
    """The place whose first port is `port`, without looking whether anything listens there."""
    return Place(data.resolve(), host, address or host, {name: port + n for n, name in enumerate(_PORT_ORDER)})


def place(
    data: Path,
    host: str,
    port: int,
    address: str | None = None,
    cluster: Cluster | None = None,
    copies: int = 1,
    broadcast_processes: int = 1,
) -> Place:
    """Lay out three ports for each copy from `port` on (0: free ones), then those of broadcast's processes if there are
    several; raise BadStart when one is taken.
    """
    taken: list[socket.socket] = []
    own = broadcast_processes if broadcast_processes > 1 else 0
    count = (len(_PORT_ORDER) + own) * copies
    if port + count - 1 > _LAST_PORT:
        raise BadStart(f"{count} ports from {port} on are more than there are; choose another with --port")
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
        own_ports = tuple([tuple([next(numbers) for _ in range(own)]) for _ in range(copies)])
    finally:
        for one in taken:
            one.close()
    everywhere = host in {"0.0.0.0", "::"}
    name = address or (socket.gethostname() if everywhere else host)
    return Place(data.resolve(), host, name, ports[0], cluster, tuple(ports[1:]), own_ports)


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
