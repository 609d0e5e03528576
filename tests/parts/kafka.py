"""A real Apache Kafka for tests: one broker or three as processes of our own, on free ports and a fresh folder.

`scripts/kafka/fetch.sh` brings the jars; where it could not, or Java is missing, tests that ask for `kafka` are skipped
with that reason. `TEST_KAFKA_BOOTSTRAP` names a Kafka that runs already; tests that kill a broker start their own all
the same. A broker keeps its ports and its folder over kill and start, so that it comes back as the same one.
"""

import asyncio
import contextlib
import ctypes
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from shared.errors import Unavailable
from shared.kafka.asker import Asker

_ROOT = Path(__file__).parents[2]
_CACHE = Path(os.environ.get("SHOWCASE_CACHE") or Path(os.environ.get("XDG_CACHE_HOME", "~/.cache"), "showcase"))
_LIBC = ctypes.CDLL(None)
_CLUSTER_ID = "c2hvd2Nhc2UtdGVzdHMtMQ"
_NOT_LENT = (12_000, 32_000)  # beneath the ports that the system lends to outgoing connections
_JAVA = ("-Xms192m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")

# What a real cluster should have too, except for the times: a dead broker and a dead reader are noticed sooner.
_PROPERTIES = """
process.roles=broker,controller
node.id={node}
controller.quorum.voters={voters}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{advertised}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={folder}
auto.create.topics.enable=false
unclean.leader.election.enable=false
offsets.topic.replication.factor={replication}
offsets.topic.num.partitions=1
transaction.state.log.replication.factor={replication}
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor={replication}
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=300
replica.lag.time.max.ms=4000
log.cleaner.backoff.ms=500
log.cleaner.dedupe.buffer.size=4194304
log.cleaner.min.cleanable.ratio=0.01
log.initial.task.delay.ms=500
log.segment.delete.delay.ms=1000
log.index.size.max.bytes=65536
"""


def missing() -> str | None:
    """Why no broker can be started here, or None."""
    java = shutil.which("java")
    if java is None:
        return "no Java for a Kafka broker (scripts/kafka/fetch.sh)"
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    if found is None or int(found[1]) < 17:
        return "Java is older than 17 (scripts/kafka/fetch.sh)"
    return None if _jars().is_dir() else "Kafka's jars are not there (scripts/kafka/fetch.sh)"


def _jars() -> Path:
    listed = (_ROOT / "scripts" / "kafka" / "jars.sha256").read_text()
    version = re.search(r"kafka-clients-(.*)\.jar", listed)
    assert version
    return _CACHE.expanduser() / f"kafka-{version[1]}"


def _end_with_parent() -> None:
    """Let the system kill the broker when the test run is killed."""
    _LIBC.prctl(1, signal.SIGKILL)


def free_port() -> int:
    while True:
        with socket.socket() as one, contextlib.suppress(OSError):
            port = random.randrange(*_NOT_LENT)
            one.bind(("127.0.0.1", port))
            return port


class Broker:
    """One broker, also a controller. `advertise` is the port it tells clients, where a proxy stands before it."""

    def __init__(self, folder: Path, node: int, advertise: int | None = None) -> None:
        self.node = node
        self.port = free_port()
        self.controller = free_port()
        self.advertised = advertise or self.port
        self.folder = folder / f"broker-{node}"
        self.data = self.folder / "data"
        self._properties = self.folder / "server.properties"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.advertised}"

    def lay_out(self, voters: str, replication: int) -> None:
        """Write its settings and format its folder."""
        self.folder.mkdir(parents=True)
        self._voters, self._replication = voters, replication
        self._write_properties()
        done = subprocess.run(
            self._java("kafka.tools.StorageTool", "format", "-t", _CLUSTER_ID, "-c", str(self._properties)),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr + done.stdout

    def _write_properties(self) -> None:
        text = _PROPERTIES.format(
            node=self.node,
            voters=self._voters,
            port=self.port,
            controller=self.controller,
            advertised=self.advertised,
            folder=self.data,
            replication=self._replication,
        )
        self._properties.write_text(text)

    def move(self, port: int) -> None:
        """Take another address, from the next start on."""
        self.port = self.advertised = port
        self._write_properties()

    def _java(self, *arguments: str) -> list[str]:
        quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
        return ["java", *_JAVA, quiet, "-cp", f"{_jars()}/*", *arguments]

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and do not wait; `Kafka.ready` does."""
        assert not self.running
        with (self.folder / "log").open("ab") as out:
            self._process = subprocess.Popen(
                self._java("kafka.Kafka", str(self._properties)),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - one system call, no locks
            )

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def freeze(self) -> None:
        """It does nothing any more when this returns, and keeps its connections."""
        self.signal(signal.SIGSTOP)
        assert self._process is not None
        while Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
            time.sleep(0.001)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def stop(self) -> None:
        """As an operator stops it; it is gone when this returns."""
        self.signal(signal.SIGTERM)
        assert self._process is not None
        self._process.wait(30)

    def kill(self) -> None:
        """As a power cut takes it; it is gone when this returns."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


class Kafka:
    """Brokers that know each other; open with `with`."""

    def __init__(self, folder: Path, count: int = 1, advertise: Sequence[int] = ()) -> None:
        self.brokers = [Broker(folder, n + 1, advertise[n] if advertise else None) for n in range(count)]
        self.replication = count

    @property
    def servers(self) -> str:
        return ",".join(broker.address for broker in self.brokers)

    def __enter__(self) -> "Kafka":
        voters = ",".join(f"{one.node}@127.0.0.1:{one.controller}" for one in self.brokers)
        for broker in self.brokers:
            broker.lay_out(voters, self.replication)
        try:
            for broker in self.brokers:
                broker.start()
            asyncio.run(self.ready())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for broker in self.brokers:
            broker.kill()

    def heal(self) -> None:
        """Start what is not running, whatever a test did."""
        for broker in self.brokers:
            if not broker.running:
                broker.start()
        asyncio.run(self.ready())

    async def ready(self, seconds: float = 90.0) -> None:
        """Wait until the cluster lists every broker that runs."""
        wanted = {broker.node for broker in self.brokers if broker.running}
        async with asyncio.timeout(seconds):
            for broker in self.brokers:
                while broker.node in wanted and not wanted <= await _listed(broker.address):
                    assert broker.running, (broker.folder / "log").read_text()[-2000:]
                    await asyncio.sleep(0.1)


async def _listed(address: str) -> set[int]:
    host, port = address.split(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port))
    except OSError:
        return set()
    writer.close()
    asker = Asker(address, "tests", 2.0)
    try:
        return await asker.brokers()
    except Unavailable:
        return set()
    finally:
        await asker.close()


@pytest.fixture(scope="session")
def kafka_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Addresses of a Kafka that many tests share; tests take names of their own on it."""
    if given := os.environ.get("TEST_KAFKA_BOOTSTRAP"):
        yield given
        return
    if reason := missing():
        pytest.skip(reason)
    with Kafka(tmp_path_factory.mktemp("kafka")) as kafka:
        yield kafka.servers


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[Kafka]:
    """One broker for one test, to be killed, frozen and started again."""
    if reason := missing():
        pytest.skip(reason)
    with Kafka(tmp_path / "kafka") as kafka:
        yield kafka


@pytest.fixture
def three_brokers(tmp_path: Path) -> Iterator[Kafka]:
    """Three brokers, replication 3, for tests that take one of them away."""
    if reason := missing():
        pytest.skip(reason)
    with Kafka(tmp_path / "kafka", 3) as kafka:
        yield kafka
