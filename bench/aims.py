"""What each measurement is to reach: the one list that `make bench`, bench/README.md and the README's figures go by.

A figure is a key of a result, `a.b` for one inside another; of `a.*.b` the least counts, of those that were measured.
Results of runs with options other than the engine, or with fewer viewers than the aim speaks of, do not count, so a
short trial takes nobody's place.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Aim:
    words: str
    figure: str
    bound: float
    unit: str = ""
    least: bool = False
    """Whether the figure has to be at least the bound, and not at most."""
    per: str | float = 1
    """What the figure is divided by: another figure, or a number."""

    def text(self) -> str:
        return f"{self.words} {self.bound:,g}{self.unit} {'or more' if self.least else 'at most'}"

    def found(self, result: Json) -> float | None:
        per = _value(result, self.per.split(".")) if isinstance(self.per, str) else self.per
        value = _value(result, self.figure.split("."))
        return None if value is None or not per else value / per

    def reached(self, found: float) -> bool:
        return found >= self.bound if self.least else found <= self.bound


@dataclass(frozen=True, slots=True)
class Bench:
    aims: tuple[Aim, ...]
    wants: Mapping[str, float] = field(default_factory=dict)
    """Figures that say how large a run was; one with less does not count."""


def _value(result: Any, path: list[str]) -> float | None:
    if not path:
        return float(result) if isinstance(result, int | float) and not math.isnan(result) else None
    if not isinstance(result, dict):
        return None
    if path[0] == "*":
        return min((one for each in result.values() if (one := _value(each, path[1:])) is not None), default=None)
    return _value(result.get(path[0]), path[1:])


BENCHES: dict[str, Bench] = {
    "ingest": Bench((Aim("ratio", "ratio", 0.35, least=True),)),
    "ingest --engine cluster": Bench((Aim("ratio", "ratio", 0.6, least=True),)),
    "judges": Bench((Aim("p99", "p99_ms", 60, " ms"),)),
    "end_to_end": Bench((Aim("p50", "p50_ms", 15, " ms"), Aim("p99", "p99_ms", 60, " ms"), Aim("lost", "lost", 0))),
    "end_to_end --engine cluster": Bench(
        (Aim("p50", "p50_ms", 25, " ms"), Aim("p99", "p99_ms", 60, " ms"), Aim("lost", "lost", 0))
    ),
    "fanout": Bench(
        (
            Aim("CPU ratio", "ratio", 1.25),
            Aim("p99 ratio", "p99_ratio", 1.25),
            Aim("CPU with deflate", "deflate.ratio", 1.25),
            Aim("CPU of the cheapest peer's", "us_per_delivery", 1, per="peers.*.us_per_delivery"),
            Aim("p99 of the quickest peer's", "p99_ms", 1, per="peers.*.p99_ms"),
        ),
        {"viewers": 10_000},
    ),
    "join": Bench(
        (
            Aim("joins a second", "joins_per_s", 5000, least=True),
            Aim("snapshots built per version", "snapshot_builds", 1, per="versions"),
        ),
        {"viewers": 10_000},
    ),
    "bytes": Bench(
        (
            Aim("of the plain states", "ratio_plain", 5, " %", per=0.01),
            Aim("of the states deflated one by one", "ratio_fresh_deflate", 25, " %", per=0.01),
        )
    ),
    "storm": Bench(
        (
            Aim("age p99", "age_p99_ms", 250, " ms"),
            Aim("writes at 400 changes a second of those at 100", "writes.400", 1.1, per="writes.100"),
            Aim("the best peer's age of ours", "peers.*.age_p99_ms", 1, least=True, per="age_p99_ms"),
        ),
        {"viewers": 5000},
    ),
    "slow": Bench(
        (
            Aim("others' p99 ratio", "p99_ratio", 1.1),
            Aim("closed after", "closed_after_s", 10, " s"),
            Aim("current after", "current_after_s", 10, " s"),
            Aim("memory per slow viewer", "boards.large.rss_growth_per_slow_bytes", 256, " kB", per=1000),
        )
    ),
    "herd": Bench(
        (
            Aim("all current after", "recovered_s", 30, " s"),
            Aim("judges' errors", "judge_errors", 0),
            Aim("judges' p99", "judge_ack_p99_ms", 100, " ms"),
        ),
        {"viewers": 10_000},
    ),
    "hold": Bench(
        (Aim("dropped", "dropped", 0), Aim("p99", "p99_ms", 600, " ms")), {"viewers": 19_000, "seconds": 300}
    ),
    "memory": Bench(
        (
            Aim("three services", "rss_services_bytes", 200, " MB", per=1e6),
            Aim("a viewer", "rss_per_viewer_bytes", 4, " kB", per=1000),
        ),
        {"viewers": 10_000},
    ),
    "rebuild": Bench(
        (Aim("events a second", "events_per_s", 200_000, least=True), Aim("ratio", "ratio", 0.9, least=True))
    ),
    "scale": Bench((Aim("ratio", "ratio", 1.5),)),
}


def newest(results: Path = RESULTS) -> dict[str, Json]:
    """The last result of each measurement that is large enough to count."""
    found = {}
    for name, bench in BENCHES.items():
        file = results / f"{name.partition(' ')[0]}.jsonl"
        lines = map(json.loads, file.read_text(encoding="utf-8").splitlines()) if file.exists() else ()
        if made := [one for one in lines if _counts(one, name, bench)]:
            found[name] = made[-1]
    return found


def _counts(result: Json, name: str, bench: Bench) -> bool:
    options = set(result.get("options", ()))
    if not options <= {"--engine", "embedded", "cluster"} or ("cluster" in options) != name.endswith("cluster"):
        return False
    return all(result.get(figure, 0) >= least for figure, least in bench.wants.items())


def machine(result: Json) -> str:
    """What a result was measured on, in words; the older ones know less."""
    return ", ".join(str(result[key]) for key in ("machine", "cpu", "kernel") if key in result)
