"""What it costs the broadcast process to bring one message to one viewer, against a bare epoll and send() loop in C.

The real process (`services serve broadcast` on the embedded bus) and the wall send the same frames of about 300 bytes,
five a second, to as many viewers: a client in C, because one in Python would be what is measured. They take turns, so
that both meet the same hiccups of the machine. Cost is the server's CPU time, all threads, per frame that arrived, with
what the process does beside (the bus) in it. p99 is over deliveries of a turn, from publishing until the viewer has it,
the bus included; the median of the turns is reported. A few viewers in Python fold every frame and compare with the
state at the end.

Options: --viewers N (2000), --turns N (5), --no-peers.
"""

import asyncio
import contextlib
import json
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

from bench.programs import built, cpu_ns
from services.broadcast.channel import Channel
from shared.bus.port import Message
from shared.bus.sqlite import SqliteBus
from shared.contracts.board import Board, encode_board
from shared.contracts.topics import BOARDS
from shared.contracts.viewer import applied

CHANNEL = "competition/bench.fanout"
_PER_SECOND = 5
_MESSAGES = 8  # in a turn
_CHECKERS = 5


@dataclass(frozen=True, slots=True)
class Turn:
    cpu_us: float
    p50_ms: float
    p99_ms: float
    last_ms: float
    lost: int


def run(args: list[str]) -> dict[str, object]:
    def option(name: str, usual: int) -> int:
        return int(args[args.index(name) + 1]) if name in args else usual

    return asyncio.run(_run(option("--viewers", 2000), option("--turns", 5), peers="--no-peers" not in args))


async def _run(viewers: int, turns: int, *, peers: bool) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="showcase-bench-") as folder:
        wall, client = built("wall", Path(folder)), built("fanout_client", Path(folder))
        servers = {"wall": _bare([str(wall)]), "ours": _broadcast(Path(folder) / "data")}
        if peers:
            servers["websockets.broadcast"] = _bare([sys.executable, "-m", "bench.fanout_peer"])
        async with contextlib.AsyncExitStack() as stack:
            measured = {
                name: (await stack.enter_async_context(_watched(client, await stack.enter_async_context(one), viewers)))
                for name, one in servers.items()
            }
            found = {name: _middle(some) for name, some in (await _take_turns(measured, turns)).items()}
    limit, ours = found.pop("wall"), found.pop("ours")
    return {
        "viewers": viewers,
        "us_per_delivery": round(ours.cpu_us, 2),
        "limit_us_per_delivery": round(limit.cpu_us, 2),
        "ratio": round(ours.cpu_us / limit.cpu_us, 2),
        "p50_ms": round(ours.p50_ms, 1),
        "p99_ms": round(ours.p99_ms, 1),
        "limit_p99_ms": round(limit.p99_ms, 1),
        "p99_ratio": round(ours.p99_ms / limit.p99_ms, 2),
        "last_viewer_ms": round(ours.last_ms, 1),
        "limit_last_viewer_ms": round(limit.last_ms, 1),
        "lost": ours.lost,
        "peers": {
            name: {
                "us_per_delivery": round(peer.cpu_us, 2),
                "ratio": round(peer.cpu_us / limit.cpu_us, 2),
                "p99_ms": round(peer.p99_ms, 1),
            }
            for name, peer in found.items()
        },
    }


async def _take_turns(measured: dict[str, "Watched"], turns: int) -> dict[str, list[Turn]]:
    found: dict[str, list[Turn]] = {name: [] for name in measured}
    for turn in range(turns + 1):
        for name, one in measured.items():
            result = await one.turn(1 + turn * _MESSAGES)
            if turn > 0:  # the first only warms up
                found[name].append(result)
    return found


def _middle(turns: list[Turn]) -> Turn:
    def median(field: str) -> float:
        return float(statistics.median(getattr(turn, field) for turn in turns))

    cost, p50, p99, last = (median(field) for field in ("cpu_us", "p50_ms", "p99_ms", "last_ms"))
    return Turn(cost, p50, p99, last, sum(turn.lost for turn in turns))


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


@dataclass(frozen=True, slots=True)
class Server:
    """Something that sends what is published to every viewer on its port."""

    pid: int
    port: int
    publish: Callable[[int], Awaitable[None]]


@contextlib.asynccontextmanager
async def _bare(command: list[str]) -> AsyncIterator[Server]:
    """A server that sends every datagram to everybody."""
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        port = int(await process.stdout.readline())
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

            yield Server(process.pid, port, publish)
    finally:
        process.kill()
        await process.wait()


@contextlib.asynccontextmanager
async def _broadcast(data: Path) -> AsyncIterator[Server]:
    """The real thing; when it ends, what some viewers folded must be what the service tells."""
    async with SqliteBus(data / "bus", "bench") as bus, _process(data) as (pid, port), aiohttp.ClientSession() as http:

        async def publish(seq: int) -> None:
            await bus.publish(BOARDS, [Message(CHANNEL, encode_board(_board(seq)))])

        async def state() -> Any:
            async with http.get(f"http://127.0.0.1:{port}/live/state/{CHANNEL}") as answer:
                return await answer.json() if answer.status == 200 else None

        await publish(0)
        while await state() is None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        folding = [asyncio.create_task(_fold(port)) for _ in range(_CHECKERS)]
        yield Server(pid, port, publish)
        told = await state()
        for task in folding:
            task.cancel()
        for board in await asyncio.gather(*folding):
            if board != {"seq": told["seq"], **told["state"]}:
                raise SystemExit("a viewer holds another board than the service tells")


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


@dataclass(frozen=True, slots=True)
class Watched:
    """A server with its viewers in a load client."""

    server: Server
    load: asyncio.subprocess.Process
    viewers: int

    async def turn(self, first: int) -> Turn:
        """Publish some messages in their rhythm, and look how they arrived."""
        cpu, due = cpu_ns(self.server.pid), time.monotonic()
        for seq in range(first, first + _MESSAGES):
            await self.server.publish(seq)
            due += 1 / _PER_SECOND
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        await asyncio.sleep(0.3)
        cpu = cpu_ns(self.server.pid) - cpu
        assert self.load.stdin is not None
        assert self.load.stdout is not None
        self.load.stdin.write(b"report\n")
        result = json.loads(await self.load.stdout.readline())
        lost = self.viewers * _MESSAGES - result["received"]
        last = statistics.median(result["last_ms"])
        return Turn(cpu / 1000 / result["received"], result["p50_ms"], result["p99_ms"], last, lost)


@contextlib.asynccontextmanager
async def _watched(client: Path, server: Server, viewers: int) -> AsyncIterator[Watched]:
    load = await asyncio.create_subprocess_exec(
        *(str(client), str(server.port), f"/live?c={CHANNEL}", str(viewers)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert load.stdout is not None
    try:
        async with asyncio.timeout(30):
            if await load.stdout.readline() != b"ready\n":
                raise SystemExit("the load client could not open its viewers")
        yield Watched(server, load, viewers)
    finally:
        with contextlib.suppress(ProcessLookupError):
            load.kill()
        await load.wait()
