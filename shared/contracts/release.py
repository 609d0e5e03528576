"""Facts about what becomes public and when (sections 8 and 9 of the rules), and about the result (R48)."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.acts import Act, Agreed
from shared.contracts.names import PersonId
from shared.contracts.scheme import SubCriterionId

When = Literal["withheld", "at_once", "verified", "signed", "locked"]
"""The state a sheet has to reach before it counts for the public (R51)."""
Medal = Literal["gold", "silver", "bronze"]


class ReleaseSet(Act):
    TYPE: ClassVar[str] = "livescore.release-set.v1"
    forms: tuple[SubCriterionId, ...]
    when: When


class DelaySet(Act):
    """How much later the public sees everything, to match a video (R53)."""

    TYPE: ClassVar[str] = "livescore.delay-set.v1"
    seconds: int = Field(ge=0, le=3600)


class FreezePlanned(Act):
    """From `at` on the public picture stands still; None takes the plan back."""

    TYPE: ClassVar[str] = "livescore.freeze-planned.v1"
    at: AwareDatetime | None = None


class Frozen(Act):
    TYPE: ClassVar[str] = "livescore.frozen.v1"


class Thawed(Act):
    TYPE: ClassVar[str] = "livescore.thawed.v1"


class SheetsShown(Act):
    """From here on competitors (all, where none is named) see their own sheets, and may appeal for a while (R79)."""

    TYPE: ClassVar[str] = "livescore.sheets-shown.v1"
    competitors: tuple[PersonId, ...] = ()


class MedalsDeparted(Agreed):
    """Medals given otherwise than the rules compute; both are kept (R65)."""

    TYPE: ClassVar[str] = "livescore.medals-departed.v1"
    medals: dict[PersonId, Medal | None]


class RankingSet(Agreed):
    """Whether anybody is ranked from here on: without enough eligible judges nobody is (R29)."""

    TYPE: ClassVar[str] = "livescore.ranking-set.v1"
    ranked: bool


class Finalised(Agreed):
    """The result, as version 1 or, after an upheld appeal, a later one; `digest` covers it (R48)."""

    TYPE: ClassVar[str] = "livescore.finalised.v1"
    version: int = Field(ge=1)
    digest: str


class RevealBegun(Act):
    """`rehearsal`: nothing of it is public."""

    TYPE: ClassVar[str] = "livescore.reveal-begun.v1"
    rehearsal: bool


class RevealMoved(Act):
    """`step` steps have been taken now; one less than before takes the last one back."""

    TYPE: ClassVar[str] = "livescore.reveal-moved.v1"
    step: int = Field(ge=0)
    rehearsal: bool


class RevealEnded(Act):
    TYPE: ClassVar[str] = "livescore.reveal-ended.v1"
    rehearsal: bool
