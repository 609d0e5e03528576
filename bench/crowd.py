"""Viewers by the ten thousand, each of whose frames is checked: the load client in `client/`, driven from Python.

    client = built("client", folder)
    async with crowd(client, port) as load:
        await load.open("phones", 10_000, f"/live?c={CHANNEL}", "deflate", "return", pace=2000)
        await load.holding("phones")              # each has a snapshot
        ...
        told = (await load.report())["groups"]["phones"]
        await load.agree({CHANNEL: frame})        # frame: the snapshot that GET /live/state/<channel> answers

The commands and options are described at the top of `client/main.c`. `tell` and `report` answer

    {"seconds", "cpu_share": of one core, "texts", "nodes", "groups": {name: figures}}

since the last `report`, where a group's figures are

    viewers, open, in_flight, waiting, stalled   now: asked for, connected, connecting, coming back, not reading
    holding, current, newest, oldest             now: hold a board, hold the first channel's newest seq; seqs held
    joins, joined_s                              handshakes; from the group's opening until its last was in
    snapshots, deltas, byes, others, compressed  frames (`others`: JSON that is none of the protocol's)
    bytes, pings                                 bytes of frames with their heads
    faults, fault                                frames that do not fit what the viewer holds, since the group's opening
                                                 and not the last report; why the last did not
    closes                                       {code or HTTP status: how many}; 1006 without a closing handshake
    messages                                     [{"seq", "sent", "count", "first_ms", "p99_ms", "last_ms"}]: how old it
                                                 was for the first viewer, for 99 % of the group (or null), for the last
    age_ms, handshake_ms, snapshot_ms            {"count", "p50", "p99", "p999", "max"}

The age of a message is from the `sent` in its board's head (CLOCK_MONOTONIC ns, as text; `time.monotonic_ns()`) until a
viewer has read it; a viewer's first snapshot has none. Handshake and snapshot are timed from the viewer's connect().
"""

import asyncio
import contextlib
import json
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.contracts.viewer import applied

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class End:
    """Viewers that hold the same: for each channel its state with `epoch` and `seq`."""

    group: str
    viewers: int
    held: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Crowd:
    """The viewers of one server, in a process of their own."""

    process: asyncio.subprocess.Process

    async def ask(self, command: str) -> Json:
        """Send a command line; its answer. Raises SystemExit when the client refuses it or has died."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(command.encode() + b"\n")
        try:
            line = await self.process.stdout.readline()
        except ValueError:
            raise SystemExit(f"the load client's answer to {command} is too long") from None
        if not line:
            raise SystemExit(f"the load client ended at: {command}")
        answer: Json = json.loads(line)
        if "error" in answer:
            raise SystemExit(f"the load client: {answer['error']}: {command}")
        return answer

    async def open(self, group: str, count: int, path: str, *options: str, pace: float = 0) -> None:
        """Begin to open viewers, so many a second or as fast as they get in."""
        await self.ask(f"open {group} {count} {pace} {','.join(options) or '-'} {path}")

    async def stall(self, group: str, count: int) -> None:
        """Let the first so many stop reading, and all others read."""
        await self.ask(f"stall {group} {count}")

    async def leave(self, group: str) -> None:
        await self.ask(f"leave {group}")

    async def port(self, port: int) -> None:
        """Where viewers connect from now on."""
        await self.ask(f"port {port}")

    async def tell(self) -> Json:
        return await self.ask("tell")

    async def report(self) -> Json:
        """As `tell`, and begin to count anew."""
        return await self.ask("report")

    async def until(self, group: str, reached: Callable[[Json], bool], seconds: float = 30) -> Json:
        """Wait until the group's figures are as wanted; the figures. Raises SystemExit after so long."""
        told: Json = {}
        try:
            async with asyncio.timeout(seconds):
                while not reached(told := (await self.tell())["groups"][group]):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        except TimeoutError:
            told.pop("messages", None)
            raise SystemExit(f"the viewers of {group} did not get there in {seconds:g} s: {told}") from None
        return told

    async def opened(self, group: str, seconds: float = 30) -> Json:
        """Wait until all are connected."""
        return await self.until(group, lambda told: bool(told["open"] == told["viewers"]), seconds)

    async def holding(self, group: str, seconds: float = 30) -> Json:
        """Wait until all are connected and hold a board."""
        return await self.until(group, lambda told: bool(told["open"] == told["holding"] == told["viewers"]), seconds)

    async def ends(self) -> list[End]:
        """What the viewers hold, folded from their frames by the rules any viewer follows."""
        with tempfile.TemporaryDirectory(prefix="showcase-bench-") as folder:
            file = Path(folder) / "states.json"
            await self.ask(f"states {file}")
            return folded(json.loads(file.read_bytes()))

    async def agree(self, told: dict[str, Json], *groups: str) -> int:
        """Compare what viewers hold with the server's snapshots, of these channels; how many viewers that were.

        Of all groups unless some are named. Raises SystemExit where one differs, and where any frame ever did not fit.
        """
        for name, one in (await self.tell())["groups"].items():
            if one["faults"] and (not groups or name in groups):
                raise SystemExit(f"{one['faults']} frames to viewers of {name} did not fit: {one['fault']}")
        wanted = {channel: {"epoch": one["epoch"], "seq": one["seq"], **one["state"]} for channel, one in told.items()}
        ends = [one for one in await self.ends() if not groups or one.group in groups]
        for end in ends:
            if {channel: end.held.get(channel) for channel in wanted} != wanted:
                at = {channel: (one["epoch"], one["seq"]) for channel, one in end.held.items()}
                raise SystemExit(f"{end.viewers} viewers of {end.group} hold another board than they should: {at}")
        return sum(end.viewers for end in ends)


def folded(graph: Json) -> list[End]:
    """The ends of the client's graph: each node is its parent's state of a channel and one frame more."""
    nodes, texts, ends = graph["nodes"], graph["texts"], graph["ends"]
    asked = {node for end in ends for node in end["nodes"]}
    onwards: dict[int, list[int]] = {}
    known: set[int] = set()
    for node in asked:
        while node not in known and node:
            known.add(node)
            onwards.setdefault(nodes[node][0], []).append(node)
            node = nodes[node][0]  # noqa: PLW2901 - up to the root
    held: dict[int, Json] = {}
    open_: list[tuple[int, Json]] = [(root, {}) for root in onwards.pop(0, [])]
    while open_:
        node, before = open_.pop()
        text = nodes[node][1]
        state = _state(before, texts[text]) if text else {}
        if node in asked:
            held[node] = state
        open_ += [(after, state) for after in onwards.pop(node, [])]
    return [
        End(
            end["group"],
            end["viewers"],
            {texts[nodes[one][1]]["channel"]: held[one] for one in end["nodes"] if held[one]},
        )
        for end in ends
    ]


def _state(before: Json, frame: Json) -> Json:
    at = {"epoch": frame["epoch"], "seq": frame["seq"]}
    if frame["type"] == "snapshot":
        return {**at, **frame["state"]}
    if (before["epoch"], before["seq"]) != (frame["epoch"], frame["base"]):
        raise SystemExit("the load client took a delta that does not fit")
    return {**at, **applied(before, frame)}


@contextlib.asynccontextmanager
async def crowd(client: Path, port: int) -> AsyncIterator[Crowd]:
    """A load client for the server on this port of the loopback address, until the block ends."""
    process = await asyncio.create_subprocess_exec(
        str(client), str(port), stdin=subprocess.PIPE, stdout=subprocess.PIPE, limit=1 << 24
    )
    try:
        yield Crowd(process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
