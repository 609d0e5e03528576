"""Acts over HTTP: one door for everything that is done besides giving a mark."""

from pydantic import ConfigDict, RootModel

from services.livescore.domain.acts import Act
from services.livescore.edge.out import Out
from services.livescore.handlers.acts import Acts
from shared.execute import fingerprint
from shared.http.routes import Answer, Call, Route
from shared.ids import utc_now

_LIMIT = 1024 * 1024  # an amended scheme travels in one


# Not parametrised, because that would build the whole union at the start: one megabyte.
class ActIn(RootModel):  # type: ignore[type-arg]
    """What is done, told apart by `act`; `id` is made on the device, once per intention."""

    model_config = ConfigDict(defer_build=True)

    root: Act


class DoneOut(Out):
    """The receipt: durable when it is sent, and the same however often the act is sent."""

    id: str
    seq: int
    received_at: str
    events: list[str]


def routes(handlers: Acts) -> list[Route]:
    async def perform(call: Call) -> Answer:
        act: Act = call.body.root
        caller = call.signed_in()
        digest = fingerprint(f"{caller.subject} {act.model_dump_json()}".encode())
        done = await handlers.perform(call.path["competition"], caller, act, digest, utc_now())
        return Answer(done.wire(), 201)

    return [
        Route(
            "POST",
            "/api/livescore/competitions/{competition}/acts",
            perform,
            "Submit, verify, sign, release, freeze, appeal and all else; the same id again gets the same answer",
            reads=ActIn,
            answers=DoneOut,
            status=201,
            roles=("organiser", "judge", "chief", "manager", "presenter", "competitor"),
            limit=_LIMIT,
            errors=(409,),
        )
    ]
