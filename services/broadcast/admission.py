"""Who may come in, decided before the upgrade: origins, the number of viewers, their pace; both per address too.

How fast: a storm of joins would keep ticks waiting, and judges on the same machine. Who comes too fast is told when to
come again, each at a time of its own, which costs half of a join.

The feed is public and carries no cookies; origins are checked nevertheless, so that no foreign page can spend our
connections through its visitors' browsers. A client without an Origin header is no browser and is welcome.

An address is the peer's, unless the peer is a proxy that the operator named: then it is the last address in
`X-Forwarded-For` that is not such a proxy's, and the first where all are. A header from anyone else changes nothing.
IPv6 is counted by its /64, which is what one household gets. Addresses are kept in memory for as long as they count,
and where nothing counts them not at all.
"""

import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from services.broadcast.bucket import Bucket, Buckets

_DEFAULT_PORTS = {"http": 80, "https": 443}
_WITH_PORT = re.compile(r"\[([^\[\]]*)\](?::\d+)?|([\d.]+):\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Refusal:
    status: int
    code: str
    detail: str
    retry_after: int | None = None


def _place(scheme: str, authority: str) -> tuple[str, int | None]:
    parts = urlsplit(f"//{authority}")
    return (parts.hostname or "").rstrip("."), parts.port or _DEFAULT_PORTS.get(scheme)


def same_host(origin: str, host: str) -> bool:
    """Whether a page of this origin was served under this Host; the scheme is the proxy's matter."""
    try:
        parts = urlsplit(origin)
        if parts.scheme not in _DEFAULT_PORTS or not parts.netloc or parts.path or "@" in parts.netloc:
            return False
        return _place(parts.scheme, parts.netloc) == _place(parts.scheme, host)
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one process; 0 stands for any number."""

    viewers: int
    viewers_per_address: int = 0
    joins_per_second: float = 0
    joins_burst: int = 1
    joins_per_minute_per_address: int = 0


def counted(address: str) -> str:
    """What an address is counted under: IPv6 by its /64, IPv4 in IPv6 as IPv4, anything else as it stands."""
    one = _read(address)
    if one is None:
        return address[:64]
    return str(IPv6Address(int(one) >> 64 << 64) if isinstance(one, IPv6Address) else one)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    """An address as proxies write it, some of them with a port; IPv4 in IPv6 is IPv4."""
    with_port = _WITH_PORT.fullmatch(text)
    try:
        one = ip_address(with_port[1] or with_port[2] if with_port else text)
    except ValueError:
        return None
    return getattr(one, "ipv4_mapped", None) or one


class Admission:
    def __init__(
        self,
        limits: Limits,
        origins: Sequence[str] = (),
        proxies: Sequence[IPv4Network | IPv6Network] = (),
    ) -> None:
        self._limits = limits
        self._joins = Bucket(limits.joins_per_second, limits.joins_burst) if limits.joins_per_second else None
        a_minute = limits.joins_per_minute_per_address
        self._joins_by_address = Buckets(a_minute / 60, a_minute) if a_minute else None
        self._counts_addresses = bool(limits.viewers_per_address or a_minute)
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)
        self._proxies = tuple(proxies)
        self._by_address: Counter[str] = Counter()
        self.inside = 0

    def origin_allowed(self, headers: Mapping[str, str]) -> bool:
        origin = headers.get("origin")
        if origin is None:
            return True
        return origin.lower() in self._origins or same_host(origin.lower(), headers.get("host", "").lower())

    def address(self, peer: str, headers: Mapping[str, str]) -> str:
        """What to count a viewer under; empty where addresses are not counted."""
        if not self._counts_addresses:
            return ""
        forwarded = headers.get("x-forwarded-for")
        if forwarded and self._is_proxy(peer):
            hops = [part.strip() for part in forwarded.split(",")]
            return counted(next((hop for hop in reversed(hops) if not self._is_proxy(hop)), hops[0]))
        return counted(peer)

    def refusal(self, address: str, now: float) -> Refusal | None:
        """Why another viewer from this address cannot be taken in now, or None."""
        limits = self._limits
        if self.inside >= limits.viewers:
            return Refusal(503, "full", "All places are taken; try again later.", random.randint(5, 20))
        if limits.viewers_per_address and self._by_address[address] >= limits.viewers_per_address:
            detail = "Too many viewers from this address; close some, or try again later."
            return Refusal(503, "address_full", detail, random.randint(5, 20))
        if self._joins_by_address is not None and (wait := self._joins_by_address.wait(address, now)) > 0:
            detail = "Too many joins from this address in the last minute; try again later."
            return Refusal(503, "address_too_fast", detail, random.randint(5, 20) + int(wait))
        if self._joins is not None and self._joins.wait(now) > 0:
            return Refusal(503, "too_fast", "Too many are coming at once; try again later.", random.randint(2, 10))
        return None

    def enter(self, address: str, now: float) -> None:
        self.inside += 1
        if self._joins is not None:
            self._joins.take()
        if self._joins_by_address is not None:
            self._joins_by_address.take(address, now)
        if self._limits.viewers_per_address:
            self._by_address[address] += 1

    def leave(self, address: str) -> None:
        self.inside -= 1
        if self._limits.viewers_per_address:
            self._by_address[address] -= 1
            if self._by_address[address] <= 0:
                del self._by_address[address]

    def _is_proxy(self, text: str) -> bool:
        address = _read(text)
        return address is not None and any(address in network for network in self._proxies)
