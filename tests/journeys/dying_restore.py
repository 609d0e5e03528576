"""A restore that kills itself at a named point: `python -m tests.journeys.dying_restore ARCHIVE DATA POINT`."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from services.archive import folder, restore
from services.archive.places import Folder
from services.registration.people_sqlite import SqlitePeople
from shared.ledger.sqlite import SqliteLedger

POINTS = {
    "in the middle of the events": (SqliteLedger, "adopt"),
    "among the people": (SqlitePeople, "adopt"),
    "before it is compared": (restore, "survey"),
    "before it is settled": (folder, "_settle"),
    "before it gets its name": (folder, "_appear"),
}


def _die(*_args: Any, **_fields: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    where, name = POINTS[sys.argv[3]]
    setattr(where, name, _die)
    asyncio.run(restore.run_restore(Path(sys.argv[1]), Folder(Path(sys.argv[2])), as_json=False))
