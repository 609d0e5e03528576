"""permessage-deflate as the handshake of `websockets` negotiates it, on the terms of a compressor that many share.

The answer always asks viewers to forget between their own messages (`client_no_context_takeover`), because they have
nothing to say, and promises a window of 12 bits, which costs the other side 4 kB. An offer is turned down when its
sender would not remember ours, or not as much: every viewer of a lane gets the same bytes. It gets plain frames then.
"""

from collections.abc import Sequence

from typing_extensions import override
from websockets.exceptions import NegotiationError
from websockets.extensions import Extension
from websockets.extensions.permessage_deflate import PerMessageDeflate, ServerPerMessageDeflateFactory
from websockets.typing import ExtensionParameter

from services.broadcast.deflate import WINDOW_BITS


class SharedDeflateOffer(ServerPerMessageDeflateFactory):
    def __init__(self) -> None:
        super().__init__(client_no_context_takeover=True, server_max_window_bits=WINDOW_BITS)

    @override
    def process_request_params(
        self, params: Sequence[ExtensionParameter], accepted_extensions: Sequence[Extension]
    ) -> tuple[list[ExtensionParameter], PerMessageDeflate]:
        answer, agreed = super().process_request_params(params, accepted_extensions)
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
