"""Livescore's composition root: everything is opened here, in order, and closed in reverse.

Closing: 1 no new requests, running ones finish; 2 the feeds stop; 3 the relay publishes what is left; 4 the last
boards go out; 5 bus and ledger close.
"""

from contextlib import AsyncExitStack

from services.livescore.domain.board import Standings
from services.livescore.domain.competition import Competition
from services.livescore.edge import PAGES, WEB, routes
from services.livescore.handlers import Handlers
from services.livescore.roster_feed import RosterFeed
from services.livescore.settings import Settings
from shared.board_feed import BoardFeed
from shared.bus.sqlite import SqliteBus
from shared.contracts.topics import BOARDS, LIVESCORE
from shared.execute import Executor
from shared.http.app import Service, Site, start
from shared.ledger.sqlite import SqliteLedger
from shared.lifecycle import Stop, announce, claimed, settle_memory
from shared.logs import configure, log
from shared.metrics import Metrics
from shared.relay import Relay
from shared.tasks import background
from shared.tokens import TokenVerifier

NAME = "livescore"
PREFIX = "competition/"


async def serve(settings: Settings, stop: Stop) -> None:
    configure(NAME, settings.log_level)
    async with AsyncExitStack() as stack:
        stack.enter_context(claimed(settings.data, NAME))
        ledger = await stack.enter_async_context(SqliteLedger(settings.data / f"{NAME}.db"))
        ledger.file.broken = stop.fail
        bus = await stack.enter_async_context(
            SqliteBus(settings.data / "bus", NAME, LIVESCORE, BOARDS, broken=stop.fail)
        )

        executor = Executor(ledger, lambda stream: Competition(stream.removeprefix(PREFIX)))
        standings = BoardFeed(ledger, bus, LIVESCORE, PREFIX, Standings, settings.board_interval_seconds)
        await standings.load()
        stack.push_async_callback(standings.drain)  # 4
        relay = Relay(ledger, bus, LIVESCORE)
        stack.push_async_callback(relay.drain)  # 3
        roster = RosterFeed(bus, executor)
        for name, work in {
            "relay": relay.run(),
            "standings fold": standings.fold(),
            "standings publish": standings.publish(),
            "roster": roster.run(),
        }.items():
            await stack.enter_async_context(background(name, work, stop))  # 2

        service = Service(
            name=NAME,
            title="Showcase livescore",
            routes=routes(Handlers(executor, ledger.epoch)),
            metrics=Metrics(NAME),
            checks=(
                lambda: ledger.file.fault,
                lambda: relay.trouble,
                lambda: standings.trouble,
                lambda: roster.trouble,
            ),
            verifier=TokenVerifier(settings.data / "keys" / "jwks.json"),
            web=WEB,
            pages=PAGES,
        )
        runner, port = await start(Site(service), settings.host, settings.port)
        stack.push_async_callback(runner.cleanup)  # 1
        settle_memory()
        announce(NAME, port)
        log.info("listening", port=port)
        await stop.wait()
