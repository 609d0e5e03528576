"""Fold a ledger into boards, as a restart does: 20,000 marks and 200,000; the cost per event must not grow.

Each ledger is a real file, written through its own adapter; then livescore's way to start is timed, from opening
the file to the published board. Small and large take turns, the best of each counts (a neighbour can only make a run
slower), and `ratio` compares events per second, large against small. `events_per_cpu_s` counts the seconds that the
process had a core, which is the same on a machine with nothing else to do.
"""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

from services.cli import EXAMPLE
from services.livescore.domain.public import Public
from services.livescore.domain.schemes.from_yaml import parse_scheme
from services.rehearsal.event import load_event
from shared.board_feed import BoardFeed
from shared.bus.sqlite import SqliteBus
from shared.contracts.events import Event
from shared.contracts.livescore import CompetitionOpened, CompetitorEntered, JudgeSeated, MarkGiven, SchemeImported
from shared.contracts.marks_in_bulk import decode_all
from shared.contracts.names import competition_stream
from shared.contracts.topics import LIVESCORE
from shared.ids import record, utc_now
from shared.ledger.sqlite import SqliteLedger, read_file

_SMALL, _LARGE = 20_000, 200_000
_COUNTED = ("A1.2", "B1.2", "C1.1", "C2.1", "D1.1", "D2.1", "E1.1", "F1.1", "F1.2", "G1.3")
_CHUNK = 500
_TURNS = 3


def run(_args: list[str]) -> dict[str, Any]:
    return asyncio.run(_run())


async def _run() -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="showcase-bench-") as folder:
        small, large = Path(folder) / "small.db", Path(folder) / "large.db"
        await _write(small, _SMALL)
        await _write(large, _LARGE)
        rates = [(await _fold(small), await _fold(large), await _fold(small)) for _ in range(_TURNS)]
    little = max(max(first, last)[0] for first, _, last in rates)
    big = max(rate[0] for _, rate, _ in rates)
    return {
        "events_per_s": round(big),
        "events_per_cpu_s": round(max(rate[1] for _, rate, _ in rates)),
        "small_events_per_s": round(little),
        "ratio": round(big / little, 3),
        "events": _LARGE,
        "small_events": _SMALL,
    }


async def _write(path: Path, marks: int) -> None:
    stream = competition_stream("bench.rebuild")
    events = _opening()
    now = utc_now()
    for n in range(marks):
        competitor, aspect = f"c{n % 100}", _COUNTED[n // 100 % len(_COUNTED)]
        fields = {"mark": f"mark-{n:08d}", "competitor": competitor, "aspect": aspect, "judge": "j1"}
        events.append(MarkGiven(**fields, value=str(n % 7), marked_at=now, fingerprint="0"))
    async with SqliteLedger(path) as ledger:
        for start in range(0, len(events), _CHUNK):
            await ledger.append(record(stream, start, events[start : start + _CHUNK]))


def _opening() -> list[Event]:
    event = load_event(EXAMPLE)
    scheme, _ = parse_scheme(event.scheme)
    competitors = [
        CompetitorEntered(competitor=f"c{n}", bib=str(n), display_name=f"No. {n}", country="GB", source_seq=1)
        for n in range(100)
    ]
    return [
        CompetitionOpened(
            competition="bench.rebuild", title=event.competition["title"], board_mode="marks", source_seq=1
        ),
        *competitors,
        JudgeSeated(judge="j1", country="SG", source_seq=1),
        SchemeImported(version=1, digest="0", scheme=scheme),
    ]


async def _fold(path: Path) -> tuple[float, float]:
    """Events per second, and per second of CPU, from opening the file to the published board, as livescore starts."""
    started, busy = time.perf_counter(), time.process_time()
    async with (
        SqliteLedger(path, decode_all=decode_all) as ledger,
        SqliteBus(path.with_suffix(""), "livescore") as bus,
    ):
        await BoardFeed(ledger, bus, LIVESCORE, "competition/", Public).load()
        took, busy = time.perf_counter() - started, time.process_time() - busy
        _, bodies = read_file(path)
        return len(bodies) / took, len(bodies) / busy
