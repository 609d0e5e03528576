"""`python -m bench.table`: the newest figures of all measurements with their aims and times, and what is missing."""

import sys

from bench.aims import BENCHES, Aim, Json, machine, newest


def rows(results: dict[str, Json]) -> list[tuple[str, str, str, str]]:
    """Bench, figure, aim and verdict, for every aim."""
    table = []
    for name, bench in BENCHES.items():
        for aim in bench.aims:
            found = aim.found(results[name]) if name in results else None
            bound = f"{aim.bound:,g}{aim.unit} {'or more' if aim.least else 'at most'}"
            told = "not measured" if found is None else f"{_short(found)}{aim.unit}"
            table.append((name, f"{aim.words}: {told}", bound, verdict(aim, found)))
    return table


def verdict(aim: Aim, found: float | None) -> str:
    """In words; what was not measured has not passed."""
    if found is None:
        return "-"
    if aim.reached(found):
        return "pass"
    if not aim.bound:
        return f"missed: {_short(found)}"
    return f"missed by {_short(100 * abs(found / aim.bound - 1))} %"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def text(results: dict[str, Json]) -> str:
    table = [("bench", "figure", "aim", "measured", "")]
    for name, figure, aim, said in rows(results):
        table.append((name, figure, aim, results.get(name, {}).get("at", "")[:16], said))
    widths = [max(len(row[column]) for row in table) for column in range(4)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in table
    ]
    lines.insert(1, "-" * max(map(len, lines)))
    return (
        "\n".join([*lines, *(f"on {one}" for one in sorted({machine(result) for result in results.values()}))]) + "\n"
    )


if __name__ == "__main__":
    sys.stdout.write(text(newest()))
