"""The public feed over HTTP: a line of JSON per notification, or the same as Server-Sent Events (R83-R89).

It is for programs, a few hundred of them; people watch boards, which broadcast carries. What a reader has not taken
yet is not kept for it: when it can take more, it gets the objects as they are then.
"""

from collections.abc import AsyncGenerator, Sequence
from typing import Any, NamedTuple

from aiohttp import web

from services.livescore.domain.feed.changes import Notification
from services.livescore.handlers.feed import PublicFeeds
from shared.errors import Malformed
from shared.http.routes import Call, Route
from shared.http.sse import LINES, SSE, Changes, Manner, Streams

_EVENTS = "text/event-stream"
_OPEN = {"Access-Control-Allow-Origin": "*"}


class Told(NamedTuple):
    """Notifications as they are written."""

    notifications: Sequence[Notification]
    events: bool

    def encoded(self) -> bytes:
        if self.events:
            return b"".join([b"id: %b\ndata: %b\n\n" % (one.token.encode(), one.body) for one in self.notifications])
        return b"".join([b"%b\n" % one.body for one in self.notifications])


class Question(NamedTuple):
    """`since_token`, which `Last-Event-ID` overrides, whether to go on, and in which of the two ways to write."""

    token: str | None
    goes_on: bool
    events: bool

    @property
    def manner(self) -> Manner:
        return SSE if self.events else LINES


def question(call: Call) -> Question:
    query = call.request.rel_url.query
    goes_on = query.get("stream", "true")
    if goes_on not in {"true", "false"}:
        raise Malformed("bad_question", "stream is true or false.")
    token = call.request.headers.get("Last-Event-ID") or query.get("since_token")
    return Question(token, goes_on == "true", _EVENTS in call.request.headers.get("Accept", ""))


def finished(told: Told, manner: Manner) -> web.Response:
    """What there is, and no more."""
    return web.Response(body=told.encoded(), headers=manner.headers)


async def written(found: AsyncGenerator[list[Notification], None], events: bool) -> Changes:
    """As a stream says it; nothing at first where nothing has changed."""
    async for notifications in found:
        yield Told(notifications, events) if notifications else None


def routes(feeds: PublicFeeds, streams: Streams) -> list[Route]:
    async def feed(call: Call) -> web.StreamResponse:
        asked, competition = question(call), call.path["competition"]
        manner = asked.manner._replace(headers={**asked.manner.headers, **_OPEN})
        if asked.events and feeds.over(competition, asked.token):
            return web.Response(status=204, headers=_OPEN)  # what tells an EventSource not to come back
        if not asked.goes_on:
            return finished(Told(feeds.since(competition, asked.token), asked.events), manner)
        return await streams.answer(call, written(feeds.changes(competition, asked.token), asked.events), manner)

    async def everything(call: Call) -> web.Response:
        return _json(feeds.all(call.path["competition"], call.path["type"]))

    async def one(call: Call) -> web.Response:
        return _json(feeds.one(call.path["competition"], call.path["type"], call.path["id"]))

    base = "/api/livescore/competitions/{competition}/feed"
    return [
        Route("GET", base, feed, "What changes in public, a JSON object a line; see docs/feed.md", errors=(400,)),
        Route("GET", base + "/{type}", everything, "All objects of a type", answers=list[dict[str, Any]]),
        Route("GET", base + "/{type}/{id}", one, "An object as the feed tells it", answers=dict[str, Any]),
    ]


def _json(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json", headers={**_OPEN, "Cache-Control": "no-cache"})
