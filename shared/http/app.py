"""The HTTP side of a service: its routes, pages, health, metrics and API document behind one door.

It stands on aiohttp's low-level server, which parses requests, keeps connections and writes answers; finding the
handler, turning errors into problem documents, counting and the common headers happen in `Site.answer`.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path

from aiohttp import web

from shared.access import Verifier
from shared.errors import BadStart, CallerError, Unavailable
from shared.http.addresses import Addresses, Handler, Names
from shared.http.files import File, LargeFile, read_folder
from shared.http.offline import worker
from shared.http.openapi import document
from shared.http.policy import Page
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


@dataclass(frozen=True, slots=True)
class Service:
    """What an edge needs to be served; `checks` decide `/readyz`, `pages` are its HTML files with their addresses.

    `workers` are scripts that keep a page for when there is no network: address, script, the page's address.
    `collectors` are the networks that may read `/metrics` besides this machine itself; they read it at `metrics_port`
    alone where processes share the other port, or it would be another one's each time.
    """

    name: str
    title: str
    routes: Sequence[Route]
    metrics: Metrics
    checks: Sequence[Check] = ()
    verifier: Verifier | None = None
    web: Path | None = None
    pages: Sequence[Page] = ()
    workers: tuple[tuple[str, str, str], ...] = ()
    collectors: tuple[IPv4Network | IPv6Network, ...] = ()
    metrics_port: int | None = None

    def reasons(self) -> list[str]:
        """Why the service is not ready; empty when it is."""
        return [reason for check in self.checks if (reason := check()) is not None]


class Site:
    """Everything a service serves; `add` more before it starts."""

    def __init__(self, service: Service) -> None:
        self._metrics = service.metrics
        self._metrics.gauge("ready", "1 when /readyz says so, else 0", lambda: 0 if service.reasons() else 1)
        self._addresses = Addresses()
        self.add = self._addresses.add
        for route in service.routes:
            self.add(route.method, route.path, endpoint_handler(route, service.verifier))
        self.add("GET", "/healthz", _alive)
        self.add("GET", "/livez", _alive)
        self.add("GET", "/readyz", _ready(service))
        self.add("GET", "/metrics", _metrics(service))
        self.add("GET", "/openapi.json", _openapi(service))
        if service.web is not None:
            files, common = read_folder(service.web), read_folder(WEB)
            served = {f"/{service.name}/{path}": file for path, file in _small(files).items()}
            served |= {f"/shared/{path}": file for path, file in _small(common).items()}
            for page in service.pages:
                served[page.path] = served[f"/{service.name}/{page.file}"].under(page.policy)
                self.add("GET", page.path, _page(served[page.path]))
            for path, script, kept in service.workers:
                self.add("GET", path, _page(worker(served[f"/{service.name}/{script}"], kept, served)))
            self.add("GET", f"/{service.name}/{{file:.+}}", _files(files))
            self.add("GET", "/shared/{file:.+}", _files(common))

    def server(self) -> web.Server:
        """What makes a protocol for each connection; needs a running event loop."""
        return web.Server(self.answer, access_log=None, keepalive_timeout=75, max_headers=64)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        started = time.perf_counter()
        place, names = self._addresses.find(request.rel_url.raw_path)
        counted = "none" if place is None else place.pattern
        # A live view lasts as long as somebody watches: it is no request whose steps or duration say something.
        lasting = counted.endswith("/live")
        tracer = traces.now if counted.startswith("/api/") and not lasting else OFF
        with tracer.request(request.method, counted, request.headers.get("traceparent")) as exchange:
            try:
                if place is None:
                    raise web.HTTPNotFound
                handler = place.handlers.get(request.method)
                if handler is None:
                    raise web.HTTPMethodNotAllowed(request.method, place.handlers)
                response = await handler(request, names)
            except (CallerError, Unavailable) as exc:
                response = of_error(exc, request)
            except web.HTTPException as exc:
                response = _of_aiohttp(exc, request)
            except Exception:
                log.exception("a request failed by a fault of ours", request_id=request_id(request))
                response = problem(500, "bug", "Something went wrong on our side; it was logged.", request)
            exchange.answered(response.status)
        response.headers.update(_HEADERS)
        took = 0.0 if lasting else time.perf_counter() - started
        self._metrics.request(request.method, counted, response.status, took)
        return response


def runner(server: web.Server) -> web.ServerRunner:
    return web.ServerRunner(server, shutdown_timeout=5)


async def start(site: Site, host: str, port: int) -> tuple[web.ServerRunner, int]:
    """Listen; return the runner to clean up and the port. Raise BadStart when the address cannot be had."""
    running = runner(site.server())
    await running.setup()
    try:
        await web.TCPSite(running, host, port, backlog=1024).start()
    except OSError as exc:
        await running.cleanup()
        raise BadStart(f"cannot listen on {host}:{port}: {exc.strerror}; choose another port") from exc
    return running, running.addresses[0][1]


def _of_aiohttp(exc: web.HTTPException, request: web.BaseRequest) -> web.StreamResponse:
    headers = {"Allow": exc.headers["Allow"]} if "Allow" in exc.headers else None
    detail = {
        404: "There is nothing at this address.",
        405: "This address does not take this method.",
        413: "The body is too large.",
    }.get(exc.status, exc.reason)
    return problem(exc.status, f"http_{exc.status}", detail, request, headers=headers)


def _page(file: File) -> Handler:
    async def page(request: web.BaseRequest, _names: Names) -> web.StreamResponse:
        return file.answer(request)

    return page


def _small(files: Mapping[str, File | LargeFile]) -> dict[str, File]:
    return {path: file for path, file in files.items() if isinstance(file, File)}


def _files(files: Mapping[str, File | LargeFile]) -> Handler:
    async def one(request: web.BaseRequest, names: Names) -> web.StreamResponse:
        file = files.get(names["file"])
        if file is None:
            raise web.HTTPNotFound
        return file.answer(request)

    return one


async def _alive(_request: web.BaseRequest, _names: Names) -> web.StreamResponse:
    return web.json_response({"status": "alive"})


def _ready(service: Service) -> Handler:
    async def ready(_request: web.BaseRequest, _names: Names) -> web.StreamResponse:
        reasons = service.reasons()
        body = {"status": "not ready" if reasons else "ready", "reasons": reasons}
        return web.json_response(body, status=503 if reasons else 200)

    return ready


def _metrics(service: Service) -> Handler:
    async def metrics(request: web.BaseRequest, _names: Names) -> web.StreamResponse:
        # A front door adds X-Forwarded-For: metrics are for the operator's own collector, not for the public.
        caller = ip_address(request.remote or "0.0.0.0")
        known = caller.is_loopback or any(caller in network for network in service.collectors)
        elsewhere = service.metrics_port is not None and service.metrics_port != _port(request)
        if "X-Forwarded-For" in request.headers or not known or elsewhere:
            raise web.HTTPNotFound
        return web.Response(body=service.metrics.text(), headers={"Content-Type": service.metrics.content_type})

    return metrics


def _port(request: web.BaseRequest) -> int | None:
    """The port the request came to."""
    name = request.get_extra_info("sockname")
    return name[1] if name else None


def _openapi(service: Service) -> Handler:
    @lru_cache(maxsize=1)  # made when it is first asked for: making it takes memory that would never be given back
    def body() -> bytes:
        return encode_json(document(service.title, service.routes))

    async def openapi(_request: web.BaseRequest, _names: Names) -> web.StreamResponse:
        return web.Response(body=body(), content_type="application/json")

    return openapi
