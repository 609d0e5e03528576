"""What one mark costs in a competition of 1,000 competitors and 200 aspects, against one of 10 and the same aspects.

The parts of livescore run in this process on real files, put together as its composition root does: ledger, executor,
relay, bus, fold and boards. Every aspect of every competitor has been marked before, so that each mark is a correction
and moves a total. 64 judges give marks at once, each the next when the last is durable; small and large take turns,
and the best of each counts (a neighbour can only make a run slower). The cost is the CPU time of all threads per mark.

`calm` is the same with a mark every tenth of a second, so that nothing is shared and each has a board of its own. A
board is the whole state of a channel, so this one grows with it by design.
"""

import asyncio
import contextlib
import itertools
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.filled_ledger import COMPETITION, aspect_ids, fill
from services.livescore.domain.cells import MeasuredCell
from services.livescore.domain.commands import GiveMark
from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding.marks import decide_mark
from services.livescore.domain.public import Public
from services.livescore.settings import Settings
from shared.board_feed import BoardFeed
from shared.bus.sqlite import SqliteBus
from shared.contracts.marks_in_bulk import decode_all
from shared.contracts.names import competition_stream
from shared.contracts.topics import BOARDS, LIVESCORE
from shared.execute import Executor
from shared.ids import utc_now
from shared.ledger.sqlite import SqliteLedger
from shared.lifecycle import settle_memory
from shared.relay import Relay

_SMALL, _LARGE, _ASPECTS = 10, 1000, 200
_JUDGES = 64
_SECONDS = 1.5
_CALM_SECONDS = 2.0
_CALM_PAUSE = 0.1
_TURNS = 3
_STREAM = competition_stream(COMPETITION)


def run(_args: list[str]) -> dict[str, Any]:
    return asyncio.run(_run())


async def _run() -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="showcase-bench-") as folder:
        small_folder, large_folder = Path(folder) / "small", Path(folder) / "large"
        small_folder.mkdir()
        large_folder.mkdir()
        async with _running(small_folder, _SMALL) as small, _running(large_folder, _LARGE) as large:
            settle_memory()
            rushes = [(await small.rush(), await large.rush(), await small.rush()) for _ in range(_TURNS)]
            calms = [(await small.calm(), await large.calm()) for _ in range(2)]
        little, big = min(min(one[0], one[2]) for one in rushes), min(one[1] for one in rushes)
        calm_little, calm_big = min(one[0] for one in calms), min(one[1] for one in calms)
    return {
        "ratio": round(big / little, 3),
        "cpu_us_per_mark": round(big),
        "small_cpu_us_per_mark": round(little),
        "calm_ratio": round(calm_big / calm_little, 2),
        "calm_cpu_us_per_mark": round(calm_big),
        "small_calm_cpu_us_per_mark": round(calm_little),
        "competitors": _LARGE,
        "small_competitors": _SMALL,
        "aspects": _ASPECTS,
    }


@dataclass(slots=True)
class _Judge:
    """One judge, who corrects the same cell again and again."""

    executor: Executor[Competition]
    id: str
    competitor: str
    aspect: str
    given: "itertools.count[int]"
    saw: int | None = None

    def _seen(self, state: Competition) -> int | None:
        cell = state.cell(self.competitor, self.aspect)
        return cell.seq if isinstance(cell, MeasuredCell) else None

    async def correct(self) -> None:
        n = next(self.given)
        now = utc_now()
        if self.saw is None:
            self.saw = await self.executor.look(_STREAM, self._seen)
        command = GiveMark(
            mark=f"scale-{self.id}-{n:08d}",
            competitor=self.competitor,
            aspect=self.aspect,
            judge=self.id,
            marked_at=now,
            fingerprint="0",
            now=now,
            value=str(n % 5),
            saw=self.saw,
        )
        state, _ = await self.executor.execute(_STREAM, lambda state: decide_mark(state, command), command.mark)
        receipt = state.receipt(command.mark)
        assert receipt is not None
        self.saw = receipt.seq


@dataclass(slots=True)
class _Running:
    judges: list[_Judge]

    async def rush(self) -> float:
        """CPU microseconds per mark with all judges at once."""
        ends, given = time.perf_counter() + _SECONDS, 0

        async def play(judge: _Judge) -> None:
            nonlocal given
            while time.perf_counter() < ends:
                await judge.correct()
                given += 1

        began = time.process_time()
        await asyncio.gather(*map(play, self.judges))
        await asyncio.sleep(0.2)  # the last boards
        return 1e6 * (time.process_time() - began) / given

    async def calm(self) -> float:
        """The same with one mark at a time; what the process does meanwhile without a mark is taken off."""
        marks = round(_CALM_SECONDS / _CALM_PAUSE)
        began = time.process_time()
        await asyncio.sleep(_CALM_SECONDS / 2)
        idle = 2 * (time.process_time() - began)
        began = time.process_time()
        for judge, _ in zip(itertools.cycle(self.judges), range(marks), strict=False):
            await judge.correct()
            await asyncio.sleep(_CALM_PAUSE)
        return 1e6 * (time.process_time() - began - idle) / marks


@contextlib.asynccontextmanager
async def _running(folder: Path, competitors: int) -> AsyncIterator[_Running]:
    events = await fill(folder / "livescore.db", competitors, _ASPECTS, _JUDGES)
    async with AsyncExitStack() as stack:
        ledger = await stack.enter_async_context(SqliteLedger(folder / "livescore.db", decode_all=decode_all))
        bus = await stack.enter_async_context(SqliteBus(folder / "bus", "livescore", LIVESCORE, BOARDS))
        executor = Executor(ledger, lambda stream: Competition(stream.removeprefix("competition/")))
        interval = Settings(data=folder).board_interval_seconds
        standings = BoardFeed(ledger, bus, LIVESCORE, "competition/", Public, interval)
        await standings.load()
        await ledger.published(events)  # it is no mark's cost
        relay = Relay(ledger, bus, LIVESCORE, standings.hear)
        for work in (relay.run(), standings.fold(), standings.publish()):
            task = asyncio.create_task(work)
            stack.callback(task.cancel)
        aspects = aspect_ids(_ASPECTS)
        judges = [
            _Judge(executor, f"j{n}", f"c{n % competitors}", aspects[n // competitors], itertools.count())
            for n in range(_JUDGES)
        ]
        await asyncio.gather(*(judge.correct() for judge in judges))
        yield _Running(judges)
