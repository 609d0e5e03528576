"""Facts livescore records, in the stream `competition/<id>`.

The stream is complete by itself: who competes and who judges is taken over from registration as facts of its own
(`source_seq` says from where in `showcase/<id>`), so one fold of one stream gives every total and board.
A mark is stored as it was read, never as an award; awards follow from the scheme (R12).
"""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.contracts.events import Event
from shared.contracts.names import Bib, ClientId, CompetitionId, Country, PersonId
from shared.contracts.registration import BoardMode
from shared.contracts.text import Name, Paragraph, Text

DecimalText = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,9}(\.[0-9]{1,6})?$")]
"""A decimal as text: no exponent, no NaN, never a float (R13)."""
MarkText = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}(\.[0-9]{1,2})?$")]
AspectId = Annotated[str, StringConstraints(pattern=r"^[A-I][0-9]{1,2}\.[0-9]{1,2}$")]
SubCriterionId = Annotated[str, StringConstraints(pattern=r"^[A-I][0-9]{1,2}$")]
CriterionId = Annotated[str, StringConstraints(pattern=r"^[A-I]$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Full(_Part):
    """All or nothing (R13 `full`)."""

    pattern: Literal["full"]


class Deduct(_Part):
    """`max(floor, max - n * step)` for n errors (R13 `deduct`).

    Without `unit` the reading is n itself; with it the reading is a physical error, n the units it makes (R14).
    """

    pattern: Literal["deduct"]
    step: MarkText
    floor: MarkText = "0"
    unit: DecimalText | None = None
    count_mode: Literal["floor", "ceil"] = "floor"


class Add(_Part):
    """`min(max, n * step)` for n hits (R13 `add`)."""

    pattern: Literal["add"]
    step: MarkText


class Tolerance(_Part):
    """Full marks within `nominal +- (tol + comp)`, boundary included (R13 `tolerance`)."""

    pattern: Literal["tolerance"]
    nominal: DecimalText
    tol: DecimalText
    comp: DecimalText = "0"


class Rung(_Part):
    award: MarkText
    benchmark: Text


class Ladder(_Part):
    """One of a listed set of awards, each with its own benchmark (R13 `ladder`)."""

    pattern: Literal["ladder"]
    rungs: tuple[Rung, ...] = Field(min_length=2, max_length=20)


class Time(_Part):
    """Linear between `t_full` and `t_zero` seconds (R13 `time`)."""

    pattern: Literal["time"]
    t_full: DecimalText
    t_zero: DecimalText


Measure = Annotated[Full | Deduct | Add | Tolerance | Ladder | Time, Field(discriminator="pattern")]


class Aspect(_Part):
    """One thing that is marked. M carries a `measure`, J carries four `descriptors` for 0, 1, 2, 3 (R3, R4)."""

    id: AspectId
    type: Literal["M", "J"]
    description: Text
    section: int = Field(ge=1, le=20)
    max: MarkText
    measure: Measure | None = None
    descriptors: tuple[Text, ...] = ()


class SubCriterion(_Part):
    id: SubCriterionId
    name: Text
    day: int = Field(ge=1, le=9)
    aspects: tuple[Aspect, ...] = Field(min_length=1, max_length=60)


class Criterion(_Part):
    id: CriterionId
    name: Text
    sub_criteria: tuple[SubCriterion, ...] = Field(min_length=1, max_length=20)


class Section(_Part):
    """One section of the occupational standard, with its weight in marks (R5, R6)."""

    id: int = Field(ge=1, le=20)
    name: Text
    weight: MarkText


class Scheme(_Part):
    """A whole marking scheme: criteria, sub criteria, aspects, and the sections they are weighed against."""

    title: Text
    sections: tuple[Section, ...] = Field(min_length=1, max_length=20)
    criteria: tuple[Criterion, ...] = Field(min_length=1, max_length=9)


class CompetitionOpened(Event):
    TYPE: ClassVar[str] = "livescore.competition-opened.v1"
    competition: CompetitionId
    title: Text
    board_mode: BoardMode
    source_seq: int


class CompetitorEntered(Event):
    TYPE: ClassVar[str] = "livescore.competitor-entered.v1"
    competitor: PersonId
    bib: Bib
    display_name: Name
    country: Country
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


class JudgeUnseated(Event):
    TYPE: ClassVar[str] = "livescore.judge-unseated.v1"
    judge: PersonId
    source_seq: int


class SchemeImported(Event):
    TYPE: ClassVar[str] = "livescore.scheme-imported.v1"
    version: int = Field(ge=1)
    digest: str
    scheme: Scheme


class MarkGiven(Event):
    """One reading (M: `value`) or one judge's score (J: `score`); `supersedes` is the seq of the mark it replaces."""

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
