"""Who may ask what of a competition, by the link they came with; what they hold in it is decided in the domain."""

from services.livescore.domain.competition import Competition
from shared.access import Caller
from shared.contracts.names import showcase_of
from shared.errors import Forbidden, NotFound


def check_judge(caller: Caller, competition: str) -> None:
    if not caller.judges(competition):
        raise Forbidden("not_your_competition", "Your access link is not for this competition.")


def check_link(caller: Caller, competition: str) -> None:
    """That the link is for the competition's staff, whatever the office."""
    if not caller.serves(competition):
        raise Forbidden("not_your_competition", "Your access link is not for this competition.")


def check_opened(state: Competition) -> None:
    if not state.opened:
        raise NotFound("unknown_competition", "There is no such competition.")


def holds_seat(state: Competition, caller: Caller) -> bool:
    """Whether somebody has the seat now that the link was made for."""
    seat = state.judges.get(caller.subject)
    return caller.serves(state.id) and seat is not None and seat.office == caller.role


def check_seat(state: Competition, caller: Caller, otherwise: str) -> None:
    """`otherwise` is said to those who have another seat now, or none."""
    check_link(caller, state.id)
    check_opened(state)
    if not holds_seat(state, caller):
        raise Forbidden("not_seated", otherwise)


def check_organiser(caller: Caller, competition: str) -> None:
    if not caller.organises(showcase_of(competition)):
        raise NotFound("unknown_competition", "There is no such competition.")


def follows(state: Competition, caller: Caller, competitor: str) -> bool:
    """Whether this is the competitor, or a trainer of the competitor who was not revoked after the link was made."""
    if not caller.follows(state.id, competitor):
        return False
    return caller.role == "competitor" or competitor in state.trainers.get(caller.subject, ())
