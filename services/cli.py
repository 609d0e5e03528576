"""The `showcase` command."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import click

from services.serve import SERVICES, run_service
from shared.errors import BadStart

EXAMPLE = Path(__file__).parents[1] / "examples" / "reference-event"

_data = click.option("--data", type=click.Path(path_type=Path), default=Path("data"), help="Folder that keeps all.")
_host = click.option("--host", default="127.0.0.1", help="Address to listen on; 0.0.0.0 for the whole network.")
_port = click.option("--port", type=click.IntRange(0, 65533), default=8080, help="First of three ports; 0: free ones.")
_json = click.option("--json", "as_json", is_flag=True, help="End with one JSON object on the last line.")
_address = click.option("--address", default=None, help="Name or address people's browsers use to reach this machine.")


@click.group()
def cli() -> None:
    """Live scoring for virtual skills competitions: register, judge, watch."""


@cli.command()
@_data
@_host
@_port
@_address
def up(data: Path, host: str, port: int, address: str | None) -> None:
    """Run registration, livescore and broadcast on this machine until Ctrl-C."""
    from services.up import run_up  # noqa: PLC0415 - each command loads only what it needs

    _end(asyncio.run(_guarded(run_up, data, host, port, address)))


@cli.command()
@_data
@_host
@_port
@_address
@click.option("--event", type=click.Path(path_type=Path), default=EXAMPLE, help="Folder of the event to play.")
@click.option("--pace", type=click.FloatRange(0.1, 1000), default=4.0, help="Marks per second.")
@click.option("--viewers", type=click.IntRange(1, 5000), default=200, help="How many robots watch.")
@click.option("--once", is_flag=True, help="Play as fast as possible in a fresh folder, check everything, end.")
@_json
def demo(
    data: Path,
    host: str,
    port: int,
    address: str | None,
    event: Path,
    pace: float,
    viewers: int,
    once: bool,
    as_json: bool,
) -> None:
    """Run everything and let robots register, judge and watch the reference event."""
    from services.rehearsal.demo import run_demo, run_once  # noqa: PLC0415

    if once:
        _end(asyncio.run(_guarded(run_once, event, viewers, as_json)))
    _end(asyncio.run(_guarded(run_demo, data / "demo", host, port, address, event, pace, viewers)))


@cli.command()
@click.argument("service", type=click.Choice(SERVICES))
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Folder that keeps everything.")
@click.option("--host", default=None, help="Address to listen on.")
@click.option("--port", type=int, default=None, help="Port to listen on.")
@click.option("--with-parent", is_flag=True, help="Stop when standard input closes.")
def serve(service: str, data: Path | None, host: str | None, port: int | None, with_parent: bool) -> None:
    """Run one service; its settings come from the environment (REGISTRATION_..., LIVESCORE_..., BROADCAST_...)."""
    _end(run_service(service, with_parent=with_parent, data=data, host=host, port=port))


@cli.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder for the keys.")
@click.option("--address", default="http://127.0.0.1:8081", help="Address at which browsers reach registration.")
@click.option("--days", type=click.IntRange(1, 400), default=180, help="How long the organiser's link works.")
def keys(out: Path, address: str, days: int) -> None:
    """Make the key pair that all copies of a service share, and the organiser's link; again, it changes nothing."""
    from services.keys import run_keys  # noqa: PLC0415

    _end(asyncio.run(_guarded(run_keys, out, address, days)))


@cli.command("import")
@click.argument("event", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_data
@_host
@_port
def import_(event: Path, data: Path, host: str, port: int) -> None:
    """Load an event folder (showcase, competition, scheme, people) into a running showcase."""
    from services.rehearsal.importing import run_import  # noqa: PLC0415

    _end(asyncio.run(_guarded(run_import, event, data, host, port)))


@cli.command()
@_data
@_json
def verify(data: Path, as_json: bool) -> None:
    """Fold the ledger anew and compare every published board with it; exit code 1 when one differs."""
    from services.verify import run_verify  # noqa: PLC0415

    _end(asyncio.run(_guarded(run_verify, data, as_json)))


@cli.command()
@click.argument("archive", type=click.Path(dir_okay=False, path_type=Path))
@_data
@click.option("--without-people", is_flag=True, help="Leave out names, addresses and consents.")
@click.option("--with-keys", is_flag=True, help="Put in the key that signs links, so that links work after a restore.")
@_json
def backup(archive: Path, data: Path, without_people: bool, with_keys: bool, as_json: bool) -> None:
    """Copy a showcase, running or not, into one file, which then holds personal data unless told otherwise."""
    from services.archive.backup import run_backup  # noqa: PLC0415
    from services.archive.places import Folder  # noqa: PLC0415

    _end(asyncio.run(_guarded(run_backup, Folder(data), archive, not without_people, with_keys, as_json)))


@cli.command()
@click.argument("archive", type=click.Path(dir_okay=False, path_type=Path))
@_data
@_json
def restore(archive: Path, data: Path, as_json: bool) -> None:
    """Make a showcase of an archive again, where nothing is yet; all of it is checked first."""
    from services.archive.places import Folder  # noqa: PLC0415
    from services.archive.restore import run_restore  # noqa: PLC0415

    _end(asyncio.run(_guarded(run_restore, archive, Folder(data), as_json)))


async def _guarded(work: Callable[..., Awaitable[int]], *args: Any) -> int:
    try:
        return await work(*args)
    except BadStart as exc:
        for line in exc.lines:
            click.echo(f"showcase: {line}", err=True)
        return 2


def _end(code: int) -> None:
    sys.exit(code)


def main() -> None:
    cli(prog_name="showcase")
