"""Registration's composition root: everything is opened here, in order, and closed in reverse.

The keys are made before anything listens, so whoever sees the service sees keys that work. Closing: 1 no new requests,
running ones finish; 2 the feeds stop; 3 the relay publishes what is left; 4 the last boards go out; 5 bus, people and
ledger close.
"""

from contextlib import AsyncExitStack
from pathlib import Path

from services.registration.access_tokens import AccessTokens, keep_organiser_link
from services.registration.domain.showcase import Showcase
from services.registration.edge import Edge
from services.registration.enrolment import Enrolment
from services.registration.handlers import Handlers, Showcases
from services.registration.judges import Judges
from services.registration.messages import Addresses
from services.registration.pace import Pace
from services.registration.people_sqlite import SqlitePeople
from services.registration.settings import Settings
from services.registration.showcase_board import ShowcaseBoard
from services.registration.signing_key import SigningKey, open_signing_key
from services.registration.views import Views
from shared.board_feed import BoardFeed
from shared.bus.sqlite import SqliteBus
from shared.contracts.topics import BOARDS, REGISTRATION
from shared.execute import Executor
from shared.http.app import Service, Site, start
from shared.ledger.sqlite import SqliteLedger
from shared.lifecycle import Stop, announce, claimed
from shared.logs import configure, log
from shared.metrics import Metrics
from shared.relay import Relay
from shared.tasks import background
from shared.tokens import TokenVerifier

NAME = "registration"
PREFIX = "showcase/"
WEB = Path(__file__).with_name("web")
PAGES = (("/organise", "organise.html"), ("/register/{showcase}", "register.html"))


async def serve(settings: Settings, stop: Stop) -> None:
    configure(NAME, settings.log_level)
    async with AsyncExitStack() as stack:
        stack.enter_context(claimed(settings.data, NAME))
        keys = settings.data / "keys"
        key = open_signing_key(keys)
        tokens = AccessTokens(key, settings.public_url, settings.livescore_url)
        keep_organiser_link(keys / "organiser.link", tokens, key, settings.organiser_link_days)

        ledger = await stack.enter_async_context(SqliteLedger(settings.data / f"{NAME}.db"))
        people = await stack.enter_async_context(SqlitePeople(settings.data / "people.db"))
        ledger.file.broken = people.file.broken = stop.fail
        bus = await stack.enter_async_context(
            SqliteBus(settings.data / "bus", NAME, REGISTRATION, BOARDS, broken=stop.fail)
        )

        showcases = Showcases(Executor(ledger, lambda _stream: Showcase()), await ledger.streams(PREFIX))
        boards = BoardFeed(ledger, bus, REGISTRATION, PREFIX, ShowcaseBoard)
        await boards.load()
        stack.push_async_callback(boards.drain)  # 4
        relay = Relay(ledger, bus, REGISTRATION)
        stack.push_async_callback(relay.drain)  # 3
        for name, work in {
            "relay": relay.run(),
            "board fold": boards.fold(),
            "board publish": boards.publish(),
        }.items():
            await stack.enter_async_context(background(name, work, stop))  # 2

        service = Service(
            name=NAME,
            title="Showcase registration",
            routes=_edge(settings, showcases, people, tokens, key).routes(),
            metrics=Metrics(NAME),
            checks=(
                lambda: ledger.file.fault,
                lambda: people.file.fault,
                lambda: relay.trouble,
                lambda: boards.trouble,
            ),
            verifier=TokenVerifier(keys / "jwks.json"),
            web=WEB,
            pages=PAGES,
        )
        runner, port = await start(Site(service), settings.host, settings.port)
        stack.push_async_callback(runner.cleanup)  # 1
        announce(NAME, port)
        log.info("listening", port=port)
        await stop.wait()


def _edge(
    settings: Settings, showcases: Showcases, people: SqlitePeople, tokens: AccessTokens, key: SigningKey
) -> Edge:
    return Edge(
        handlers=Handlers(showcases, people),
        enrolment=Enrolment(showcases, people),
        judges=Judges(showcases, people, tokens),
        views=Views(showcases, people),
        pace=Pace(settings.registrations_per_minute, settings.registrations_burst),
        addresses=Addresses(
            registration=settings.public_url, livescore=settings.livescore_url, broadcast=settings.broadcast_url
        ),
        public_jwks=key.public_jwks,
    )
