"""The HTTP side: boards as plain JSON for polling and CDNs, and the ways to the other services' pages.

A state is the same snapshot that viewers get, one `bytes` per version. Its ETag is the position, so a page that polls
pays for nothing that has not changed; a second of caching lets any number poll through a CDN. It is public and read
without credentials, hence open to pages of any origin. It is compressed once per version, too: it is part of what a
page on a phone waits for.
"""

import gzip
from collections.abc import Sequence
from functools import lru_cache

import orjson
from aiohttp import web

from services.broadcast.door import Door, HttpServer
from services.broadcast.house import House
from services.broadcast.hub import UnknownChannel
from shared.contracts.viewer import SnapshotFrame
from shared.errors import NotFound, Unavailable
from shared.http.addresses import Handler, Names
from shared.http.app import Site
from shared.http.files import File, takes_gzip
from shared.http.routes import Answer, Call, Route

_OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag",
    "Cache-Control": "public, max-age=1, stale-while-revalidate=5",
    "Vary": "Accept-Encoding",
}
_WORTH_PACKING = 512


class Edge:
    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[Route]:
        state = "The newest state of a channel, with its position as ETag"
        paths = ("/live/state/{kind}/{name}", "/live/state/{kind}/{of}/{name}", "/live/state/{channel}")
        return [
            Route("GET", "/live/state", self.channels, "The channels there are, each with its position"),
            *[Route("GET", path, self.state, state, answers=SnapshotFrame) for path in paths],
        ]

    def not_ready(self) -> str | None:
        if self._house.draining:
            return "viewers are being sent away"
        return None if self._house.ready else "the boards are still being read"

    async def channels(self, _call: Call) -> Answer:
        self._must_be_ready()
        hub = self._house.hub
        listed = [
            {"channel": name, "epoch": frame.epoch, "seq": frame.seq}
            for name in sorted(hub.channels)
            for frame in [hub.channel(name).snapshot()]
        ]
        return Answer({"channels": listed}, headers=_OPEN)

    async def state(self, call: Call) -> web.StreamResponse:
        self._must_be_ready()
        try:
            frame = self._house.hub.channel("/".join(call.path.values())).snapshot()
        except UnknownChannel:
            raise NotFound("no_such_channel", "There is no such channel.") from None
        headers = {**_OPEN, "ETag": f'"{frame.position}"'}
        held = call.request.if_none_match or ()
        if any(tag.value in ("*", frame.position) for tag in held):
            return web.Response(status=304, headers=headers)
        body = frame.body
        if len(body) >= _WORTH_PACKING and takes_gzip(call.request):
            body, headers["Content-Encoding"] = _packed(body), "gzip"
        return web.Response(body=body, content_type="application/json", headers=headers)

    def _must_be_ready(self) -> None:
        if not self._house.ready:
            raise Unavailable("The boards are still being read.")


@lru_cache(maxsize=16)
def _packed(body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)


def add_ways(site: Site, registration_url: str, livescore_url: str) -> None:
    """Redirect to the other services' pages, so that people need one address."""

    def way(base: str) -> Handler:
        async def go(request: web.BaseRequest, _names: Names) -> web.StreamResponse:
            return web.Response(status=307, headers={"Location": base + request.rel_url.raw_path_qs})

        return go

    ways = {
        "/register": registration_url,
        "/organise": registration_url,
        "/judge": livescore_url,
        "/chief": livescore_url,
        "/exercise": livescore_url,
        "/schemes": livescore_url,
        "/mine": livescore_url,
        "/result": livescore_url,
        "/presenter": livescore_url,
        "/hall": livescore_url,
    }
    for path, base in ways.items():
        site.add("GET", path, way(base))
        site.add("GET", path + "/{rest:.*}", way(base))


def add_frames(site: Site, frames: Sequence[str]) -> None:
    """Tell pages which origins they may frame, besides the players they know: what their policy says already."""
    file = File.of(orjson.dumps(frames), ".json")

    async def allowed(request: web.BaseRequest, _names: Names) -> web.StreamResponse:
        return file.answer(request)

    site.add("GET", "/broadcast/frames.json", allowed)


def add_live(site: Site, house: House, http: HttpServer) -> None:
    """Turn requests for a live feed that come over a reused connection into viewers, like those that come first."""

    async def live(request: web.BaseRequest, _names: Names) -> web.StreamResponse:
        protocol, transport = request.protocol, request.transport
        if transport is None or request.version < (1, 1):
            raise web.HTTPBadRequest
        head = b"%b %b HTTP/1.1\r\n" % (request.method.encode(), request.rel_url.raw_path_qs.encode())
        head += b"".join(b"%b: %b\r\n" % pair for pair in request.raw_headers) + b"\r\n"
        # aiohttp must believe the connection gone, and must not close what is no longer its own.
        protocol.transport = None
        protocol.connection_lost(None)
        Door(house, http).take_back(transport, head)
        return web.Response()  # goes nowhere

    for path in ("/live", "/live/events"):
        site.add("GET", path, live, head=False)
