"""On Kafka a message brings its trace along in the header that other tools know; its body is the same."""

from __future__ import annotations

import asyncio

from shared.bus.kafka import KafkaBus
from shared.bus.port import Message
from shared.contracts.topics import LIVESCORE
from shared.ids import new_id

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_a_trace_travels_beside_the_body(kafka_servers: str) -> None:
    async with KafkaBus(kafka_servers, "test", replication=1, namespace=f"traces-{new_id()}.") as bus:
        await bus.publish(LIVESCORE, [Message("one", b"first", trace=TRACE), Message("one", b"second")])
        found: list[Message] = []
        async with asyncio.timeout(20):
            async for batch in bus.subscribe(LIVESCORE).batches():
                found += batch
                if len(found) == 2:
                    break
    assert [(message.body, message.trace) for message in found] == [(b"first", TRACE), (b"second", None)]
