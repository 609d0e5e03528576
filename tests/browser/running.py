"""The three services as real processes on free ports and a fresh folder, so that a browser test can also kill one."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).parents[2]
NAMES = ("registration", "livescore", "broadcast")
_PATIENCE_SECONDS = 20.0


def free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def until(true: Callable[[], bool]) -> None:
    """Wait for a condition; the policy of the pages forbids the evaluation that Playwright's own waiting needs."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.05)


class Running:
    """`start` returns when the service says it is ready; `kill` is SIGKILL, nothing gets a chance to be closed."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.ports = dict(zip(NAMES, free_ports(3), strict=True))
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}"

    @property
    def organiser_link(self) -> str:
        return (self.data / "keys" / "organiser.link").read_text().strip()

    @property
    def organiser_token(self) -> str:
        return self.organiser_link.partition("#token=")[2]

    def start(self, name: str) -> None:
        log = (self.data / f"{name}.log").open("ab")
        self._children[name] = subprocess.Popen(
            [sys.executable, "-m", "services", "serve", name],
            cwd=ROOT,
            env=self._environment(name),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
        log.close()
        until = time.monotonic() + _PATIENCE_SECONDS
        while not self._ready(name):
            if time.monotonic() > until or self._children[name].poll() is not None:
                raise AssertionError(f"{name} did not start:\n" + (self.data / f"{name}.log").read_text()[-2000:])
            time.sleep(0.05)

    def kill(self, name: str) -> None:
        child = self._children.pop(name)
        child.kill()
        child.wait()

    def end(self, name: str) -> None:
        """Stop one service in its orderly way."""
        child = self._children.pop(name)
        child.terminate()
        child.wait(_PATIENCE_SECONDS)

    def stop(self) -> None:
        for child in self._children.values():
            child.terminate()
        for child in self._children.values():
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def send(
        self,
        method: str,
        service: str,
        path: str,
        body: object = None,
        token: str | None = None,
        address: str | None = None,
    ) -> Any:
        """One request as any client would send it, or as a front door passes it on from `address`; bytes are YAML."""
        raw = isinstance(body, bytes)
        headers = {"Content-Type": "application/yaml" if raw else "application/json"}
        if address is not None:
            headers["X-Forwarded-For"] = address
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        data = body if isinstance(body, bytes) else None if body is None else orjson.dumps(body)
        request = urllib.request.Request(self.url(service) + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return orjson.loads(answer.read())

    def _ready(self, name: str) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url(name)}/readyz", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _environment(self, name: str) -> dict[str, str]:
        upper = name.upper()
        given = {f"{upper}_DATA": str(self.data), f"{upper}_PORT": str(self.ports[name])}
        if name == "registration":
            given["REGISTRATION_PUBLIC_URL"] = self.url("registration")
        if name != "livescore":
            given[f"{upper}_LIVESCORE_URL"] = self.url("livescore")
        if name == "registration":
            given["REGISTRATION_BROADCAST_URL"] = self.url("broadcast")
        if name == "broadcast":
            given["BROADCAST_REGISTRATION_URL"] = self.url("registration")
        return {**os.environ, **given}
