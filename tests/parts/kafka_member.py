"""A copy of livescore that only shares the topic, as a process to be killed: prints which of its keys it owns.

Usage: python -m tests.parts.kafka_member SERVERS NAMESPACE KEY...
"""

import asyncio
import json
import sys

from shared.bus.kafka import KafkaBus
from shared.bus.kafka_link import Timing
from shared.contracts.topics import LIVESCORE

QUICK = Timing(publish=2.0, session=2.0, stall=2.5, watch=0.3, start=20.0)


async def _main(servers: str, namespace: str, keys: list[str]) -> None:
    async with KafkaBus(servers, "livescore", replication=1, namespace=namespace, timing=QUICK) as bus:
        share = bus.share(LIVESCORE, "latest")

        async def say() -> None:
            while True:
                await share.moved.wait()
                share.moved.clear()
                sys.stdout.write(json.dumps([key for key in keys if share.owns(key)]) + "\n")
                sys.stdout.flush()

        saying = asyncio.create_task(say())
        async for _ in share.batches():
            pass
        await saying


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], sys.argv[2], sys.argv[3:]))
