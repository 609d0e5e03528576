"""What a registration fact means for a competition: who competes, who has a seat, what was opened."""

from services.livescore.domain.commands import RosterFact
from services.livescore.domain.competition import Competition
from services.livescore.domain.scorecard import Competitor
from shared.contracts import registration
from shared.contracts.events import Event
from shared.contracts.livescore import (
    CompetitionOpened,
    CompetitorEntered,
    CompetitorLeft,
    CompetitorStatusSet,
    JudgeSeated,
    JudgeUnseated,
    TrainerSeated,
    TrainerUnseated,
)
from shared.contracts.registration import (
    CompetitionAdded,
    CompetitorApproved,
    CompetitorRenamed,
    CompetitorWithdrawn,
    JudgeAssigned,
    JudgeRevoked,
    TrainerNamed,
    TrainerRevoked,
)


def decide_roster(state: Competition, fact: RosterFact, source_seq: int) -> list[Event]:
    """What a registration fact means for this competition; empty when it means nothing, or was taken over before."""
    if source_seq <= state.source_seq:
        return []
    match fact:
        case CompetitionAdded(competition=state.id):
            if (state.title, state.kind, state.bilingual) == (fact.title, fact.kind, fact.bilingual):
                return []
            return [
                CompetitionOpened(
                    competition=state.id,
                    title=fact.title,
                    board_mode=fact.board_mode,
                    kind=fact.kind,
                    bilingual=fact.bilingual,
                    # Those that were opened before this was asked for go on as they are.
                    both_approved=fact.bilingual and (state.both_approved or not state.bilingual),
                    starts_on=fact.starts_on,
                    source_seq=source_seq,
                )
            ]
        case CompetitorApproved(competition=state.id):
            return [
                CompetitorEntered(
                    competitor=fact.competitor,
                    bib=fact.bib,
                    display_name=fact.display_name,
                    country=fact.country,
                    source_seq=source_seq,
                )
            ]
        case CompetitorWithdrawn(competition=state.id):
            competitor = state.competitors.get(fact.competitor)
            if competitor is None or competitor.status == "withdrawn":
                return []
            return [CompetitorLeft(competitor=fact.competitor, source_seq=source_seq)]
        case registration.CompetitorStandingSet(competition=state.id):
            competitor = state.competitors.get(fact.competitor)
            if competitor is None or competitor.status in {fact.status, "withdrawn"}:
                return []
            return [CompetitorStatusSet(competitor=fact.competitor, status=fact.status, source_seq=source_seq)]
        case CompetitorRenamed(competition=state.id):
            competitor = state.competitors.get(fact.competitor)
            if competitor is None or competitor.name == fact.display_name:
                return []
            renamed = _renamed(competitor, fact.display_name, source_seq)
            if (
                competitor.status == "withdrawn"
            ):  # entering anew is also how somebody comes back, which is not meant here
                return [renamed, CompetitorLeft(competitor=fact.competitor, source_seq=source_seq)]
            return [renamed]
        case JudgeAssigned():
            return _decide_seat(state, fact, source_seq)
        case JudgeRevoked():
            return _unseat(state, fact.judge, source_seq)
        case TrainerNamed() if state.id in fact.competitions:
            # Those of another competition among them are nobody here.
            return [TrainerSeated(trainer=fact.trainer, competitors=fact.competitors, source_seq=source_seq)]
        case TrainerRevoked() if fact.trainer in state.trainers:
            return [TrainerUnseated(trainer=fact.trainer, source_seq=source_seq)]
        case _:
            return []


def _decide_seat(state: Competition, fact: JudgeAssigned, source_seq: int) -> list[Event]:
    """An assignment names all of a judge's competitions, so one that is missing now is one that was taken away."""
    if state.id not in fact.competitions:
        return _unseat(state, fact.judge, source_seq)
    seated = state.judges.get(fact.judge)
    if seated is not None and (seated.country, seated.office) == (fact.country, fact.office):
        return []
    return [JudgeSeated(judge=fact.judge, country=fact.country, office=fact.office, source_seq=source_seq)]


def _renamed(competitor: Competitor, name: str, source_seq: int) -> CompetitorEntered:
    return CompetitorEntered(
        competitor=competitor.id,
        bib=competitor.bib,
        display_name=name,
        country=competitor.country,
        source_seq=source_seq,
    )


def _unseat(state: Competition, judge: str, source_seq: int) -> list[Event]:
    return [JudgeUnseated(judge=judge, source_seq=source_seq)] if judge in state.judges else []
