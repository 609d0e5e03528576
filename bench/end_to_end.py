"""From a judge's request to a viewer's socket: 10 marks a second, 200 viewers, all three services.

On the cluster engine 1,000 viewers, and Kafka and the database server run on this machine too.

Robots judge through HTTP and watch through WebSockets. The time of a mark runs from just before its request is sent to
the moment a viewer has read the delta that shows it, for every pair of a mark that moved the board and a viewer: all
viewers must end with the ledger's board. `hops` names the parts: the judge's receipt, and the rest of the way to the
screen.
"""

import asyncio
import contextlib
from typing import Any

from bench.options import option
from bench.parts import engine_of, parts
from bench.recorders import Recorders
from bench.running import running
from services.rehearsal.audit import read_held
from services.rehearsal.judges import Judges
from services.rehearsal.timing import mark_to_screen, percentiles_ms

_VIEWERS = {"embedded": 200, "cluster": 1000}
_MARKS_PER_SECOND = 10.0
_SECONDS = 25.0
_LAST_SECONDS = 0.5


def run(args: list[str]) -> dict[str, Any]:
    engine = engine_of(args)
    viewers = option(args, "--viewers", _VIEWERS[engine])
    return asyncio.run(_run(engine, viewers))


async def _run(engine: str, viewers: int) -> dict[str, Any]:
    async with parts(engine) as cluster, running(cluster) as showcase:
        url = showcase.place.url("broadcast")
        async with Recorders(url, showcase.channel, viewers) as recorders:
            judges = Judges(showcase.event, showcase.place, showcase.cast, showcase.http)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(judges.play(_MARKS_PER_SECOND), _SECONDS)
            await asyncio.sleep(_LAST_SECONDS)  # what was on its way when they stopped has been stored or never will be
            held = await read_held(showcase.place, showcase.event.competition_id)
            await recorders.wait_for_seq(held.board.seq)
            seen = [one.seen() for one in recorders.all]
    wrong = [one for one in seen if one.faults or (one.seq, one.rows) != (held.board.seq, held.board.rows)]
    if wrong:
        raise SystemExit(f"{len(wrong)} viewers did not end with the ledger's board: {wrong[0].seq} {wrong[0].faults}")
    acks = judges.told.acks
    screen = percentiles_ms(mark_to_screen(acks, seen, {}))
    receipt = percentiles_ms([ack.acked - ack.sent for ack in acks])
    return {
        "p50_ms": screen["p50"],
        "p99_ms": screen["p99"],
        "viewers": viewers,
        "marks": len(acks),
        "lost": len({ack.mark for ack in acks} - set(held.marks)),
        "hops": {"receipt_p50_ms": receipt["p50"], "on_to_screen_p50_ms": round(screen["p50"] - receipt["p50"], 2)},
    }
