"""Who is meant: a competitor's id, or on a blind form the number of a piece (R32)."""

from services.livescore.domain import blind
from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding.stamping import competitor_of, reject
from services.livescore.domain.scorecard import Competitor
from services.livescore.domain.who import Who


def person(state: Competition, form: str, named: str, who: Who) -> Competitor:
    """Whoever leads may name people by their ids on a blind form as well.

    A judge may not: what became of a sheet that was named by a person would show whose piece it is.
    """
    if state.is_blind(form):
        found = blind.behind(state.secret, form, state.competitors, named)
        if found is not None:
            return state.competitors[found]
        if who.office == "judge":
            reject("unknown_piece", "this form is marked blind: name a piece by its number", "competitor", "R32")
    return competitor_of(state, named)


def everybody(state: Competition, form: str, who: Who) -> list[tuple[str, Competitor]]:
    """All competitors, each with the name that `who` knows them by on this form; in an order that tells nothing."""
    if who.office == "judge" and state.is_blind(form):
        names = blind.pieces(state.secret, form, tuple(state.competitors))
        return sorted(((names[one.id], one) for one in state.competitors.values()), key=lambda named: named[0])
    return [(one.id, one) for one in sorted(state.competitors.values(), key=lambda one: int(one.bib))]
