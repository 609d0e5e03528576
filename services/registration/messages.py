"""What the edge reads and answers: separate models for in and out, nothing extra let in (S11).

Reading is strict: a number is not a date and text is not a number. What people typed is normalised and checked
here, once, and is never echoed in an error.
"""

import re
import unicodedata
from datetime import date
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.registration.domain.showcase import Status
from services.registration.people import FreePurpose, Locale, Purpose
from shared.contracts.names import Bib, ClientId, CompetitionId, CompetitionSlug, Country, PersonId, ShowcaseId
from shared.contracts.registration import AgeBand, BoardMode, Kind, RejectionReason, Session, Standing, StandingReason
from shared.contracts.streams import Kind as StreamKind
from shared.contracts.streams import Language, Stream
from shared.contracts.text import Name, Text, plain

_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]+")
_TIMEZONES = frozenset(available_timezones())


def _email(value: str) -> str:
    value = plain(value)
    if not _ADDRESS.fullmatch(value) or any(unicodedata.category(char) == "Cf" for char in value):
        raise ValueError("must be an e-mail address")
    return value


def _timezone(value: str) -> str:
    if value not in _TIMEZONES:
        raise ValueError("must be the name of a time zone, such as Asia/Shanghai")
    return value


Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(_email)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
"""A day an event can be on; what lies beyond would make dates that no calendar holds."""
Timezone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_timezone)]
DaysValid = Annotated[int, Field(ge=1, le=400)]


class In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Out(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class Nothing(In):
    """An empty object: the address says it all."""


class ShowcaseIn(In):
    id: ShowcaseId
    title: Text
    timezone: Timezone
    starts_on: Day
    ends_on: Day
    programme: tuple[Session, ...] = Field((), max_length=200)
    streams: tuple[Stream, ...] = Field((), max_length=20)


class StreamsIn(In):
    """All streams from now on; `saw` are those that were shown when this was decided."""

    streams: tuple[Stream, ...] = Field(max_length=20)
    saw: tuple[Stream, ...] = Field(max_length=20)


class CompetitionIn(In):
    slug: CompetitionSlug
    title: Text
    capacity: int = Field(ge=1, le=1000)
    opens_at: AwareDatetime
    closes_at: AwareDatetime
    minimum_age: int = Field(16, ge=14, le=99)
    board_mode: BoardMode = "progress"
    kind: Kind = "competition"
    bilingual: bool = False


class Consents(In):
    """The four free consents; not given unless ticked, and no condition of taking part (R96)."""

    named_results: bool = False
    photo: bool = False
    stream: bool = False
    credential: bool = False

    def by_purpose(self) -> dict[Purpose, bool]:
        return {
            "named_results": self.named_results,
            "photo": self.photo,
            "stream": self.stream,
            "credential": self.credential,
        }


class CompetitorIn(In):
    id: ClientId
    given_name: Name
    family_name: Name
    email: Email
    birth_date: date
    country: Country
    organisation: Name | None = None
    locale: Locale
    agreed: Literal[True]
    guardian_agreed: bool = False
    consents: Consents = Consents()


class ApprovalIn(In):
    bib: Bib | None = None


class RejectionIn(In):
    reason: RejectionReason


class ConsentWithdrawnIn(In):
    """The consent that a person takes back, told to the organiser (R97)."""

    purpose: FreePurpose


class StandingIn(In):
    """`saw` is the standing that was shown when this was decided."""

    standing: Standing
    reason: StandingReason
    saw: Standing


class CompetitionOut(Out):
    id: CompetitionId
    title: Text
    capacity: int
    opens_at: AwareDatetime
    closes_at: AwareDatetime
    minimum_age: int
    board_mode: BoardMode
    kind: Kind
    bilingual: bool
    places_left: int
    open: bool


class StreamOut(Out):
    """A stream, and as what viewers get it: in a player, or for `other` a frame or link, as broadcast was told."""

    url: str
    title: Text | None
    lang: Language | None
    kind: StreamKind


class ShowcaseOut(Out):
    id: ShowcaseId
    title: Text
    timezone: str
    starts_on: date
    ends_on: date
    programme: tuple[Session, ...]
    streams: list[StreamOut]
    competitions: list[CompetitionOut]


class EnrolledOut(Out):
    id: PersonId
    status: Status


class CompetitorOut(Out):
    """One registration as the organiser sees it; names are None once the person was erased."""

    id: PersonId
    given_name: str | None
    family_name: str | None
    email: str | None
    country: Country
    organisation: str | None
    age_band: AgeBand
    status: Status
    bib: Bib | None
    display_name: str | None
    registered_at: str
    guardian_agreed: bool
    reason: RejectionReason | None
    standing: Standing
    standing_reason: StandingReason | None
    consents: tuple[FreePurpose, ...]
    """What the person agrees to now."""


class Addresses(Out):
    """Where people find the three services."""

    registration: str
    livescore: str
    broadcast: str
