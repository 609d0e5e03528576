"""The public feed over real sockets, followed by the client that docs/feed.md gives to strangers (R83-R87)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from shared.http.sse import Streams
from tests.domain.livescore.feed_client import Held, follow, new_client
from tests.services.livescore.conftest import Run
from tests.services.livescore.service import Livescore, until, with_schemes

Json = dict[str, Any]
PATH = "/api/livescore/competitions/autumn.electronics/feed"


class Lines:
    """The lines of an open feed, without the empty ones."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer
        self.empty = 0

    async def next(self) -> Json:
        """EOFError at the end."""
        async with asyncio.timeout(5):
            while line := await self.answer.content.readline():
                if line.strip():
                    found: Json = orjson.loads(line)
                    return found
                self.empty += 1
        raise EOFError

    async def until(self, reached: Callable[[Json], bool]) -> Json:
        while not reached(told := await self.next()):
            pass
        return told


@asynccontextmanager
async def open_feed(livescore: Livescore, query: str = "", **headers: str) -> AsyncIterator[Lines]:
    async with livescore.session.get(PATH + query, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        yield Lines(answer)


async def state(livescore: Livescore, query: str = "") -> list[Json]:
    reply = await livescore.ask("GET", PATH + "?stream=false" + query)
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/x-ndjson")
    return [orjson.loads(line) for line in reply.content.splitlines()]


def address(livescore: Livescore) -> str:
    return str(livescore.session._build_url(PATH))


def marked(count: int) -> Callable[[Json], bool]:
    def reached(told: Json) -> bool:
        return bool(told["type"] == "scores" and told["id"] == "c01" and told["data"]["marked"] == count)

    return reached


async def test_a_mark_is_told_as_the_object_that_a_get_gives(livescore: Livescore) -> None:
    """R83, R84: GET is never older than a notification."""
    async with open_feed(livescore) as lines:
        assert (await lines.next())["type"] == "competitions"
        await livescore.read("sg", "met")
        told = await lines.until(marked(1))
        reply = await livescore.ask("GET", f"{PATH}/scores/c01")
        assert reply.json == told["data"]
        assert lines.answer.headers["Access-Control-Allow-Origin"] == "*"
        assert lines.answer.headers["X-Accel-Buffering"] == "no"


async def test_collections_are_what_a_get_gives(livescore: Livescore) -> None:
    for told in await state(livescore):
        assert told["id"] is None
        assert (await livescore.ask("GET", f"{PATH}/{told['type']}")).json == told["data"]


async def test_a_token_brings_only_what_has_changed_since_also_after_a_restart(run: Run) -> None:
    """R86."""
    async with run() as livescore:
        await with_schemes(livescore)
        before = (await state(livescore))[-1]["token"]
        await livescore.read("sg", "met")
        await livescore.board_where(lambda board: board["rows"]["c01"]["marked"] == 1)
        told = await state(livescore, f"&since_token={before}")
        assert {(one["type"], one["id"]) for one in told} == {("scores", "c01")}
    async with run() as livescore:
        assert await state(livescore, f"&since_token={told[-1]['token']}") == []
        held = new_client()
        for one in await state(livescore, f"&since_token={before}"):
            held.take(orjson.dumps(one))
        assert held.now("scores")["c01"]["marked"] == 1


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    "query", ["?since_token=x.1", "?since_token=", "?since_token=s.e.1", "?stream=false&since_token=x.1"]
)
async def test_an_unknown_token_is_answered_with_400(refusing: Livescore, query: str) -> None:
    """R86."""
    reply = await refusing.ask("GET", PATH + query)
    assert (reply.status, reply.code) == (400, "unknown_token")


@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_not_there_is_not_found(refusing: Livescore) -> None:
    for path, code in (
        (f"{PATH}/scores/nobody", "unknown_object"),
        (f"{PATH}/secrets", "unknown_type"),
        (PATH.replace("electronics", "nothing"), "unknown_competition"),
    ):
        reply = await refusing.ask("GET", path)
        assert (reply.status, reply.code) == (404, code)
    assert (await refusing.ask("GET", PATH + "?stream=maybe")).code == "bad_question"


async def test_browsers_get_the_same_as_events_and_come_back_with_the_last_id(livescore: Livescore) -> None:
    """R87."""
    async with open_feed(livescore, Accept="text/event-stream") as lines:
        assert lines.answer.content_type == "text/event-stream"
        events: list[tuple[str, Json]] = []
        while len(events) < 3:
            fields = dict(line.split(": ", 1) for line in await _block(lines.answer))
            if "data" in fields:
                events.append((fields["id"], orjson.loads(fields["data"])))
    assert [data for _, data in events] == await state(livescore)
    assert all(token == data["token"] for token, data in events)
    await livescore.read("sg", "met")
    headers = {"Accept": "text/event-stream", "Last-Event-ID": events[-1][0]}
    async with open_feed(livescore, "?since_token=x.1", **headers) as lines:
        await _block(lines.answer)
        assert '"type":"scores","id":"c01"' in (await _block(lines.answer))[-1]


async def _block(answer: aiohttp.ClientResponse) -> list[str]:
    lines: list[str] = []
    async with asyncio.timeout(5):
        while (line := (await answer.content.readline()).decode().rstrip("\n")) or not lines:
            lines += [line] if line else []
    return lines


async def test_a_quiet_feed_says_that_it_lives(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """R86: an empty line, at the beginning too, after 15 s; here after a tenth of a second."""
    monkeypatch.setattr("services.livescore.app.Streams", partial(Streams, keep_alive_seconds=0.1))
    async with run() as livescore:
        await with_schemes(livescore)
        before = (await state(livescore))[-1]["token"]
        async with open_feed(livescore, f"?since_token={before}") as lines:
            for _ in range(3):
                assert await asyncio.wait_for(lines.answer.content.readline(), 5) == b"\n"


async def test_feeds_end_cleanly_when_the_service_stops(run: Run) -> None:
    async with aiohttp.ClientSession() as outside:
        async with run() as livescore:
            await with_schemes(livescore)
            answer = await outside.get(address(livescore))
            assert (await answer.content.readline()).startswith(b'{"type":"competitions"')
        rest = await answer.content.read()  # to its end: a connection that was torn would raise
        assert rest.endswith(b"\n")


@contextmanager
def followed(url: str) -> Iterator[list[Held]]:
    """What the page's client holds, followed in a thread of its own as a stranger's program would."""
    seen: list[Held] = []

    def run() -> None:
        for held in follow(url):
            seen[:] = [held]

    threading.Thread(target=run, daemon=True).start()
    try:
        yield seen
    finally:
        for held in seen:
            held.ended = True  # it does not come back when the service has stopped


async def test_the_client_of_the_page_follows_and_its_lines_are_a_replay(livescore: Livescore, tmp_path: Path) -> None:
    """R84, R87: a stored file of the feed gives the state that was."""
    stored = tmp_path / "feed.ndjson"
    with followed(address(livescore)) as seen:
        async with open_feed(livescore) as lines:
            kept = [await lines.next()]
            for count, (aspect, value) in enumerate((("A1.1", "met"), ("A1.2", "10")), 1):
                assert (await livescore.read("sg", value, aspect=aspect)).status == 201
                while not marked(count)(kept[-1]):
                    kept.append(await lines.next())

        async def there() -> bool:
            return bool(seen) and seen[0].now("scores").get("c01", {}).get("marked") == 2

        await until(there)
        stored.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in kept))
        replayed = new_client()
        for line in stored.read_bytes().splitlines():
            replayed.take(line)
        for kind in ("competitions", "competitors", "scores"):
            now = {one["id"]: one for one in (await livescore.ask("GET", f"{PATH}/{kind}")).json}
            assert replayed.now(kind) == seen[0].now(kind) == now
