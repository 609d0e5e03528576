"""Containers of docker-compose.yml as processes of this machine, as they are written.

Kafka's image turns `KAFKA_SOME_NAME` into `some.name` and adds nothing of its own; the services' image gives `showcase`
and its own variables. Only addresses and folders are replaced, by those of here.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
from typing_extensions import override

from services.rehearsal.http import Http
from services.serve import SERVICES
from tests.deploy.compose_file import COPIES, ROOT, compose, environment, three
from tests.deploy.conftest import Behind, BehindTheDoor
from tests.deploy.front import FrontDoor, front_door
from tests.parts.kafka import Broker, Kafka, free_port
from tests.parts.mongo import MongoServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class AsComposed(Broker):
    others: list[AsComposed]

    @override
    def _write_properties(self) -> None:
        file = three() if len(self.others) > 1 else compose()
        given = environment(file["services"][f"kafka-{self.node}"])
        here = {
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self.controller}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self.port}",
            "controller.quorum.voters": self._voters,
            "log.dirs": str(self.data),
        }
        composed = {
            key.removeprefix("KAFKA_").replace("_", ".").lower(): value
            for key, value in given.items()
            if key.startswith("KAFKA_") and key != "KAFKA_HEAP_OPTS"
        }
        assert composed.keys() >= here.keys()
        # The same places, by the names of the containers: nothing but names may differ from what is used here.
        ports = {port: 9092 + n for n, port in enumerate((self.port, self.controller))}
        for key in ("listeners", "advertised.listeners"):
            said = re.sub(r"127\.0\.0\.1:(\d+)", lambda found: f":{ports[int(found[1])]}", here[key])
            assert composed[key].replace(f"kafka-{self.node}", "") == said
        composed |= here | {"log.cleaner.dedupe.buffer.size": "4194304"}  # for the small heap of tests
        self._properties.write_text("".join(f"{key}={value}\n" for key, value in composed.items()))


@dataclass
class Container:
    """One copy of a service, as its entry in the file says; `start` again is what `restart: unless-stopped` does."""

    name: str
    folder: Path
    port: int
    words: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        service, prefix = self.name.partition("-")[0], self.name.partition("-")[0].upper()
        entry = compose(PUBLIC_URL=self.words["public"])["services"][self.name]
        image = {f"{prefix}_DATA": str(self.folder / self.name), f"{prefix}_HOST": "127.0.0.1"}
        given = {key: self._here(value) for key, value in environment(entry).items()}
        variables = {"PATH": os.environ["PATH"], f"{prefix}_PORT": str(self.port), **image, **given}
        said = entry.get("entrypoint", ["showcase"]) + entry.get("command", [])
        command = [self._here(word.replace("$$", "$")) for word in said]
        assert command[-1].endswith(service)
        if command[0] == "showcase":
            command[:1] = [sys.executable, "-m", "services"]
        (self.folder / self.name).mkdir(exist_ok=True, mode=0o700)
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=variables, cwd=ROOT, stdout=log, stderr=log)

    def _here(self, text: str) -> str:
        for there, here in (
            ("kafka-1:9092", self.words["kafka"]),
            ("http://front:8080", self.words["public"]),
            ("10.92.0.0/24", "127.0.0.0/8"),
            ("/secrets/", f"{self.folder}/secrets/"),
            ("/keys", f"{self.folder}/keys"),
            ("exec showcase", f"exec {sys.executable} -m services"),
        ):
            if not (there == "/keys" and text.startswith("http")):
                text = text.replace(there, here)
        return text

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)

    def stop(self) -> int:
        """As `docker stop` does; the exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(40)

    async def ready(self) -> None:
        async with aiohttp.ClientSession() as http, asyncio.timeout(40):
            while True:
                assert self.process is not None
                assert self.process.poll() is None, (self.folder / f"{self.name}.log").read_text()[-2000:]
                try:
                    async with http.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass  # not listening yet
                await asyncio.sleep(0.1)


class Played(Behind):
    """The whole file at work behind its front door; nobody supervises but the test."""

    def __init__(
        self, at: BehindTheDoor, http: Http, broker: AsComposed, containers: dict[str, Container], door: FrontDoor
    ) -> None:
        self.at = at
        self.http = http
        self.broker = broker
        self.containers = containers
        self.door = door


@asynccontextmanager
async def played(folder: Path) -> AsyncIterator[Played]:
    """Start everything in the order of `depends_on`: secrets and keys, engines, front door, services."""
    file = compose()
    kafka, broker = Kafka(folder, 1), AsComposed(folder / "composed", 1)
    broker.others, kafka.brokers = [broker], [broker]
    ports = {name: free_port() for name in COPIES}
    front = free_port()
    words = {"kafka": f"127.0.0.1:{broker.port}", "public": f"http://127.0.0.1:{front}"}
    async with AsyncExitStack() as stack:
        stack.callback(broker.kill)
        broker.lay_out(f"1@127.0.0.1:{broker.controller}", 1)
        broker.start()
        mongo = stack.enter_context(MongoServer(folder / "mongo"))
        (folder / "secrets").mkdir()
        (folder / "secrets" / "mongo-uri").write_text(mongo.uri)
        keys = [word.replace("http://127.0.0.1:8080", words["public"]) for word in file["services"]["keys"]["command"]]
        keys[keys.index("/keys")] = str(folder / "keys")
        making = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services", *keys, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL
        )
        assert await making.wait() == 0
        await kafka.ready()
        door = await stack.enter_async_context(front_door(folder, front, ports))
        containers = {name: Container(name, folder, ports[name], words) for name in COPIES}
        for one in containers.values():
            stack.callback(one.kill)
            one.start()
        await asyncio.gather(*(one.ready() for one in containers.values()))
        http = await stack.enter_async_context(Http())
        at = BehindTheDoor(folder, front=front, ports={service: ports[f"{service}-1"] for service in SERVICES})
        yield Played(at, http, broker, containers, door)
