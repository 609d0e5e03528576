"""Whether Kafka's topics are free for a new history.

A topic that still holds events of another history would be read by the new services first; they would take its
sequence numbers for known and drop the new facts under the same numbers. So a showcase only moves in where the topics
are not there or have never been written to.
"""

import contextlib

from shared.errors import BadStart, Unavailable

_TOPICS = ("registration", "livescore", "boards")


async def topics_must_be_free(servers: str, prefix: str) -> None:
    """Raise BadStart when one of the topics holds something, or when Kafka does not say."""
    from shared.kafka.asker import Asker  # noqa: PLC0415 - the cluster's client is loaded where it is needed

    asker = Asker(servers, "archive")
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(asker.close)
        try:
            there = await asker.topics([prefix + topic for topic in _TOPICS])
            used = [name for name, state in there.items() if any((await asker.ends(name, state.leaders)).values())]
        except Unavailable as exc:
            raise BadStart(f"Kafka does not say whether its topics are free: {exc.detail}") from exc
    if used:
        raise BadStart(
            f"Kafka's topics {', '.join(sorted(used))} hold another history: "
            "delete them, or choose another prefix (..._KAFKA_PREFIX) for the services and for this command"
        )
