"""Results over HTTP: for staff, and each competitor's own sheet. Nothing here is public; the board is (R49)."""

from typing import Any

from aiohttp import web
from pydantic import ConfigDict

from services.livescore.edge.out import Out
from services.livescore.handlers.results import Download, Results
from services.livescore.spreadsheets.results import XLSX
from shared.access import Role
from shared.http.routes import Answer, Call, Endpoint, Route

_STAFF: tuple[Role, ...] = ("organiser", "chief", "manager", "presenter")


class Mark(Out):
    """Marks: the exact fraction, and what is shown, rounded half up to two decimals (R35, R36)."""

    exact: str
    shown: str


class ResultRow(Out):
    """One entrant. `medal` is awarded, `computed` by the rules alone; `score` is the approximated standardised one."""

    id: str
    bib: str
    name: str
    country: str
    status: str
    complete: bool
    rank: int | None
    total: Mark | None
    criteria: dict[str, Mark]
    adds_up: bool
    medal: str | None
    computed: str | None
    departure: str | None
    medallion: bool
    best_of_nation: bool
    points: int
    score: str | None


class ResultOut(Out):
    """The result in force, or with `final` false what the marks give now. `digest` covers it without names."""

    model_config = ConfigDict(extra="allow")

    competition: str
    title: dict[str, str] | None
    kind: str
    final: bool
    version: int | None
    digest: str
    changed_since: bool
    starters: int
    rows: list[ResultRow]
    members: dict[str, Any] | None


class SheetOut(Out):
    """One competitor's sheet; `place` holds rank and awards as soon as who asks may know them."""

    model_config = ConfigDict(extra="allow")

    competition: str
    competitor: dict[str, str]
    final: bool
    version: int | None
    complete: bool
    criteria: list[dict[str, Any]]
    total: Mark | None
    place: dict[str, Any] | None


class WhyOut(Out):
    """Why a mark is what it is: rule, readings or rounds of scores, formula, outages. Nothing hidden is in it (R21)."""

    model_config = ConfigDict(extra="allow")

    competitor: dict[str, str]
    aspect: dict[str, Any]
    scheme_version: int
    award: Mark | None
    counts: Mark | None
    state: str
    formula: str | None
    readings: list[dict[str, Any]]
    rounds: list[dict[str, Any]]
    outages: list[dict[str, Any]]


class WhyRankOut(Out):
    model_config = ConfigDict(extra="allow")

    competitor: dict[str, str]
    status: str
    final: bool
    rank: int | None
    ranked: int
    total: Mark | None
    tied: list[dict[str, str]]
    above: dict[str, Any] | None
    below: dict[str, Any] | None
    excluded: list[dict[str, str]]


class ShowcaseResultsOut(Out):
    showcase: str
    competitions: list[dict[str, Any]]
    overall_best: list[dict[str, str]]
    members: dict[str, Any] | None


def routes(handlers: Results) -> list[Route]:
    async def overview(call: Call) -> Answer:
        return Answer(await handlers.overview(call.path["competition"], call.signed_in()))

    async def sheet(call: Call) -> Answer:
        return Answer(await handlers.sheet(call.path["competition"], call.path["competitor"], call.signed_in()))

    async def why_mark(call: Call) -> Answer:
        path = call.path
        return Answer(
            await handlers.why_mark(path["competition"], path["competitor"], path["aspect"], call.signed_in())
        )

    async def why_rank(call: Call) -> Answer:
        return Answer(await handlers.why_rank(call.path["competition"], call.path["competitor"], call.signed_in()))

    async def showcase(call: Call) -> Answer:
        return Answer(await handlers.showcase(call.path["showcase"], call.signed_in()))

    async def competitors_file(call: Call) -> web.Response:
        return _file(await handlers.xlsx(call.path["competition"], call.signed_in(), "competitors"), XLSX)

    async def nations_file(call: Call) -> web.Response:
        return _file(await handlers.xlsx(call.path["competition"], call.signed_in(), "best_of_nation"), XLSX)

    async def csv_file(call: Call) -> web.Response:
        return _file(await handlers.csv(call.path["competition"], call.signed_in()), "text/csv; charset=utf-8")

    base = "/api/livescore/competitions/{competition}"

    def get(path: str, endpoint: Endpoint, summary: str, answers: Any = None, *more: Role) -> Route:
        return Route("GET", path, endpoint, summary, answers=answers, roles=(*_STAFF, *more))

    return [
        get(f"{base}/results", overview, "The result, or a provisional one", ResultOut),
        get(f"{base}/results.json", overview, "The same, under the name of a file", ResultOut),
        get(f"{base}/results.xlsx", competitors_file, "Competitor_results.xlsx for ceremony software"),
        get(f"{base}/best-of-nation.xlsx", nations_file, "Best_of_Nation.xlsx for ceremony software"),
        get(f"{base}/results.csv", csv_file, "Everybody with marks and medals, for spreadsheets"),
        get(
            base + "/results/{competitor}",
            sheet,
            "One competitor's sheet, also for the competitor and trainers once it was shown to them",
            SheetOut,
            "competitor",
            "trainer",
        ),
        get(base + "/why/{competitor}/{aspect}", why_mark, "Why a mark is what it is", WhyOut),
        get(base + "/why-rank/{competitor}", why_rank, "Why somebody has a rank", WhyRankOut),
        Route(
            "GET",
            "/api/livescore/showcases/{showcase}/results",
            showcase,
            "All competitions of a showcase together: the best of all, and the reports by Member",
            answers=ShowcaseResultsOut,
            roles=("organiser",),
        ),
    ]


def _file(download: Download, media: str) -> web.Response:
    return web.Response(
        body=download.content,
        headers={
            "Content-Type": media,
            "Content-Disposition": f'attachment; filename="{download.name}"',
            "Cache-Control": "private, no-store",
        },
    )
