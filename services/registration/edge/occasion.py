"""Showcases and their competitions over HTTP, and what every page asks first: addresses and keys."""

from aiohttp import web

from services.registration.domain.commands import AddCompetition, CreateShowcase, SetStreams
from services.registration.edge.scope import API, ORGANISER, SHOWCASE, showcase
from services.registration.handlers import Handlers
from services.registration.messages import Addresses, CompetitionIn, CompetitionOut, ShowcaseIn, ShowcaseOut, StreamsIn
from services.registration.views import Views
from shared.contracts.names import competition_id
from shared.errors import Forbidden
from shared.http.routes import Answer, Call, Route

_FRESH = {"Cache-Control": "no-cache"}


def routes(handlers: Handlers, views: Views, addresses: Addresses, public_jwks: bytes) -> tuple[Route, ...]:
    async def keys(_call: Call) -> web.Response:
        headers = {"Cache-Control": "public, max-age=300"}
        return web.Response(body=public_jwks, content_type="application/jwk-set+json", headers=headers)

    async def where(_call: Call) -> Answer:
        return Answer(addresses, headers=_FRESH)

    async def list_showcases(_call: Call) -> Answer:
        return Answer(await views.showcases(), headers=_FRESH)

    async def show_showcase(call: Call) -> Answer:
        return Answer(await views.showcase(call.path["showcase"]), headers=_FRESH)

    async def create_showcase(call: Call) -> Answer:
        body: ShowcaseIn = call.body
        if not call.signed_in().organises(body.id):
            raise Forbidden("other_showcase", "This link is for another showcase.")
        await handlers.create_showcase(
            CreateShowcase(
                body.id, body.title, body.timezone, body.starts_on, body.ends_on, body.programme, body.streams
            )
        )
        return Answer(await views.showcase(body.id), 201)

    async def set_streams(call: Call) -> Answer:
        body: StreamsIn = call.body
        await handlers.set_streams(showcase(call), SetStreams(body.streams, body.saw))
        return Answer(await views.showcase(call.path["showcase"]))

    async def add_competition(call: Call) -> Answer:
        body: CompetitionIn = call.body
        id_ = competition_id(showcase(call), body.slug)
        await handlers.add_competition(
            AddCompetition(
                competition=id_,
                title=body.title,
                capacity=body.capacity,
                opens_at=body.opens_at,
                closes_at=body.closes_at,
                minimum_age=body.minimum_age,
                board_mode=body.board_mode,
                kind=body.kind,
                bilingual=body.bilingual,
            )
        )
        return Answer(await views.competition(id_), 201)

    return (
        Route("GET", "/.well-known/jwks.json", keys, "Public keys that check access links"),
        Route("GET", f"{API}/keys", keys, "The same, for services that share no folder with this one"),
        Route("GET", f"{API}/addresses", where, "Addresses of the services", answers=Addresses),
        Route("GET", f"{API}/showcases", list_showcases, "All showcases", answers=list[ShowcaseOut]),
        Route("GET", SHOWCASE, show_showcase, "One showcase", answers=ShowcaseOut),
        Route("POST", f"{API}/showcases", create_showcase, "Create a showcase",
              ShowcaseIn, ShowcaseOut, 201, ORGANISER, 512 * 1024, (409,)),
        Route("POST", f"{SHOWCASE}/streams", set_streams, "Set all video streams",
              StreamsIn, ShowcaseOut, roles=ORGANISER, errors=(409,)),
        Route("POST", f"{SHOWCASE}/competitions", add_competition, "Add a competition",
              CompetitionIn, CompetitionOut, 201, ORGANISER, errors=(409,)),
    )  # fmt: skip
