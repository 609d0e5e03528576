"""Sending viewers away: when each goes and comes back, as numbers; and who is at the door when the door is shut."""

import asyncio
import socket
from collections import Counter
from contextlib import AsyncExitStack

import pytest

from services.broadcast.drain import planned, send_away
from tests.services.broadcast.room import Room
from tests.services.broadcast.service import UPGRADE, Start


def returns(
    viewers: int, joins_per_second: float, *, replaced: bool, seconds: float = 2.0
) -> tuple[list[float], float]:
    """When each comes back, in seconds from the beginning; and the longest that one is away."""
    plan = planned(viewers, seconds, 2000, joins_per_second, replaced=replaced)
    pauses = [plan.retry_ms(n / viewers) / 1000 for n in range(viewers)]
    return [n / viewers * plan.seconds + pause for n, pause in enumerate(pauses)], max(pauses)


@pytest.mark.parametrize("replaced", [True, False])
@pytest.mark.parametrize("viewers", [300, 10_000, 19_000])
@pytest.mark.parametrize("joins_per_second", [1000.0, 5000.0])
def test_viewers_come_back_no_faster_than_half_of_what_may_join(
    viewers: int, joins_per_second: float, replaced: bool
) -> None:
    times, _ = returns(viewers, joins_per_second, replaced=replaced)
    busiest = max(Counter(int(time) for time in times).values())
    assert busiest <= joins_per_second / 2 * 1.25  # pauses are drawn by lot


def test_where_a_successor_is_at_work_nobody_is_away_for_long_and_19000_have_moved_in_ten_seconds() -> None:
    times, away = returns(19_000, 5000, replaced=True)
    assert away <= 0.35
    assert max(times) < 10


def test_where_nobody_is_there_yet_everybody_goes_in_time_and_comes_back_later() -> None:
    plan = planned(19_000, 2.0, 2000, 5000, replaced=False)
    assert plan.seconds == 2.0
    times, _ = returns(19_000, 5000, replaced=False)
    assert min(times) >= 1.0
    assert max(times) < 12


def test_without_a_number_of_joins_a_second_they_still_do_not_come_back_all_at_once() -> None:
    times, _ = returns(19_000, 0, replaced=False)
    assert max(Counter(int(time) for time in times).values()) <= 3000


async def test_nobody_is_sent_away_before_the_time_that_was_planned() -> None:
    """However few they are: whoever they come back to takes only so many."""
    viewers = 120
    async with Room() as room:
        others = [(await room.viewer())[1] for _ in range(viewers)]
        plan = planned(viewers, 2.0, 2000, 200, replaced=True)
        loop = asyncio.get_running_loop()

        async def told(other: socket.socket) -> float:
            while b"bye" not in await loop.sock_recv(other, 4096):
                pass
            seconds = loop.time() - began
            other.close()
            return seconds

        began = loop.time()
        going = asyncio.create_task(send_away(room.house, plan))
        times = sorted(await asyncio.gather(*(told(other) for other in others)))
        await going
        assert plan.seconds == pytest.approx(1.2)
        early = [time for n, time in enumerate(times) if time < n / viewers * plan.seconds]
        assert early == []
        assert room.house.viewers == set()


async def test_a_service_that_sends_its_viewers_away_is_not_ready_any_more(start: Start) -> None:
    """Who looks after it may hold a connection from before, and would go on sending people here."""
    async with AsyncExitStack() as running:
        broadcast = await running.enter_async_context(start())
        await broadcast.show(1)
        viewer, staying = await broadcast.raw(UPGRADE)  # it does not go when it is told, so there is time to look
        await viewer.readuntil(b"\r\n\r\n")
        reader, writer = await broadcast.raw(b"")
        stopping = asyncio.create_task(running.aclose())
        answer = b""
        async with asyncio.timeout(10):
            while not answer.startswith(b"HTTP/1.1 503 "):
                writer.write(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
                answer = await reader.readuntil(b"}")
        assert b"viewers are being sent away" in answer
        await stopping
        writer.close()
        staying.close()


async def test_who_waits_to_be_taken_when_the_service_stops_is_answered_and_not_reset(start: Start) -> None:
    waiting = []
    async with start() as broadcast:
        await broadcast.show(1)
        for _ in range(50):  # nothing is awaited here, so the service takes none of them before it is told to stop
            one = socket.create_connection(("127.0.0.1", broadcast.port), 5)
            one.sendall(UPGRADE)
            waiting.append(one)
    for one in waiting:
        with one:
            answer = b""
            while part := one.recv(4096):
                answer += part
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After: " in answer
        assert b'"code":"not_open"' in answer
