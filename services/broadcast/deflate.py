"""One compressor for all viewers of a lane (permessage-deflate, RFC 7692). Pure.

The compressor goes on from message to message (context takeover), so a delta is told in words that viewers have seen
before. Its output can be read by those alone who have got every message since it was begun: that span is an *epoch*.
Whoever comes later, or was passed over, gets plain frames, which the standard allows at any time and which do not enter
anybody's window. The first message of an epoch refers to nothing before it, so it fits everybody again.

When is it time for a fresh start? It makes the next messages larger for all who are inside, by about one plain message
each; a plain message is what every one outside costs now. So a fresh start is due when those outside have cost as much
as it would: never more than twice the best that could be done, without a clock. And after a number of messages it is
due anyway, or a single late viewer of a large lane would never be taken in.
"""

import zlib
from collections.abc import Sequence

WINDOW_BITS = 13
_MOST_MESSAGES = 250
_TAIL = b"\x00\x00\xff\xff"  # of every flush; the other side puts it back


def _begin() -> "zlib._Compress":
    return zlib.compressobj(level=9, wbits=-WINDOW_BITS, memLevel=5)  # 48 kB


def _pack(compressor: "zlib._Compress", body: bytes) -> bytes:
    return (compressor.compress(body) + compressor.flush(zlib.Z_SYNC_FLUSH)).removesuffix(_TAIL)


def packed_alone(body: bytes) -> bytes:
    """A message that refers to none before it. It enters the window: who gets it is in no epoch any more."""
    return _pack(_begin(), body)


class SharedDeflate:
    """The compressor of a lane. `epoch` is never 0, so 0 may stand for being outside."""

    __slots__ = ("_compressor", "_cost", "_messages", "epoch", "fresh")

    def __init__(self) -> None:
        self.epoch = 0
        self.fresh = False
        """Whether what was packed last begins the epoch: it fits everybody."""
        self._compressor = _begin()
        self._messages = 0
        self._cost = 0

    def pack(self, bodies: Sequence[bytes], inside: int, outside: int) -> list[bytes]:
        """Pack what all viewers of the epoch get next; so many viewers are in it, and so many are not."""
        self._cost += outside
        self.fresh = self.epoch == 0 or self._cost >= max(1, inside) or self._messages >= _MOST_MESSAGES
        if self.fresh:
            self._compressor = _begin()
            self.epoch += 1
            self._messages = self._cost = 0
        self._messages += len(bodies)
        return [_pack(self._compressor, body) for body in bodies]
