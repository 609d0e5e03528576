"""The load client is to be trusted: it follows what fits, notices what does not, and comes back as a viewer should."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory

from bench.crowd import Crowd, crowd

CHANNEL = "competition/load.client"
PATH = f"/live?c={CHANNEL}"
ROWS = {f"row-{n}": {"name": f"Competitor {n}", "total": f"{n}.50"} for n in range(40)}
Show = Callable[[ServerConnection], Awaitable[None]]


@contextlib.asynccontextmanager
async def watching(client: Path, show: Show, window_bits: int = 0) -> AsyncIterator[Crowd]:
    """A load client at a server that does this to each viewer, and compresses where a window is given."""
    deflate = [ServerPerMessageDeflateFactory(server_max_window_bits=window_bits)] if window_bits else []
    async with (
        serve(show, "127.0.0.1", 0, compression=None, extensions=deflate) as server,
        crowd(client, next(iter(server.sockets)).getsockname()[1]) as load,
    ):
        yield load


def beginning(viewers: list[ServerConnection]) -> Show:
    """Send each viewer a snapshot and keep it among these."""

    async def show(viewer: ServerConnection) -> None:
        viewers.append(viewer)
        await viewer.send(snapshot())
        await viewer.wait_closed()

    return show


def snapshot(seq: int = 0) -> str:
    state = {"head": {"sent": str(time.monotonic_ns())}, "rows": ROWS}
    return _text({"type": "snapshot", "channel": CHANNEL, "epoch": "e", "seq": seq, "state": state})


def delta(base: int, seq: int, sent: int | None = None) -> str:
    changed = {"row-7": {"total": f"{seq}.25"}, f"row-{seq}": {"name": f"Newcomer {seq}"}, f"row-{base}": None}
    head = {"sent": str(time.monotonic_ns() if sent is None else sent)}
    body = {"type": "delta", "channel": CHANNEL, "epoch": "e", "base": base, "seq": seq, "head": head, "rows": changed}
    return _text(body)


def _text(frame: dict[str, Any]) -> str:
    return orjson.dumps(frame).decode()


@pytest.mark.parametrize("window_bits", [0, 9, 12, 15])
async def test_viewers_fold_what_they_are_sent_plain_or_compressed(client: Path, window_bits: int) -> None:
    frames = [snapshot(), *(delta(seq - 1, seq) for seq in range(1, 60))]

    async def show(viewer: ServerConnection) -> None:
        for frame in frames:
            await viewer.send(frame)
        await viewer.wait_closed()

    async with watching(client, show, window_bits) as load:
        await load.open("all", 10, PATH, "deflate")
        told = await load.until("all", lambda told: bool(told["deltas"] == 590), 10)
        assert (told["faults"], told["current"], told["newest"]) == (0, 10, 59)
        assert told["compressed"] == (600 if window_bits else 0)
        # Row 7 went, as all rows went one after the other, and came again with the next change.
        rows = {"row-7": {"total": "59.25"}, "row-59": {"name": "Newcomer 59"}}
        for end in await load.ends():
            assert (end.held[CHANNEL]["seq"], end.held[CHANNEL]["rows"]) == (59, rows)


@pytest.mark.parametrize(
    ("frames", "why"),
    [
        ([snapshot(), delta(1, 2)], "a delta whose base is not what is held"),
        ([delta(0, 1)], "a delta to another history"),
        ([snapshot(5), snapshot(4)], "a snapshot older than what is held"),
        ([snapshot(), delta(0, 1), delta(0, 1)], "a delta whose base is not what is held"),
        ([snapshot(), delta(0, 1).replace("load.client", "another")], "a channel that was not asked for"),
    ],
)
async def test_a_frame_that_does_not_fit_is_a_fault_of_every_viewer_that_gets_it(
    client: Path, frames: list[str], why: str
) -> None:
    async def show(viewer: ServerConnection) -> None:
        for frame in frames:
            await viewer.send(frame)
        await viewer.wait_closed()

    async with watching(client, show) as load:
        await load.open("all", 7, PATH)
        told = await load.until("all", lambda told: bool(told["faults"]), 10)
        told = await load.until("all", lambda told: bool(told["faults"] == 7), 10)
        assert told["fault"] == why


async def test_what_did_not_fit_is_not_forgotten_with_a_report_and_is_no_agreement(client: Path) -> None:
    viewers: list[ServerConnection] = []
    async with watching(client, beginning(viewers)) as load:
        await load.open("all", 1, PATH)
        await load.holding("all", 10)
        held = (await load.ends())[0].held[CHANNEL]
        told = {CHANNEL: {**held, "state": {"head": held["head"], "rows": held["rows"]}}}
        assert await load.agree(told) == 1
        await viewers[0].send(delta(7, 8))  # changes nothing: what is held is as before
        await load.until("all", lambda told: bool(told["faults"]), 10)
        await load.report()
        assert (await load.tell())["groups"]["all"]["faults"] == 1
        with pytest.raises(SystemExit, match=r"1 frames .* did not fit: a delta whose base"):
            await load.agree(told)


async def test_more_viewers_than_files_may_be_open_are_refused(client: Path) -> None:
    async with crowd(client, 1) as load:
        with pytest.raises(SystemExit, match="no room for so many viewers"):
            await load.open("all", 2_000_000, PATH)


async def test_a_viewer_that_was_sent_away_comes_back_with_the_position_it_holds(client: Path) -> None:
    asked: list[str] = []

    async def show(viewer: ServerConnection) -> None:
        assert viewer.request is not None
        asked.append(viewer.request.path)
        if len(asked) == 1:
            await viewer.send(snapshot())
            await viewer.send(delta(0, 1))
            await viewer.send(_text({"type": "bye", "retry_ms": 200}))
            await viewer.close(1012)
        else:
            await viewer.send(delta(1, 2))
            await viewer.wait_closed()

    async with watching(client, show) as load:
        began = time.monotonic()
        await load.open("all", 1, PATH, "return", "from=CN")
        told = await load.until("all", lambda told: bool(told["newest"] == 2), 10)
        assert time.monotonic() - began >= 0.2
        assert asked == [f"{PATH}&from=CN", f"{PATH}&from=CN&since=e.1"]
        assert (told["closes"], told["byes"], told["faults"], told["open"]) == ({"1012": 1}, 1, 0, 1)


async def test_a_viewer_that_is_told_not_to_retry_stays_away(client: Path) -> None:
    async def show(viewer: ServerConnection) -> None:
        await viewer.close(4404)

    async with watching(client, show) as load:
        await load.open("all", 3, PATH, "return")
        told = await load.until("all", lambda told: bool(told["closes"].get("4404") == 3), 10)
        assert (told["waiting"], told["open"]) == (0, 0)


async def test_those_who_stall_read_nothing_until_they_read_again(client: Path) -> None:
    viewers: list[ServerConnection] = []
    async with watching(client, beginning(viewers)) as load:
        await load.open("all", 4, PATH)
        await load.holding("all", 10)
        await load.stall("all", 3)
        frame = delta(0, 1)
        await asyncio.gather(*(viewer.send(frame) for viewer in viewers))
        told = await load.until("all", lambda told: bool(told["deltas"]), 10)
        assert (told["deltas"], told["stalled"], told["oldest"]) == (1, 3, 0)
        await load.stall("all", 0)
        await load.until("all", lambda told: bool(told["current"] == 4), 10)


async def test_ages_run_from_the_sending_to_each_viewer_and_begin_anew_with_a_report(client: Path) -> None:
    viewers: list[ServerConnection] = []
    async with watching(client, beginning(viewers)) as load:
        await load.open("all", 5, PATH)
        await load.holding("all", 10)
        assert (await load.report())["groups"]["all"]["age_ms"]["count"] == 0  # a first snapshot is as old as it is
        frame = delta(0, 1, sent=time.monotonic_ns() - 500_000_000)
        for viewer in viewers:
            await viewer.send(frame)
        await load.until("all", lambda told: bool(told["deltas"] == 5), 10)
        told = (await load.report())["groups"]["all"]
        assert told["age_ms"]["count"] == 5
        assert 499 <= told["age_ms"]["p50"] <= told["age_ms"]["max"] < 5000  # a bin is 0.2 % wide
        [message] = told["messages"]
        assert (message["seq"], message["count"]) == (1, 5)
        assert 500 <= message["first_ms"] <= message["p99_ms"] <= message["last_ms"] < 5000
        assert (await load.tell())["groups"]["all"]["age_ms"]["count"] == 0


async def test_viewers_of_several_channels_hold_each_of_them_and_come_back_with_both_positions(client: Path) -> None:
    other = "audience/competition/load.client"
    asked: list[str] = []

    async def show(viewer: ServerConnection) -> None:
        assert viewer.request is not None
        asked.append(viewer.request.path)
        if len(asked) <= 6:
            await viewer.send(snapshot())
            await viewer.send(snapshot(len(asked)).replace(CHANNEL, other))  # each joins another state of this one
            await viewer.send(delta(0, 1))
            await viewer.send(delta(len(asked), 9).replace(CHANNEL, other))
            await viewer.send(_text({"type": "bye", "retry_ms": 50}))
            await viewer.close(1012)
        else:
            await viewer.send(snapshot(9).replace(CHANNEL, other))
            await viewer.send(delta(1, 2))
            await viewer.wait_closed()

    async with watching(client, show) as load:
        await load.open("all", 6, f"{PATH}&c={other}", "return")
        told = await load.until("all", lambda told: bool(told["current"] == 6 and told["newest"] == 2), 10)
        assert (told["faults"], told["snapshots"], told["deltas"]) == (0, 18, 18)
        assert set(asked[6:]) == {f"{PATH}&c={other}&since=e.1&since=e.9"}
        ends = await load.ends()
        assert sum(end.viewers for end in ends) == 6
        assert {(end.held[CHANNEL]["seq"], end.held[other]["seq"]) for end in ends} == {(2, 9)}
