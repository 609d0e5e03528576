"""Judges' marks over HTTP."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from services.livescore.domain.commands import GiveMark
from services.livescore.edge.out import Out
from services.livescore.handlers.marks import Marks
from services.livescore.handlers.open_sheets import OpenSheet
from shared.contracts.livescore import Check
from shared.contracts.names import ClientId, PersonId
from shared.contracts.scheme import AspectId, SubCriterionId
from shared.contracts.text import Paragraph, Text
from shared.execute import fingerprint
from shared.http.routes import Answer, Call, Route
from shared.ids import utc_now

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""Where a tablet's lost clock begins again; a time in the year 1 may not exist in UTC, and no view could show it."""


class MarkIn(BaseModel):
    """A mark as the judge gives it: a reading in `value`, or a score; `saw` is the seq of the mark it corrects.

    `check` is what a script said of the reading (R18); `paper` says that the judge types it from paper (R43).
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    id: ClientId
    competitor: PersonId
    aspect: AspectId
    marked_at: Annotated[AwareDatetime, Field(ge=_EARLIEST)]
    value: Annotated[str, StringConstraints(max_length=40)] | None = None
    score: Annotated[int, Field(ge=0, le=3)] | None = None
    saw: Annotated[int, Field(ge=1, lt=2**53)] | None = None
    justification: Paragraph | None = None
    device: ClientId | None = None
    check: Check | None = None
    paper: Literal[True] | None = None

    def digest(self, judge: str) -> str:
        """Tells a repeat from a reuse of the id (R45); a mark without what came later to this model keeps its own."""
        unsaid = {name for name in ("check", "paper") if getattr(self, name) is None}
        return fingerprint(f"{judge} {self.model_dump_json(exclude=unsaid)}".encode())


class Award(Out):
    """Marks: the exact fraction, and what is shown, rounded half up to two decimals (R35, R36)."""

    exact: str
    shown: str


class MarkOut(Out):
    """The receipt: durable when it is sent, and the same however often the mark is sent."""

    id: str
    seq: int
    competitor: str
    aspect: str
    state: Literal["settled", "waiting", "remark", "disputed"]
    award: Award | None
    round: int
    received_at: str


class CompetitionOut(Out):
    id: str
    title: Text


class MarkingOut(Out):
    """What the judge may see; hidden scores of others are not in it (R21)."""

    model_config = ConfigDict(extra="allow")

    competition: str
    seq: int
    judge: dict[str, Any]
    competitors: list[dict[str, Any]]
    criteria: list[dict[str, Any]]
    cells: dict[str, dict[str, Any]]


class OpenSheetIn(BaseModel):
    """The sheet that a device has in front."""

    form: SubCriterionId
    competitor: PersonId
    device: ClientId


def open_sheet(query: Mapping[str, str]) -> OpenSheet | None:
    """None also where it cannot be read: marking goes on without the warning."""
    try:
        found = OpenSheetIn.model_validate({name: query.get(name) for name in OpenSheetIn.model_fields})
    except ValidationError:
        return None
    return OpenSheet(found.form, found.competitor, found.device)


def routes(handlers: Marks) -> list[Route]:
    async def give_mark(call: Call) -> Answer:
        mark: MarkIn = call.body
        caller = call.signed_in()
        command = GiveMark(
            mark=mark.id,
            competitor=mark.competitor,
            aspect=mark.aspect,
            judge=caller.subject,
            marked_at=mark.marked_at,
            fingerprint=mark.digest(caller.subject),
            now=utc_now(),
            value=mark.value,
            score=mark.score,
            saw=mark.saw,
            justification=mark.justification,
            device=mark.device,
            check=mark.check,
            paper=mark.paper is not None,
        )
        receipt = await handlers.give_mark(call.path["competition"], caller, command)
        # On a blind form the answer names the piece, as the judge did (R32).
        return Answer(receipt.wire() | {"competitor": mark.competitor}, 201)

    async def competitions(call: Call) -> Answer:
        found = await handlers.competitions(call.signed_in())
        return Answer([CompetitionOut(id=one, title=title) for one, title in found])

    async def marking(call: Call) -> Answer | web.StreamResponse:
        known = call.request.headers.get("If-None-Match")
        sheet = open_sheet(call.request.rel_url.query)
        tag, view, elsewhere = await handlers.marking(call.path["competition"], call.signed_in(), known, sheet)
        headers = {"ETag": tag} | ({} if elsewhere is None else {"Sheet-Open-Elsewhere": elsewhere})
        if view is None:
            return web.Response(status=304, headers=headers)
        return Answer(view, headers=headers | {"Cache-Control": "private, no-cache", "Vary": "Authorization"})

    base = "/api/livescore/competitions"
    return [
        Route(
            "POST",
            base + "/{competition}/marks",
            give_mark,
            "Give or correct a mark; the same id again gets the same answer",
            reads=MarkIn,
            answers=MarkOut,
            status=201,
            roles=("judge",),
            limit=8 * 1024,
            errors=(409,),
        ),
        Route(
            "GET",
            base,
            competitions,
            "The competitions that the link has a seat in",
            answers=list[CompetitionOut],
            roles=("judge", "chief", "manager", "presenter"),
        ),
        Route(
            "GET",
            base + "/{competition}/marking",
            marking,
            "What there is to mark and what this judge may see of it; to a device that names itself, `form` and "
            "`competitor` in the query, `Sheet-Open-Elsewhere` says whether another has that sheet: `yours`, `panel`",
            answers=MarkingOut,
            roles=("judge",),
        ),
    ]
