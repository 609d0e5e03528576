"""A MongoDB-wire server for tests: a process of our own on a free port and a fresh folder, to be killed and frozen.

`scripts/mongo/fetch.sh` brings SecantusDB, which answers as a replica set of one; where it could not, tests that ask
for MongoDB are skipped with that reason. `TEST_MONGO_URI` names a real MongoDB that runs already; tests that kill the
server start their own all the same. A server keeps its port and its folder over kill and start.

Each test takes a database of its own. The server gets slow beyond some ten thousand documents, so tests clear up.
"""

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymongo
import pytest

from shared.ids import new_id

_ROOT = Path(__file__).parents[2]
_CACHE = Path(os.environ.get("SHOWCASE_CACHE") or Path(os.environ.get("XDG_CACHE_HOME", "~/.cache"), "showcase"))
_START_SECONDS = 30


def _home() -> Path:
    listed = (_ROOT / "scripts" / "mongo" / "requirements.txt").read_bytes()
    return _CACHE.expanduser() / f"mongo-{hashlib.sha256(listed).hexdigest()[:12]}"


def missing() -> str | None:
    """Why no server can be started here, or None."""
    there = (_home() / "complete").exists()
    return None if there else "no MongoDB-wire server (scripts/mongo/fetch.sh)"


class MongoServer:
    """One server; open with `with`."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port: int = one.getsockname()[1]
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def uri(self) -> str:
        return self.uri_through(self.port)

    @staticmethod
    def uri_through(port: int) -> str:
        """Its address through another port, where a proxy stands before it; the driver must not ask for others."""
        return f"mongodb://127.0.0.1:{port}/?directConnection=true"

    def __enter__(self) -> "MongoServer":
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self, *, wait: bool = True) -> None:
        """Start it on its port and folder and wait until it answers."""
        assert self._process is None
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log").open("ab") as out:
            self._process = subprocess.Popen(
                [
                    str(_home() / "bin" / "secantusd-py"),
                    *("--host", "127.0.0.1", "--port", str(self.port)),
                    *("--storage-path", str(self.folder / "data"), "--cache-size", "64M"),
                    *("--sync-on-commit", "--log-level", "WARNING"),
                ],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        until = time.monotonic() + _START_SECONDS
        while wait and not self._answers():
            assert self._process.poll() is None, (self.folder / "log").read_text()[-2000:]
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.05)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        return False

    @property
    def running(self) -> bool:
        return self._process is not None

    def kill(self) -> None:
        """As a power cut takes it; it is gone when this returns."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def freeze(self) -> None:
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)


def plain_client(uri: str) -> "pymongo.MongoClient[dict[str, Any]]":
    """A client that is none of ours, to look behind the adapters."""
    return pymongo.MongoClient(uri, serverSelectionTimeoutMS=5000)


@pytest.fixture(scope="session")
def mongo_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a MongoDB that many tests share, each in a database of its own."""
    if given := os.environ.get("TEST_MONGO_URI"):
        yield given
        return
    if reason := missing():
        pytest.skip(reason)
    with MongoServer(tmp_path_factory.mktemp("mongo")) as server:
        yield server.uri


@pytest.fixture
def mongo_database(mongo_uri: str) -> Iterator[str]:
    """The name of a database that is there for one test."""
    name = f"test-{new_id()}"
    yield name
    with plain_client(mongo_uri) as client:
        client.drop_database(name)


@pytest.fixture
def own_mongo(tmp_path: Path) -> Iterator[MongoServer]:
    """A server for one test, to be killed, frozen and started again."""
    if reason := missing():
        pytest.skip(reason)
    with MongoServer(tmp_path / "mongo") as server:
        yield server
