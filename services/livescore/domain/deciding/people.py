"""Who is meant: a competitor's id, or on a blind form the number of a piece (R32)."""

from services.livescore.domain import blind
from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding.stamping import competitor_of
from services.livescore.domain.scorecard import Competitor


def person(state: Competition, form: str, named: str) -> Competitor:
    """Whoever leads knows people by their ids on a blind form as well, so both are understood."""
    if state.is_blind(form):
        found = blind.behind(state.secret, form, state.competitors, named)
        if found is not None:
            return state.competitors[found]
    return competitor_of(state, named)
