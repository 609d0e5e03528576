"""The front door under test: the real nginx with the files of deploy/nginx, and only its addresses replaced.

`copies` says where each of the names in copies/*.conf is found on this machine. With them goes `resolve`, which looks
names up again and is not known to an nginx older than 1.27.3. Everything else is what is shipped.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

DEPLOY = Path(__file__).parents[2] / "deploy"
KUBERNETES_COPIES = DEPLOY / "kubernetes" / "base" / "copies.conf"
NGINX = os.environ.get("NGINX") or shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
needs_nginx = pytest.mark.skipif(NGINX is None, reason="no nginx here (Debian package nginx-light)")


class FrontDoor:
    def __init__(self, port: int, log: Path, scheme: str) -> None:
        self.url = f"{scheme}://127.0.0.1:{port}"
        self._log = log

    async def lines(self, path: str) -> list[dict[str, Any]]:
        """The access log's lines for a path, as soon as there is one; they are written once a second."""
        async with asyncio.timeout(10):
            while not (found := [line for line in self.log_lines() if line["path"] == path]):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return found

    def log_lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._log.read_text().splitlines(keepends=True) if line.endswith("\n")]

    def log(self) -> str:
        return self._log.read_text()


def lay_out(folder: Path, port: int, copies: Mapping[str, int], where: str, *, tls: bool = False) -> Path:
    """Copy the configuration with addresses of this machine; returns the main file."""
    shutil.copytree(DEPLOY / "nginx", folder / "conf", dirs_exist_ok=True)
    conf = folder / "conf"
    if where == "kubernetes":
        shutil.rmtree(conf / "copies")
        (conf / "copies").mkdir()
        shutil.copy(KUBERNETES_COPIES, conf / "copies")
    (file,) = (conf / "copies").iterdir()

    def here(found: re.Match[str]) -> str:
        """A line for each copy that the name stands for: one in a compose file, all of a service in Kubernetes."""
        name = found[1] if where == "compose" else found[1].partition(".")[0]
        ports = [port for copy, port in copies.items() if name in (copy, copy.partition("-")[0])]
        assert ports, f"{file.name} names {name}, this test does not"
        return "\n".join(f"    server 127.0.0.1:{port}{found[2]};" for port in ports)

    text = re.sub(r"resolver [^;]+;", "", file.read_text())
    file.write_text(re.sub(r"    server ([\w.-]+):\d+ resolve([^;]*);", here, text))
    plain = conf / "listen" / "plain.conf"
    if tls:  # beside the plain one, which nobody needs here
        shutil.copy(conf / "tls" / "tls.conf", conf / "listen" / "tls.conf")
        plain.write_text(f"listen unix:{folder}/plain;")
    for listen in (conf / "listen").iterdir():
        listen.write_text(re.sub(r"listen \d+", f"listen 127.0.0.1:{port}", listen.read_text()))
    return conf / "nginx.conf"


@asynccontextmanager
async def front_door(
    folder: Path, port: int, copies: Mapping[str, int], where: str = "compose", *, tls: bool = False
) -> AsyncIterator[FrontDoor]:
    assert NGINX is not None
    main = lay_out(folder, port, copies, where, tls=tls)
    log = folder / "front.log"
    # The container's nginx has no root; here it may be, and then its workers must not become somebody else.
    command = [NGINX, "-p", f"{folder}/", "-c", str(main), *(["-g", "user root;"] if os.getuid() == 0 else [])]
    with log.open("wb") as out, (folder / "front.err").open("wb") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, start_new_session=True)  # noqa: ASYNC220
    try:
        async with asyncio.timeout(10):
            while True:
                assert process.poll() is None, (folder / "front.err").read_text()
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    break
                except OSError:
                    await asyncio.sleep(0.02)
        yield FrontDoor(port, log, "https" if tls else "http")
    finally:
        process.terminate()
        process.wait(10)
