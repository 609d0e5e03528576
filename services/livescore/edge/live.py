"""Live views over HTTP: what changes is said over Server-Sent Events, to people who are signed in."""

from collections.abc import AsyncGenerator

from aiohttp import web

from services.livescore.handlers.live import Sight
from services.livescore.handlers.marks import Marks
from shared.http.routes import Call, Route
from shared.http.sse import Said, Streams


def known_tag(call: Call) -> str | None:
    """The tag of the sight that the caller has: what was said last, or what was asked for before."""
    return call.request.headers.get("Last-Event-ID") or call.request.headers.get("If-None-Match")


def seen(call: Call, sight: Sight) -> web.Response:
    """A sight as an answer, or that the caller has it already."""
    headers = {"ETag": sight.tag, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    if call.request.headers.get("If-None-Match") == sight.tag:
        return web.Response(status=304, headers=headers)
    return web.Response(body=sight.data, headers=headers, content_type="application/json")


async def said(name: str, found: AsyncGenerator[Sight | None, None]) -> AsyncGenerator[Said | None, None]:
    async for sight in found:
        yield None if sight is None else Said(name, sight.tag, sight.data)


def routes(marks: Marks, streams: Streams) -> list[Route]:
    async def marking(call: Call) -> web.StreamResponse:
        found = marks.watched(call.path["competition"], call.signed_in(), known_tag(call))
        return await streams.answer(call, said("changed", found))

    return [
        Route(
            "GET",
            "/api/livescore/competitions/{competition}/marking/live",
            marking,
            "Server-Sent Events: `changed` each time what this judge may see has another tag",
            roles=("judge",),
        )
    ]
