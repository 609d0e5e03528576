"""How fast one address may send registrations: a bucket per address that refills over time.

The burst is generous, because a whole class registers from behind one school's address; what it stops is a script.
Addresses are counted as the network sees them, IPv6 by its /64, and are forgotten when the bucket is full again.
A forwarded address counts only when a proxy says it that is on this machine or was named by the operator (S7).
"""

from collections import OrderedDict
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from shared.errors import CallerError

_REMEMBERED = 10_000


class TooMany(CallerError):
    """Too many from one address; try again after a while (429)."""

    status = 429


class Pace:
    def __init__(self, per_minute: float, burst: int) -> None:
        self._per_second = per_minute / 60
        self._burst = float(burst)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str, now: float) -> None:
        """Count one; raise TooMany, saying when the next is welcome."""
        left, since = self._buckets.pop(address, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._per_second)
        self._buckets[address] = (left - 1 if left >= 1 else left, now)
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
        if left < 1:
            seconds = int((1 - left) / self._per_second) + 1
            raise TooMany(
                "too_many",
                f"too many registrations from this network; try again in {seconds} seconds",
                retry_after_seconds=seconds,
            )


def counted_address(
    remote: str | None, forwarded: str | None, proxies: Sequence[IPv4Network | IPv6Network] = ()
) -> str:
    """The address to count: the sender's, or the last one of which proxies say that it is no proxy's."""

    def is_proxy(one: IPv4Address | IPv6Address) -> bool:
        return one.is_loopback or any(one in network for network in proxies)

    try:
        address = ip_address(remote or "")
        for hop in reversed((forwarded or "").split(",") if forwarded else []):
            if not is_proxy(address):
                break
            address = ip_address(hop.strip())
    except ValueError:
        return remote or "unknown"
    if isinstance(address, IPv6Address):
        return address.exploded[:19]
    return str(address)
