"""`make figures`: write the README's section "Figures" anew from the newest result of each measurement.

A figure without the machine it was measured on, or without its limit, says little: each row names both. What was never
measured here is left out.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

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
        "{ratio} × a bare send loop in C; p99 {p99_ratio} ×",
    ),
    "ingest on the cluster engine": (
        "marks acknowledged on the cluster engine, each in the database's journal, 64 judges at once",
        "{marks_per_s:,} a second, p99 {p99_ms} ms",
        "{ratio} of what the test's MongoDB server takes alone, {limit_per_s:,}",
    ),
    "end_to_end on the cluster engine": (
        "judge's request to viewer's socket on the cluster engine, through Kafka, {viewers:,} viewers",
        "p50 {p50_ms} ms, p99 {p99_ms} ms",
        "{lost} lost",
    ),
    "memory": ("the three services at rest", "{megabytes} MB", "200 MB"),
    "rebuild": (
        "folding a ledger of {events:,} marks into boards",
        "{events_per_s:,} events a second",
        "{ratio} of the speed at a tenth of the size",
    ),
}


def newest(results: Path) -> dict[str, dict[str, Any]]:
    """The last line of each measurement, on each engine it was made on."""
    found = {}
    for name in _ROWS:
        file = results / f"{name.partition(' ')[0]}.jsonl"
        lines = map(json.loads, file.read_text(encoding="utf-8").splitlines()) if file.exists() else ()
        if made := [one for one in lines if ("cluster" in one.get("options", ())) == name.endswith("cluster engine")]:
            found[name] = made[-1]
    return found


def section(figures: dict[str, dict[str, Any]]) -> str:
    """The section, or nothing when there are no results."""
    if not figures:
        return ""
    machines = sorted({one["machine"] for one in figures.values()})
    lines = [
        "## Figures\n",
        f"Measured with `python -m bench NAME` on: {'; '.join(machines)}; clients and services on the same machine.\n",
        "| what | figure | limit or peer in the same run |",
        "|---|---|---|",
    ]
    for name, one in figures.items():
        values = {**one, "megabytes": round(one.get("rss_services_bytes", 0) / 1e6)}
        lines.append("| " + " | ".join(text.format(**values) for text in _ROWS[name]) + " |")
    return "\n".join(lines) + "\n\n"


def placed(readme: str, new: str) -> str:
    """The README with the section put in, exchanged or taken out."""
    return _SECTION.sub("", readme).replace(_BEFORE, new + _BEFORE)


if __name__ == "__main__":
    page = ROOT / "README.md"
    made = section(newest(ROOT / "bench" / "results"))
    page.write_text(placed(page.read_text(encoding="utf-8"), made), encoding="utf-8")
    sys.stdout.write(made or "There are no results yet: make bench\n")
