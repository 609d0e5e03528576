"""Facts registration records, in the stream `showcase/<id>`.

No personal data: opaque ids and, on approval, the public display name that the person's consent allows (R96, R98).
"""

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.contracts.events import Event
from shared.contracts.names import Bib, CompetitionId, Country, PersonId, ShowcaseId
from shared.contracts.streams import Stream
from shared.contracts.text import Name, Text

AgeBand = Literal["16-17", "18+", "14-15"]
BoardMode = Literal["marks", "rank", "progress"]
"""What the public sees while marks come in (R50); `progress` unless the organiser decides otherwise."""
Office = Literal["judge", "chief", "manager", "presenter"]
"""What somebody is assigned as: `chief` is the chief expert, `manager` the skill competition manager."""
Kind = Literal["competition", "training"]
"""`training` has the same marking and no medals; every competitor sees the own picture by criterion."""
Standing = Literal["competing", "guest", "disqualified"]
"""How an approved competitor takes part (R38): only `competing` is ranked and awarded; `withdrawn` is its own fact."""
StandingReason = Literal["out_of_competition", "ineligible", "breach_of_rules", "unfair_help", "safety", "decided_anew"]
"""Why a standing changed. `decided_anew` is the way back, also when the first decision was a slip."""
RejectionReason = Literal["incomplete", "ineligible", "duplicate", "full", "other"]


class Session(BaseModel):
    """One line of the programme."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    title: Text


class ShowcaseCreated(Event):
    TYPE: ClassVar[str] = "registration.showcase-created.v1"
    showcase: ShowcaseId
    title: Text
    timezone: str
    starts_on: date
    ends_on: date
    programme: tuple[Session, ...] = ()
    streams: tuple[Stream, ...] = ()


class StreamsSet(Event):
    """From now on these are all streams of the showcase; none is a list too."""

    TYPE: ClassVar[str] = "registration.streams-set.v1"
    showcase: ShowcaseId
    streams: tuple[Stream, ...]


class CompetitionAdded(Event):
    TYPE: ClassVar[str] = "registration.competition-added.v1"
    competition: CompetitionId
    title: Text
    capacity: int = Field(ge=1, le=1000)
    opens_at: datetime
    closes_at: datetime
    minimum_age: int = Field(ge=14, le=99)
    board_mode: BoardMode
    kind: Kind = "competition"
    bilingual: bool = False
    """Whether a form opens only when its English and Chinese texts are both approved (R11)."""
    starts_on: date | None = None
    """The showcase's first day, which a marking scheme has to be ready for (R9)."""


class CompetitorRegistered(Event):
    TYPE: ClassVar[str] = "registration.competitor-registered.v1"
    competition: CompetitionId
    competitor: PersonId
    country: Country
    age_band: AgeBand
    guardian_agreed: bool


class CompetitorApproved(Event):
    TYPE: ClassVar[str] = "registration.competitor-approved.v1"
    competition: CompetitionId
    competitor: PersonId
    country: Country
    bib: Bib
    display_name: Name


class CompetitorRejected(Event):
    TYPE: ClassVar[str] = "registration.competitor-rejected.v1"
    competition: CompetitionId
    competitor: PersonId
    reason: RejectionReason


class CompetitorWithdrawn(Event):
    TYPE: ClassVar[str] = "registration.competitor-withdrawn.v1"
    competition: CompetitionId
    competitor: PersonId


class CompetitorStandingSet(Event):
    """An approved competitor takes part in another way from now on; marks are kept whatever the standing (R38, R44)."""

    TYPE: ClassVar[str] = "registration.competitor-status-set.v1"
    competition: CompetitionId
    competitor: PersonId
    status: Standing
    reason: StandingReason


class CompetitorRenamed(Event):
    """The public name follows the consent: the bib once `named_results` is withdrawn (R97, R98)."""

    TYPE: ClassVar[str] = "registration.competitor-renamed.v1"
    competition: CompetitionId
    competitor: PersonId
    display_name: Name


class JudgeAssigned(Event):
    TYPE: ClassVar[str] = "registration.judge-assigned.v1"
    judge: PersonId
    country: Country
    competitions: tuple[CompetitionId, ...]
    office: Office = "judge"


class JudgeRevoked(Event):
    TYPE: ClassVar[str] = "registration.judge-revoked.v1"
    judge: PersonId


class TrainerNamed(Event):
    """Somebody may see the results of these competitors, and of nobody else."""

    TYPE: ClassVar[str] = "registration.trainer-named.v1"
    trainer: PersonId
    competitors: tuple[PersonId, ...]
    competitions: tuple[CompetitionId, ...]


class TrainerRevoked(Event):
    TYPE: ClassVar[str] = "registration.trainer-revoked.v1"
    trainer: PersonId
