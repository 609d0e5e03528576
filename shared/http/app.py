"""The HTTP side of a service: its routes, pages, health, metrics and API document on one aiohttp application."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Any

from aiohttp import web

from shared.access import Verifier
from shared.errors import BadStart, CallerError, Unavailable
from shared.http.files import File, read_folder
from shared.http.openapi import document
from shared.http.problem import of_error, problem, request_id
from shared.http.routes import Route, encode_json, endpoint_handler
from shared.logs import log
from shared.metrics import Metrics
from shared.traces import OFF, traces

Check = Callable[[], str | None]
"""Says why the service is not ready, or None."""

WEB = Path(__file__).parents[1] / "web"
_HEADERS = {
    "Server": "showcase",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_POLICY = (
    "default-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; frame-ancestors 'self'; "
    "base-uri 'none'; form-action 'self'; object-src 'none'"
)
_LARGEST_BODY = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Service:
    """What an edge needs to be served; `checks` decide `/readyz`, `pages` map addresses to HTML files.

    `collectors` are the networks that may read `/metrics` besides this machine itself.
    """

    name: str
    title: str
    routes: Sequence[Route]
    metrics: Metrics
    checks: Sequence[Check] = ()
    verifier: Verifier | None = None
    web: Path | None = None
    pages: tuple[tuple[str, str], ...] = ()
    collectors: tuple[IPv4Network | IPv6Network, ...] = ()

    def reasons(self) -> list[str]:
        """Why the service is not ready; empty when it is."""
        return [reason for check in self.checks if (reason := check()) is not None]


def application(service: Service) -> web.Application:
    app = web.Application(client_max_size=_LARGEST_BODY, middlewares=[_outermost(service)])
    app.on_response_prepare.append(_add_headers)
    service.metrics.gauge("ready", "1 when /readyz says so, else 0", lambda: 0 if service.reasons() else 1)
    for route in service.routes:
        app.router.add_route(route.method, route.path, endpoint_handler(route, service.verifier))
    app.router.add_get("/healthz", _alive)
    app.router.add_get("/livez", _alive)
    app.router.add_get("/readyz", _ready(service))
    app.router.add_get("/metrics", _metrics(service))
    app.router.add_get("/openapi.json", _openapi(service))
    if service.web is not None:
        files = read_folder(service.web)
        for path, page in service.pages:
            app.router.add_get(path, _page(files[page]))
        app.router.add_get(f"/{service.name}/{{file:.+}}", _files(files))
        app.router.add_get("/shared/{file:.+}", _files(read_folder(WEB)))
    return app


async def start(app: web.Application, host: str, port: int) -> tuple[web.AppRunner, int]:
    """Listen; return the runner to clean up and the port. Raise BadStart when the address cannot be had."""
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=75, shutdown_timeout=5, max_headers=64)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=1024).start()
    except OSError as exc:
        await runner.cleanup()
        raise BadStart(f"cannot listen on {host}:{port}: {exc.strerror}; choose another port") from exc
    return runner, runner.addresses[0][1]


def _outermost(service: Service) -> Any:
    @web.middleware
    async def middleware(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        started = time.perf_counter()
        resource = request.match_info.route.resource
        place = resource.canonical if resource is not None else "none"
        tracer = traces.now if place.startswith("/api/") else OFF
        with tracer.request(request.method, place, request.headers.get("traceparent")) as exchange:
            try:
                response = await handler(request)
            except (CallerError, Unavailable) as exc:
                response = of_error(exc, request)
            except web.HTTPException as exc:
                response = _of_aiohttp(exc, request)
            except Exception:
                log.exception("a request failed by a fault of ours", request_id=request_id(request))
                response = problem(500, "bug", "Something went wrong on our side; it was logged.", request)
            exchange.answered(response.status)
        service.metrics.request(request.method, place, response.status, time.perf_counter() - started)
        return response

    return middleware


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    # On preparing, not in the middleware: every response passes here, also those the framework makes itself.
    response.headers.update(_HEADERS)
    if response.headers.get("Content-Type", "").startswith("text/html"):
        response.headers["Content-Security-Policy"] = _POLICY


def _of_aiohttp(exc: web.HTTPException, request: web.Request) -> web.StreamResponse:
    if exc.status < 400:
        return exc
    headers = {"Allow": exc.headers["Allow"]} if "Allow" in exc.headers else None
    detail = {
        404: "There is nothing at this address.",
        405: "This address does not take this method.",
        413: "The body is too large.",
    }.get(exc.status, exc.reason)
    return problem(exc.status, f"http_{exc.status}", detail, request, headers=headers)


def _page(file: File) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def page(request: web.Request) -> web.StreamResponse:
        return file.answer(request)

    return page


def _files(files: dict[str, File]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def one(request: web.Request) -> web.StreamResponse:
        file = files.get(request.match_info["file"])
        if file is None:
            raise web.HTTPNotFound
        return file.answer(request)

    return one


async def _alive(_request: web.Request) -> web.Response:
    return web.json_response({"status": "alive"})


def _ready(service: Service) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def ready(_request: web.Request) -> web.Response:
        reasons = service.reasons()
        body = {"status": "not ready" if reasons else "ready", "reasons": reasons}
        return web.json_response(body, status=503 if reasons else 200)

    return ready


def _metrics(service: Service) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def metrics(request: web.Request) -> web.Response:
        # A front door adds X-Forwarded-For: metrics are for the operator's own collector, not for the public.
        caller = ip_address(request.remote or "0.0.0.0")
        known = caller.is_loopback or any(caller in network for network in service.collectors)
        if "X-Forwarded-For" in request.headers or not known:
            raise web.HTTPNotFound
        return web.Response(body=service.metrics.text(), headers={"Content-Type": service.metrics.content_type})

    return metrics


def _openapi(service: Service) -> Callable[[web.Request], Awaitable[web.Response]]:
    @lru_cache(maxsize=1)  # made when it is first asked for: making it takes memory that would never be given back
    def body() -> bytes:
        return encode_json(document(service.title, service.routes))

    async def openapi(_request: web.Request) -> web.Response:
        return web.Response(body=body(), content_type="application/json")

    return openapi
