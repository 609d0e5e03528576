"""Token buckets: so many at once, so many a second in the long run. Pure; the time is passed in, in seconds.

A bucket per address is forgotten when it is full again, and the table is bounded: who cycles through more addresses
than it holds meets the common bucket all the same.
"""

from collections import OrderedDict

_REMEMBERED = 4096


class Bucket:
    """At most `burst` at once and `per_second` in the long run."""

    __slots__ = ("_burst", "_left", "_per_second", "_since")

    def __init__(self, per_second: float, burst: float) -> None:
        self._per_second = per_second
        self._burst = self._left = float(burst)
        self._since = 0.0

    def wait(self, now: float) -> float:
        """Seconds until there is a token; 0 when there is one now."""
        if now > self._since:
            self._left = min(self._burst, self._left + (now - self._since) * self._per_second)
            self._since = now
        return max(0.0, (1 - self._left) / self._per_second)

    def take(self) -> None:
        """Take the token that `wait` said was there."""
        self._left -= 1

    def full(self, now: float) -> bool:
        self.wait(now)
        return self._left >= self._burst


class Buckets:
    """A bucket for each address."""

    def __init__(self, per_second: float, burst: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._of: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._of)

    def wait(self, address: str, now: float) -> float:
        bucket = self._of.get(address)
        return 0.0 if bucket is None else bucket.wait(now)

    def take(self, address: str, now: float) -> None:
        bucket = self._of.pop(address, None) or Bucket(self._per_second, self._burst)
        bucket.wait(now)
        bucket.take()
        self._of[address] = bucket
        # The one that was idle longest is first; one that has filled up again is as good as none.
        oldest = next(iter(self._of))
        if len(self._of) > _REMEMBERED or self._of[oldest].full(now):
            del self._of[oldest]
