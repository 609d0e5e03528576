"""Registering over HTTP, and what an organiser decides about a registration."""

import time
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network

from services.registration.domain.commands import SetStanding
from services.registration.edge.scope import COMPETITOR, COMPETITORS, ORGANISER, competition
from services.registration.enrolment import Enrolment, Form
from services.registration.handlers import Handlers
from services.registration.messages import (
    ApprovalIn,
    CompetitorIn,
    CompetitorOut,
    ConsentWithdrawnIn,
    EnrolledOut,
    Nothing,
    RejectionIn,
    StandingIn,
)
from services.registration.pace import Pace, counted_address
from services.registration.views import Views
from shared.http.routes import Answer, Call, Route


def routes(
    handlers: Handlers, enrolment: Enrolment, views: Views, pace: Pace, proxies: Sequence[IPv4Network | IPv6Network]
) -> tuple[Route, ...]:
    async def register(call: Call) -> Answer:
        request = call.request
        forwarded = request.headers.get("X-Forwarded-For")
        pace.take(counted_address(request.remote, forwarded, proxies), time.monotonic())
        body: CompetitorIn = call.body
        enrolled = await enrolment.register(
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

    async def list_competitors(call: Call) -> Answer:
        return Answer(await views.competitors(competition(call)))

    async def approve(call: Call) -> Answer:
        await handlers.approve(competition(call), call.path["competitor"], call.body.bib)
        return await shown(call)

    async def reject(call: Call) -> Answer:
        await handlers.reject(competition(call), call.path["competitor"], call.body.reason)
        return await shown(call)

    async def withdraw(call: Call) -> Answer:
        await handlers.withdraw(competition(call), call.path["competitor"])
        return await shown(call)

    async def set_standing(call: Call) -> Answer:
        body: StandingIn = call.body
        await handlers.set_standing(
            SetStanding(competition(call), call.path["competitor"], body.standing, body.reason, body.saw)
        )
        return await shown(call)

    async def withdraw_consent(call: Call) -> Answer:
        await handlers.withdraw_consent(competition(call), call.path["competitor"], call.body.purpose)
        return await shown(call)

    async def shown(call: Call) -> Answer:
        return Answer(await views.competitor(call.path["competition"], call.path["competitor"]))

    return (
        Route("POST", COMPETITORS, register, "Register as a competitor",
              CompetitorIn, EnrolledOut, 201, limit=16 * 1024, errors=(409, 429)),
        Route("GET", COMPETITORS, list_competitors, "Who registered",
              answers=list[CompetitorOut], roles=ORGANISER),
        Route("POST", f"{COMPETITOR}/approve", approve, "Approve, with a given or drawn bib",
              ApprovalIn, CompetitorOut, roles=ORGANISER, errors=(409,)),
        Route("POST", f"{COMPETITOR}/reject", reject, "Reject, with a reason",
              RejectionIn, CompetitorOut, roles=ORGANISER, errors=(409,)),
        Route("POST", f"{COMPETITOR}/withdraw", withdraw, "Withdraw a registration",
              Nothing, CompetitorOut, roles=ORGANISER, errors=(409,)),
        Route("POST", f"{COMPETITOR}/standing", set_standing, "Compete, be a guest, or be disqualified (R38)",
              StandingIn, CompetitorOut, roles=ORGANISER, errors=(409,)),
        Route("POST", f"{COMPETITOR}/withdraw-consent", withdraw_consent, "Take a consent back for the person (R97)",
              ConsentWithdrawnIn, CompetitorOut, roles=ORGANISER),
    )  # fmt: skip
