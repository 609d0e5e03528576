"""Facts livescore records, in the stream `competition/<id>`.

The stream is complete by itself: who competes and who judges is taken over from registration as facts of its own
(`source_seq` says from where in `showcase/<id>`), so one fold of one stream gives every total and board.
A mark is stored as it was read, never as an award; awards follow from the scheme (R12).
"""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.contracts.events import Event
from shared.contracts.names import Bib, ClientId, CompetitionId, Country, PersonId
from shared.contracts.registration import BoardMode, Office
from shared.contracts.scheme import AspectId, Scheme
from shared.contracts.text import Name, Paragraph, Text


class CompetitionOpened(Event):
    TYPE: ClassVar[str] = "livescore.competition-opened.v1"
    competition: CompetitionId
    title: Text
    board_mode: BoardMode
    source_seq: int
    kind: Literal["competition", "training"] = "competition"
    bilingual: bool = False
    both_approved: bool = False
    """Whether a form opens only once both languages of its texts were approved (R11)."""
    starts_on: date | None = None


class CompetitorEntered(Event):
    TYPE: ClassVar[str] = "livescore.competitor-entered.v1"
    competitor: PersonId
    bib: Bib
    display_name: Name
    country: Country
    source_seq: int


class CompetitorStatusSet(Event):
    """Guests and the disqualified are marked and shown, and get neither rank nor awards (R38)."""

    TYPE: ClassVar[str] = "livescore.competitor-status-set.v1"
    competitor: PersonId
    status: Literal["competing", "guest", "disqualified"]
    source_seq: int


class CompetitorLeft(Event):
    TYPE: ClassVar[str] = "livescore.competitor-left.v1"
    competitor: PersonId
    source_seq: int


class JudgeSeated(Event):
    TYPE: ClassVar[str] = "livescore.judge-seated.v1"
    judge: PersonId
    country: Country
    source_seq: int
    office: Office = "judge"


class JudgeUnseated(Event):
    TYPE: ClassVar[str] = "livescore.judge-unseated.v1"
    judge: PersonId
    source_seq: int


class TrainerSeated(Event):
    """A trainer may see the results of these competitors, once they were shown to them."""

    TYPE: ClassVar[str] = "livescore.trainer-seated.v1"
    trainer: PersonId
    competitors: tuple[PersonId, ...]
    source_seq: int


class TrainerUnseated(Event):
    TYPE: ClassVar[str] = "livescore.trainer-unseated.v1"
    trainer: PersonId
    source_seq: int


class SchemeImported(Event):
    TYPE: ClassVar[str] = "livescore.scheme-imported.v1"
    version: int = Field(ge=1)
    digest: str
    scheme: Scheme


class Check(BaseModel):
    """What an automatic check said of a reading: its script, by name and SHA-256, its verdict and its words (R18)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    script: Name
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    verdict: Literal["correct", "not_correct"]
    said: Paragraph | None = None


class MarkGiven(Event):
    """One reading (M: `value`) or one judge's score (J: `score`); `supersedes` is the seq of the mark it replaces.

    `pair` is whose reading it is where two pairs measure the same aspect (R39); `device` made the mark's id. `paper`:
    the judge has typed it from paper (R43).
    """

    TYPE: ClassVar[str] = "livescore.mark-given.v1"
    mark: ClientId
    competitor: PersonId
    aspect: AspectId
    judge: PersonId
    value: str | None = None
    score: Literal[0, 1, 2, 3] | None = None
    round: int = 1
    marked_at: AwareDatetime
    supersedes: int | None = None
    justification: Paragraph | None = None
    fingerprint: str
    pair: Literal[1, 2] | None = None
    device: ClientId | None = None
    check: Check | None = None
    paper: Literal[True] | None = None
