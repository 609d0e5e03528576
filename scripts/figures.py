"""`make figures`: write the README's section "Figures" anew from the newest result of each measurement.

A figure without the machine it was measured on, or without its limit, says little: each row names both. What was never
measured here is left out.
"""

import re
import sys
from pathlib import Path
from typing import Any

from bench.aims import machine, newest

ROOT = Path(__file__).parents[1]
_BEFORE = "## Where things are\n"
_SECTION = re.compile(r"## Figures\n.*?(?=^## )", re.DOTALL | re.MULTILINE)
_ROWS = {
    "ingest": (
        "marks acknowledged over HTTP, each on disk, 64 judges at once",
        "{marks_per_s:,} a second, p99 {p99_ms} ms",
        "{ratio} of an empty handler's {limit_per_s:,}",
    ),
    "end_to_end": (
        "judge's request to viewer's socket, 10 marks a second, {viewers} viewers",
        "p50 {p50_ms} ms, p99 {p99_ms} ms",
        "{lost} lost",
    ),
    "fanout": (
        "server CPU for one delivery, {viewers:,} viewers",
        "{us_per_delivery} µs, p99 {p99_ms} ms",
        "{ratio:.2f} × a bare send loop in C, p99 {p99_ratio:.2f} ×; {peers_told}",
    ),
    "join": (
        "viewers who come at once, {viewers:,}, each with a snapshot",
        "{joins_per_s:,} a second",
        "{snapshot_builds:g} snapshots built for {versions} versions",
    ),
    "bytes": (
        "what one viewer of a two-hour competition is sent",
        "{kilobytes:,} kB",
        "{ratio_plain:.1%} of the states as plain JSON, {ratio_fresh_deflate:.1%} of the states deflated one by one",
    ),
    "storm": (
        "age of what {viewers:,} viewers see while 100 marks a second come in",
        "p99 {age_p99_ms} ms",
        "{peers_age}, sending every change",
    ),
    "slow": ("the other viewers' p99 while a tenth stops reading", "{p99_ratio} ×", "of the same viewers before"),
    "herd": (
        "{viewers:,} viewers after a restart of broadcast",
        "all current in {recovered_s} s",
        "judges' receipts p99 {judge_ack_p99_ms} ms meanwhile, {judge_errors} errors",
    ),
    "hold": (
        "{viewers:,} viewers on one process for {seconds} s, a change a second",
        "{dropped} dropped, p99 {p99_ms} ms",
        "{rss_mb} MB",
    ),
    "ingest --engine cluster": (
        "marks acknowledged on the cluster engine, each in the database's journal, 64 judges at once",
        "{marks_per_s:,} a second, p99 {p99_ms} ms",
        "{ratio} of what the test's MongoDB server takes alone, {limit_per_s:,}",
    ),
    "end_to_end --engine cluster": (
        "judge's request to viewer's socket on the cluster engine, through Kafka, {viewers:,} viewers",
        "p50 {p50_ms} ms, p99 {p99_ms} ms",
        "{lost} lost",
    ),
    "memory": (
        "the three services at rest, and one of {viewers:,} idle viewers",
        "{megabytes} MB, {viewer_kilobytes} kB",
        "200 MB, 4 kB",
    ),
    "rebuild": (
        "folding a ledger of {events:,} marks into boards",
        "{events_per_s:,} events a second",
        "{ratio} of the speed at a tenth of the size",
    ),
}


def section(figures: dict[str, dict[str, Any]]) -> str:
    """The section, or nothing when there are no results."""
    if not figures:
        return ""
    machines = sorted({machine(one) for one in figures.values()})
    lines = [
        "## Figures\n",
        f"Measured with `python -m bench NAME` on: {'; '.join(machines)}; clients and services on the same machine.\n",
        "| what | figure | limit or peer in the same run |",
        "|---|---|---|",
    ]
    for name, row in _ROWS.items():
        if name in figures:
            values = figures[name] | _worked_out(figures[name])
            lines.append("| " + " | ".join(text.format(**values) for text in row) + " |")
    return "\n".join(lines) + "\n\n"


def _worked_out(result: dict[str, Any]) -> dict[str, Any]:
    """Figures in the units that a reader likes."""
    peers = {name: one for name, one in result.get("peers", {}).items() if isinstance(one, dict)}
    return {
        "kilobytes": round(result.get("bytes", 0) / 1e3),
        "megabytes": round(result.get("rss_services_bytes", 0) / 1e6),
        "viewer_kilobytes": round(result.get("rss_per_viewer_bytes", 0) / 1e3, 1),
        "peers_told": ", ".join(f"{name} {one['ratio']:.2f} ×" for name, one in peers.items() if "ratio" in one),
        "peers_age": ", ".join(
            f"{name} {one['age_p99_ms']:,.0f} ms" for name, one in peers.items() if "age_p99_ms" in one
        ),
    }


def placed(readme: str, new: str) -> str:
    """The README with the section put in, exchanged or taken out."""
    return _SECTION.sub("", readme).replace(_BEFORE, new + _BEFORE)


if __name__ == "__main__":
    page = ROOT / "README.md"
    made = section(newest())
    page.write_text(placed(page.read_text(encoding="utf-8"), made), encoding="utf-8")
    sys.stdout.write(made or "There are no results yet: make bench\n")
