"""The topic `boards` on a real Kafka: what comes last of a channel is never older than what its owner has published."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import pytest

from services.livescore.domain.public import Public
from shared.board_feed import BoardFeed
from shared.bus.kafka import KafkaBus
from shared.bus.port import Message
from shared.contracts.board import encode_board
from shared.contracts.livescore import CompetitionOpened
from shared.contracts.text import Text
from shared.contracts.topics import BOARDS, LIVESCORE
from shared.ids import new_id, record
from shared.ledger.sqlite import SqliteLedger

COMPETITION = "autumn.electronics"
STREAM = f"competition/{COMPETITION}"


class SharedLedger(SqliteLedger):
    shared = True


@asynccontextmanager
async def feeding(ledger: SqliteLedger, bus: KafkaBus) -> AsyncIterator[BoardFeed]:
    feed = BoardFeed(ledger, bus, LIVESCORE, "competition/", Public)
    await feed.load()
    tasks = [asyncio.create_task(work) for work in (feed.fold(), feed.publish(), feed.heal())]
    try:
        yield feed
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def opened(ledger: SqliteLedger, *titles: str) -> None:
    facts = [
        CompetitionOpened(competition=COMPETITION, title=Text(en=title), board_mode="marks", source_seq=n)
        for n, title in enumerate(titles, 1)
    ]
    await ledger.append(record(STREAM, 0, facts))


@pytest.mark.timeout(120)
async def test_an_older_board_that_comes_late_is_covered_by_its_owner(kafka_servers: str, tmp_path: Path) -> None:
    names = f"heal-{new_id()}-"
    async with (
        SharedLedger(tmp_path / "ledger.db") as ledger,
        KafkaBus(kafka_servers, "livescore", replication=1, namespace=names) as bus,
        KafkaBus(kafka_servers, "thawed", replication=1, namespace=names) as thawed,
    ):
        await opened(ledger, "First", "Second", "Third")
        seen: list[int] = []

        async def watch() -> None:
            async for batch in thawed.subscribe(BOARDS).batches():
                seen.extend(orjson.loads(one.body)["seq"] for one in batch)

        watching = asyncio.create_task(watch())

        async def ends_with(seq: int, after: int) -> None:
            async with asyncio.timeout(40):
                while len(seen) <= after or seen[-1] != seq:  # noqa: ASYNC110 - the topic is read from outside
                    await asyncio.sleep(0.02)

        async with feeding(ledger, bus) as feed:
            await ends_with(3, 0)
            async with asyncio.timeout(20):
                while feed.newest != {STREAM: 3}:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            older = Public(COMPETITION)
            older.apply((await ledger.read(STREAM))[0])
            await thawed.publish(BOARDS, [Message(STREAM, encode_board(older.board(ledger.epoch)))])
            await ends_with(1, 1)
            await ends_with(3, 2)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
