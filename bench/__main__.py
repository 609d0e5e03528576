"""`python -m bench NAME [options] --json`: run one measurement, print its figures, keep them in `bench/results/`.

Every measurement is a module `bench/NAME.py` with `run(args) -> dict`. `python -m bench all` runs one after the other,
those of the cluster engine where this machine has its parts, each in a process of its own, goes on when one fails, and
prints the table of figures and aims at the end. How many failed is its exit code; an aim that was missed is no failure.
"""

import json
import os
import platform
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.aims import BENCHES, RESULTS, newest
from bench.parts import missing
from bench.table import text
from shared.ids import rfc3339, utc_now

NAMES = (
    *("ingest", "judges", "end_to_end", "memory", "rebuild", "scale", "scale_out"),
    *("fanout", "join", "bytes", "storm", "slow", "herd", "hold"),
)


def main() -> int:
    args = [arg for arg in sys.argv[1:] if arg != "--json"]
    if args == ["all"]:
        return _all()
    if not args or args[0] not in NAMES:
        print(f"usage: python -m bench all|{'|'.join(NAMES)} [options] [--json]", file=sys.stderr)
        return 2
    name, *options = args
    figures: dict[str, Any] = import_module(f"bench.{name}").run(options)
    figures = {"bench": name, "options": options, **figures}
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / f"{name}.jsonl").open("a") as file:
        file.write(json.dumps({"at": rfc3339(utc_now()), **_machine(), **figures}) + "\n")
    if "--json" not in sys.argv:
        for key, value in figures.items():
            print(f"{key}: {value}")
    print(json.dumps(figures))
    return 0


def _all() -> int:
    on_cluster = [name for name in BENCHES if name.endswith("cluster")]
    reason = missing()
    failed = []
    for name in (*NAMES, *(() if reason else on_cluster)):
        print(f"== {name}", file=sys.stderr)
        if subprocess.run([sys.executable, "-m", "bench", *name.split(), "--json"], check=False).returncode:
            failed.append(name)
    print()
    print(text(newest()), end="")
    for name in failed:
        print(f"{name} failed; what stands above for it, if anything, is older")
    for name in on_cluster if reason else ():
        print(f"{name} was not run: {reason}; what stands above for it, if anything, is older")
    return len(failed)


def _machine() -> dict[str, str]:
    told = Path("/proc/cpuinfo")
    models = [line.partition(":")[2].strip() for line in told.read_text().splitlines() if line.startswith("model name")]
    return {
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "cpu": models[0] if models else platform.machine(),
        "kernel": f"{platform.system()} {platform.release()}",
    }


if __name__ == "__main__":
    sys.exit(main())
