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


def _cluster(command: Callable[..., None]) -> Callable[..., None]:
    """Where a showcase on the cluster engine lives; the services' own environment variables say it too."""

    def named(option: str, setting: str, **more: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
        return click.option(option, envvar=[f"REGISTRATION_{setting}", f"LIVESCORE_{setting}"], **more)

    keys = click.Path(file_okay=False, path_type=Path)
    for option in (
        named("--kafka-prefix", "KAFKA_PREFIX", default="", help="What the topics' names begin with."),
        named("--kafka", "KAFKA", default="", help="Kafka's addresses, host:port,host:port."),
        named("--mongo-driver", "MONGO_DRIVER", type=click.Choice(["motor", "pymongo"]), default="motor"),
        named("--mongo-database", "MONGO_DATABASE", default="showcase", help="Name of the database."),
        named("--mongo", "MONGO", default="", help="MongoDB's address; better in REGISTRATION_MONGO, as it is secret."),
        click.option("--keys", envvar="REGISTRATION_KEYS", type=keys, help="Folder of the signing key; <data>/keys."),
    ):
        command = option(command)
    return command


_ENGINES = click.Choice(["embedded", "cluster"])
_engine = click.option("--engine", type=_ENGINES, default="embedded", help="Where it lives.")
_copies = click.option("--copies", type=click.IntRange(1, 20), default=1, help="Copies of each service; cluster only.")
_broadcast_processes = click.option(
    "--broadcast-processes",
    type=click.IntRange(1, 64),
    default=1,
    envvar="BROADCAST_PROCESSES",
    help="Processes that share broadcast's port; one uses one core.",
)
_unsafe = click.option("--unsafe", is_flag=True, help="For trying out: a single broker, whatever the self-check says.")


@click.group()
def cli() -> None:
    """Live scoring for virtual skills competitions: register, judge, watch."""


@cli.command()
@_data
@_host
@_port
@_address
@_engine
@_cluster
@_copies
@_broadcast_processes
@_unsafe
def up(data: Path, host: str, port: int, address: str | None, broadcast_processes: int, **engine: Any) -> None:
    """Run registration, livescore and broadcast on this machine until Ctrl-C."""
    from services.up import run_up  # noqa: PLC0415 - each command loads only what it needs

    async def work() -> int:
        return await run_up(data, host, port, address, *_engine_of(**engine), broadcast_processes)

    _end(asyncio.run(_guarded(work)))


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
@_engine
@_cluster
@_copies
@_unsafe
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
    **engine: Any,
) -> None:
    """Run everything and let robots register, judge and watch the reference event."""
    from services.rehearsal.demo import run_demo, run_once  # noqa: PLC0415

    async def work() -> int:
        if once:
            return await run_once(event, viewers, as_json, *_engine_of(**engine))
        return await run_demo(data / "demo", host, port, address, event, pace, viewers, *_engine_of(**engine))

    _end(asyncio.run(_guarded(work)))


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
@_engine
@_cluster
@click.option("--archive", type=click.Path(dir_okay=False, path_type=Path), help="Check this archive instead.")
@_json
def verify(data: Path, archive: Path | None, engine: str, as_json: bool, **cluster: Any) -> None:
    """Fold the ledger anew and compare every published board with it; exit code 1 when one differs."""
    if archive is not None:
        from services.archive.check import run_check_archive  # noqa: PLC0415

        _end(asyncio.run(_guarded(run_check_archive, archive, as_json)))
    if engine == "cluster":
        from services.archive.check import run_verify_cluster  # noqa: PLC0415

        async def work() -> int:
            return await run_verify_cluster(_location(data, engine, **cluster), as_json)

        _end(asyncio.run(_guarded(work)))
    from services.verify import run_verify  # noqa: PLC0415

    _end(asyncio.run(_guarded(run_verify, data, as_json)))


@cli.command()
@click.argument("archive", type=click.Path(dir_okay=False, path_type=Path))
@_data
@_engine
@_cluster
@click.option("--without-people", is_flag=True, help="Leave out names, addresses and consents.")
@click.option("--with-keys", is_flag=True, help="Put in the key that signs links, so that links work after a restore.")
@_json
def backup(archive: Path, data: Path, without_people: bool, with_keys: bool, as_json: bool, **cluster: Any) -> None:
    """Copy a showcase, running or not, into one file, which then holds personal data unless told otherwise."""
    from services.archive.backup import run_backup  # noqa: PLC0415

    async def work() -> int:
        return await run_backup(_location(data, **cluster), archive, not without_people, with_keys, as_json)

    _end(asyncio.run(_guarded(work)))


@cli.command()
@click.argument("archive", type=click.Path(dir_okay=False, path_type=Path))
@_data
@_engine
@_cluster
@_json
def restore(archive: Path, data: Path, as_json: bool, **cluster: Any) -> None:
    """Make a showcase of an archive again, where nothing is yet; all of it is checked first."""
    from services.archive.restore import run_restore  # noqa: PLC0415

    async def work() -> int:
        return await run_restore(archive, _location(data, **cluster), as_json)

    _end(asyncio.run(_guarded(work)))


@cli.command()
@click.option("--to", type=_ENGINES, required=True, help="The engine to move to.")
@_data
@_cluster
@_json
def migrate(to: str, data: Path, as_json: bool, **cluster: Any) -> None:
    """Move a stopped showcase from its data folder into the cluster's database, or back, and prove it equal."""
    from services.archive.migrate import run_migrate  # noqa: PLC0415
    from services.archive.places import Folder  # noqa: PLC0415

    async def work() -> int:
        database, folder = _location(data, "cluster", **cluster), Folder(data)
        source, target = (folder, database) if to == "cluster" else (database, folder)
        return await run_migrate(source, target, as_json)

    _end(asyncio.run(_guarded(work)))


def _engine_of(engine: str, copies: int, **cluster: Any) -> tuple[Any, int]:
    """The cluster to run on and how many copies; None for the embedded engine, which has one."""
    if engine == "embedded":
        if copies > 1:
            raise BadStart("several copies need --engine cluster")
        return None, 1
    from services.supervisor import Cluster  # noqa: PLC0415

    if not cluster["kafka"] or not cluster["mongo"]:
        raise BadStart("--engine cluster needs --kafka and --mongo")
    return Cluster(**cluster), copies


def _location(data: Path, engine: str, keys: Path | None, mongo_database: str, mongo_driver: Any, **more: Any) -> Any:
    from services.archive.places import Folder, in_cluster  # noqa: PLC0415

    if engine == "embedded":
        return Folder(data)
    return in_cluster(database=mongo_database, driver=mongo_driver, keys=keys or data / "keys", **more)


@cli.command("dead-letters")
@click.argument("what", type=click.Choice(["list", "show", "replay", "drop"]))
@click.option("--kafka", envvar=["LIVESCORE_KAFKA", "REGISTRATION_KAFKA"], required=True, help="Kafka's addresses.")
@click.option("--kafka-prefix", envvar=["LIVESCORE_KAFKA_PREFIX", "REGISTRATION_KAFKA_PREFIX"], default="")
@click.option("--topic", default=None, help="Topic that the letters come from.")
@click.option("--number", type=int, default=None, help="The one to show; the last to replay or drop.")
@_json
def dead_letters(
    what: str, kafka: str, kafka_prefix: str, topic: str | None, number: int | None, as_json: bool
) -> None:
    """Look at messages on Kafka that nobody could read, publish them again, or forget them."""
    from services.dead_letters import run_dead_letters  # noqa: PLC0415

    _end(asyncio.run(_guarded(run_dead_letters, what, kafka, kafka_prefix, topic, number, as_json)))


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
