"""How the clients of this package are really set up, asked of the library's objects and not of what we asked for.

The library takes some settings for others in silence: without an `acks` of its own a producer waits for one broker.
"""

from dataclasses import dataclass

from shared.kafka.producer import Producer
from shared.kafka.reader import Reader


@dataclass(frozen=True, slots=True)
class AsMade:
    acks: int | str
    idempotent: bool
    auto_commit: bool
    offset_reset: str


async def as_made(servers: str, name: str) -> AsMade:
    """Make one of each, open none."""
    producer, reader = Producer(servers, name, 1.0), Reader(servers, name, "none")
    try:
        return AsMade(
            acks=producer._producer._sender._acks,
            idempotent=producer._producer._txn_manager is not None,
            auto_commit=bool(reader._consumer._enable_auto_commit),
            offset_reset=str(reader._consumer._auto_offset_reset),
        )
    finally:
        await producer.close()
        await reader.close()
