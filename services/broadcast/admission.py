"""Who may come in, decided before the upgrade: origins, the number of viewers, and viewers per address.

The feed is public and carries no cookies; origins are checked nevertheless, so that no foreign page can spend our
connections through its visitors' browsers. A client without an Origin header is no browser and is welcome.

An address is the peer's, unless the peer is a proxy that the operator named: then it is the last address in
`X-Forwarded-For` that is not such a proxy's. A header from anyone else changes nothing.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


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


class Admission:
    def __init__(
        self,
        max_viewers: int,
        per_address: int = 0,
        origins: Sequence[str] = (),
        proxies: Sequence[IPv4Network | IPv6Network] = (),
    ) -> None:
        self._max_viewers = max_viewers
        self._per_address = per_address
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
        forwarded = headers.get("x-forwarded-for")
        if not forwarded or not self._is_proxy(peer):
            return peer
        for hop in reversed([part.strip() for part in forwarded.split(",")]):
            if not self._is_proxy(hop):
                return hop[:64]
        return peer

    def refusal(self, address: str) -> Refusal | None:
        """Why another viewer from this address cannot be taken in now, or None."""
        if self.inside >= self._max_viewers:
            return Refusal(503, "full", "All places are taken; try again later.", random.randint(5, 20))
        if self._per_address and self._by_address[address] >= self._per_address:
            detail = "Too many viewers from this address; close some, or try again later."
            return Refusal(503, "address_full", detail, random.randint(5, 20))
        return None

    def enter(self, address: str) -> None:
        self.inside += 1
        if self._per_address:
            self._by_address[address] += 1

    def leave(self, address: str) -> None:
        self.inside -= 1
        if self._per_address:
            self._by_address[address] -= 1
            if self._by_address[address] <= 0:
                del self._by_address[address]

    def _is_proxy(self, text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:
            return False
        return any(address in network for network in self._proxies)
