"""Facts about outages (section 12 of the rules) and appeals (section 13)."""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.contracts.acts import Act, Agreed
from shared.contracts.names import ClientId, PersonId
from shared.contracts.scheme import AspectId, SubCriterionId
from shared.contracts.text import Paragraph


class _Remedy(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TimeBack(_Remedy):
    kind: Literal["time_back"]
    competitor: PersonId
    seconds: int = Field(ge=1, le=24 * 3600)


class FullMarks(_Remedy):
    """Every competitor gets the maximum; what was recorded stays underneath (R76)."""

    kind: Literal["full_marks"]
    aspects: tuple[AspectId, ...] = Field(min_length=1, max_length=60)


class RemovedInterval(_Remedy):
    kind: Literal["removed_interval"]
    start: AwareDatetime
    end: AwareDatetime


Remedy = Annotated[TimeBack | FullMarks | RemovedInterval, Field(discriminator="kind")]


class OutageRecorded(Agreed):
    """`reason` is the evidence; `outage` is the proposal's id (R75)."""

    TYPE: ClassVar[str] = "livescore.outage-recorded.v1"
    outage: ClientId
    remedy: Remedy


class OutageReversed(Agreed):
    TYPE: ClassVar[str] = "livescore.outage-reversed.v1"
    outage: ClientId


AppealState = Literal[
    "submitted", "eligibility_check", "under_review", "hearing", "upheld", "partly_upheld", "rejected", "closed"
]


class AppealFiled(Act):
    """In writing, by the competitor or for the competitor (R79); `appeal` is the filing command's id."""

    TYPE: ClassVar[str] = "livescore.appeal-filed.v1"
    appeal: ClientId
    competitor: PersonId
    form: SubCriterionId | None = None
    text: Paragraph


class AppealMoved(Act):
    """A step of R80; a decision's `text` never changes again."""

    TYPE: ClassVar[str] = "livescore.appeal-moved.v1"
    appeal: ClientId
    to: AppealState
    text: Paragraph | None = None
