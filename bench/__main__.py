"""`python -m bench NAME [options] --json`: run one measurement, print its figures, keep them in `bench/results/`.

Every measurement is a module `bench/NAME.py` with `run(args) -> dict`.
"""

import json
import os
import platform
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from shared.ids import rfc3339, utc_now

HERE = Path(__file__).parent
NAMES = (
    *("ingest", "judges", "end_to_end", "memory", "rebuild", "scale", "scale_out"),
    *("fanout", "join", "bytes", "storm", "slow", "herd", "herd", "hold"),
)


def main() -> int:
    args = [arg for arg in sys.argv[1:] if arg != "--json"]
    if not args or args[0] not in NAMES:
        print(f"usage: python -m bench {'|'.join(NAMES)} [options] [--json]", file=sys.stderr)
        return 2
    name, *options = args
    figures: dict[str, Any] = import_module(f"bench.{name}").run(options)
    figures = {"bench": name, "options": options, **figures}
    stamped = {
        "at": rfc3339(utc_now()),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        **figures,
    }
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    with (results / f"{name}.jsonl").open("a") as file:
        file.write(json.dumps(stamped) + "\n")
    if "--json" not in sys.argv:
        for key, value in figures.items():
            print(f"{key}: {value}")
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
