"""`showcase up`: the three services on this machine, without robots; on the cluster engine any number of copies.

SIGHUP replaces broadcast without a gap, as after an update. In a terminal it means that the terminal was closed, and
stops everything in order.
"""

import asyncio
import signal
import sys
from pathlib import Path

from services.place import url
from services.supervisor import Cluster, Place, Supervisor, place
from shared.errors import BadStart


async def run_up(
    data: Path,
    host: str,
    port: int,
    address: str | None,
    cluster: Cluster | None = None,
    copies: int = 1,
    broadcast_processes: int = 1,
) -> int:
    at = place(data, host, port, address, cluster, copies, broadcast_processes)
    loop = asyncio.get_running_loop()
    stopped, hung_up = asyncio.Event(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    in_a_terminal = sys.stdin is not None and sys.stdin.isatty()  # there is none where it was closed
    loop.add_signal_handler(signal.SIGHUP, stopped.set if in_a_terminal else hung_up.set)
    async with Supervisor(at) as supervisor:
        announce(at)
        replacing = asyncio.create_task(_replace_when_told(supervisor, hung_up))
        try:
            await supervisor.until(asyncio.create_task(stopped.wait()))
        finally:
            replacing.cancel()
            await asyncio.gather(replacing, return_exceptions=True)
    sys.stdout.write("Stopped in order; everything accepted is kept.\n")
    return 0


async def _replace_when_told(supervisor: Supervisor, told: asyncio.Event) -> None:
    while True:
        await told.wait()
        told.clear()  # told several times meanwhile is told once more
        began = asyncio.get_running_loop().time()
        try:
            await supervisor.replace("broadcast")
        except BadStart as exc:
            said = "".join(f"showcase: broadcast was not replaced: {line}\n" for line in exc.lines)
            sys.stderr.write(said)
        else:
            seconds = asyncio.get_running_loop().time() - began
            sys.stdout.write(f"  Broadcast was replaced in {seconds:.1f} s.\n")
            sys.stdout.flush()


def announce(at: Place) -> None:
    """Say where people go; the organiser's own link stays in its file unless asked for."""
    sys.stdout.write(
        f"\n  Showcase is running. Open  {at.url('broadcast')}/\n"
        f"  The organiser's link is in {at.organiser_link}\n"
        + (f"  All copies of broadcast: {' '.join(at.urls('broadcast'))}\n" if at.further else "")
        + "".join(f"  Broadcast's processes are at {_own(at, ports)}\n" for ports in at.own_ports if ports)
        + "  Ctrl-C stops everything in order.\n\n"
    )
    sys.stdout.flush()


def _own(at: Place, ports: tuple[int, ...]) -> str:
    return " ".join(f"{url(at.address, port)}/readyz" for port in ports)
