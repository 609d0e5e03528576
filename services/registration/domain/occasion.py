"""Decisions about the occasion itself: the showcase and its competitions.

Sending the same thing again gives no event; sending something else under a known id is a clash, never a change.
"""

from services.registration.domain.commands import AddCompetition, CreateShowcase
from services.registration.domain.lookup import created
from services.registration.domain.showcase import Showcase
from services.registration.domain.streams import check
from shared.contracts.events import Event
from shared.contracts.names import showcase_of
from shared.contracts.registration import CompetitionAdded, ShowcaseCreated
from shared.errors import Clash, Fault, NotFound, Rejected


def create_showcase(command: CreateShowcase, state: Showcase) -> list[Event]:
    wanted = ShowcaseCreated(
        showcase=command.showcase,
        title=command.title,
        timezone=command.timezone,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        programme=command.programme,
        streams=command.streams,
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
    check(command.streams)
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
        kind=command.kind,
        bilingual=command.bilingual,
        starts_on=created(state).starts_on,
    )
    known = state.competitions.get(command.competition)
    if known is not None:
        if known.facts == wanted.model_copy(update={"starts_on": known.facts.starts_on}):  # older ones name no day
            return []
        raise Clash("competition_exists", f"competition {command.competition} exists with other content")
    if command.closes_at <= command.opens_at:
        raise Rejected("dates", "registration closes before it opens", Fault("is not after opens_at", "closes_at"))
    return [wanted]
