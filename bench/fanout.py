"""What it costs the broadcast process to bring one message to one viewer, against a bare epoll and send() loop in C.

The real process (`services serve broadcast` on the embedded bus) and the wall send the same frames of about 300 bytes,
five a second, to the same viewers: a client in C, because one in Python would be what is measured. Cost is the server's
CPU time, all threads, per frame that arrived, with what the process does beside (the bus) in it; p99 is over messages,
from publishing until the last viewer has it, the bus included. The wall runs before and after. A few viewers in Python
fold every frame and compare with the state at the end.

Options: --viewers N (2000), --seconds S (8), --no-peers.
"""

import asyncio
import contextlib
import json
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from websockets.asyncio.client import connect

from services.broadcast.channel import Channel
from shared.bus.port import Message
from shared.bus.sqlite import SqliteBus
from shared.contracts.board import Board, encode_board
from shared.contracts.topics import BOARDS
from shared.contracts.viewer import applied

HERE = Path(__file__).parent
CHANNEL = "competition/bench.fanout"
PER_SECOND = 5
_CHECKERS = 5

Publish = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Figures:
    cpu_us: float
    p99_ms: float
    p50_ms: float
    lost: int


def run(args: list[str]) -> dict[str, object]:
    def option(name: str, usual: int) -> int:
        return int(args[args.index(name) + 1]) if name in args else usual

    return asyncio.run(_run(option("--viewers", 2000), option("--seconds", 8), peers="--no-peers" not in args))


async def _run(viewers: int, seconds: int, *, peers: bool) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="showcase-bench-") as folder:
        wall, client = _built("wall", Path(folder)), _built("fanout_client", Path(folder))
        before = await _bare([str(wall)], client, viewers, seconds / 2)
        ours = await _broadcast(client, viewers, seconds, Path(folder) / "data")
        after = await _bare([str(wall)], client, viewers, seconds / 2)
        peer = None
        if peers:
            peer = await _bare([sys.executable, "-m", "bench.fanout_peer"], client, viewers, seconds / 2)
    limit_cpu = (before.cpu_us + after.cpu_us) / 2
    limit_p99 = (before.p99_ms + after.p99_ms) / 2
    return {
        "viewers": viewers,
        "us_per_delivery": round(ours.cpu_us, 2),
        "limit_us_per_delivery": round(limit_cpu, 2),
        "ratio": round(ours.cpu_us / limit_cpu, 2),
        "p50_ms": round(ours.p50_ms, 1),
        "p99_ms": round(ours.p99_ms, 1),
        "limit_p99_ms": round(limit_p99, 1),
        "p99_ratio": round(ours.p99_ms / limit_p99, 2),
        "lost": ours.lost,
        "peers": {}
        if peer is None
        else {
            "websockets.broadcast": {
                "us_per_delivery": round(peer.cpu_us, 2),
                "ratio": round(peer.cpu_us / limit_cpu, 2),
                "p99_ms": round(peer.p99_ms, 1),
            }
        },
    }


def _built(name: str, folder: Path) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise SystemExit("a C compiler (cc) is needed for the limit and the load client")
    subprocess.run([compiler, "-O2", "-o", str(folder / name), str(HERE / f"{name}.c")], check=True)
    return folder / name


def _board(seq: int) -> Board:
    """Ten competitors, three of whom got a mark since the board before: a frame of about 300 bytes."""

    def row(n: int) -> dict[str, Any]:
        marks = (seq * 3 + 9 - n) // 10
        return {
            "bib": f"{n:02}",
            "name": f"Competitor {n}",
            "marked": marks,
            "total": f"{marks / 4:.2f}",
            "rank": n + 1,
        }

    rows = {f"competitor-{n}": row(n) for n in range(10)}
    return Board(channel=CHANNEL, epoch="bench", seq=seq, head={"sent": str(time.monotonic_ns())}, rows=rows)


async def _bare(command: list[str], client: Path, viewers: int, seconds: float) -> Figures:
    """A server that sends every datagram to everybody."""
    server = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert server.stdout is not None
    try:
        port = int(await server.stdout.readline())
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as feed:
            feed.connect(("127.0.0.1", port))
            channel = Channel(CHANNEL)  # makes the very bytes that the service would send
            channel.offer(_board(0))
            channel.flush()

            async def publish(seq: int) -> None:
                channel.offer(_board(seq))
                frame = channel.flush()
                assert frame is not None
                feed.send(frame.body)

            return await _measured(client, port, server.pid, viewers, seconds, publish)
    finally:
        server.kill()
        await server.wait()


async def _broadcast(client: Path, viewers: int, seconds: float, data: Path) -> Figures:
    async with SqliteBus(data / "bus", "bench") as bus, _process(data) as (pid, port), aiohttp.ClientSession() as http:
        state_url = f"http://127.0.0.1:{port}/live/state/{CHANNEL}"

        async def publish(seq: int) -> None:
            await bus.publish(BOARDS, [Message(CHANNEL, encode_board(_board(seq)))])

        async def state() -> Any:
            async with http.get(state_url) as answer:
                return await answer.json() if answer.status == 200 else None

        await publish(0)
        while await state() is None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        folding = [asyncio.create_task(_fold(port)) for _ in range(_CHECKERS)]
        figures = await _measured(client, port, pid, viewers, seconds, publish)
        told = await state()
        for task in folding:
            task.cancel()
        for boards in await asyncio.gather(*folding):
            if boards != {"seq": told["seq"], **told["state"]}:
                raise SystemExit("a viewer holds another board than the service tells")
        return figures


@contextlib.asynccontextmanager
async def _process(data: Path) -> AsyncIterator[tuple[int, int]]:
    command = [sys.executable, "-m", "services", "serve", "broadcast", "--data", str(data), "--port", "0"]
    server = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert server.stdout is not None
    try:
        yield server.pid, json.loads(await server.stdout.readline())["port"]
    finally:
        server.terminate()
        await server.wait()


async def _fold(port: int) -> dict[str, Any]:
    """Follow the board as a client does, until cancelled; what it holds then."""
    board: dict[str, Any] = {}
    try:
        async with connect(f"ws://127.0.0.1:{port}/live?c={CHANNEL}", proxy=None) as viewer:
            async for text in viewer:
                frame = json.loads(text)
                if frame["type"] == "snapshot":
                    board = {"seq": frame["seq"], **frame["state"]}
                elif frame["base"] == board["seq"]:
                    board = {"seq": frame["seq"], **applied(board, frame)}
                else:
                    raise SystemExit("a delta that does not fit")
    except asyncio.CancelledError:
        pass
    return board


async def _measured(client: Path, port: int, pid: int, viewers: int, seconds: float, publish: Publish) -> Figures:
    load = await asyncio.create_subprocess_exec(
        str(client), str(port), f"/live?c={CHANNEL}", str(viewers), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert load.stdout is not None
    async with asyncio.timeout(60):
        if await load.stdout.readline() != b"ready\n":
            raise SystemExit("the load client could not open its viewers")
    await asyncio.sleep(0.3)
    await publish(1)  # warms up; not counted
    await asyncio.sleep(0.5)
    messages = int(seconds * PER_SECOND)
    cpu, due = _cpu_ns(pid), time.monotonic()
    for seq in range(2, messages + 2):
        due += 1 / PER_SECOND
        await asyncio.sleep(due - time.monotonic())
        await publish(seq)
    await asyncio.sleep(0.7)
    cpu = _cpu_ns(pid) - cpu
    out, _ = await load.communicate(b"")
    result = json.loads(out)
    last = sorted(result["last_ms"][1:])
    received = result["received"] * messages / (messages + 1)
    return Figures(
        cpu_us=cpu / 1000 / received,
        p99_ms=last[min(len(last) - 1, round(len(last) * 0.99))],
        p50_ms=statistics.median(last),
        lost=viewers * (messages + 1) - result["received"],
    )


def _cpu_ns(pid: int) -> int:
    """Time on a processor of all threads; finer than the ticks in /proc/<pid>/stat."""
    return sum(int((task / "schedstat").read_text().split()[0]) for task in Path(f"/proc/{pid}/task").iterdir())
