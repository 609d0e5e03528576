"""The relay dies between any two of its numbered steps, the bus repeats, re-reads and skips: each event counts once."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shared.board_feed import BoardFeed
from shared.bus.port import Message
from shared.bus.sqlite import SqliteBus, read_compacted
from shared.consumer import Consumer
from shared.contracts.board import Board, encode_board
from shared.contracts.events import Recorded, encode
from shared.contracts.registration import JudgeRevoked
from shared.contracts.topics import BOARDS, LIVESCORE
from shared.ids import record
from shared.ledger.port import Take, replay
from shared.ledger.sqlite import SqliteLedger
from shared.relay import Relay
from tests.faults.command import ROOT
from tests.faults.dying_relay import APPENDS, POINTS, STREAMS

PATIENCE_SECONDS = 20.0


class Tally:
    """The smallest fold: a board whose rows are the judges, each with how often an event named it."""

    def __init__(self, name: str) -> None:
        self.events = 0
        self.rows: dict[str, dict[str, int]] = {}
        self._name = name

    def apply(self, recorded: Recorded) -> bool:
        assert isinstance(recorded.event, JudgeRevoked)
        self.events += 1
        row = self.rows.setdefault(recorded.event.judge, {"times": 0})
        row["times"] += 1
        return True

    def board(self, epoch: str) -> Board:
        return Board(channel=f"competition/{self._name}", epoch=epoch, seq=self.events, head={}, rows=self.rows)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[SqliteLedger, SqliteBus]]:
    async with (
        SqliteLedger(folder / "ledger.db") as ledger,
        SqliteBus(folder / "bus", "livescore", LIVESCORE, BOARDS) as bus,
    ):
        yield ledger, bus


class Reader:
    """A consumer on a subscription of its own; `applied` are the events it let through, in order."""

    def __init__(self, ledger: SqliteLedger, bus: SqliteBus) -> None:
        self.applied: list[Recorded] = []
        self.fetched = 0
        self._ledger = ledger
        self._consumer = Consumer(bus.subscribe(LIVESCORE), self.applied.extend, self._fetch)

    async def _fetch(self, stream: str, after: int, take: Take) -> None:
        self.fetched += 1
        await replay(self._ledger, stream, after, take)

    async def until(self, events: int) -> None:
        enough = asyncio.Event()

        async def look() -> None:
            if len(self.applied) >= events:
                enough.set()

        running = asyncio.create_task(self._consumer.run(look))
        await asyncio.wait_for(enough.wait(), PATIENCE_SECONDS)
        running.cancel()


async def held(ledger: SqliteLedger) -> list[Recorded]:
    return [one for stream in await ledger.streams() for one in await ledger.read(stream)]


async def appended(ledger: SqliteLedger, count: int) -> list[Recorded]:
    events = record(STREAMS[0], 0, [JudgeRevoked(judge=f"j{n}") for n in range(count)])
    await ledger.append(events)
    return events


def messages(events: list[Recorded]) -> list[Message]:
    return [Message(one.stream, encode(one)) for one in events]


def by_stream(events: list[Recorded]) -> list[Recorded]:
    return sorted(events, key=lambda one: (one.stream, one.seq))


async def published_boards_equal_the_ledger(ledger: SqliteLedger, bus: SqliteBus, folder: Path) -> bool:
    """Whether the newest boards on the topic are exactly what the ledger folds to."""
    tallies: dict[str, Tally] = {}
    for one in await held(ledger):
        name = one.stream.partition("/")[2]
        tallies.setdefault(name, Tally(name)).apply(one)
    wanted = {f"competition/{name}": encode_board(tally.board(ledger.epoch)) for name, tally in tallies.items()}
    return {message.key: message.body for message in read_compacted(folder / "bus", BOARDS)} == wanted


@pytest.mark.parametrize("point", POINTS)
async def test_a_relay_killed_between_two_steps_publishes_everything_after_a_restart(
    point: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "tests.faults.dying_relay", str(tmp_path), point]
    ended = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert "appended" in ended.stdout

    async with opened(tmp_path) as (ledger, bus):
        reader = Reader(ledger, bus)
        relay = asyncio.create_task(Relay(ledger, bus, LIVESCORE).run())
        await reader.until(APPENDS)
        relay.cancel()
        assert len(reader.applied) == APPENDS
        assert by_stream(reader.applied) == await held(ledger)
        assert reader.fetched == 0, "the bus had everything; nothing had to be asked of the ledger"
        for stream in STREAMS:
            assert [one.seq for one in reader.applied if one.stream == stream] == list(range(1, APPENDS // 2 + 1))


async def test_what_was_published_without_a_mark_is_published_again_and_applied_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as (ledger, bus):
        events = await appended(ledger, 30)
        for _ in range(3):  # three lives that end before step 3
            await Relay(ledger, bus, LIVESCORE).step()
        assert await ledger.unpublished() != []
        reader = Reader(ledger, bus)
        await reader.until(30)
        assert reader.applied == events


async def test_a_topic_that_repeats_and_goes_back_is_applied_once_and_in_order(tmp_path: Path) -> None:
    async with opened(tmp_path) as (ledger, bus):
        events = await appended(ledger, 20)
        for start, end in ((0, 5), (3, 8), (0, 8), (7, 8), (6, 20), (0, 20)):
            await bus.publish(LIVESCORE, messages(events[start:end]))
        reader = Reader(ledger, bus)
        await reader.until(20)
        assert reader.applied == events
        assert reader.fetched == 0


async def test_a_gap_is_filled_from_the_ledger_and_the_late_message_is_dropped(tmp_path: Path) -> None:
    async with opened(tmp_path) as (ledger, bus):
        events = await appended(ledger, 10)
        await bus.publish(LIVESCORE, messages([*events[:2], *events[5:7], *events[2:5], events[9]]))
        reader = Reader(ledger, bus)
        await reader.until(10)
        assert reader.applied == events
        assert reader.fetched == 1, "the first gap brings everything the ledger has"


@pytest.mark.parametrize("order", ["repeated", "with a gap", "lost altogether"])
async def test_published_boards_equal_the_ledger_whatever_the_bus_did(order: str, tmp_path: Path) -> None:
    async with opened(tmp_path) as (ledger, bus):
        feed = BoardFeed(ledger, bus, LIVESCORE, "competition/", Tally)
        await feed.load()
        tasks = [asyncio.create_task(feed.fold()), asyncio.create_task(feed.publish())]
        events = await appended(ledger, 12)
        said = {"repeated": [*events, *events[3:], *events], "with a gap": [events[0], events[11]]}
        await bus.publish(LIVESCORE, messages(said.get(order, [])))
        if order == "lost altogether":  # nothing comes over the bus before the stop: the way out reads the ledger
            for task in tasks:
                task.cancel()
            await feed.drain()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await published_boards_equal_the_ledger(ledger, bus, tmp_path):  # noqa: ASYNC110
                await asyncio.sleep(0.01)  # the topic is read from outside, without its owner
        for task in tasks:
            task.cancel()
