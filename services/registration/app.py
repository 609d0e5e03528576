"""Registration's composition root: everything is opened here, in order, and closed in reverse.

The keys are made before anything listens, so whoever sees the service sees keys that work. Closing: 1 no new requests,
running ones finish; 2 the feeds stop; 3 the relay publishes what is left; 4 the last boards go out; 5 bus, people and
ledger close.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from services.registration.access_tokens import AccessTokens, keep_organiser_link
from services.registration.domain.showcase import Showcase
from services.registration.edge import Edge
from services.registration.enrolment import Enrolment
from services.registration.followers import Followers
from services.registration.handlers import PREFIX, Handlers, Showcases
from services.registration.judges import Judges
from services.registration.messages import Addresses
from services.registration.pace import Pace
from services.registration.people import People
from services.registration.settings import Settings
from services.registration.showcase_board import ShowcaseBoard
from services.registration.signing_key import SigningKey, open_signing_key, read_signing_key
from services.registration.views import Views
from shared.board_feed import BoardFeed
from shared.contracts.topics import BOARDS, REGISTRATION
from shared.engine import Engine, chosen
from shared.execute_shared import executor_on
from shared.figures import show
from shared.http.app import Service, Site, start
from shared.http.policy import Page, policy
from shared.lifecycle import Stop, announce
from shared.logs import configure, log
from shared.metrics import Metrics
from shared.relay import Relay
from shared.selfcheck.machine import ZONES
from shared.selfcheck.start import checked
from shared.tasks import background
from shared.tokens import TokenVerifier
from shared.traces import traced

NAME = "registration"
WEB = Path(__file__).with_name("web")


async def serve(settings: Settings, stop: Stop) -> None:
    configure(NAME, settings.log_level)
    async with AsyncExitStack() as stack:
        stack.enter_context(traced(NAME, settings.traces))
        engine = chosen(settings, NAME, stop)
        stack.enter_context(engine.claimed())
        key, tokens = _signing(settings)

        ledger = await stack.enter_async_context(engine.ledger())
        people = await stack.enter_async_context(_people(settings, engine, stop))
        bus = await stack.enter_async_context(engine.bus(REGISTRATION, BOARDS))
        await checked(settings, engine.asks, keys=_keys(settings), zones=ZONES)

        executor = executor_on(ledger, lambda _stream: Showcase())
        showcases = Showcases(executor, ledger)
        await showcases.load()
        boards = BoardFeed(ledger, bus, REGISTRATION, PREFIX, ShowcaseBoard)
        await boards.load()
        stack.push_async_callback(boards.drain)  # 4
        relay = Relay(ledger, bus, REGISTRATION, boards.hear)
        stack.push_async_callback(relay.drain)  # 3
        tasks = {
            "relay": relay.run(),
            "board fold": boards.fold(),
            "board publish": boards.publish(),
        }
        if ledger.shared:
            tasks["board heal"] = boards.heal()
        for name, work in tasks.items():
            await stack.enter_async_context(background(name, work, stop))  # 2

        metrics = Metrics(NAME)
        show(metrics, relay, boards, executor)
        engine.show(metrics)
        service = Service(
            name=NAME,
            title="Showcase registration",
            routes=_edge(settings, showcases, people, tokens, key).routes(),
            metrics=metrics,
            collectors=settings.collectors,
            checks=[*engine.checks, *engine.unless_shared(lambda: relay.trouble, lambda: boards.trouble)],
            verifier=TokenVerifier(key),
            web=WEB,
            pages=pages(settings.broadcast_url),
        )
        runner, port = await start(Site(service), settings.host, settings.port)
        stack.push_async_callback(runner.cleanup)  # 1
        announce(NAME, port)
        log.info("listening", port=port)
        await stop.wait()


def pages(broadcast: str) -> tuple[Page, ...]:
    """The organiser's page may show a frame with the preview of video streams, which is a page of broadcast."""
    return (
        Page("/organise", "organise.html", policy(frame_src=f"'self' {broadcast}/preview")),
        Page("/register/{showcase}", "register.html"),
    )


def _signing(settings: Settings) -> tuple[SigningKey, AccessTokens]:
    """The key pair and what it signs. On one machine it is made at the first start; copies share one made before."""
    folder = _keys(settings)
    key = read_signing_key(folder) if settings.engine == "cluster" else open_signing_key(folder)
    tokens = AccessTokens(key, settings.public_url, settings.livescore_url)
    if settings.engine == "embedded":
        keep_organiser_link(folder / "organiser.link", tokens, key, settings.organiser_link_days)
    return key, tokens


def _keys(settings: Settings) -> Path:
    return Path(settings.keys) if settings.keys else settings.data / "keys"


@asynccontextmanager
async def _people(settings: Settings, engine: Engine, stop: Stop) -> AsyncIterator[People]:
    if settings.engine == "cluster":
        from services.registration.people_mongo import MongoPeople  # noqa: PLC0415 - never loaded by the other engine

        async with MongoPeople(settings.mongo, settings.mongo_database, settings.mongo_driver) as people:
            yield people
        return
    from services.registration.people_sqlite import SqlitePeople  # noqa: PLC0415
    from shared.selfcheck.sqlite import sqlite  # noqa: PLC0415

    async with SqlitePeople(settings.data / "people.db") as people:
        people.file.broken = stop.fail
        engine.checks.append(lambda: people.file.fault)
        engine.asks.append(lambda: sqlite(people.file, people=True))
        yield people


def _edge(settings: Settings, showcases: Showcases, people: People, tokens: AccessTokens, key: SigningKey) -> Edge:
    return Edge(
        handlers=Handlers(showcases, people),
        enrolment=Enrolment(showcases, people),
        judges=Judges(showcases, people, tokens),
        followers=Followers(showcases, people, tokens),
        views=Views(showcases, people),
        pace=Pace(settings.registrations_per_minute, settings.registrations_burst),
        addresses=Addresses(
            registration=settings.public_url, livescore=settings.livescore_url, broadcast=settings.broadcast_url
        ),
        public_jwks=key.public_jwks,
        proxies=settings.proxies,
    )
