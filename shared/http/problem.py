"""Problem documents (RFC 9457): every error says what was wrong, where, and what to do, and echoes nothing."""

import re
from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import web
from pydantic import BaseModel, ValidationError

from shared.errors import CallerError, Fault, Malformed, Rejected, Unavailable
from shared.ids import new_id

_LISTED = 50
_ITEM = ("detail", "field", "line", "rule", "remedy")
_PLAIN_FIELD = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_REQUEST_ID = web.RequestKey("request_id", str)


class ProblemItem(BaseModel):
    """One thing that is wrong; `field` is a dotted path into the body or a sheet's cell, `line` a line of an uploaded
    file, `remedy` what to do.
    """

    detail: str
    field: str | None = None
    line: int | None = None
    rule: str | None = None
    remedy: str | None = None


class Problem(BaseModel):
    """`code` is stable and meant for programs; `detail` and `errors` are meant for people."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: list[ProblemItem] = []


def request_id(request: web.BaseRequest) -> str:
    """Names a request in its answer and in the log; made when it is first needed."""
    if _REQUEST_ID not in request:
        request[_REQUEST_ID] = new_id()
    return request[_REQUEST_ID]


def problem(
    status: int,
    code: str,
    detail: str,
    request: web.BaseRequest,
    faults: tuple[Fault, ...] = (),
    headers: dict[str, str] | None = None,
    **extra: Any,
) -> web.Response:
    named = request_id(request)
    items = [
        {name: value for name in _ITEM if (value := getattr(fault, name)) is not None} for fault in faults[:_LISTED]
    ]
    body = {
        "type": f"urn:showcase:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": f"urn:showcase:request:{named}",
        "code": code,
        "request_id": named,
        "errors": items,
        **extra,
    }
    # Caches in front may keep a 404 that does not say otherwise, and show it when the address is there.
    return web.Response(
        status=status,
        body=orjson.dumps(body),
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def of_error(error: CallerError | Unavailable, request: web.BaseRequest) -> web.Response:
    if isinstance(error, Unavailable):
        headers = {"Retry-After": str(error.retry_after_seconds)}
        return problem(503, "unavailable", error.detail, request, headers=headers)
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
    if retry := error.extra.get("retry_after_seconds"):
        headers["Retry-After"] = str(retry)
    return problem(error.status, error.code, error.detail, request, error.faults, headers, **error.extra)


def of_validation(error: ValidationError) -> CallerError:
    """Malformed for bytes that are no JSON; Rejected, naming each field, for JSON of the wrong shape."""
    faults = []
    for one in error.errors(include_url=False, include_input=False, include_context=False):
        if one["type"] == "json_invalid":
            return Malformed("malformed_json", "The body is not valid JSON.")
        faults.append(Fault(one["msg"], field=_field(one["loc"])))
    return Rejected("invalid", "Some fields are missing or not valid; see errors.", *faults)


def _field(path: tuple[int | str, ...]) -> str | None:
    """The dotted path; None when a key the sender invented would be said back in it."""
    dotted = ".".join(str(part) for part in path)
    return dotted if _PLAIN_FIELD.fullmatch(dotted) else None
