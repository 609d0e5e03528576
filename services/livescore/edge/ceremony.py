"""The host's view of the ceremony over HTTP; its steps are acts."""

from typing import Any

from aiohttp import web

from services.livescore.edge.live import known_tag, said, seen
from services.livescore.edge.out import Out
from services.livescore.handlers.ceremony import Ceremony
from shared.access import Role
from shared.http.routes import Call, Route
from shared.http.sse import Streams

_HOSTS: tuple[Role, ...] = ("presenter", "chief", "manager")


class CeremonyOut(Out):
    """Every step of the reveal beforehand, and how far it and its rehearsal have come (R58)."""

    competition: str
    title: dict[str, str] | None
    seq: int
    training: bool
    final: bool
    frozen: bool
    totals: bool
    reveal: dict[str, int] | None
    rehearsal: dict[str, Any] | None
    steps: list[dict[str, Any]]


def routes(handlers: Ceremony, streams: Streams) -> list[Route]:
    async def view(call: Call) -> web.StreamResponse:
        return seen(call, await handlers.view(call.path["competition"], call.signed_in()))

    async def live(call: Call) -> web.StreamResponse:
        found = handlers.watched(call.path["competition"], call.signed_in(), known_tag(call))
        return await streams.answer(call, said("view", found))

    base = "/api/livescore/competitions/{competition}/ceremony"
    return [
        Route("GET", base, view, "The reveal as its host sees it", answers=CeremonyOut, roles=_HOSTS),
        Route("GET", base + "/live", live, "Server-Sent Events: each new `view`, as a whole", roles=_HOSTS),
    ]
