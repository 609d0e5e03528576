"""What people ask of registration, as plain data.

Everything a decision depends on is in the command or in the state: the time, the drawn number and the ids come from
outside, so a decision can be repeated and tested without a clock. The birth date is needed for the age check only; it
is kept out of `repr`, hence out of logs and tracebacks, and goes no further (R94).
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from shared.contracts.registration import BoardMode, Kind, Office, RejectionReason, Session, Standing, StandingReason
from shared.contracts.streams import Stream
from shared.contracts.text import Text


@dataclass(frozen=True, slots=True)
class CreateShowcase:
    showcase: str
    title: Text
    timezone: str
    starts_on: date
    ends_on: date
    programme: tuple[Session, ...] = ()
    streams: tuple[Stream, ...] = ()


@dataclass(frozen=True, slots=True)
class SetStreams:
    """Replace all streams; `saw` is the list this was decided on, so that a repeat that comes late undoes no other."""

    streams: tuple[Stream, ...]
    saw: tuple[Stream, ...]


@dataclass(frozen=True, slots=True)
class AddCompetition:
    competition: str
    title: Text
    capacity: int
    opens_at: datetime
    closes_at: datetime
    minimum_age: int = 16
    board_mode: BoardMode = "progress"
    kind: Kind = "competition"
    bilingual: bool = False


@dataclass(frozen=True, slots=True)
class RegisterCompetitor:
    competition: str
    competitor: str
    country: str
    birth_date: date = field(repr=False)
    guardian_agreed: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ApproveCompetitor:
    """`public_name` is the name the person's consent allows, None without it (R98); `draw` picks the lot for a bib."""

    competition: str
    competitor: str
    bib: str | None
    public_name: str | None = field(repr=False)
    draw: int


@dataclass(frozen=True, slots=True)
class RejectCompetitor:
    competition: str
    competitor: str
    reason: RejectionReason


@dataclass(frozen=True, slots=True)
class WithdrawCompetitor:
    competition: str
    competitor: str


@dataclass(frozen=True, slots=True)
class SetStanding:
    """`saw` is the standing this decision was made on, so that a repeat that comes late undoes nobody else's."""

    competition: str
    competitor: str
    standing: Standing
    reason: StandingReason
    saw: Standing


@dataclass(frozen=True, slots=True)
class HideName:
    """Show the competitor under the bib, because the consent to show a name was withdrawn (R98)."""

    competition: str
    competitor: str


@dataclass(frozen=True, slots=True)
class AssignJudge:
    judge: str
    country: str
    competitions: tuple[str, ...]
    office: Office = "judge"


@dataclass(frozen=True, slots=True)
class RevokeJudge:
    judge: str


@dataclass(frozen=True, slots=True)
class NameTrainer:
    trainer: str
    competitors: tuple[str, ...]
    competitions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RevokeTrainer:
    trainer: str


Command = (
    CreateShowcase
    | SetStreams
    | AddCompetition
    | RegisterCompetitor
    | ApproveCompetitor
    | RejectCompetitor
    | WithdrawCompetitor
    | SetStanding
    | HideName
    | AssignJudge
    | RevokeJudge
    | NameTrainer
    | RevokeTrainer
)
