"""Streams of a process over real sockets: silent readers hear a comment, slow ones the newest, one too many the end."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import aiohttp
import pytest

from shared.access import Caller
from shared.http.app import Service, Site, start
from shared.http.routes import Call, Route
from shared.http.sse import Said, Streams
from shared.metrics import Metrics
from tests.services.event_stream import listening

if TYPE_CHECKING:
    from aiohttp import web

Opened = Callable[..., AbstractAsyncContextManager["Stage"]]


class Everybody:
    """Takes a token for the name of a judge, whose link ends in a moment when the name says so."""

    def verify(self, token: str) -> Caller:
        left = 0.3 if token == "expiring" else 3600
        return Caller("judge", token, "autumn", frozenset(), time.time() + left)


class Stage:
    """Says the newest number of `numbers`, with as much behind it as `padding`; `asked` counts how often it was."""

    def __init__(self, streams: Streams) -> None:
        self.streams = streams
        self.number = 1
        self.asked = 0
        self.padding = b""
        self.changed = asyncio.Condition()
        self.session: aiohttp.ClientSession
        self.port = 0

    async def say(self, number: int) -> None:
        async with self.changed:
            self.number = number
            self.changed.notify_all()

    async def changes(self) -> AsyncGenerator[Said | None, None]:
        said = 0
        while True:
            async with self.changed:
                while self.number == said:
                    await self.changed.wait()
            said = self.number
            self.asked += 1
            yield Said("number", str(said), b"%d%b" % (said, self.padding))

    async def answer(self, call: Call) -> web.StreamResponse:
        return await self.streams.answer(call, self.changes())


@pytest.fixture
def opened() -> Opened:
    @asynccontextmanager
    async def opened(streams: Streams | None = None) -> AsyncIterator[Stage]:
        stage = Stage(Streams() if streams is None else streams)
        route = Route("GET", "/numbers/live", stage.answer, "Numbers", roles=("judge",))
        service = Service("livescore", "Numbers", [route], Metrics("livescore"), verifier=Everybody())
        runner, stage.port = await start(Site(service), "127.0.0.1", 0)
        connector = aiohttp.TCPConnector(limit=0)
        try:
            async with aiohttp.ClientSession(f"http://127.0.0.1:{stage.port}", connector=connector) as stage.session:
                yield stage
        finally:
            stage.streams.end()
            await runner.cleanup()

    return opened


@contextmanager
def slow_reader(stage: Stage) -> Iterator[socket.socket]:
    """Asks for numbers of ten megabytes and reads none of them."""
    stage.padding = b" " * 10_000_000
    with socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.settimeout(5)
        reader.connect(("127.0.0.1", stage.port))
        reader.sendall(b"GET /numbers/live HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer slow\r\n\r\n")
        yield reader


async def until(true: Callable[[], bool]) -> None:
    """Look from outside until it is so, within the five seconds in which a service has to stop."""
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_the_newest_thing_is_said_at_once_and_then_each_newer_one(opened: Opened) -> None:
    async with opened() as stage, listening(stage.session, "/numbers/live", "j1") as stream:
        assert (await stream.next())[:3] == ("number", "1", "1")
        await stage.say(2)
        assert (await stream.next())[:3] == ("number", "2", "2")


async def test_a_comment_comes_when_nothing_was_said_for_a_while(opened: Opened) -> None:
    streams = Streams(keep_alive_seconds=0.2)
    async with opened(streams) as stage, listening(stage.session, "/numbers/live", "j1") as stream:
        said = await stream.next()
        first, second = await stream.next(), await stream.next()
    assert (first.name, second.name) == (":", ":")
    assert 0.15 < first.at - said.at < 1
    assert 0.15 < second.at - first.at < 1


async def test_a_slow_reader_makes_no_queue_and_hears_the_newest_next(opened: Opened) -> None:
    async with opened() as stage:
        with slow_reader(stage) as reader:
            await until(lambda: stage.asked == 1)
            stage.padding = b""
            async with listening(stage.session, "/numbers/live", "quick") as quick:
                await quick.next()
                for number in range(2, 50):
                    await stage.say(number)
                    assert (await quick.next()).tag == str(number)
            assert stage.asked == 1 + 49  # the slow one was asked for once, the quick one for each
            received = b""
            while b"id: 49\n" not in received[-200:]:
                received += await asyncio.to_thread(reader.recv, 1_000_000)
    assert [line for line in received.split(b"\n") if line.startswith(b"id: ")] == [b"id: 1", b"id: 49"]


async def test_a_reader_who_takes_nothing_at_all_is_cut_off(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.http.sse._PATIENCE_SECONDS", 0.3)
    async with opened() as stage:
        with slow_reader(stage):
            await until(lambda: stage.asked == 1 and stage.streams.open == 0)


async def test_one_stream_too_many_of_a_person_ends_the_oldest_of_that_person(opened: Opened) -> None:
    async with opened(Streams(each=2)) as stage, AsyncExitStack() as stack:
        first, second, other, third = [
            await stack.enter_async_context(listening(stage.session, "/numbers/live", judge))
            for judge in ("j1", "j1", "j2", "j1")
        ]
        ended = await first.rest()
        assert [(one.name, one.data) for one in ended][-1] == ("bye", '{"reason":"replaced"}')
        await stage.say(2)
        for stream in (second, other, third):
            assert [(await stream.next()).tag, (await stream.next()).tag] == ["1", "2"]


async def test_when_the_process_is_full_it_says_when_to_come_again(opened: Opened) -> None:
    async with (
        opened(Streams(most=1)) as stage,
        listening(stage.session, "/numbers/live", "j1"),
        stage.session.get("/numbers/live", headers={"Authorization": "Bearer j2"}) as refused,
    ):
        assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
        assert refused.content_type == "application/problem+json"


async def test_when_the_link_expires_the_stream_ends(opened: Opened) -> None:
    async with opened() as stage, listening(stage.session, "/numbers/live", "expiring") as stream:
        assert [one.data for one in await stream.rest()] == ["1", '{"reason":"expired"}']


async def test_stopping_says_goodbye_to_all_and_waits_for_no_slow_reader(opened: Opened) -> None:
    async with opened() as stage:
        with slow_reader(stage):
            await until(lambda: stage.asked == 1)
            stage.padding = b""
            async with listening(stage.session, "/numbers/live", "quick") as quick:
                await quick.next()
                stage.streams.end()
                assert (await quick.next()).data == '{"reason":"stopping"}'
                with pytest.raises(EOFError):
                    await quick.next()
            await until(lambda: stage.streams.open == 0)
        async with stage.session.get("/numbers/live", headers={"Authorization": "Bearer j1"}) as late:
            assert late.status == 503


async def test_a_head_request_opens_no_stream(opened: Opened) -> None:
    async with opened() as stage:
        async with stage.session.head("/numbers/live", headers={"Authorization": "Bearer j1"}) as answer:
            assert (answer.status, answer.content_type) == (200, "text/event-stream")
        assert stage.streams.open == 0
