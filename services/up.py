"""`showcase up`: the three services on this machine, without robots; on the cluster engine any number of copies."""

import asyncio
import signal
import sys
from pathlib import Path

from services.supervisor import Cluster, Place, Supervisor, place


async def run_up(
    data: Path, host: str, port: int, address: str | None, cluster: Cluster | None = None, copies: int = 1
) -> int:
    at = place(data, host, port, address, cluster, copies)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with Supervisor(at) as supervisor:
        announce(at)
        stopping = asyncio.create_task(stopped.wait())
        await supervisor.until(stopping)
    sys.stdout.write("Stopped in order; everything accepted is kept.\n")
    return 0


def announce(at: Place) -> None:
    """Say where people go; the organiser's own link stays in its file unless asked for."""
    sys.stdout.write(
        f"\n  Showcase is running. Open  {at.url('broadcast')}/\n"
        f"  The organiser's link is in {at.organiser_link}\n"
        + (f"  All copies of broadcast: {' '.join(at.urls('broadcast'))}\n" if at.further else "")
        + "  Ctrl-C stops everything in order.\n\n"
    )
    sys.stdout.flush()
