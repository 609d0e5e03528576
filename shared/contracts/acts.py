"""Facts about running a competition that somebody did with a click: who, in which office, and when by their device.

Every one of them extends `Act`. When it was received is the recorded time of the event itself (R44). What takes two
people, the chief expert and the competition manager, is first `Proposed` with the whole request and has its effect only
in the event that follows on the other one's approval (R48, section 6 of the rules).
"""

from typing import Any, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.contracts.events import Event
from shared.contracts.names import ClientId, PersonId
from shared.contracts.registration import BoardMode
from shared.contracts.scheme import CriterionId, DecimalText, MarkText, Scheme, SubCriterionId
from shared.contracts.text import Paragraph

Office = Literal["organiser", "chief", "manager", "judge", "presenter", "competitor", "service"]
"""In which role somebody acted; `service` is a time that came, such as that of a planned freeze."""


class Act(Event):
    """`command` is made on the device, once per intention; `fingerprint` tells a repeat from a reuse of it (R45)."""

    command: ClientId
    fingerprint: str
    by: PersonId
    office: Office
    done_at: AwareDatetime
    device: ClientId | None = None


class Agreed(Act):
    """What two people decided: `proposed_by` one of chief and manager in `proposal`, `by` the other."""

    proposal: ClientId
    proposed_by: PersonId
    reason: Paragraph


class Rules(BaseModel):
    """What the rule book leaves to the organiser, with its defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rounding: Literal["exact", "aspect_2dp"] = "exact"  # R35
    min_justification: int = Field(20, ge=1, le=500)  # R24
    max_rounds: int = Field(3, ge=1, le=9)  # R25
    dual_tolerance: DecimalText = "0"  # R40: readings further apart are flagged even where awards agree
    medal_unit: Literal["marks", "scale"] = "marks"  # R61
    medal_band: MarkText = "0"  # R61
    bronze_after_tied_silver: Literal["none", "within_band"] = "none"  # R62
    small_field: bool = True  # R63
    scale_method: Literal["sd", "mad"] = "sd"  # R71
    scale_column: Literal["blank", "approximation"] = "blank"  # R70
    member_suffix: Literal["none", "bib"] = "none"  # R93
    skill_number: str = Field("", max_length=20)
    acceptance_required: bool = True  # R43: what was typed from paper is accepted before anybody signs
    appeal_window_minutes: int = Field(30, ge=0, le=7 * 24 * 60)  # R79
    starts_at: AwareDatetime | None = None  # R77
    allotted_seconds: int | None = Field(None, ge=60, le=30 * 24 * 3600)
    targets: dict[CriterionId, MarkText] = Field(default_factory=dict)
    """What a training competition aims at, in marks by criterion."""


class RulesSet(Act):
    TYPE: ClassVar[str] = "livescore.rules-set.v1"
    rules: Rules


class Proposed(Act):
    """Half of a decision of two: `act` is the request as it came, `command` names the proposal."""

    TYPE: ClassVar[str] = "livescore.proposed.v1"
    act: dict[str, Any]


class Declined(Act):
    """A proposal that will not be approved, or was taken back."""

    TYPE: ClassVar[str] = "livescore.declined.v1"
    proposal: ClientId
    reason: Paragraph


class BoardModeSet(Act):
    TYPE: ClassVar[str] = "livescore.board-mode-set.v1"
    mode: BoardMode


class SchemeAmended(Agreed):
    """The scheme that is in force from here on; readings and scores stay and are worth what it says (R9)."""

    TYPE: ClassVar[str] = "livescore.scheme-amended.v1"
    version: int = Field(ge=2)
    digest: str
    scheme: Scheme


class TextsApproved(Act):
    """The English and the Chinese of these forms, as the scheme in force has them, were approved by name (R11)."""

    TYPE: ClassVar[str] = "livescore.texts-approved.v1"
    forms: tuple[SubCriterionId, ...]


class FormsBlinded(Act):
    """Which forms show judges a piece's number in place of the person, beyond what the scheme says (R32)."""

    TYPE: ClassVar[str] = "livescore.forms-blinded.v1"
    forms: tuple[SubCriterionId, ...]
    blind: bool
