"""Servers that send every message to every viewer: ours, the wall, and the peers as far as they are installed.

The wall takes its messages as datagrams on the UDP port of its own number, nchan on its publisher endpoint, the others
as lines on their standard input. What they are given are the very frames that our service makes of the same boards, so
all send the same bytes; making them is not on their account. Peers besides `websockets` and aiohttp come from
scripts/peers/fetch.sh.
"""

import asyncio
import contextlib
import hashlib
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bench.programs import HERE, cpu_ns
from bench.stage import CHANNEL, board, stage
from services.broadcast.channel import Channel

ROWS, MOVED = 10, 1
_WANTED = HERE.parent / "scripts" / "peers"
_NCHAN = "usr/lib/nginx/modules/ngx_nchan_module.so"
_CONF = """
load_module {module};
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
worker_rlimit_nofile {files};
events {{ worker_connections {files}; }}
http {{
    access_log off;
    keepalive_requests 1000000;  # all messages come over one connection
    keepalive_timeout 1h;
    nchan_shared_memory_size 256m;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location = /publish {{ nchan_publisher http; nchan_channel_id board; nchan_message_buffer_length 1; }}
        location / {{ nchan_subscriber websocket; nchan_channel_id board; nchan_subscriber_first_message newest; }}
    }}
}}
"""


@dataclass(frozen=True, slots=True)
class Server:
    pid: int
    port: int
    show: Callable[[], Awaitable[int]]
    """Publish the next board; its seq."""
    state: Callable[[], Awaitable[Any]]
    """The snapshot that viewers must hold once they have everything."""

    def cpu_us(self) -> float:
        return cpu_ns(self.pid) / 1e3


Opening = Callable[[], AbstractAsyncContextManager[Server]]


@contextlib.asynccontextmanager
async def ours(**settings: str) -> AsyncIterator[Server]:
    """The service itself, fed over the embedded bus; settings as in `BROADCAST_<NAME>`."""
    async with stage(ROWS, MOVED, **settings) as one:

        async def show() -> int:
            await one.show()
            return one.seq

        yield Server(one.pid, one.port, show, one.current)


@contextlib.asynccontextmanager
async def wall(program: Path) -> AsyncIterator[Server]:
    async with _started(str(program)) as (process, port):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as feed:
            feed.connect(("127.0.0.1", port))

            async def send(body: bytes) -> None:
                feed.send(body)

            yield _fed(process.pid, port, send)


@contextlib.asynccontextmanager
async def peer(*command: str, path: Path | None = None) -> AsyncIterator[Server]:
    """A program of `peers/`; `path` is where the packages are that it imports."""
    async with _started(*command, path=path) as (process, port):

        async def send(body: bytes) -> None:
            assert process.stdin is not None
            process.stdin.write(body + b"\n")  # not waited for: whoever is behind has a backlog

        yield _fed(process.pid, port, send)


@contextlib.asynccontextmanager
async def _started(*command: str, path: Path | None = None) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """A program that says its port first."""
    known = f"{path}:{os.environ.get('PYTHONPATH', '')}" if path else os.environ.get("PYTHONPATH", "")
    process = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": known}
    )
    assert process.stdout is not None
    try:
        if not (line := await process.stdout.readline()):
            raise SystemExit(f"{' '.join(command)} ended at once")
        yield process, int(line)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@contextlib.asynccontextmanager
async def nchan(module: Path) -> AsyncIterator[Server]:
    with tempfile.TemporaryDirectory(prefix="showcase-bench-") as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        conf = Path(folder) / "nginx.conf"
        conf.write_text(_CONF.format(module=module, folder=folder, port=port, files=_most_files()), encoding="ascii")
        process = await asyncio.create_subprocess_exec(_nginx() or "nginx", "-c", str(conf), "-p", folder)
        try:
            async with _publisher(port) as send:
                yield _fed(process.pid, port, send)
        finally:
            process.send_signal(signal.SIGTERM)
            await process.wait()


def _fed(pid: int, port: int, send: Callable[[bytes], Awaitable[None]]) -> Server:
    channel = Channel(CHANNEL)  # makes the very bytes that the service would send
    seq = 0

    async def show() -> int:
        nonlocal seq
        seq += 1
        channel.offer(board(seq, ROWS, MOVED))
        frame = channel.flush()
        assert frame is not None
        await send(frame.body)
        return seq

    async def state() -> Any:
        return orjson.loads(channel.snapshot().body)

    return Server(pid, port, show, state)


@contextlib.asynccontextmanager
async def _publisher(port: int) -> AsyncIterator[Callable[[bytes], Awaitable[None]]]:
    """Messages as requests on one connection, none of which waits for an answer.

    nchan answers when it has written the message to its last viewer: whoever waited for that would publish no faster
    than it can send, and see none that is late.
    """
    reader, writer = await _connection(port)
    # It tells what is of no text type in binary frames.
    head = b"POST /publish HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"

    async def send(body: bytes) -> None:
        if answers.done():
            raise SystemExit(f"nchan no longer takes messages: {answers.exception()!r}")
        writer.write(head % len(body) + body)

    answers = asyncio.create_task(_accepted(reader))
    try:
        yield send
    finally:
        answers.cancel()
        await asyncio.gather(answers, return_exceptions=True)
        writer.close()


async def _accepted(reader: asyncio.StreamReader) -> None:
    """Read answers, which must all be that a message was taken."""
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 20"):
            raise ValueError(head)
        _, _, length = head.lower().partition(b"content-length:")
        await reader.readexactly(int(length.split()[0]))


async def _connection(port: int, seconds: float = 10.0) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with asyncio.timeout(seconds):
        while True:
            with contextlib.suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", port)
            await asyncio.sleep(0.02)


def _most_files() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def _nginx() -> str | None:
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def fetched() -> Path:
    """Where scripts/peers/fetch.sh puts what it fetches."""
    cache = os.environ.get("SHOWCASE_CACHE") or f"{os.environ.get('XDG_CACHE_HOME', Path.home() / '.cache')}/showcase"
    wanted = b"".join([(_WANTED / name).read_bytes() for name in ("requirements.txt", "package.json")])
    return Path(cache) / f"peers-{hashlib.sha256(wanted).hexdigest()[:12]}"


def peers() -> dict[str, Opening | None]:
    """Each peer by name, and how to open it; None where it is not installed."""
    home, node = fetched(), shutil.which("node")
    python, module = home / "picows", home / "nchan" / _NCHAN

    def in_python(name: str) -> Opening:
        return lambda: peer(sys.executable, "-m", f"bench.peers.{name}", path=python)

    return {
        "nchan": (lambda: nchan(module)) if module.exists() and _nginx() else None,
        "node ws": (lambda: peer(node, str(HERE / "peers" / "ws.mjs"), str(home / "ws")))
        if node and (home / "ws").exists()
        else None,
        "picows": in_python("by_picows") if python.exists() else None,
        "websockets.broadcast": in_python("by_websockets"),
        "aiohttp": in_python("by_aiohttp"),
    }
