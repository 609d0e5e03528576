"""The live view in the terminal: marks in, seq, viewers, mark to screen, and the top of the board.

On a terminal it redraws in place; anywhere else it prints one plain line every five seconds.
"""

import asyncio
import sys

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from services.rehearsal.event import Event
from services.rehearsal.judges import Told
from services.rehearsal.timing import mark_to_screen, percentiles_ms
from services.rehearsal.viewers import Audience, Seen
from services.supervisor import Place


class Screen:
    """Draws until cancelled."""

    def __init__(self, event: Event, at: Place, told: Told, audience: Audience, before: dict[str, int]) -> None:
        self._event = event
        self._at = at
        self._told = told
        self._audience = audience
        self._before = before

    async def run(self) -> None:
        if not sys.stdout.isatty():
            while True:
                sys.stdout.write(self._line() + "\n")
                sys.stdout.flush()
                await asyncio.sleep(5)
        with Live(self._picture(), console=Console(), refresh_per_second=4) as live:
            while True:
                await asyncio.sleep(0.25)
                live.update(self._picture())

    def _seen(self) -> Seen:
        return self._audience.viewers[0].seen

    def _figures(self) -> dict[str, str]:
        delays = mark_to_screen(self._told.acks, [viewer.seen for viewer in self._audience.viewers[:20]], self._before)
        screen = percentiles_ms(delays)
        ack = percentiles_ms([one.acked - one.sent for one in self._told.acks])
        seen = self._seen()
        settled = sum(row.get("marked", 0) for row in seen.rows.values())
        everything = seen.head.get("aspects", 0) * len(seen.rows)
        return {
            "marks in": str(len(self._told.acks)),
            "settled": f"{settled} of {everything}",
            "seq": str(seen.seq),
            "viewers": f"{self._audience.connected} of {len(self._audience.viewers)}",
            "mark to screen": _milliseconds(screen),
            "judge's receipt": _milliseconds(ack),
        }

    def _line(self) -> str:
        return "  ".join(f"{name} {value}" for name, value in self._figures().items())

    def _picture(self) -> Group:
        seen = self._seen()
        title = self._event.showcase["title"]["en"]
        board = Table(title=f"{title}, {self._event.competition['title']['en']}", title_justify="left")
        for name in ("", "bib", "competitor", "", "marked", "total"):
            board.add_column(name, justify="right" if name in {"marked", "total"} else "left")
        rows = sorted(seen.rows.values(), key=lambda row: (row.get("rank") or 9999, row["bib"]))
        for row in rows:
            # As Text: a name is never read as markup.
            board.add_row(
                *(
                    Text(str(part))
                    for part in (
                        row.get("rank", "-"),
                        row["bib"],
                        row["name"],
                        row["country"],
                        row["marked"],
                        row.get("total", ""),
                    )
                )
            )
        figures = Text("   ".join(f"{name}: {value}" for name, value in self._figures().items()))
        return Group(board, figures, Text(f"Open {self._at.url('broadcast')}/   Ctrl-C stops", style="dim"))


def _milliseconds(figures: dict[str, float]) -> str:
    return f"p50 {figures['p50']:.1f} ms, p99 {figures['p99']:.1f} ms" if figures else "-"
