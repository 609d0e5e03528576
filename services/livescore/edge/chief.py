"""The views of the chief expert and the competition manager over HTTP."""

from typing import Any

from aiohttp import web
from pydantic import ConfigDict

from services.livescore.edge.live import known_tag, said, seen
from services.livescore.edge.out import Out
from services.livescore.handlers.chief import Chief
from shared.access import Role
from shared.http.problem import ProblemItem
from shared.http.routes import Answer, Call, Route
from shared.http.sse import Streams
from shared.ids import utc_now

_LEADS: tuple[Role, ...] = ("chief", "manager")
_LISTED = 50


class ChiefOut(Out):
    """Who has marked what and what waits for whom; it names who gave a hidden score, never the score (R21).

    `sheets` has a row per form and competitor that something has happened to.
    """

    model_config = ConfigDict(extra="allow")

    competition: str
    seq: int
    competitors: list[dict[str, Any]]
    judges: list[dict[str, Any]]
    forms: list[dict[str, Any]]
    sheets: dict[str, dict[str, dict[str, Any]]]
    apart: list[dict[str, Any]]
    leniency: list[dict[str, Any]]
    proposals: list[dict[str, Any]]


class ChiefSheetOut(Out):
    """One sheet with every mark, round by round."""

    model_config = ConfigDict(extra="allow")

    form: str
    competitor: str
    state: str
    version: int
    aspects: list[dict[str, Any]]


class MissingOut(Out):
    """One thing that keeps the result from being final (R47)."""

    what: str
    form: str | None = None
    competitor: str | None = None
    detail: str | None = None


class OpinionOut(Out):
    """What a second, independent scorer says of everything so far: no differences, or each one with its place."""

    agree: bool
    differences: list[ProblemItem]


def routes(handlers: Chief, streams: Streams) -> list[Route]:
    async def view(call: Call) -> web.StreamResponse:
        return seen(call, await handlers.view(call.path["competition"], call.signed_in()))

    async def live(call: Call) -> web.StreamResponse:
        found = handlers.watched(call.path["competition"], call.signed_in(), known_tag(call))
        return await streams.answer(call, said("view", found))

    async def sheet(call: Call) -> Answer:
        path = call.path
        return Answer(await handlers.sheet(path["competition"], path["form"], path["competitor"], call.signed_in()))

    async def missing(call: Call) -> Answer:
        return Answer(await handlers.missing(call.path["competition"], call.signed_in(), utc_now()))

    async def opinion(call: Call) -> Answer:
        found = await handlers.opinion(call.path["competition"], call.signed_in())
        items = [ProblemItem(detail=one.detail, field=one.field, rule=one.rule) for one in found[:_LISTED]]
        return Answer(OpinionOut(agree=not found, differences=items))

    base = "/api/livescore/competitions/{competition}/chief"
    return [
        Route("GET", base, view, "How the marking stands, for those who lead it", answers=ChiefOut, roles=_LEADS),
        Route("GET", base + "/live", live, "Server-Sent Events: each new `view`, as a whole", roles=_LEADS),
        Route(
            "GET",
            base + "/sheets/{form}/{competitor}",
            sheet,
            "One sheet with every mark, its rounds, by whom and when",
            answers=ChiefSheetOut,
            roles=_LEADS,
        ),
        Route(
            "GET",
            base + "/missing",
            missing,
            "What still keeps the result from being final",
            answers=list[MissingOut],
            roles=_LEADS,
        ),
        Route(
            "GET",
            base + "/opinion",
            opinion,
            "Ask the second scorer, who reads the whole ledger, whether both agree",
            answers=OpinionOut,
            roles=_LEADS,
        ),
    ]
