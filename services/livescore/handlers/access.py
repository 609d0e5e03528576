"""Who may ask what of a competition, by the link they came with; what they hold in it is decided in the domain."""

from shared.access import Caller
from shared.contracts.names import showcase_of
from shared.errors import Forbidden, NotFound


def check_judge(caller: Caller, competition: str) -> None:
    if not caller.judges(competition):
        raise Forbidden("not_your_competition", "Your access link is not for this competition.")


def check_organiser(caller: Caller, competition: str) -> None:
    if not caller.organises(showcase_of(competition)):
        raise NotFound("unknown_competition", "There is no such competition.")
