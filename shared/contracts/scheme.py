"""A marking scheme: criteria, their sub criteria (each one marking form), their aspects (R1-R5).

Texts are side by side in both languages (R11). Marks and readings are decimal text, never floats.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.contracts.text import Name, Text

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
    """One thing that is marked. M carries a `measure`, J carries four `descriptors` for 0, 1, 2, 3 (R3, R4).

    `dual`: two pairs measure it and have to agree (R39). `extra` and `requirement` are words for the judge only.
    """

    id: AspectId
    type: Literal["M", "J"]
    description: Text
    section: int = Field(ge=1, le=20)
    max: MarkText
    measure: Measure | None = None
    descriptors: tuple[Text, ...] = ()
    dual: bool = False
    extra: Text | None = None
    requirement: Text | None = None


class SubCriterion(_Part):
    """One marking form: the day it is marked on, and the name of the team that marks it (R2).

    `blind`: judges see a piece's number in place of who made it (R32).
    """

    id: SubCriterionId
    name: Text
    day: int = Field(ge=1, le=9)
    team: Name | None = None
    blind: bool = False
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
    """A whole marking scheme: criteria, sub criteria, aspects, and the sections they are weighed against.

    `max_aspect_share` is the most an aspect may carry, in percent of the marks of its day (R7); None sets no limit.
    """

    title: Text
    max_aspect_share: MarkText | None = None
    sections: tuple[Section, ...] = Field(min_length=1, max_length=20)
    criteria: tuple[Criterion, ...] = Field(min_length=1, max_length=9)
