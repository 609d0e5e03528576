"""permessage-deflate as the handshake of `websockets` negotiates it, on the terms of a compressor that many share.

The answer always asks viewers to forget between their own messages (`client_no_context_takeover`), because they have
nothing to say, and promises a window of 13 bits, which costs the other side 8 kB. An offer is turned down when its
sender would not remember ours, or not as much: every viewer of a lane gets the same bytes. It gets plain frames then.
"""

from collections.abc import Sequence
from functools import lru_cache

from typing_extensions import override
from websockets.exceptions import NegotiationError
from websockets.extensions import Extension
from websockets.extensions.permessage_deflate import PerMessageDeflate, ServerPerMessageDeflateFactory
from websockets.typing import ExtensionParameter

from services.broadcast.deflate import WINDOW_BITS

_TERMS = ServerPerMessageDeflateFactory(client_no_context_takeover=True, server_max_window_bits=WINDOW_BITS)


class SharedDeflateOffer(ServerPerMessageDeflateFactory):
    @override
    def process_request_params(
        self, params: Sequence[ExtensionParameter], accepted_extensions: Sequence[Extension]
    ) -> tuple[list[ExtensionParameter], PerMessageDeflate]:
        if any(other.name == self.name for other in accepted_extensions):
            raise NegotiationError("offered twice")
        answer, agreed = _agreed(tuple(params))
        return list(answer), agreed


@lru_cache(maxsize=8)
def _agreed(offer: tuple[ExtensionParameter, ...]) -> tuple[list[ExtensionParameter], PerMessageDeflate]:
    """Kept by offer, because the library's object holds a compressor of 144 kB, which no viewer ever uses."""
    answer, agreed = _TERMS.process_request_params(offer, ())
    if agreed.local_no_context_takeover or agreed.local_max_window_bits != WINDOW_BITS:
        raise NegotiationError("does not fit a compressor that is shared")
    return answer, agreed


def incoming() -> PerMessageDeflate:
    """What reads a viewer's compressed messages once it was agreed; nothing goes out through it."""
    return PerMessageDeflate(
        remote_no_context_takeover=True,
        local_no_context_takeover=True,
        remote_max_window_bits=15,
        local_max_window_bits=WINDOW_BITS,
    )
