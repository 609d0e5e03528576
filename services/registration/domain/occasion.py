"""Decisions about the occasion itself: the showcase, its competitions, and who judges them.

Sending the same thing again gives no event; sending something else under a known id is a clash, never a change.
"""

from services.registration.domain.commands import AddCompetition, AssignJudge, CreateShowcase, RevokeJudge
from services.registration.domain.lookup import competition_of, created, judge_of
from services.registration.domain.showcase import Showcase
from shared.contracts.events import Event
from shared.contracts.names import showcase_of
from shared.contracts.registration import CompetitionAdded, JudgeAssigned, JudgeRevoked, ShowcaseCreated
from shared.errors import Clash, Fault, NotFound, Rejected


def create_showcase(command: CreateShowcase, state: Showcase) -> list[Event]:
    wanted = ShowcaseCreated(
        showcase=command.showcase,
        title=command.title,
        timezone=command.timezone,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        programme=command.programme,
    )
    if state.facts is not None:
        if state.facts == wanted:
            return []
        raise Clash("showcase_exists", f"showcase {command.showcase} exists with other content")
    if command.ends_on < command.starts_on:
        raise Rejected("dates", "the showcase ends before it starts", Fault("is before starts_on", "ends_on"))
    for number, session in enumerate(command.programme):
        if session.ends_at <= session.starts_at:
            place = f"programme.{number}.ends_at"
            raise Rejected("dates", "a session ends before it starts", Fault("is not after starts_at", place))
    return [wanted]


def add_competition(command: AddCompetition, state: Showcase) -> list[Event]:
    if created(state).showcase != showcase_of(command.competition):
        raise NotFound("unknown_showcase", "the competition's id names another showcase")
    wanted = CompetitionAdded(
        competition=command.competition,
        title=command.title,
        capacity=command.capacity,
        opens_at=command.opens_at,
        closes_at=command.closes_at,
        minimum_age=command.minimum_age,
        board_mode=command.board_mode,
    )
    known = state.competitions.get(command.competition)
    if known is not None:
        if known.facts == wanted:
            return []
        raise Clash("competition_exists", f"competition {command.competition} exists with other content")
    if command.closes_at <= command.opens_at:
        raise Rejected("dates", "registration closes before it opens", Fault("is not after opens_at", "closes_at"))
    return [wanted]


def assign_judge(command: AssignJudge, state: Showcase) -> list[Event]:
    created(state)
    for competition in command.competitions:
        competition_of(state, competition)
    wanted = JudgeAssigned(judge=command.judge, country=command.country, competitions=command.competitions)
    known = state.judges.get(command.judge)
    if known is not None:
        if known.revoked:
            raise Clash("judge_revoked", "this judge was revoked; assign the person under a new id")
        if known.facts == wanted:
            return []
        raise Clash("judge_exists", "this judge is assigned with another country or other competitions")
    return [wanted]


def revoke_judge(command: RevokeJudge, state: Showcase) -> list[Event]:
    return [] if judge_of(state, command.judge).revoked else [JudgeRevoked(judge=command.judge)]
