"""Own results over HTTP: for competitors and their trainers, of those competitors alone whom the link names."""

from typing import Any, Literal

from aiohttp import web

from services.livescore.edge.out import Out
from services.livescore.handlers.mine import Mine
from shared.contracts.text import Text
from shared.http.routes import Answer, Call, Route


class Form(Out):
    id: str
    name: Text


class Step(Out):
    state: str
    at: str
    text: str | None


class AppealOut(Out):
    """An appeal with each step and what was answered in writing (R79, R80)."""

    id: str
    form: str | None
    text: str
    filed_at: str
    state: str
    steps: list[Step]


class WorkOut(Out):
    """The own deadline is the start and all three spans of seconds after it (R77)."""

    starts_at: str
    allotted_seconds: int
    removed_seconds: int
    back_seconds: int
    until: str


class OwnOut(Out):
    """`work` is there where the organiser has named a start and an allotted time.

    `sheet` is there once it was shown, until `appeals_until` an appeal can be filed (R79).

    `picture` is a training's: own marks, the mean of at least five others, and the target, by criterion.
    """

    competitor: dict[str, str]
    work: WorkOut | None
    shown_at: str | None
    appeals_until: str | None
    sheet: dict[str, Any] | None
    picture: list[dict[str, Any]] | None
    appeals: list[AppealOut]


class MineOut(Out):
    competition: str
    title: Text
    kind: Literal["competition", "training"]
    forms: list[Form]
    competitors: list[OwnOut]


def routes(handlers: Mine) -> list[Route]:
    async def mine(call: Call) -> Answer | web.StreamResponse:
        known = call.request.headers.get("If-None-Match")
        tag, view = await handlers.mine(call.path["competition"], call.signed_in(), known)
        if view is None:
            return web.Response(status=304, headers={"ETag": tag})
        return Answer(view, headers={"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization"})

    return [
        Route(
            "GET",
            "/api/livescore/competitions/{competition}/mine",
            mine,
            "The own results: sheet, picture by criterion in a training, appeals",
            answers=MineOut,
            roles=("competitor", "trainer"),
        )
    ]
