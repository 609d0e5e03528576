"""Pings and the ends of connections, with time as data: forty seconds pass in no time."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from typing_extensions import override

from services.broadcast.figures import Figures
from services.broadcast.wheel import PING_SECONDS, Wheel
from services.broadcast.wire import Wire
from shared.contracts.board import Board
from tests.services.broadcast.room import Room

PONG = b"\x8a\x80mask"


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    async with Room() as room:
        yield room


async def test_every_viewer_is_pinged_every_twenty_seconds(room: Room) -> None:
    viewers = [await room.viewer() for _ in range(45)]
    room.pass_time(PING_SECONDS)
    assert [other.recv(100) for _, other in viewers] == [b"\x89\x00"] * 45


async def test_a_half_open_connection_is_cut_within_45_seconds(room: Room) -> None:
    viewer, _ = await room.viewer()
    room.pass_time(45)
    assert viewer.closed
    assert room.figures.closes[1006] == 1


async def test_a_pong_keeps_a_viewer(room: Room) -> None:
    viewer, _ = await room.viewer()
    for _ in range(10):
        room.pass_time(PING_SECONDS)
        viewer.data_received(PONG)
    assert not viewer.closed


async def test_nobody_is_cut_because_we_were_late(room: Room) -> None:
    viewer, _ = await room.viewer()
    room.pass_time(PING_SECONDS - 5)
    room.pass_time(1, late=30.0)
    room.pass_time(10)
    assert not viewer.closed
    room.pass_time(2 * PING_SECONDS)
    assert viewer.closed


async def test_an_event_stream_gets_comments_and_needs_no_pong(room: Room) -> None:
    viewer, other = await room.viewer(Wire.SSE)
    room.pass_time(PING_SECONDS * 3)
    assert other.recv(100) == b":\n\n" * 3
    assert not viewer.closed


async def test_who_is_told_to_go_and_stays_is_cut(room: Room) -> None:
    viewer, other = await room.viewer()
    room.now = asyncio.get_running_loop().time()
    viewer.close(4400, "go")
    assert other.recv(100)[:4] == b"\x88\x04\x11\x30"
    room.pass_time(6)
    assert viewer.transport.is_closing()
    await asyncio.sleep(0.01)
    assert room.house.admission.inside == 0


async def test_who_holds_bytes_back_for_too_long_is_closed_with_4008(room: Room) -> None:
    viewer, _ = await room.viewer()
    room.now = asyncio.get_running_loop().time()
    viewer.send(b"x" * 10_000_000)
    assert viewer.held
    room.pass_time(1)
    assert room.figures.closes[4008] == 1, "over the hard limit"


async def test_who_is_refused_while_bytes_are_held_back_is_not_behind(room: Room) -> None:
    viewer, _ = await room.viewer(joins=False)
    viewer.send(b"x" * 10_000_000)
    assert room.wheel.held == 1
    viewer.close(4404, "no such channel")
    assert room.wheel.held == 0


@pytest.mark.parametrize(("missed", "brought"), [(1, "delta"), (2, "snapshot")])
async def test_who_drains_in_time_stays_and_gets_the_newest_state(room: Room, missed: int, brought: str) -> None:
    viewer, other = await room.viewer()
    viewer.send(b"x" * 400_000)
    assert viewer.held
    assert not viewer.send_behind(b"y")
    for seq in range(2, 2 + missed):
        room.house.offer(Board(channel="showcase/x", epoch="e", seq=seq, head={"new": seq}, rows={}))
        await room.house.hub.fan_out(room.house.hub.flush())
    assert room.figures.skips == 1, "who was skipped is not asked again"
    seen = b""
    async with asyncio.timeout(5):
        while f'"seq":{1 + missed}'.encode() not in seen:
            seen += await asyncio.get_running_loop().sock_recv(other, 1 << 20)
    assert seen[seen.rindex(b'{"type"') :].startswith(b'{"type":"' + brought.encode())
    assert not viewer.held


async def test_a_process_that_was_stopped_for_25_seconds_cuts_nobody_when_it_goes_on(room: Room) -> None:
    silent = [(await room.viewer())[0] for _ in range(3 * PING_SECONDS)]
    room.pass_time(PING_SECONDS)
    slow, _ = await room.viewer()
    slow.send(b"x" * 200_000)
    room.wheel.hold(slow, room.now)
    asking = Asking()
    room.wheel.opening(asking, room.now)
    room.now += 25
    room.pass_time(1, late=25.0)
    assert not any(viewer.closed for viewer in (*silent, slow))
    assert asking.cuts == 0
    for viewer in silent:
        viewer.data_received(PONG)
    room.pass_time(5)
    assert not any(viewer.closed for viewer in (*silent, slow))
    room.pass_time(10)
    assert asking.cuts > 0, "forgiven once, and then as strict as before"
    assert room.figures.closes == {4008: 1}


async def test_a_stop_that_comes_while_the_wheel_is_turned_counts_as_late_too(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, away, lates = asyncio.get_running_loop(), 0.0, list[float]()
    clock, thrice = loop.time, asyncio.Event()

    class Stopped(Wheel):
        @override
        def turn(self, now: float, late: float = 0.0) -> None:
            nonlocal away
            lates.append(late)
            if len(lates) == 1:
                away = 25.0
            if len(lates) == 3:
                thrice.set()

    monkeypatch.setattr(loop, "time", lambda: clock() + away)
    turning = asyncio.create_task(Stopped(Figures()).run())
    await thrice.wait()
    turning.cancel()
    await asyncio.gather(turning, return_exceptions=True)
    assert lates[1] > 20
    assert lates[2] < 20


class Asking:
    """A connection that does not say what it wants."""

    cuts = 0

    def too_late(self) -> None:
        self.cuts += 1
