"""The feeds over HTTP: a line of JSON per notification, or the same as Server-Sent Events (R83-R89).

They are for programs, a few hundred of them; people watch boards, which broadcast carries. What a reader has not taken
yet is not kept for it: when it can take more, it gets the objects as they are then.
"""

from collections.abc import AsyncGenerator, Sequence
from typing import Any, NamedTuple, Protocol

from aiohttp import web

from services.livescore.domain.feed.changes import Feed, Notification
from services.livescore.domain.feed.token import Position, parse_token
from services.livescore.handlers.feed import PublicFeeds
from services.livescore.handlers.staff_feed import StaffFeeds
from shared.access import Caller, Role
from shared.errors import Malformed
from shared.http.routes import Call, Route
from shared.http.sse import LINES, SSE, Changes, Manner, Streams

_EVENTS = "text/event-stream"
_OPEN = {"Access-Control-Allow-Origin": "*"}
_STAFF: tuple[Role, ...] = ("organiser", "chief", "manager")


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


async def written(found: AsyncGenerator[list[Notification], None], events: bool) -> Changes:
    """As a stream says it; nothing at first where nothing has changed."""
    async for notifications in found:
        yield Told(notifications, events) if notifications else None


class Feeds(Protocol):
    """One kind of feed: where it is now, and what changes in it. Refuses who may not read it."""

    prefix: str

    async def feed(self, competition: str, caller: Caller | None) -> Feed: ...

    def changes(
        self, competition: str, caller: Caller | None, held: Position | None
    ) -> AsyncGenerator[list[Notification], None]: ...


def routes(public: PublicFeeds, staff: StaffFeeds, open_feeds: Streams, streams: Streams) -> list[Route]:
    """Public feeds are counted apart, so that they never take a place from the staff's."""
    return [
        *_routes(
            "feed", "What changes in public, a JSON object a line; see docs/feed.md", public, open_feeds, (), _OPEN
        ),
        *_routes("staff-feed", "The same of what the staff may know", staff, streams, _STAFF, {}),
    ]


def _routes(
    name: str, summary: str, feeds: Feeds, streams: Streams, roles: tuple[Role, ...], headers: dict[str, str]
) -> list[Route]:
    async def follow(call: Call) -> web.StreamResponse:
        asked, competition = question(call), call.path["competition"]
        manner = asked.manner._replace(headers={**asked.manner.headers, **headers})
        held = None if asked.token is None else parse_token(feeds.prefix, asked.token)
        feed = await feeds.feed(competition, call.caller)
        if asked.events and held is not None and feed.over_for(held):
            return web.Response(status=204, headers=headers)  # what tells an EventSource not to come back
        if not asked.goes_on:
            return web.Response(body=Told(feed.since(held), asked.events).encoded(), headers=manner.headers)
        found = feeds.changes(competition, call.caller, held)
        return await streams.answer(call, written(found, asked.events), manner)

    async def everything(call: Call) -> web.Response:
        return answer((await feeds.feed(call.path["competition"], call.caller)).all(call.path["type"]))

    async def one(call: Call) -> web.Response:
        return answer((await feeds.feed(call.path["competition"], call.caller)).one(call.path["type"], call.path["id"]))

    def answer(body: bytes) -> web.Response:
        cached = "no-store" if roles else "no-cache"
        return web.Response(body=body, content_type="application/json", headers={**headers, "Cache-Control": cached})

    base = "/api/livescore/competitions/{competition}/" + name
    return [
        Route("GET", base, follow, summary, roles=roles, errors=(400,)),
        Route("GET", base + "/{type}", everything, "All objects of a type", answers=list[dict[str, Any]], roles=roles),
        Route("GET", base + "/{type}/{id}", one, "An object as the feed tells it", answers=dict[str, Any], roles=roles),
    ]
