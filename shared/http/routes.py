"""Routes as data: one declaration gives the aiohttp handler and the OpenAPI document, so the two cannot drift apart.

An endpoint gets a `Call` (path, parsed body, verified caller) and returns an `Answer`. Parsing, access, size and
content-type limits happen here, before any handler runs; errors raised anywhere become problem documents in `app.py`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson
from aiohttp import web
from pydantic import BaseModel, ValidationError

from shared.access import Caller, Role, Verifier
from shared.errors import CallerError, Forbidden, Unauthorised
from shared.http.addresses import Handler, Names
from shared.http.problem import of_validation

Json = BaseModel | dict[str, Any] | Sequence[Any]


class WrongMedia(CallerError):
    """The body's media type is not the one this route reads (415)."""

    status = 415


class Call(NamedTuple):
    """One request, parsed and checked; `content` is the raw body."""

    path: Names
    body: Any
    content: bytes
    caller: Caller | None
    request: web.BaseRequest

    def signed_in(self) -> Caller:
        assert self.caller is not None, "the route declares no roles"
        return self.caller


class Answer(NamedTuple):
    body: Json
    status: int = 200
    headers: Mapping[str, str] = MappingProxyType({})


_JSON = {"Content-Type": "application/json", "Cache-Control": "no-store"}
Endpoint = Callable[[Call], Awaitable[Answer | web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """`reads` is the body's model, or media types whose raw bytes the endpoint takes; `roles` empty means public.

    `answers` is a model as well, or the media type of a file.
    """

    method: str
    path: str
    endpoint: Endpoint
    summary: str
    reads: type[BaseModel] | str | tuple[str, ...] | None = None
    answers: Any = None
    status: int = 200
    roles: tuple[Role, ...] = ()
    limit: int = 64 * 1024
    errors: tuple[int, ...] = ()


def media_read(route: Route) -> tuple[str, ...]:
    """The media types of bodies that this route takes; none when it takes no body."""
    match route.reads:
        case None:
            return ()
        case str():
            return (route.reads,)
        case tuple():
            return route.reads
        case _:
            return ("application/json",)


def encode_json(body: Json) -> bytes:
    return orjson.dumps(body, default=_dump)


def _dump(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} is not JSON")


def endpoint_handler(route: Route, verifier: Verifier | None) -> Handler:
    """Build the handler of a route."""
    model = route.reads if isinstance(route.reads, type) else None
    media = media_read(route)

    async def handle(request: web.BaseRequest, names: Names) -> web.StreamResponse:
        caller = _authorise(request, route, verifier)
        content, body = b"", None
        if media:
            if request.headers.get("Content-Type") not in media and request.content_type not in media:
                raise WrongMedia("wrong_media_type", f"Send this as {' or '.join(media)}.")
            _same_site(request)
            content = await _read(request, route.limit)
            if model is not None:
                try:
                    body = model.model_validate_json(content)
                except ValidationError as exc:
                    raise of_validation(exc) from None
        answer = await route.endpoint(Call(names, body, content, caller, request))
        if not isinstance(answer, Answer):
            return answer
        return web.Response(body=encode_json(answer.body), status=answer.status, headers={**_JSON, **answer.headers})

    return handle


async def _read(request: web.BaseRequest, limit: int) -> bytes:
    if (request.content_length or 0) > limit:
        raise web.HTTPRequestEntityTooLarge(limit, request.content_length or 0)
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    # What has arrived in full, and a mark has, is taken without asking in a loop for more.
    content = request.content.read_nowait() if request.content.is_eof() else await request.read()
    if len(content) > limit:
        raise web.HTTPRequestEntityTooLarge(limit, len(content))
    return content


def _authorise(request: web.BaseRequest, route: Route, verifier: Verifier | None) -> Caller | None:
    if not route.roles or verifier is None:
        return None
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorised("token_missing", "Open this through your access link.")
    caller = verifier.verify(token.strip())
    if caller.role not in route.roles:
        raise Forbidden("wrong_role", f"This is for: {', '.join(route.roles)}.")
    return caller


def _same_site(request: web.BaseRequest) -> None:
    """A page of another site must not post here with our people's browsers."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Forbidden("foreign_origin", "Requests from pages of other sites are refused.")
