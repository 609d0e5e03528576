"""Decisions about an approved competitor: how he or she takes part, and under which public name (R38, R98).

    competing <-> guest <-> disqualified, until withdrawn

A guest is marked and shown without rank or award, someone disqualified keeps the marks. Every step is recorded with its
reason, the step back too; nothing is taken out of the history (R44).
"""

from services.registration.domain.bibs import shown_as
from services.registration.domain.commands import HideName, SetStanding
from services.registration.domain.lookup import competitor_of
from services.registration.domain.showcase import Competitor, Showcase
from shared.contracts.events import Event
from shared.contracts.registration import CompetitorRenamed, CompetitorStandingSet, Standing, StandingReason
from shared.errors import Clash, Fault, Rejected

REASONS: dict[Standing, tuple[StandingReason, ...]] = {
    "competing": ("decided_anew",),
    "guest": ("out_of_competition", "ineligible"),
    "disqualified": ("breach_of_rules", "unfair_help", "safety", "ineligible"),
}


def set_standing(command: SetStanding, state: Showcase) -> list[Event]:
    competitor = _approved(competitor_of(state, command.competition, command.competitor))
    if command.reason not in REASONS[command.standing]:
        detail = f"is no reason for {command.standing}; choose one of {', '.join(REASONS[command.standing])}"
        raise Rejected("reason", detail, Fault(detail, "reason", rule="R38"))
    if competitor.standing == command.standing:
        return []
    if competitor.standing != command.saw:
        detail = f"somebody else has decided meanwhile: the competitor is {competitor.standing} now"
        raise Clash("wrong_standing", detail, current={"standing": competitor.standing})
    return [
        CompetitorStandingSet(
            competition=command.competition,
            competitor=command.competitor,
            status=command.standing,
            reason=command.reason,
        )
    ]


def hide_name(command: HideName, state: Showcase) -> list[Event]:
    """Nothing is recorded for somebody who has no public name yet: approval asks for the consent as it is then."""
    competitor = competitor_of(state, command.competition, command.competitor)
    if competitor.bib is None or competitor.display_name == shown_as(competitor.bib):
        return []
    return [
        CompetitorRenamed(
            competition=command.competition, competitor=command.competitor, display_name=shown_as(competitor.bib)
        )
    ]


def _approved(competitor: Competitor) -> Competitor:
    if competitor.status != "approved":
        current = {"status": competitor.status, "bib": competitor.bib}
        raise Clash("wrong_status", f"is not approved, the registration is {competitor.status}", current=current)
    return competitor
