"""People with links over HTTP: staff in their offices, trainers, and a competitor's own link."""

from services.registration.domain.commands import AssignJudge, NameTrainer
from services.registration.edge.scope import COMPETITOR, ORGANISER, SHOWCASE, competition, showcase
from services.registration.followers import Followers
from services.registration.handlers import Handlers
from services.registration.judges import Judges
from services.registration.link_messages import (
    JudgeIn,
    JudgeOut,
    LinkIn,
    NamedTrainerOut,
    OwnLinkOut,
    SeatOut,
    TrainerIn,
    TrainerOut,
)
from services.registration.messages import Nothing
from services.registration.views import Views, named_trainer, own_link, seat
from shared.http.routes import Answer, Call, Route

_JUDGES = f"{SHOWCASE}/judges"
_TRAINERS = f"{SHOWCASE}/trainers"


def staff_routes(handlers: Handlers, judges: Judges, views: Views) -> tuple[Route, ...]:
    async def assign(call: Call) -> Answer:
        body: JudgeIn = call.body
        command = AssignJudge(body.id, body.country, tuple(dict.fromkeys(body.competitions)), body.office)
        return Answer(seat(await judges.assign(showcase(call), command, body.name, body.days_valid)), 201)

    async def listed(call: Call) -> Answer:
        return Answer(await views.judges(showcase(call)))

    async def renew(call: Call) -> Answer:
        return Answer(seat(await judges.renew(showcase(call), call.path["judge"], call.body.days_valid)))

    async def revoke(call: Call) -> Answer:
        await handlers.revoke_judge(showcase(call), call.path["judge"])
        return Answer(await views.judge(call.path["showcase"], call.path["judge"]))

    return (
        Route("POST", _JUDGES, assign, "Assign a judge, or somebody in another office, and make the link",
              JudgeIn, SeatOut, 201, ORGANISER, errors=(409,)),
        Route("GET", _JUDGES, listed, "Who judges, and who holds another office",
              answers=list[JudgeOut], roles=ORGANISER),
        Route("POST", f"{_JUDGES}/{{judge}}/link", renew, "Make another link",
              LinkIn, SeatOut, roles=ORGANISER, errors=(409,)),
        Route("POST", f"{_JUDGES}/{{judge}}/revoke", revoke, "Take a judge's access away",
              Nothing, JudgeOut, roles=ORGANISER),
    )  # fmt: skip


def follower_routes(handlers: Handlers, followers: Followers, views: Views) -> tuple[Route, ...]:
    async def own(call: Call) -> Answer:
        competitor = call.path["competitor"]
        link = await followers.competitor_link(competition(call), competitor, call.body.days_valid)
        return Answer(own_link(competitor, link))

    async def name(call: Call) -> Answer:
        body: TrainerIn = call.body
        command = NameTrainer(body.id, tuple(dict.fromkeys(body.competitors)), tuple(dict.fromkeys(body.competitions)))
        named = await followers.name_trainer(showcase(call), command, body.name, body.days_valid)
        return Answer(named_trainer(named), 201)

    async def listed(call: Call) -> Answer:
        return Answer(await views.trainers(showcase(call)))

    async def renew(call: Call) -> Answer:
        named = await followers.renew(showcase(call), call.path["trainer"], call.body.days_valid)
        return Answer(named_trainer(named))

    async def revoke(call: Call) -> Answer:
        await handlers.revoke_trainer(showcase(call), call.path["trainer"])
        return Answer(await views.trainer(call.path["showcase"], call.path["trainer"]))

    return (
        Route("POST", f"{COMPETITOR}/link", own, "Make a competitor's own link",
              LinkIn, OwnLinkOut, roles=ORGANISER, errors=(409,)),
        Route("POST", _TRAINERS, name, "Name a trainer for competitors and make the link",
              TrainerIn, NamedTrainerOut, 201, ORGANISER, errors=(409,)),
        Route("GET", _TRAINERS, listed, "Who trains whom", answers=list[TrainerOut], roles=ORGANISER),
        Route("POST", f"{_TRAINERS}/{{trainer}}/link", renew, "Make another link",
              LinkIn, NamedTrainerOut, roles=ORGANISER, errors=(409,)),
        Route("POST", f"{_TRAINERS}/{{trainer}}/revoke", revoke, "Take a trainer's access away",
              Nothing, TrainerOut, roles=ORGANISER),
    )  # fmt: skip
