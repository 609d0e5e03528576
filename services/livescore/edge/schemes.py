"""Schemes over HTTP: in as YAML or as a workbook, told apart by the content type, and out again as either."""

from typing import Literal

from aiohttp import web

from services.livescore.domain.schemes.finding import Finding
from services.livescore.edge.out import Out
from services.livescore.handlers.schemes import Outcome, Schemes
from services.livescore.spreadsheets.reading_room import FileKind
from shared.access import Role
from shared.contracts.scheme import Scheme
from shared.http.problem import ProblemItem
from shared.http.routes import Answer, Call, Route
from shared.ids import utc_now

SCHEME_BYTES = 512 * 1024
"""Above any scheme, below what the front door lets through."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
YAML = "application/yaml"
_KINDS: dict[str, FileKind] = {XLSX: "xlsx", YAML: "yaml"}


class SchemeImportedOut(Out):
    version: int
    warnings: list[ProblemItem]


class SchemeOut(Out):
    version: int
    scheme: Scheme


class BothOut(Out):
    """A text made here, in both languages."""

    en: str
    zh: str


class FindingOut(Out):
    """`place` is a cell or a dotted path, `line` a line of the file or a row of the sheet."""

    code: str
    severity: Literal["error", "warning"]
    place: str | None
    line: int | None
    rule: str | None
    detail: BothOut
    remedy: BothOut


class ChangeOut(Out):
    id: str
    field: str
    before: str | None
    after: str | None


class SchemeTrialOut(Out):
    """What an import would do now; nothing was stored. `affected` are aspects whose marks would be recomputed."""

    outcome: Outcome
    version: int | None
    in_force: int | None
    findings: list[FindingOut]
    scheme: Scheme | None
    changes: list[ChangeOut]
    affected: list[str]


def routes(handlers: Schemes) -> list[Route]:
    async def import_scheme(call: Call) -> Answer:
        version, warnings = await handlers.import_scheme(
            call.path["competition"], call.signed_in(), _KINDS[call.request.content_type], call.content, utc_now()
        )
        items = [
            ProblemItem(detail=one.detail, field=one.field, line=one.line, rule=one.rule, remedy=one.remedy)
            for one in warnings
        ]
        return Answer(SchemeImportedOut(version=version, warnings=items))

    async def try_scheme(call: Call) -> Answer:
        kind = _KINDS[call.request.content_type]
        trial = await handlers.try_scheme(call.path["competition"], call.signed_in(), kind, call.content, utc_now())
        return Answer(
            SchemeTrialOut(
                outcome=trial.outcome,
                version=trial.version,
                in_force=trial.in_force,
                findings=[_finding(one) for one in trial.findings],
                scheme=trial.scheme,
                changes=[
                    ChangeOut(id=one.id, field=one.field, before=one.before, after=one.after) for one in trial.changes
                ],
                affected=list(trial.affected),
            )
        )

    async def scheme(call: Call) -> Answer:
        version, found = await handlers.scheme(call.path["competition"], call.signed_in())
        return Answer(SchemeOut(version=version, scheme=found))

    async def workbook(call: Call) -> web.Response:
        return _file(XLSX, *await handlers.scheme_file(call.path["competition"], call.signed_in(), "xlsx"))

    async def text(call: Call) -> web.Response:
        return _file(YAML, *await handlers.scheme_file(call.path["competition"], call.signed_in(), "yaml"))

    base = "/api/livescore/competitions/{competition}"
    readers: tuple[Role, ...] = ("organiser", "chief", "manager", "judge")
    return [
        Route(
            "PUT",
            f"{base}/scheme",
            import_scheme,
            "Import the marking scheme from YAML or a workbook; errors name the line or cell, the rule and the remedy",
            reads=(YAML, XLSX),
            answers=SchemeImportedOut,
            roles=("organiser",),
            limit=SCHEME_BYTES,
            errors=(409,),
        ),
        Route(
            "POST",
            f"{base}/scheme/check",
            try_scheme,
            "Say what importing this file would do, with everything that is wrong or worth a look; stores nothing",
            reads=(YAML, XLSX),
            answers=SchemeTrialOut,
            roles=("organiser", "chief", "manager"),
            limit=SCHEME_BYTES,
        ),
        Route("GET", f"{base}/scheme", scheme, "The marking scheme in force", answers=SchemeOut, roles=readers),
        Route("GET", f"{base}/scheme.xlsx", workbook, "The same as a workbook", answers=XLSX, roles=readers),
        Route("GET", f"{base}/scheme.yaml", text, "The same as YAML", answers=YAML, roles=readers),
    ]


def _finding(one: Finding) -> FindingOut:
    english, chinese = one.words("en"), one.words("zh")
    return FindingOut(
        code=one.code,
        severity="warning" if one.warning else "error",
        place=one.place,
        line=one.line,
        rule=one.rule,
        detail=BothOut(en=english[0], zh=chinese[0]),
        remedy=BothOut(en=english[1], zh=chinese[1]),
    )


def _file(media: str, name: str, content: bytes) -> web.Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return web.Response(body=content, content_type=media, headers=headers)
