"""The composition root of broadcast: opens everything in order, closes it in reverse.

Order of the end: no new connections, viewers are told to come back (1012) in batches, then HTTP, then the tasks and
the bus. A task that should run for ever and ends by itself stops the process: going on with a dead tick would show an
old board as if it were live.
"""

import asyncio
import contextlib
import resource
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from services.broadcast.admission import Admission, Limits
from services.broadcast.audience import Audience
from services.broadcast.door import Door, HttpServer
from services.broadcast.edge import Edge, add_frames, add_live, add_ways
from services.broadcast.feed import Feed
from services.broadcast.figures import Figures, show
from services.broadcast.house import House
from services.broadcast.hub import Hub
from services.broadcast.pages import pages
from services.broadcast.settings import Settings
from services.broadcast.wheel import Wheel
from shared.bus.port import Bus
from shared.engine import chosen
from shared.errors import BadStart
from shared.http.app import Service, Site, runner
from shared.lifecycle import Stop, announce, settle_memory
from shared.logs import configure, log
from shared.metrics import Metrics
from shared.selfcheck.start import checked
from shared.tasks import background
from shared.traces import traced

WEB = Path(__file__).parent / "web"
_WAITING = 4096  # connections the kernel keeps until we accept them
_AT_ONCE = 64  # accepted in one go: asyncio takes as many as its backlog, and a storm of them would hold up a tick
_UNSENT_BYTES = 64 * 1024  # more than this waiting in the kernel helps nobody: it would be old when it arrives
_FILES_OF_OURS = 200


async def serve(settings: Settings, stop: Stop) -> None:
    """Run until stopped. Raises BadStart."""
    configure("broadcast", settings.log_level)
    engine = chosen(settings, "broadcast", stop)
    with traced("broadcast", settings.traces), engine.claimed():
        async with engine.bus() as bus:
            await checked(settings, engine.asks)
            async with opened(settings, bus, stop) as port:
                announce("broadcast", port)
                log.info("listening", port=port)
                await stop.wait()


@contextlib.asynccontextmanager
async def opened(
    settings: Settings, bus: Bus, stop: Stop, show_engine: Callable[[Metrics], None] = lambda _metrics: None
) -> AsyncIterator[int]:
    """The service on its port, until the block ends."""
    figures = Figures()
    hub = Hub(figures, settings.tick_ms / 1000, settings.slice_writes)
    wheel = Wheel(figures, settings.behind_seconds, settings.hard_limit_bytes, settings.head_seconds)
    admission = Admission(_limits(settings), settings.origins, settings.proxies)
    node = secrets.token_hex(6)
    audience = Audience(hub, node)
    house = House(hub, wheel, admission, audience, figures, settings.soft_limit_bytes)
    feed = Feed(bus, house)
    async with contextlib.AsyncExitStack() as stack:
        if settings.engine == "cluster":
            from services.broadcast.nodes import Nodes  # noqa: PLC0415 - one node needs no sum

            nodes = Nodes(bus, node, audience.here)
            audience.elsewhere = nodes.watching
            stack.push_async_callback(nodes.leave)
            await stack.enter_async_context(background("nodes", nodes.read(), stop))
            await stack.enter_async_context(background("say", nodes.say(), stop))
        for name, work in (
            ("feed", feed.run()),
            ("tick", hub.run()),
            ("wheel", wheel.run()),
            ("audience", _every_second(audience)),
        ):
            await stack.enter_async_context(background(name, work, stop))
        http = await stack.enter_async_context(_http(settings, house, figures, show_engine))
        server = await _listen(settings, house, http)
        try:
            settle_memory()
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            await house.drain(settings.drain_seconds, settings.retry_ms)
            log.info("viewers were sent away", left=house.admission.inside)


@contextlib.asynccontextmanager
async def _http(
    settings: Settings, house: House, figures: Figures, show_engine: Callable[[Metrics], None]
) -> AsyncIterator[HttpServer]:
    """Everything that is not a viewer: state, pages, health, metrics; gives what makes a protocol per connection."""
    edge = Edge(house)
    metrics = Metrics("broadcast")
    show_engine(metrics)
    show(figures, metrics, house.positions, lambda: house.wheel.held)
    service = Service(
        name="broadcast",
        title="Showcase broadcast",
        routes=edge.routes(),
        metrics=metrics,
        collectors=settings.collectors,
        checks=(edge.not_ready,),
        web=WEB,
        pages=pages(settings.frames, settings.registration_url),
    )
    site = Site(service)
    server = site.server()
    add_ways(site, settings.registration_url, settings.livescore_url)
    add_frames(site, settings.frames)
    add_live(site, house, server)
    running = runner(server)
    await running.setup()
    try:
        yield server
    finally:
        await running.cleanup()


async def _listen(settings: Settings, house: House, http: HttpServer) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    try:
        server = await loop.create_server(
            lambda: Door(house, http), settings.host, settings.port, backlog=_AT_ONCE, reuse_address=True
        )
    except OSError as exc:
        where = f"{settings.host}:{settings.port}"
        raise BadStart(f"cannot listen on {where}: {exc.strerror}; choose another port") from exc
    for one in server.sockets:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT_BYTES)  # connections inherit it
        with socket.fromfd(one.fileno(), one.family, one.type) as same:
            same.listen(_WAITING)
    return server


def _limits(settings: Settings) -> Limits:
    return Limits(
        viewers=max(1, min(settings.max_viewers, _files_allowed() - _FILES_OF_OURS)),
        viewers_per_address=settings.max_viewers_per_address,
        joins_per_second=settings.joins_per_second,
        joins_burst=settings.joins_burst,
        joins_per_minute_per_address=settings.joins_per_minute_per_address,
    )


def _files_allowed() -> int:
    """Raise the soft limit of open files to the hard one; the number."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard if hard != resource.RLIM_INFINITY else 1_000_000


async def _every_second(audience: Audience) -> None:
    while True:
        await asyncio.sleep(1.0)
        audience.turn()
