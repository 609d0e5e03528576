"""Livescore's composition root: everything is opened here, in order, and closed in reverse.

Closing: 1 live views say goodbye, no new requests, running ones finish; 2 the feeds stop; 3 the relay publishes what
is left; 4 the last boards go out; 5 bus and ledger close.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from services.livescore.domain.competition import Competition
from services.livescore.domain.public import Public
from services.livescore.edge import PAGES, WEB, WORKERS, routes
from services.livescore.handlers import Handlers
from services.livescore.planned_freeze import freeze_as_planned
from services.livescore.public_boards import PublicBoards
from services.livescore.roster_feed import RosterFeed
from services.livescore.second_opinion import SecondOpinion
from services.livescore.settings import Settings
from shared.board_feed import BoardFeed
from shared.contracts import marks_in_bulk
from shared.contracts.topics import BOARDS, LIVESCORE
from shared.engine import Engine, chosen
from shared.execute_shared import executor_on
from shared.figures import show
from shared.http.app import Service, Site, start
from shared.http.sse import Streams
from shared.lifecycle import Stop, announce, settle_memory
from shared.logs import configure, log
from shared.metrics import Metrics
from shared.relay import Relay
from shared.selfcheck.start import checked
from shared.tasks import background
from shared.tokens import KeyFile, PublicKeys, TokenVerifier
from shared.traces import traced

NAME = "livescore"
PREFIX = "competition/"
_MOST_FEEDS = 200
"""Public feeds of one copy: they are for programs, and must not take from judges."""
_PATIENCE_SECONDS = 10.0
"""How long another copy of registration may take to publish what one that has died left behind."""


async def serve(settings: Settings, stop: Stop) -> None:
    configure(NAME, settings.log_level)
    async with AsyncExitStack() as stack:
        stack.enter_context(traced(NAME, settings.traces))
        engine = chosen(settings, NAME, stop)
        stack.enter_context(engine.claimed())
        keys = await stack.enter_async_context(_keys(settings, engine, stop))
        ledger = await stack.enter_async_context(engine.ledger(marks_in_bulk.decode_all))
        bus = await stack.enter_async_context(engine.bus(LIVESCORE, BOARDS))
        await checked(settings, engine.asks)

        executor = executor_on(ledger, lambda stream: Competition(stream.removeprefix(PREFIX)))
        standings = BoardFeed(ledger, bus, LIVESCORE, PREFIX, Public, settings.board_interval_seconds)
        await standings.load()
        stack.push_async_callback(standings.drain)  # 4
        relay = Relay(ledger, bus, LIVESCORE, standings.hear)
        stack.push_async_callback(relay.drain)  # 3
        together = ledger.shared
        roster = RosterFeed(bus, executor, patience_seconds=_PATIENCE_SECONDS if together else 0.5, aside=together)
        boards = PublicBoards(bus)
        tasks = {
            "relay": relay.run(),
            "standings fold": standings.fold(),
            "standings publish": standings.publish(),
            "standings ripen": standings.ripen(),
            "planned freeze": freeze_as_planned(standings, executor),
            "roster": roster.run(),
            "public boards": boards.run(),
        }
        if together:
            tasks["standings heal"] = standings.heal()
        for name, work in tasks.items():
            await stack.enter_async_context(background(name, work, stop))  # 2

        metrics = Metrics(NAME)
        show(metrics, relay, standings, executor)
        engine.show(metrics)
        streams, feeds = Streams(), Streams(_MOST_FEEDS)
        metrics.gauge("live_views", "Signed-in live views that are open", lambda: streams.open)
        metrics.gauge("feeds", "Public feeds that are open", lambda: feeds.open)
        handlers = Handlers(executor, ledger.epoch, boards, SecondOpinion(ledger, executor), ledger)
        service = Service(
            name=NAME,
            title="Showcase livescore",
            routes=routes(handlers, streams, feeds),
            metrics=metrics,
            collectors=settings.collectors,
            checks=[
                *engine.checks,
                *engine.unless_shared(lambda: relay.trouble, lambda: standings.trouble, lambda: roster.trouble),
            ],
            verifier=TokenVerifier(keys),
            web=WEB,
            pages=PAGES,
            workers=WORKERS,
        )
        runner, port = await start(Site(service), settings.host, settings.port)
        stack.push_async_callback(runner.cleanup)  # 1
        for one in (streams, feeds):  # before it: a live view is a request that does not end by itself
            stack.callback(one.end)
        settle_memory()
        announce(NAME, port)
        log.info("listening", port=port)
        await stop.wait()


@asynccontextmanager
async def _keys(settings: Settings, engine: Engine, stop: Stop) -> AsyncIterator[PublicKeys]:
    """Registration's public keys: from a folder both can see, or from registration's address."""
    if not settings.keys.startswith(("http://", "https://")):
        yield KeyFile((Path(settings.keys) if settings.keys else settings.data / "keys") / "jwks.json")
        return
    from shared.remote_keys import RemoteKeys  # noqa: PLC0415 - few need it

    keys = RemoteKeys(settings.keys)
    engine.checks.append(lambda: keys.trouble)
    async with background("keys", keys.run(), stop):
        yield keys
