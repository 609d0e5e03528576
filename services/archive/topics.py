"""What Kafka's topics hold, looked at from outside: nothing is made, published or committed.

A topic that still holds events of another history would be read by new services first: they would take its sequence
numbers for known and drop the new facts under the same numbers. So a showcase only moves in where the topics are not
there or have never been written to.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from shared.contracts.topics import BOARDS, LIVESCORE, REGISTRATION
from shared.errors import BadStart, Unavailable

if TYPE_CHECKING:
    from shared.kafka.asker import Asker

_NAME = "archive"
_TAKE_SECONDS = 0.2


async def topics_must_be_free(servers: str, prefix: str) -> None:
    """Raise BadStart when one of the topics holds something, or when Kafka does not say."""
    async with _asking(servers) as asker:
        there = await asker.topics([prefix + topic for topic in (REGISTRATION, LIVESCORE, BOARDS)])
        used = [name for name, state in there.items() if any((await asker.ends(name, state.leaders)).values())]
    if used:
        raise BadStart(
            f"Kafka's topics {', '.join(sorted(used))} hold another history: "
            "delete them, or choose another prefix (..._KAFKA_PREFIX) for the services and for this command"
        )


async def newest_boards(servers: str, prefix: str) -> dict[str, bytes]:
    """The newest board of every channel, as viewers get it."""
    from shared.kafka.reader import Reader  # noqa: PLC0415 - the cluster's client is loaded where it is needed

    name, newest = prefix + BOARDS, dict[str, bytes]()
    async with _asking(servers) as asker:
        state = (await asker.topics([name])).get(name)
        if state is None:
            raise BadStart(f"Kafka has no topic {name}; name its addresses with --kafka and --kafka-prefix")
        ends = await asker.ends(name, state.leaders)
        reader = Reader(servers, _NAME, name)
        await reader.open()
        try:
            reader.assign(dict.fromkeys(ends, 0))
            while any(place < ends[one] for one, place in (await reader.positions()).items()):
                for records in (await reader.take(_TAKE_SECONDS)).values():
                    newest |= {record.key.decode(): record.value for record in records if record.key}
        finally:
            await reader.close()
    return newest


@asynccontextmanager
async def _asking(servers: str) -> "AsyncIterator[Asker]":
    from shared.kafka.asker import Asker  # noqa: PLC0415

    asker = Asker(servers, _NAME)
    try:
        yield asker
    except Unavailable as exc:
        raise BadStart(f"Kafka does not say what its topics hold: {exc.detail}") from exc
    finally:
        await asker.close()
