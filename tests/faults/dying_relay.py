"""A process that appends events, relays them, and kills itself at a named point of the relay's numbered steps.

Run by `test_relay_steps.py`: `python -m tests.faults.dying_relay FOLDER POINT`.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from typing_extensions import override

from shared.bus.port import Message
from shared.bus.sqlite import SqliteBus
from shared.contracts.registration import JudgeRevoked
from shared.contracts.topics import LIVESCORE
from shared.ids import record
from shared.ledger.port import Entry
from shared.ledger.sqlite import SqliteLedger
from shared.relay import Relay

STREAMS = ("competition/a.one", "competition/a.two")
APPENDS = 40
POINTS = ("before 1", "between 1 and 2", "between 2 and 3", "after 3")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DyingLedger(SqliteLedger):
    point = ""

    @override
    async def unpublished(self, after: int = 0, limit: int = 500) -> list[Entry]:
        if self.point == "before 1":
            die()
        # Small batches: a part is published and marked before the end comes.
        entries = await super().unpublished(after, limit=15)
        if self.point == "between 1 and 2":
            die()
        return entries

    @override
    async def published(self, upto: int) -> None:
        await super().published(upto)
        if self.point == "after 3":
            die()


class DyingBus(SqliteBus):
    point = ""

    @override
    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        await super().publish(topic, messages)
        if self.point == "between 2 and 3":
            die()


async def main(folder: Path, point: str) -> None:
    async with DyingLedger(folder / "ledger.db") as ledger, DyingBus(folder / "bus", "livescore") as bus:
        relay = Relay(ledger, bus, LIVESCORE)
        for number in range(APPENDS):
            if number == APPENDS // 2:
                await relay.drain()  # the first half is published and marked; the end comes in the second
                ledger.point = bus.point = point
            stream = STREAMS[number % 2]
            last = len(await ledger.read(stream))
            await ledger.append(record(stream, last, [JudgeRevoked(judge=f"j{number}")]))
        sys.stdout.write("appended\n")
        sys.stdout.flush()
        await relay.run()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
