"""Whether a competition ranks anybody: one without enough eligible judges does not, by decision of two people (R29).

Judges go on being barred from compatriots: that is never switched off, and is why such a competition is unranked.
"""

from services.livescore.domain.acts import SetRanking
from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding.stamping import Request, clash, reject
from shared.contracts.events import Event
from shared.contracts.release import RankingSet


def set_ranking(state: Competition, request: Request, act: SetRanking) -> list[Event]:
    if state.kind == "training":
        reject("training", "a training ranks nobody as it is", "ranked")
    if state.final is not None and not any(one.upheld for one in state.appeals.kept.values()):
        clash("final", "the result is final; it changes only for an appeal that was upheld", "R48")
    if act.ranked == state.ranked:
        clash("unchanged", "this is how it is already", "R29")
    return [RankingSet(**request.agreed(act.reason), ranked=act.ranked)]
