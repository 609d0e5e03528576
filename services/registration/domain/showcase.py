"""One showcase as its stream tells it: programme, competitions, who asked to compete, who judges.

Events go in one by one in the stream's order, the state comes out; nothing else changes it. There is no personal data
here: a competitor is an opaque id, a country, an age band and, once approved, the public display name (R98).
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from shared.contracts.events import Recorded, UnknownEvent
from shared.contracts.registration import (
    AgeBand,
    CompetitionAdded,
    CompetitorApproved,
    CompetitorRegistered,
    CompetitorRejected,
    CompetitorRenamed,
    CompetitorStandingSet,
    CompetitorWithdrawn,
    JudgeAssigned,
    JudgeRevoked,
    RejectionReason,
    ShowcaseCreated,
    Standing,
    StandingReason,
    StreamsSet,
    TrainerNamed,
    TrainerRevoked,
)
from shared.contracts.streams import Stream

Status = Literal["registered", "approved", "rejected", "withdrawn"]


@dataclass(slots=True)
class Competitor:
    country: str
    age_band: AgeBand
    guardian_agreed: bool
    registered_at: str
    status: Status = "registered"
    bib: str | None = None
    display_name: str | None = None
    reason: RejectionReason | None = None
    standing: Standing = "competing"
    standing_reason: StandingReason | None = None

    @property
    def minor(self) -> bool:
        return self.age_band != "18+"


@dataclass(slots=True)
class Competition:
    facts: CompetitionAdded
    competitors: dict[str, Competitor] = field(default_factory=dict)

    @property
    def places_left(self) -> int:
        """Rejected and withdrawn people give their place back."""
        taken = sum(c.status in ("registered", "approved") for c in self.competitors.values())
        return max(0, self.facts.capacity - taken)

    def open_at(self, now: datetime) -> bool:
        return self.facts.opens_at <= now < self.facts.closes_at


@dataclass(slots=True)
class Judge:
    facts: JudgeAssigned
    assigned_at: str
    assigned_by: str
    """The id of the event, from which the first link's id is made: asking again gives the same link."""
    revoked: bool = False


@dataclass(slots=True)
class Trainer:
    facts: TrainerNamed
    named_at: str
    named_by: str
    """The id of the event, as with a judge."""
    revoked: bool = False


@dataclass(slots=True)
class Showcase:
    seq: int = 0
    facts: ShowcaseCreated | None = None
    streams: tuple[Stream, ...] = ()
    competitions: dict[str, Competition] = field(default_factory=dict)
    judges: dict[str, Judge] = field(default_factory=dict)
    trainers: dict[str, Trainer] = field(default_factory=dict)

    def apply(self, recorded: Recorded) -> None:
        """Take one event in; raise UnknownEvent on one that does not belong here, because skipping it would lie."""
        match recorded.event:
            case ShowcaseCreated() as event:
                self.facts, self.streams = event, event.streams
            case StreamsSet() as event:
                self.streams = event.streams
            case CompetitionAdded() as event:
                self.competitions[event.competition] = Competition(event)
            case CompetitorRegistered() as event:
                self._registered(event, recorded.at)
            case CompetitorApproved() as event:
                competitor = self._competitor(event.competition, event.competitor)
                competitor.status, competitor.bib, competitor.display_name = "approved", event.bib, event.display_name
            case CompetitorRejected() as event:
                competitor = self._competitor(event.competition, event.competitor)
                competitor.status, competitor.reason = "rejected", event.reason
            case CompetitorWithdrawn() as event:
                self._competitor(event.competition, event.competitor).status = "withdrawn"
            case CompetitorStandingSet() as event:
                competitor = self._competitor(event.competition, event.competitor)
                competitor.standing, competitor.standing_reason = event.status, event.reason
            case CompetitorRenamed() as event:
                self._competitor(event.competition, event.competitor).display_name = event.display_name
            case JudgeAssigned() as event:
                self.judges[event.judge] = Judge(event, recorded.at, recorded.id)
            case JudgeRevoked() as event:
                self.judges[event.judge].revoked = True
            case TrainerNamed() as event:
                self.trainers[event.trainer] = Trainer(event, recorded.at, recorded.id)
            case TrainerRevoked() as event:
                self.trainers[event.trainer].revoked = True
            case other:
                raise UnknownEvent(f"{other.TYPE} does not belong in {recorded.stream}")
        self.seq = recorded.seq

    def _registered(self, event: CompetitorRegistered, at: str) -> None:
        competitors = self.competitions[event.competition].competitors
        known = competitors.get(event.competitor)
        if known is None:
            competitors[event.competitor] = Competitor(event.country, event.age_band, event.guardian_agreed, at)
        else:
            # the same person came again with the guardian's agreement (R95)
            known.guardian_agreed = event.guardian_agreed

    def _competitor(self, competition: str, competitor: str) -> Competitor:
        return self.competitions[competition].competitors[competitor]
