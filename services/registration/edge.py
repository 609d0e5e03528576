"""The HTTP edge: bytes in, one command or question, an answer with its status.

An organiser of one showcase does not learn that another exists: what the token does not cover is answered as if it were
not there (S10). Who may call what is declared with each route and checked before an endpoint runs.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from aiohttp import web

from services.registration.domain.commands import AddCompetition, AssignJudge, CreateShowcase
from services.registration.enrolment import Enrolment, Form
from services.registration.handlers import Handlers
from services.registration.judges import Judges
from services.registration.messages import (
    Addresses,
    ApprovalIn,
    CompetitionIn,
    CompetitionOut,
    CompetitorIn,
    CompetitorOut,
    EnrolledOut,
    JudgeIn,
    JudgeOut,
    LinkIn,
    Nothing,
    RejectionIn,
    SeatOut,
    ShowcaseIn,
    ShowcaseOut,
)
from services.registration.pace import Pace, counted_address
from services.registration.views import Views, seat
from shared.access import Role
from shared.contracts.names import competition_id, showcase_of
from shared.errors import Forbidden, NotFound
from shared.http.routes import Answer, Call, Route

_ORGANISER: tuple[Role, ...] = ("organiser",)
_API = "/api/registration"
_SHOWCASE = f"{_API}/showcases/{{showcase}}"
_COMPETITORS = f"{_API}/competitions/{{competition}}/competitors"
_COMPETITOR = f"{_COMPETITORS}/{{competitor}}"
_JUDGES = f"{_SHOWCASE}/judges"


@dataclass(frozen=True, slots=True)
class Edge:
    handlers: Handlers
    enrolment: Enrolment
    judges: Judges
    views: Views
    pace: Pace
    addresses: Addresses
    public_jwks: bytes
    proxies: Sequence[IPv4Network | IPv6Network] = ()

    def routes(self) -> Sequence[Route]:
        organiser = _ORGANISER
        return (
            Route("GET", "/.well-known/jwks.json", self.keys, "Public keys that check access links"),
            Route("GET", f"{_API}/keys", self.keys, "The same, for services that share no folder with this one"),
            Route("GET", f"{_API}/addresses", self.where, "Addresses of the services", answers=Addresses),
            Route("GET", f"{_API}/showcases", self.list_showcases, "All showcases", answers=list[ShowcaseOut]),
            Route("GET", _SHOWCASE, self.show_showcase, "One showcase", answers=ShowcaseOut),
            Route("POST", f"{_API}/showcases", self.create_showcase, "Create a showcase",
                  ShowcaseIn, ShowcaseOut, 201, organiser, 512 * 1024, (409,)),
            Route("POST", f"{_SHOWCASE}/competitions", self.add_competition, "Add a competition",
                  CompetitionIn, CompetitionOut, 201, organiser, errors=(409,)),
            Route("POST", _COMPETITORS, self.register, "Register as a competitor",
                  CompetitorIn, EnrolledOut, 201, limit=16 * 1024, errors=(409, 429)),
            Route("GET", _COMPETITORS, self.list_competitors, "Who registered",
                  answers=list[CompetitorOut], roles=organiser),
            Route("POST", f"{_COMPETITOR}/approve", self.approve, "Approve, with a given or drawn bib",
                  ApprovalIn, CompetitorOut, roles=organiser, errors=(409,)),
            Route("POST", f"{_COMPETITOR}/reject", self.reject, "Reject, with a reason",
                  RejectionIn, CompetitorOut, roles=organiser, errors=(409,)),
            Route("POST", f"{_COMPETITOR}/withdraw", self.withdraw, "Withdraw a registration",
                  Nothing, CompetitorOut, roles=organiser, errors=(409,)),
            Route("POST", _JUDGES, self.assign_judge, "Assign a judge and make the link",
                  JudgeIn, SeatOut, 201, organiser, errors=(409,)),
            Route("GET", _JUDGES, self.list_judges, "Who judges", answers=list[JudgeOut], roles=organiser),
            Route("POST", f"{_JUDGES}/{{judge}}/link", self.renew_link, "Make another link",
                  LinkIn, SeatOut, roles=organiser, errors=(409,)),
            Route("POST", f"{_JUDGES}/{{judge}}/revoke", self.revoke_judge, "Take a judge's access away",
                  Nothing, JudgeOut, roles=organiser),
        )  # fmt: skip

    async def keys(self, _call: Call) -> web.Response:
        headers = {"Cache-Control": "public, max-age=300"}
        return web.Response(body=self.public_jwks, content_type="application/jwk-set+json", headers=headers)

    async def where(self, _call: Call) -> Answer:
        return Answer(self.addresses, headers={"Cache-Control": "no-cache"})

    async def list_showcases(self, _call: Call) -> Answer:
        return Answer(await self.views.showcases(), headers={"Cache-Control": "no-cache"})

    async def show_showcase(self, call: Call) -> Answer:
        return Answer(await self.views.showcase(call.path["showcase"]), headers={"Cache-Control": "no-cache"})

    async def create_showcase(self, call: Call) -> Answer:
        body: ShowcaseIn = call.body
        if not call.signed_in().organises(body.id):
            raise Forbidden("other_showcase", "This link is for another showcase.")
        await self.handlers.create_showcase(
            CreateShowcase(body.id, body.title, body.timezone, body.starts_on, body.ends_on, body.programme)
        )
        return Answer(await self.views.showcase(body.id), 201)

    async def add_competition(self, call: Call) -> Answer:
        body: CompetitionIn = call.body
        id_ = competition_id(_covered(call, call.path["showcase"]), body.slug)
        await self.handlers.add_competition(
            AddCompetition(
                id_, body.title, body.capacity, body.opens_at, body.closes_at, body.minimum_age, body.board_mode
            )
        )
        return Answer(await self.views.competition(id_), 201)

    async def register(self, call: Call) -> Answer:
        request = call.request
        forwarded = request.headers.get("X-Forwarded-For")
        self.pace.take(counted_address(request.remote, forwarded, self.proxies), time.monotonic())
        body: CompetitorIn = call.body
        enrolled = await self.enrolment.register(
            Form(
                competition=call.path["competition"],
                id=body.id,
                given_name=body.given_name,
                family_name=body.family_name,
                email=body.email,
                birth_date=body.birth_date,
                country=body.country,
                organisation=body.organisation,
                locale=body.locale,
                guardian_agreed=body.guardian_agreed,
                consents=body.consents.by_purpose(),
            )
        )
        out = EnrolledOut(id=enrolled.competitor, status=enrolled.status)
        return Answer(out, 201 if enrolled.new else 200)

    async def list_competitors(self, call: Call) -> Answer:
        return Answer(await self.views.competitors(_competition(call)))

    async def approve(self, call: Call) -> Answer:
        await self.handlers.approve(_competition(call), call.path["competitor"], call.body.bib)
        return await self._competitor(call)

    async def reject(self, call: Call) -> Answer:
        await self.handlers.reject(_competition(call), call.path["competitor"], call.body.reason)
        return await self._competitor(call)

    async def withdraw(self, call: Call) -> Answer:
        await self.handlers.withdraw(_competition(call), call.path["competitor"])
        return await self._competitor(call)

    async def _competitor(self, call: Call) -> Answer:
        return Answer(await self.views.competitor(call.path["competition"], call.path["competitor"]))

    async def assign_judge(self, call: Call) -> Answer:
        body: JudgeIn = call.body
        competitions = tuple(dict.fromkeys(body.competitions))
        command = AssignJudge(body.id, body.country, competitions)
        made = await self.judges.assign(_covered(call, call.path["showcase"]), command, body.name, body.days_valid)
        return Answer(seat(made), 201)

    async def list_judges(self, call: Call) -> Answer:
        return Answer(await self.views.judges(_covered(call, call.path["showcase"])))

    async def renew_link(self, call: Call) -> Answer:
        showcase = _covered(call, call.path["showcase"])
        return Answer(seat(await self.judges.renew(showcase, call.path["judge"], call.body.days_valid)))

    async def revoke_judge(self, call: Call) -> Answer:
        showcase = _covered(call, call.path["showcase"])
        await self.handlers.revoke_judge(showcase, call.path["judge"])
        return Answer(await self.views.judge(showcase, call.path["judge"]))


def _covered(call: Call, showcase: str) -> str:
    if not call.signed_in().organises(showcase):
        raise NotFound("unknown_showcase", "there is no such showcase")
    return showcase


def _competition(call: Call) -> str:
    competition = call.path["competition"]
    _covered(call, showcase_of(competition))
    return competition
