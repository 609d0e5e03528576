"""What the settings open to the world: addresses, origins, proxies, and secrets that everybody knows.

`showcase up --host 0.0.0.0` for a classroom is a way to use it, so on the embedded engine an open address is only
warned of. In a cluster there is always a front door, and a service that does not know it takes its address for
everybody's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import unquote, urlsplit

from typing_extensions import override

from shared.selfcheck import Facts, Finding, doubt
from shared.settings import Settings

COPIES = 3
"""Copies of each topic that a cluster must keep to survive the loss of a broker while another one is being replaced."""

_KNOWN_TO_EVERYBODY = frozenset(
    {"", "123456", "admin", "change-me", "changeme", "default", "example", "mongo", "mongodb", "pass", "password"}
    | {"root", "secret", "showcase", "test"}
)


@dataclass(frozen=True, slots=True)
class EdgeFacts(Facts):
    prefix: str
    cluster: bool
    host: str
    origins: tuple[str, ...] = ()
    proxies: tuple[str, ...] | None = None
    """None where the service has no such setting."""
    public_url: str | None = None
    mongo: str | None = None
    kafka_replication: int | None = None

    @override
    def findings(self) -> Iterator[Finding]:
        for origin in self.origins:
            if origin.strip() in ("*", "null"):
                yield Finding("C27", f"{self.prefix}ORIGINS has {origin!r}, pages of every site: name those that may")
        for proxy in self.proxies or ():
            if ip_network(proxy).prefixlen == 0:
                yield Finding("C27", f"{self.prefix}PROXIES has {proxy}, so anybody can forge an address: name yours")
        if not _loopback(self.host) and self.proxies == ():
            says = f"{self.prefix}HOST is {self.host} and {self.prefix}PROXIES names no proxy"
            if self.cluster:
                yield Finding("C27", f"{says}: name the front door's network, or it passes for every viewer")
            else:
                yield doubt("C27", f"{says}: for more than a trusted network put one with HTTPS in front")
        url = urlsplit(self.public_url or "")
        if url.scheme == "http" and not _loopback(url.hostname or ""):
            yield doubt("C27", f"{self.prefix}PUBLIC_URL is http, so links with tokens travel readable: use https")
        if self.mongo is not None:
            yield from _of_mongo(f"{self.prefix}MONGO", self.mongo)
        if self.cluster and self.kafka_replication is not None and self.kafka_replication < COPIES:
            found = f"{self.prefix}KAFKA_REPLICATION is {self.kafka_replication}"
            yield Finding("C10", f"{found}: {COPIES} copies of each topic survive the loss of a broker")


def edge(settings: Settings) -> EdgeFacts:
    """What a service's settings open; those that it does not have are left out."""

    def given(name: str) -> Any:
        return getattr(settings, name, None)

    def texts(values: Sequence[Any] | None) -> tuple[str, ...] | None:
        return None if values is None else tuple(str(value) for value in values)

    cluster = given("engine") == "cluster"
    return EdgeFacts(
        prefix=settings.PREFIX,
        cluster=cluster,
        host=given("host"),
        origins=texts(given("origins")) or (),
        proxies=texts(given("proxies")),
        public_url=given("public_url"),
        mongo=given("mongo") if cluster else None,
        kafka_replication=given("kafka_replication"),
    )


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _of_mongo(setting: str, uri: str) -> Iterator[Finding]:
    """The address itself is never repeated: it has a password in it."""
    person, at, hosts = uri.partition("://")[2].partition("/")[0].rpartition("@")
    password = unquote(person.partition(":")[2]).lower()
    if at and password in _KNOWN_TO_EVERYBODY:
        yield Finding("C27", f"{setting} has a password that everybody knows: choose one of your own")
    elif not at and not all(_loopback(_host(one)) for one in hosts.split(",")):
        yield doubt("C27", f"{setting} names no user: whoever reaches the database can change every mark")


def _host(address: str) -> str:
    return address.partition("]")[0].removeprefix("[") if address.startswith("[") else address.partition(":")[0]
