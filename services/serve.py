"""Run one service in this process: `python -m services.serve NAME`, settings from the environment.

The supervisor starts its children this way, without the command line's own libraries: a service should weigh what it
needs. `showcase serve` is the same for people.
"""

import sys
from importlib import import_module
from typing import Any

from shared.lifecycle import Stop, run
from shared.settings import load

SERVICES = ("registration", "livescore", "broadcast")


def run_service(name: str, *, with_parent: bool, **given: Any) -> int:
    """Run to the end; returns the exit code. `given` are settings that go before the environment's."""
    app = import_module(f"services.{name}.app")
    settings = import_module(f"services.{name}.settings")

    async def main(stop: Stop) -> None:
        await app.serve(load(settings.Settings, **given), stop)

    return run(main, with_parent=with_parent)


if __name__ == "__main__":
    sys.exit(run_service(sys.argv[1], with_parent=True))
