"""Write the tables of docs/capacity.md anew from the newest `python -m bench scale_out`.

The page shows the unit costs that its tables follow from, so a test can work the tables out again and compare.
"""

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench.scale_model import Costs, Limits, Workload  # noqa: E402
from bench.scale_out import predicted  # noqa: E402

PAGE = ROOT / "docs" / "capacity.md"
_TOLD = {
    "idle_us_per_s": "CPU of a node with nothing to do, µs a second",
    "board_us": "CPU to take a board, compare and frame it, µs, whoever watches",
    "audience_us": "CPU to take the numbers of another node and add them up, µs",
    "delivery_us": "CPU to bring one change to one viewer, µs",
    "ping_us": "CPU for a ping and its pong, µs",
    "join_us": "CPU to let a viewer in and send the whole board, µs",
    "base_bytes": "memory of a node without viewers, bytes",
    "viewer_bytes": "memory of a viewer in the process, bytes",
    "socket_bytes": "memory of its socket in the kernel, bytes (estimate)",
    "board_bytes": "a board on the bus, ten competitors, bytes",
    "delta_bytes": "a change as it is sent to viewers, bytes",
    "snapshot_bytes": "the whole board as it is sent to viewers, bytes",
}
_COLUMNS = {
    "viewers": "viewers",
    "nodes": "nodes",
    "machines": "machines",
    "viewers_per_node": "viewers a node",
    "tightest": "decided by",
    "cpu_share": "core",
    "last_viewer_ms": "last viewer, ms",
    "node_mbit_per_s": "node, Mbit/s",
    "all_gbit_per_s": "all, Gbit/s",
    "node_memory_mb": "node, MB",
    "all_memory_gb": "all, GB",
    "kafka_in_mb_per_s": "Kafka in, MB/s",
    "kafka_out_mb_per_s": "Kafka out, MB/s",
    "lost_node_s": "node lost, s",
    "restart_s": "all restart, s",
}


def costs_on(page: str) -> Costs:
    """The unit costs that the page names."""
    found = dict(re.findall(r"^\| `([a-z_]+)` \| ([0-9.]+) \|", page, re.MULTILINE))
    return Costs(**{one.name: float(found[one.name]) for one in fields(Costs)})


def placed(page: str, name: str, table: str) -> str:
    """The page with one table between its marks exchanged."""
    marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    return marks.sub(lambda match: match[1] + table + match[2], page)


def costs_table(costs: Costs) -> str:
    rows = [(f"`{name}`", _plain(getattr(costs, name)), said) for name, said in _TOLD.items()]
    return _table(("cost", "measured", "what"), rows)


def plans_table(costs: Costs) -> str:
    rows = predicted(costs, Workload(), Limits())["table"]
    return _table(_COLUMNS.values(), [[_told(row.get(name, "-")) for name in _COLUMNS] for row in rows])


def breaks_table(costs: Costs) -> str:
    found = predicted(costs, Workload(), Limits())
    rows = [[f"a node: {name}", f"{number:,} viewers on it"] for name, number in found["places_per_node"].items()]
    rows += [
        [f"all: {name}", "never" if number is None else f"{number:,.0f} viewers"]
        for name, number in found["breaks_at_viewers"].items()
    ]
    rows.append(
        ["all: a node's core, by boards", f"{found['breaks_at_boards_per_s']:,} boards a second of all competitions"]
    )
    return _table(("what", "is used up at"), rows)


def checks_table(checks: Iterable[dict[str, Any]]) -> str:
    names = {
        "us_per_delivery": "CPU per delivery",
        "rss_mb": "memory",
        "sent_mb": "bytes sent",
        "rejoin_s": "joins at once",
    }
    rows = [
        [
            f"{one['nodes']} × {one['viewers_per_node']:,}",
            f"{one['boards_per_s']:g}",
            *(f"{one[name]['ratio']:.2f}" for name in names),
        ]
        for one in checks
    ]
    return _table(("nodes × viewers", "boards a second", *names.values()), rows)


def _told(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:,}"


def _plain(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    first, *rest = [list(head), *(list(row) for row in rows)]
    lines = [f"| {' | '.join(line)} |" for line in (first, *rest)]
    return "\n".join([lines[0], "|---" * len(first) + "|", *lines[1:], ""])


def tables(costs: Costs) -> dict[str, str]:
    """What follows from the costs alone."""
    return {"costs": costs_table(costs), "plans": plans_table(costs), "breaks": breaks_table(costs)}


if __name__ == "__main__":
    result = json.loads((ROOT / "bench" / "results" / "scale_out.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    text = PAGE.read_text(encoding="utf-8")
    for mark, made in {**tables(Costs(**result["costs"])), "checks": checks_table(result["checked"])}.items():
        text = placed(text, mark, made)
    PAGE.write_text(text, encoding="utf-8")
