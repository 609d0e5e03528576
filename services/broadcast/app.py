"""The composition root of broadcast: opens everything in order, closes it in reverse.

Order of the end: no new connections, viewers are told to come back (1012) in batches, then HTTP, then the tasks and
the bus. On SIGUSR1 a successor on the same port is at work already: the same order, but nobody is refused, unless both
are told to stop meanwhile. A task that should run for ever and ends by itself stops the process: going on with a dead
tick would show an old board as if it were live.
"""

import asyncio
import contextlib
import functools
import secrets
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.broadcast.admission import Admission, Limits
from services.broadcast.audience import Audience
from services.broadcast.door import Door, HttpServer
from services.broadcast.drain import Plan, planned, send_away
from services.broadcast.edge import Edge, add_frames, add_live, add_ways
from services.broadcast.feed import Feed
from services.broadcast.figures import Figures, show
from services.broadcast.house import House
from services.broadcast.hub import Hub
from services.broadcast.listener import FILES_OF_OURS, Listener, files_allowed, listening, passed_on
from services.broadcast.pages import pages
from services.broadcast.seat import seated
from services.broadcast.settings import Settings
from services.broadcast.wheel import Wheel
from shared.bus.port import Bus
from shared.http.app import Service, Site, runner
from shared.lifecycle import Stop, announce, settle_memory
from shared.logs import configure, log
from shared.metrics import Metrics
from shared.selfcheck.start import checked
from shared.tasks import background
from shared.traces import traced

if TYPE_CHECKING:
    from services.broadcast.nodes import Nodes

WEB = Path(__file__).parent / "web"
_READING_SECONDS = 5.0
_HEARD_SECONDS = 1.2  # until a successor has heard how many watch, and says so


async def serve(settings: Settings, stop: Stop) -> None:
    """Run until stopped. Raises BadStart."""
    configure("broadcast", settings.log_level)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, stop.replace)
    with traced("broadcast", settings.traces), seated(settings, stop) as (engine, node):
        async with engine.bus() as bus:
            await checked(settings, engine.asks)
            async with opened(settings, bus, stop, engine.show, node) as port:
                announce("broadcast", port)
                log.info("listening", port=port)
                await stop.wait()


@contextlib.asynccontextmanager
async def opened(
    settings: Settings,
    bus: Bus,
    stop: Stop,
    show_engine: Callable[[Metrics], None] = lambda _metrics: None,
    node: str = "",
) -> AsyncIterator[int]:
    """The service on its port, until the block ends; `node` is its name among others, drawn by lot when it is empty."""
    figures = Figures()
    hub = Hub(figures, settings.tick_ms / 1000, settings.slice_writes)
    wheel = Wheel(figures, settings.behind_seconds, settings.hard_limit_bytes, settings.head_seconds)
    admission = Admission(_limits(settings), settings.origins, settings.proxies)
    epoch = secrets.token_hex(6)
    audience = Audience(hub, epoch)
    house = House(hub, wheel, admission, audience, figures, settings.soft_limit_bytes)
    feed = Feed(bus, house)
    async with contextlib.AsyncExitStack() as stack:
        add_up = functools.partial(_add_up, bus, node or epoch, audience, stop, stack)
        several = settings.engine == "cluster" or settings.processes > 1
        nodes = await add_up() if several else None
        for name, work in (
            ("feed", feed.run()),
            ("tick", hub.run()),
            ("wheel", wheel.run()),
            ("audience", _every_second(audience)),
        ):
            await stack.enter_async_context(background(name, work, stop))
        own = passed_on(settings.own_socket) if settings.own_socket >= 0 else None
        metrics_port = own.getsockname()[1] if own is not None else None
        http = await stack.enter_async_context(_http(settings, house, figures, show_engine, metrics_port))
        passed = settings.socket >= 0
        listens = passed_on(settings.socket) if passed else listening(settings.host, settings.port)
        listeners = [Listener(listens, lambda: Door(house, http), figures.refused)]
        if own is not None:
            listeners.append(Listener(own, http, figures.refused))
        try:
            if passed:  # who comes waits in the common queue, or is served by another process on this port
                await feed.read(_READING_SECONDS)
            settle_memory()
            for one in listeners:
                one.open()
            yield listeners[0].port
        finally:
            house.draining = not stop.replaced
            if not passed:
                await listeners[0].empty()
            for one in listeners:
                one.close()
            if stop.replaced:
                nodes = nodes or await add_up()  # two for as long as it takes
                await _until_stopped(stop, _send_over(house, nodes, settings))
                house.draining = True
            await send_away(house, _plan(house, settings, replaced=False))
            log.info("viewers were sent away", left=house.admission.inside)


def _plan(house: House, settings: Settings, *, replaced: bool) -> Plan:
    viewers, rate = len(house.viewers), settings.joins_per_second
    return planned(viewers, settings.drain_seconds, settings.retry_ms, rate, replaced=replaced)


async def _send_over(house: House, nodes: "Nodes", settings: Settings) -> None:
    """Send everybody to the successor."""
    await nodes.tell()
    await asyncio.sleep(_HEARD_SECONDS)
    await send_away(house, _plan(house, settings, replaced=True))


async def _until_stopped(stop: Stop, work: Coroutine[Any, Any, None]) -> None:
    """Do the work, unless we are told to stop altogether meanwhile."""
    tasks = [asyncio.create_task(work), asyncio.create_task(stop.altogether())]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def _add_up(bus: Bus, node: str, audience: Audience, stop: Stop, stack: contextlib.AsyncExitStack) -> "Nodes":
    """Count the viewers of all nodes, from now until the stack is closed."""
    from services.broadcast.nodes import Nodes  # noqa: PLC0415 - one alone needs no sum

    nodes = Nodes(bus, node, audience.here)
    audience.elsewhere = nodes.watching
    stack.push_async_callback(nodes.leave)
    await stack.enter_async_context(background("nodes", nodes.read(), stop))
    await stack.enter_async_context(background("say", nodes.say(), stop))
    return nodes


@contextlib.asynccontextmanager
async def _http(
    settings: Settings,
    house: House,
    figures: Figures,
    show_engine: Callable[[Metrics], None],
    metrics_port: int | None,
) -> AsyncIterator[HttpServer]:
    """Everything that is not a viewer: state, pages, health, metrics; gives what makes a protocol per connection."""
    edge = Edge(house)
    metrics = Metrics("broadcast")
    show_engine(metrics)
    show(
        figures,
        metrics,
        positions=house.positions,
        lanes=house.hub.lanes,
        snapshots=house.hub.snapshots_built,
        behind=lambda: house.wheel.held,
    )
    service = Service(
        name="broadcast",
        title="Showcase broadcast",
        routes=edge.routes(),
        metrics=metrics,
        collectors=settings.collectors,
        metrics_port=metrics_port,
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


def _limits(settings: Settings) -> Limits:
    return Limits(
        viewers=max(1, min(settings.max_viewers, files_allowed() - FILES_OF_OURS)),
        viewers_per_address=settings.max_viewers_per_address,
        joins_per_second=settings.joins_per_second,
        joins_burst=settings.joins_burst,
        joins_per_minute_per_address=settings.joins_per_minute_per_address,
    )


async def _every_second(audience: Audience) -> None:
    while True:
        await asyncio.sleep(1.0)
        audience.turn()
