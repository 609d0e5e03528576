"""The command line runs several copies on given addresses, and the demo checks the whole event there."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from tests.faults.command import run, started
from tests.parts.mongo import plain_client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def engine(kafka_servers: str, mongo_uri: str, mongo_database: str) -> Iterator[tuple[str, ...]]:
    yield (
        *("--engine", "cluster", "--kafka", kafka_servers, "--kafka-prefix", f"{mongo_database}-"),
        *("--mongo", mongo_uri, "--mongo-database", mongo_database, "--copies", "2", "--unsafe"),
    )
    with plain_client(mongo_uri) as client:
        for name in client.list_database_names():
            if name.startswith(mongo_database):
                client.drop_database(name)


@pytest.mark.timeout(120)
def test_the_demo_plays_the_event_on_two_copies_and_finds_everything_right(engine: tuple[str, ...]) -> None:
    done = run("demo", "--once", "--json", "--viewers", "10", *engine)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout.splitlines()[-1])
    assert (report["lost"], report["duplicated"], report["viewers_current"]) == (0, 0, 10)


@pytest.mark.timeout(120)
def test_up_runs_copies_makes_the_keys_and_stops_in_order(engine: tuple[str, ...], tmp_path: Path) -> None:
    data = tmp_path / "data"
    with started(tmp_path / "out", "up", "--port", "0", "--data", str(data), *engine) as command:
        command.wait_for("All copies of broadcast: http://[^ ]+ http://")
        assert len(command.children()) == 6
        assert (data / "keys" / "organiser.link").stat().st_mode & 0o077 == 0
        assert sorted(path.suffix for path in data.glob("*.db")) == []  # nothing but keys and logs
        assert command.end(signal.SIGTERM) == 0


def test_a_cluster_without_addresses_is_one_line(tmp_path: Path) -> None:
    done = run("up", "--data", str(tmp_path), "--engine", "cluster")
    assert (done.returncode, done.stderr) == (2, "showcase: --engine cluster needs --kafka and --mongo\n")
    done = run("serve", "livescore", "--data", str(tmp_path), LIVESCORE_ENGINE="cluster")
    said = "showcase: bad setting: LIVESCORE_ENGINE=cluster needs LIVESCORE_KAFKA and LIVESCORE_MONGO\n"
    assert (done.returncode, done.stderr) == (2, said)


def test_registration_without_a_key_pair_says_how_to_make_one(
    kafka_servers: str, mongo_uri: str, tmp_path: Path
) -> None:
    given = {"ENGINE": "cluster", "KAFKA": kafka_servers, "MONGO": mongo_uri, "KEYS": str(tmp_path / "none")}
    done = run("serve", "registration", **{f"REGISTRATION_{name}": value for name, value in given.items()})
    assert done.returncode == 2
    assert "make one with `showcase keys --out " in done.stderr
