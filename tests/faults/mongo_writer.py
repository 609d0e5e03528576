"""A process that gives commands to a shared ledger and says which were acknowledged; started to be killed.

    python -m tests.faults.mongo_writer URI DATABASE DRIVER NAME COUNT

Each command is sent again under its id until it is acknowledged, as an edge's clients do; then it prints it.
"""

import asyncio
import sys
from collections.abc import Callable

from shared.contracts.events import Recorded
from shared.contracts.registration import JudgeRevoked
from shared.errors import Unavailable
from shared.execute import Executor
from shared.ledger.mongo import MongoLedger
from shared.mongo import Mongo

STREAM = "showcase/a"


class Judges:
    def __init__(self) -> None:
        self.names: set[str] = set()

    def apply(self, recorded: Recorded) -> None:
        assert isinstance(recorded.event, JudgeRevoked)
        self.names.add(recorded.event.judge)


def once(name: str) -> Callable[[Judges], list[JudgeRevoked]]:
    return lambda state: [] if name in state.names else [JudgeRevoked(judge=name)]


async def give(executor: Executor[Judges], name: str) -> None:
    """Until it is acknowledged."""
    while True:
        try:
            await executor.execute(STREAM, once(name), name)
        except Unavailable:
            await asyncio.sleep(0.05)
        else:
            return


async def main(uri: str, database: str, driver: str, name: str, count: str) -> None:
    mongo = Mongo(uri, driver="motor" if driver == "motor" else "pymongo", database=database, patience_seconds=2)
    async with mongo, MongoLedger(mongo, "test") as ledger:
        executor = Executor(ledger, lambda _stream: Judges())
        for n in range(int(count)):
            await give(executor, f"{name}-{n}")
            sys.stdout.write(f"{name}-{n}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
