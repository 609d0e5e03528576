"""Finding what a command names, or saying that it does not exist."""

from services.registration.domain.showcase import Competition, Competitor, Judge, Showcase, Trainer
from shared.contracts.registration import ShowcaseCreated
from shared.errors import NotFound


def created(state: Showcase) -> ShowcaseCreated:
    if state.facts is None:
        raise NotFound("unknown_showcase", "there is no such showcase")
    return state.facts


def competition_of(state: Showcase, competition: str) -> Competition:
    created(state)
    found = state.competitions.get(competition)
    if found is None:
        raise NotFound("unknown_competition", f"there is no competition {competition}")
    return found


def competitor_of(state: Showcase, competition: str, competitor: str) -> Competitor:
    found = competition_of(state, competition).competitors.get(competitor)
    if found is None:
        raise NotFound("unknown_competitor", "there is no such registration in this competition")
    return found


def judge_of(state: Showcase, judge: str) -> Judge:
    created(state)
    found = state.judges.get(judge)
    if found is None:
        raise NotFound("unknown_judge", "there is no such judge in this showcase")
    return found


def trainer_of(state: Showcase, trainer: str) -> Trainer:
    created(state)
    found = state.trainers.get(trainer)
    if found is None:
        raise NotFound("unknown_trainer", "there is no such trainer in this showcase")
    return found
