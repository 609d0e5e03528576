"""The service on a free port with its real files, and words to talk to it as judges and organisers do."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from services.livescore.app import serve
from services.livescore.settings import Settings
from shared.bus.sqlite import read_compacted
from shared.contracts.events import Event, Recorded, decode
from shared.contracts.livescore import MarkGiven
from shared.contracts.topics import BOARDS
from shared.ledger.sqlite import read_file
from shared.lifecycle import Stop
from tests.services.livescore.registration import COUNTRIES, Registration

Json = dict[str, Any]
SCHEME = Path(__file__).with_name("scheme.yaml").read_bytes()
WELDING = b"""
title: {en: Welding}
sections: [{id: 1, weight: 100, name: {en: All}}]
criteria:
  - id: D
    name: {en: All}
    sub_criteria:
      - id: D1
        name: {en: All}
        day: 1
        aspects:
          - {id: D1.1, type: M, max: 100, section: 1, description: {en: It holds}, measure: {pattern: full}}
"""
_API = "/api/livescore/competitions"


class Reply:
    """An answer as bytes and parsed."""

    def __init__(self, status: int, headers: Any, content: bytes) -> None:
        self.status = status
        self.headers = headers
        self.content = content

    @property
    def json(self) -> Any:
        assert "json" in self.headers["Content-Type"], (self.status, self.content[:300])
        return orjson.loads(self.content)

    @property
    def code(self) -> str:
        return str(self.json["code"])


class Livescore:
    """Speaks to a running service; `marks()` and `board()` read its files, from outside."""

    def __init__(self, session: aiohttp.ClientSession, registration: Registration) -> None:
        self.session = session
        self.data = registration.data
        self.registration = registration
        self._ids = count(1)
        self._barriers = iter(f"c{bib}" for bib in COUNTRIES)

    async def ask(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, headers: Json | None = None
    ) -> Reply:
        """Bytes go out as they are; anything else as JSON."""
        sent = {"Content-Type": "application/json"} if body is not None else {}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        raw = body is None or isinstance(body, bytes | io.BytesIO | AsyncIterator)
        content = body if raw else orjson.dumps(body)
        async with self.session.request(method, path, data=content, headers={**sent, **(headers or {})}) as answer:
            return Reply(answer.status, answer.headers, await answer.read())

    async def as_judge(self, judge: str, method: str, path: str, body: Any = None, **kwargs: Any) -> Reply:
        return await self.ask(method, _API + path, body, token=self.registration.judge_token(judge), **kwargs)

    def form(self, **changed: Any) -> Json:
        """A good mark, with a new id, and whatever a test makes of it; None leaves a field out."""
        usual = {
            "id": f"mark-{next(self._ids):08d}",
            "competitor": "c01",
            "aspect": "A1.1",
            "marked_at": datetime.now(UTC).isoformat(),
            "value": "met",
        }
        return {name: value for name, value in {**usual, **changed}.items() if value is not None}

    async def send(self, judge: str, form: Json | bytes | io.BytesIO, slug: str = "electronics") -> Reply:
        return await self.as_judge(judge, "POST", f"/autumn.{slug}/marks", form)

    async def read(self, judge: str, value: str, slug: str = "electronics", **fields: Any) -> Reply:
        """Enter a reading."""
        return await self.send(judge, self.form(value=value, **fields), slug)

    async def score(self, judge: str, score: int, competitor: str = "c01", **fields: Any) -> Reply:
        form = self.form(competitor=competitor, **{"aspect": "C1.1", "value": None, "score": score, **fields})
        return await self.send(judge, form)

    async def panel(self, *scores: int, judges: tuple[str, ...] = ("cn", "sg", "ch"), **fields: Any) -> Reply:
        """Three scores in one round; the last reply. `justification` goes with the first."""
        reply = None
        for judge, score in zip(judges, scores, strict=True):
            reply = await self.score(judge, score, **fields)
            assert reply.status == 201, reply.json
            fields.pop("justification", None)
        assert reply is not None
        return reply

    async def view(self, judge: str, etag: str | None = None) -> Reply:
        headers = None if etag is None else {"If-None-Match": etag}
        return await self.as_judge(judge, "GET", "/autumn.electronics/marking", headers=headers)

    async def cell(self, judge: str, aspect: str = "C1.1", competitor: str = "c01") -> Json | None:
        found: Json | None = (await self.view(judge)).json["cells"].get(competitor, {}).get(aspect)
        return found

    async def scheme(self, text: bytes = SCHEME, slug: str = "electronics", token: str | None = None) -> Reply:
        token = token or self.registration.organiser_token()
        headers = {"Content-Type": "application/yaml"}
        return await self.ask("PUT", f"{_API}/autumn.{slug}/scheme", text, token=token, headers=headers)

    def recorded(self, slug: str = "electronics") -> list[Recorded]:
        _, bodies = read_file(self.data / "livescore.db")
        return [one for one in map(decode, bodies) if one.stream == f"competition/autumn.{slug}"]

    def marks(self, slug: str = "electronics") -> list[MarkGiven]:
        return [one.event for one in self.recorded(slug) if isinstance(one.event, MarkGiven)]

    def board(self, slug: str = "electronics") -> bytes:
        """The newest published board, as the bytes that every viewer's process reads."""
        board = self._published(slug)
        assert board is not None, f"no board of {slug} yet"
        return board

    def _published(self, slug: str) -> bytes | None:
        channel = f"competition/autumn.{slug}"
        return next((one.body for one in read_compacted(self.data / "bus", BOARDS) if one.key == channel), None)

    async def board_where(self, told: Callable[[Json], bool], slug: str = "electronics") -> Json:
        """Wait for a published board of which this is true."""

        async def there() -> bool:
            board = self._published(slug)
            return board is not None and told(orjson.loads(board))

        await until(there)
        found: Json = orjson.loads(self.board(slug))
        return found

    async def taken_over(self, kind: type[Event], slug: str = "electronics") -> None:
        """Wait until a fact of registration has led to such an event."""

        async def there() -> bool:
            return any(isinstance(one.event, kind) for one in self.recorded(slug))

        await until(there)

    async def folded(self) -> None:
        """Wait until everything recorded so far has been folded for the public.

        A mark that shows, in the other competition, goes the same way behind it. Possible four times in a test.
        """
        before = self.board("welding")
        reply = await self.read("sg", "met", "welding", aspect="D1.1", competitor=next(self._barriers))
        assert reply.status == 201, reply.json

        async def moved() -> bool:
            return self.board("welding") != before

        await until(moved)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Ask from outside until it is so: a service has no event that a test could wait for."""
    async with asyncio.timeout(10):
        while not await condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@asynccontextmanager
async def started(registration: Registration, **settings: Any) -> AsyncIterator[Livescore]:
    """The service on registration's data folder, ready; it must stop without a fault."""
    stop = Stop()
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("services.livescore.app.announce", lambda _name, number: port.set_result(number))
        task = asyncio.create_task(serve(Settings(data=registration.data, port=0, **settings), stop))
        try:
            task.add_done_callback(lambda _: port.cancel())  # it ended instead of listening
            async with talking(f"http://127.0.0.1:{await port}", registration) as service:
                yield service
        finally:
            stop.now()
            await task
    assert stop.failed is None


@asynccontextmanager
async def talking(url: str, registration: Registration) -> AsyncIterator[Livescore]:
    """Talk to a service that runs somewhere, as soon as it is ready."""
    async with aiohttp.ClientSession(url, connector=aiohttp.TCPConnector(limit=0)) as session:
        service = Livescore(session, registration)

        async def ready() -> bool:
            return (await service.ask("GET", "/readyz")).status == 200

        await until(ready)
        yield service


async def with_schemes(service: Livescore) -> None:
    for text, slug in ((SCHEME, "electronics"), (WELDING, "welding")):
        assert (await service.scheme(text, slug)).status == 200
        await service.board_where(lambda board: board["head"]["aspects"] > 0, slug)
