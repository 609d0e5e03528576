"""Decisions about competitors: registering, approving, rejecting, withdrawing.

    registered -> approved -> withdrawn
    registered -> rejected | withdrawn

Asking for what already is so is answered with no event; any other step is refused with the status there is now.
"""

from services.registration.domain.ages import age_band
from services.registration.domain.bibs import bib_for, shown_as
from services.registration.domain.commands import (
    ApproveCompetitor,
    RegisterCompetitor,
    RejectCompetitor,
    WithdrawCompetitor,
)
from services.registration.domain.lookup import competition_of, competitor_of, created
from services.registration.domain.showcase import Competitor, Showcase
from shared.contracts.events import Event
from shared.contracts.registration import (
    CompetitorApproved,
    CompetitorRegistered,
    CompetitorRejected,
    CompetitorWithdrawn,
)
from shared.errors import Clash, Fault, Rejected


def register(command: RegisterCompetitor, state: Showcase) -> list[Event]:
    competition = competition_of(state, command.competition)
    known = competition.competitors.get(command.competitor)
    if known is not None:
        # Only a missing guardian's agreement can still be handed in; the first registration stands otherwise (R95).
        if command.guardian_agreed and not known.guardian_agreed and known.status == "registered":
            return [_registered(command, known)]
        return []
    facts = competition.facts
    if not competition.open_at(command.at):
        raise Rejected(
            "registration_closed",
            f"registration is open from {facts.opens_at.isoformat()} until {facts.closes_at.isoformat()}",
            opens_at=facts.opens_at.isoformat(),
            closes_at=facts.closes_at.isoformat(),
        )
    band = age_band(command.birth_date, created(state).starts_on, facts.minimum_age)
    if competition.places_left == 0:
        raise Rejected("full", f"all {facts.capacity} places are taken", capacity=facts.capacity)
    return [_registered(command, Competitor(command.country, band, command.guardian_agreed, ""))]


def approve(command: ApproveCompetitor, state: Showcase) -> list[Event]:
    competition = competition_of(state, command.competition)
    competitor = competitor_of(state, command.competition, command.competitor)
    if competitor.status == "approved":
        if command.bib is None or competitor.bib is None or int(command.bib) == int(competitor.bib):
            return []
        raise _clash(competitor, f"is approved already, with bib {competitor.bib}")
    if competitor.status != "registered":
        raise _clash(competitor, f"cannot be approved, the registration is {competitor.status}")
    if competitor.minor and not competitor.guardian_agreed:
        detail = (
            "competitors under 18 need the agreement of a parent or guardian before approval; "
            "register again with the same e-mail address and the agreement given"
        )
        raise Rejected("guardian_needed", detail, Fault(detail, "guardian_agreed", rule="R95"))
    bib = bib_for(competition, command.bib, command.draw)
    return [
        CompetitorApproved(
            competition=command.competition,
            competitor=command.competitor,
            country=competitor.country,
            bib=bib,
            display_name=command.public_name or shown_as(bib),
        )
    ]


def reject(command: RejectCompetitor, state: Showcase) -> list[Event]:
    competitor = competitor_of(state, command.competition, command.competitor)
    if competitor.status == "rejected" and competitor.reason == command.reason:
        return []
    if competitor.status != "registered":
        raise _clash(competitor, f"cannot be rejected, the registration is {competitor.status}")
    return [CompetitorRejected(competition=command.competition, competitor=command.competitor, reason=command.reason)]


def withdraw(command: WithdrawCompetitor, state: Showcase) -> list[Event]:
    competitor = competitor_of(state, command.competition, command.competitor)
    if competitor.status == "withdrawn":
        return []
    if competitor.status == "rejected":
        raise _clash(competitor, "cannot withdraw, the registration is rejected")
    return [CompetitorWithdrawn(competition=command.competition, competitor=command.competitor)]


def _registered(command: RegisterCompetitor, person: Competitor) -> CompetitorRegistered:
    return CompetitorRegistered(
        competition=command.competition,
        competitor=command.competitor,
        country=person.country,
        age_band=person.age_band,
        guardian_agreed=command.guardian_agreed,
    )


def _clash(competitor: Competitor, detail: str) -> Clash:
    return Clash("wrong_status", detail, current={"status": competitor.status, "bib": competitor.bib})
