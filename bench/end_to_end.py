"""From a judge's request to a viewer's socket: 10 marks a second, 200 viewers, all three services.

Robots judge through HTTP and watch through WebSockets. The time of a mark runs from just before its request is sent to
the moment a viewer has applied the delta that shows it, for every pair of a mark that moved the board and a viewer.
`hops` names the parts: the judge's receipt, and the rest of the way to the screen.
"""

import asyncio
import contextlib
from typing import Any

from bench.running import running
from services.rehearsal.audit import read_ledger
from services.rehearsal.judges import Judges
from services.rehearsal.timing import mark_to_screen, percentiles_ms
from services.rehearsal.viewers import Audience

_VIEWERS = 200
_MARKS_PER_SECOND = 10.0
_SECONDS = 25.0


def run(args: list[str]) -> dict[str, Any]:
    viewers = int(args[args.index("--viewers") + 1]) if "--viewers" in args else _VIEWERS
    return asyncio.run(_run(viewers))


async def _run(viewers: int) -> dict[str, Any]:
    async with running() as showcase:
        url = showcase.place.url("broadcast")
        async with Audience(url, showcase.channel, viewers) as audience:
            judges = Judges(showcase.event, showcase.place, showcase.cast, showcase.http)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(judges.play(_MARKS_PER_SECOND), _SECONDS)
            state = await showcase.http.send("GET", f"{url}/live/state/{showcase.channel}")
            current = await audience.wait_for_seq(state.body["seq"])
            seen = [viewer.seen for viewer in audience.viewers]
        held = set(read_ledger(showcase.place.data, showcase.event.competition_id).marks)
    acks = judges.told.acks
    screen = percentiles_ms(mark_to_screen(acks, seen, {}))
    receipt = percentiles_ms([ack.acked - ack.sent for ack in acks])
    return {
        "p50_ms": screen["p50"],
        "p99_ms": screen["p99"],
        "viewers": viewers,
        "viewers_current": current,
        "marks": len(acks),
        "lost": len({ack.mark for ack in acks} - held),
        "hops": {"receipt_p50_ms": receipt["p50"], "on_to_screen_p50_ms": round(screen["p50"] - receipt["p50"], 2)},
    }
