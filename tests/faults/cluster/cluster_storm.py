"""Judging that never stops while things break, and what is compared when they are whole again.

`async with storm(stage, "the name of the fault", capsys) as one:` begins the load; inside, the test breaks and mends
something and awaits `one.recovered()`. At the end judging stops, every mark that was begun is answered, and what judges
were told, what the ledger holds and what every viewer sees are compared.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from services.rehearsal.audit import Held
from services.rehearsal.judges import Ack, Judges, Told
from services.rehearsal.viewers import Seen
from shared.bus.kafka_subscription import KafkaSubscription
from shared.contracts.board import Board, decode_board
from shared.contracts.topics import BOARDS
from tests.faults.cluster.cluster_stage import Stage

_PACE = 12.0
_AT_ONCE = 8
_PATIENCE_SECONDS = 40.0
_BUG = "by a fault of ours"


@dataclass(slots=True)
class Storm:
    stage: Stage
    told: Told = field(default_factory=Told)
    recoveries: list[float] = field(default_factory=list)
    load: "asyncio.Task[None] | None" = None
    going: asyncio.Event = field(default_factory=asyncio.Event)
    resting: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False

    async def pause(self) -> None:
        """Let everybody finish what is begun and wait."""
        self.going.clear()
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await self.resting.wait()

    def took(self, mark: str) -> None:
        """A mark that a test gave by hand was acknowledged."""
        now = time.perf_counter()
        self.told.acks.append(Ack(mark, 0, "", "", now, now, moves_board=False))

    def resume(self) -> None:
        self.going.set()

    async def judged(self, count: int, within: float = _PATIENCE_SECONDS) -> None:
        """Wait until so many more marks are acknowledged."""
        goal = len(self.told.acks) + count
        async with asyncio.timeout(within):
            while len(self.told.acks) < goal:
                assert self.load is None or not self.load.done() or self.load.result() is None
                await asyncio.sleep(0.01)

    async def recovered(self) -> float:
        """Seconds until a mark sent from now on is acknowledged, and every viewer has what the ledger holds by then."""
        began = time.perf_counter()
        known = len(self.told.acks)
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not any(ack.sent > began for ack in itertools.islice(self.told.acks, known, None)):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        held = await self.stage.held()
        await self.everybody_has(held)
        self.recoveries.append(time.perf_counter() - began)
        return self.recoveries[-1]

    async def everybody_has(self, held: Held) -> None:
        audience = self.stage.audience
        current = await audience.wait_for_seq(held.board.seq, _PATIENCE_SECONDS)
        behind = [viewer.seen.seq for viewer in audience.viewers if viewer.seen.seq < held.board.seq]
        assert current == len(audience.viewers), f"viewers stand at {behind}, the ledger at {held.board.seq}"


async def _judge(storm: Storm) -> None:
    stage = storm.stage
    while not storm.over:
        judges = Judges(next(stage.rounds), stage.at, stage.cast, stage.http)
        judges.told = storm.told
        await judges.play(_PACE, _AT_ONCE)
        storm.resting.set()
        await storm.going.wait()
        storm.resting.clear()


@asynccontextmanager
async def storm(stage: Stage, fault: str, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[Storm]:
    await stage.mend()
    before = len((await stage.held()).marks)
    one = Storm(stage)
    one.resume()
    one.load = asyncio.create_task(_judge(one), name="load")
    try:
        await one.judged(5)
        yield one
        one.over = True
        one.resume()
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await one.load
    except BaseException:
        one.load.cancel()
        await asyncio.gather(one.load, return_exceptions=True)
        raise
    held = await stage.held()
    acknowledged, marks = {ack.mark for ack in one.told.acks}, held.marks[before:]
    lost, doubled = acknowledged - set(marks), len(marks) - len(set(marks))
    with capsys.disabled():
        sys.stdout.write(
            f"\n  {fault}: {len(acknowledged)} marks acknowledged, {len(lost)} lost, {doubled} doubled, "
            f"recovery {max(one.recoveries, default=0.0):.1f} s\n"
        )
    assert not lost
    assert not doubled
    assert len(marks) == len(acknowledged)
    assert len(held.marks) == len(set(held.marks))
    assert not one.told.contradictions
    assert not stage.logged(_BUG)  # robots come again after a 500, too
    await one.everybody_has(held)
    await _topic_has(stage, held)
    seen = [viewer.seen for viewer in stage.audience.viewers]
    assert [_difference(one, held) for one in seen if _difference(one, held)] == []


async def _topic_has(stage: Stage, held: Held) -> None:
    """Wait until a node that started now would find the newest board; an older one that came last is covered soon."""
    last: list[Board] = []

    async def read(subscription: KafkaSubscription) -> None:
        async for batch in subscription.batches():
            last.extend(decode_board(one.body) for one in batch if one.key == held.board.channel)

    async with stage.own_bus() as bus:
        subscription = bus.subscribe(BOARDS)
        reading = asyncio.create_task(read(subscription))
        try:
            async with asyncio.timeout(15):
                while not (subscription.caught_up.is_set() and last and last[-1] == held.board):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        except TimeoutError:
            found = last[-1].seq if last else None
            raise AssertionError(f"on the topic {found} is last, the ledger is at {held.board.seq}") from None
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


def _difference(seen: Seen, held: Held) -> str:
    """What a viewer who never reloaded has that the ledger does not fold to, or was told that went back."""
    board = held.board
    if seen.faults:
        return str(seen.faults)
    if (seen.epoch, seen.seq) != (board.epoch, board.seq):
        return f"{seen.epoch}.{seen.seq} instead of {board.epoch}.{board.seq}"
    same = seen.head == board.head and seen.rows == board.rows
    return "" if same else json.dumps([seen.head, board.head, seen.rows, board.rows])
