"""Who may ask what of a competition, by the link they came with; what they hold in it is decided in the domain."""

from services.livescore.domain.competition import Competition
from shared.access import Caller
from shared.contracts.names import showcase_of
from shared.errors import Forbidden, NotFound


def check_judge(caller: Caller, competition: str) -> None:
    if not caller.judges(competition):
        raise Forbidden("not_your_competition", "Your access link is not for this competition.")


def check_organiser(caller: Caller, competition: str) -> None:
    if not caller.organises(showcase_of(competition)):
        raise NotFound("unknown_competition", "There is no such competition.")


def follows(state: Competition, caller: Caller, competitor: str) -> bool:
    """Whether this is the competitor, or a trainer of the competitor who was not revoked after the link was made."""
    if not caller.follows(state.id, competitor):
        return False
    return caller.role == "competitor" or competitor in state.trainers.get(caller.subject, ())
