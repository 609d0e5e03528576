"""Schemes over HTTP."""

from pydantic import BaseModel

from services.livescore.handlers.schemes import Schemes
from shared.contracts.scheme import Scheme
from shared.http.problem import ProblemItem
from shared.http.routes import Answer, Call, Route

_SCHEME_LIMIT = 256 * 1024


class SchemeImportedOut(BaseModel):
    version: int
    warnings: list[ProblemItem]


class SchemeOut(BaseModel):
    version: int
    scheme: Scheme


def routes(handlers: Schemes) -> list[Route]:
    async def import_scheme(call: Call) -> Answer:
        version, warnings = await handlers.import_scheme(call.path["competition"], call.signed_in(), call.content)
        items = [ProblemItem(detail=one.detail, field=one.field, line=one.line, rule=one.rule) for one in warnings]
        return Answer(SchemeImportedOut(version=version, warnings=items))

    async def scheme(call: Call) -> Answer:
        version, found = await handlers.scheme(call.path["competition"], call.signed_in())
        return Answer(SchemeOut(version=version, scheme=found))

    base = "/api/livescore/competitions"
    return [
        Route(
            "PUT",
            base + "/{competition}/scheme",
            import_scheme,
            "Import the marking scheme from YAML; errors name the line and the rule",
            reads="application/yaml",
            answers=SchemeImportedOut,
            roles=("organiser",),
            limit=_SCHEME_LIMIT,
            errors=(409,),
        ),
        Route(
            "GET",
            base + "/{competition}/scheme",
            scheme,
            "The marking scheme in force",
            answers=SchemeOut,
            roles=("judge", "organiser"),
        ),
    ]
