"""How fast one address may send registrations: a bucket per address that refills over time.

The burst is generous, because a whole class registers from behind one school's address; what it stops is a script.
Addresses are counted as the network sees them, IPv6 by its /64, and are forgotten when the bucket is full again.
A forwarded address counts only when a proxy on this machine says it (S7).
"""

from collections import OrderedDict
from ipaddress import IPv6Address, ip_address

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


def counted_address(remote: str | None, forwarded: str | None) -> str:
    """The address to count: the sender's, or what a proxy on this machine says it is."""
    try:
        address = ip_address(remote or "")
        if address.is_loopback and forwarded:
            address = ip_address(forwarded.rpartition(",")[2].strip())
    except ValueError:
        return remote or "unknown"
    if isinstance(address, IPv6Address):
        return address.exploded[:19]
    return str(address)
