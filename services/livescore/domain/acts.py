"""Everything that can be done to a competition besides giving a mark, as it comes from a device.

One union, told apart by `act`. `id` is made on the device, once per intention; `done_at` is the device's time. Whether
something may be done is in `deciding/`; who may send it at all is in `OFFICES`.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from shared.contracts.acts import Office, Rules
from shared.contracts.exercises import Piece, PieceId, Score
from shared.contracts.names import ClientId, PersonId
from shared.contracts.registration import BoardMode
from shared.contracts.release import Medal, When
from shared.contracts.remedies import AppealState, Remedy
from shared.contracts.scheme import AspectId, Scheme, SubCriterionId
from shared.contracts.sheets import ConflictKind, PanelMode
from shared.contracts.text import Paragraph, Text

Forms = Annotated[tuple[SubCriterionId, ...], Field(min_length=1, max_length=180)]
People = Annotated[tuple[PersonId, ...], Field(max_length=1000)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""What a sheet held when it was looked at."""
Moment = Annotated[AwareDatetime, Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(3000, 1, 1, tzinfo=UTC))]
"""By a device's clock; at the ends of the calendar a time may not exist in UTC, and no view could show it."""
ReopenCode = Literal["typing", "judging", "appeal", "outage", "scheme", "other"]


class _Act(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: ClientId
    done_at: Moment
    device: ClientId | None = None


class SetRules(_Act):
    act: Literal["set-rules"]
    rules: Rules


class BlindForms(_Act):
    """Show judges numbers in place of people on these forms, or people again (R32)."""

    act: Literal["blind-forms"]
    forms: Forms
    blind: bool


class ApproveTexts(_Act):
    """Both languages of these forms say the same and may be marked by; `scheme` is the version that was read (R11)."""

    act: Literal["approve-texts"]
    scheme: int = Field(ge=1)
    forms: Forms


class AmendScheme(_Act):
    """Change the scheme after the first mark; takes two people (R9)."""

    act: Literal["amend-scheme"]
    scheme: Scheme
    reason: Paragraph


class NamePanel(_Act):
    """Who marks a form, or with `competitor` one sheet of it: an exception that takes two people and a reason (R2).

    `mirrored` takes two people as well (R29). Without a `mode` it is neutral or mixed, as its members make it.
    """

    act: Literal["name-panel"]
    form: SubCriterionId
    competitor: PersonId | None = None
    judges: Annotated[tuple[PersonId, ...], Field(min_length=1, max_length=12)]
    coordinator: PersonId | None = None
    pairs: tuple[tuple[PersonId, ...], tuple[PersonId, ...]] | None = None
    mode: PanelMode | None = None
    reason: Paragraph | None = None


class DeclareConflict(_Act):
    """A judge declares the own conflict of interest; the chief expert declares anybody's (R27)."""

    act: Literal["declare-conflict"]
    judge: PersonId
    competitor: PersonId
    kind: ConflictKind
    note: Paragraph | None = None


class ClearConflict(_Act):
    act: Literal["clear-conflict"]
    judge: PersonId
    competitor: PersonId
    reason: Paragraph


class SubmitSheet(_Act):
    act: Literal["submit-sheet"]
    form: SubCriterionId
    competitor: PersonId


class VerifySheet(_Act):
    """`saw` is the digest of the sheet in view: what has changed since is not verified unseen."""

    act: Literal["verify-sheet"]
    form: SubCriterionId
    competitor: PersonId
    saw: Digest | None = None


class CheckByHand(_Act):
    """Confirm a reading that a script called not correct, after a check by hand (R18).

    `saw` is the seq of the reading in view, of two pairs' that of the reveal.
    """

    act: Literal["check-by-hand"]
    form: SubCriterionId
    competitor: PersonId
    aspect: AspectId
    saw: Annotated[int, Field(ge=1, lt=2**53)]


class AcceptTyping(_Act):
    """What was typed from paper is what the paper says (R43); `saw` is the digest of the sheet in view."""

    act: Literal["accept-typing"]
    form: SubCriterionId
    competitor: PersonId
    saw: Digest | None = None


class ReturnSheet(_Act):
    act: Literal["return-sheet"]
    form: SubCriterionId
    competitor: PersonId
    reason: Paragraph


class SignSheets(_Act):
    """Sign one form for these competitors, or for everybody whose sheet waits for this signature.

    The chief expert signs last, and that locks the sheet. `saw` are the digests of the sheets in view, by the names
    they were shown under: what has changed since is not signed unseen.
    """

    act: Literal["sign-sheets"]
    form: SubCriterionId
    competitors: People = ()
    saw: Annotated[dict[PersonId, Digest], Field(max_length=1000)] = {}


class ReopenSheet(_Act):
    """Takes two people."""

    act: Literal["reopen-sheet"]
    form: SubCriterionId
    competitor: PersonId
    code: ReopenCode
    reason: Paragraph
    appeal: ClientId | None = None


class OrderRound(_Act):
    """The chief expert lets the panel score an aspect once more (R25)."""

    act: Literal["order-round"]
    competitor: PersonId
    aspect: AspectId
    reason: Paragraph


class JustifyRound(_Act):
    """The coordinator writes why an aspect is marked again, before the panel does (R24)."""

    act: Literal["justify-round"]
    competitor: PersonId
    aspect: AspectId
    justification: Paragraph


class DecideDual(_Act):
    """The chief expert chooses between two pairs' readings (R41)."""

    act: Literal["decide-dual"]
    competitor: PersonId
    aspect: AspectId
    pair: Literal[1, 2]
    reason: Paragraph


class SetBoardMode(_Act):
    act: Literal["set-board-mode"]
    mode: BoardMode


class ReleaseForms(_Act):
    """When these forms' sheets become public (R51)."""

    act: Literal["release-forms"]
    forms: Forms
    when: When


class SetDelay(_Act):
    act: Literal["set-delay"]
    seconds: int = Field(ge=0, le=3600)


class PlanFreeze(_Act):
    """Let the public picture stand still from a time on; null takes the plan back."""

    act: Literal["plan-freeze"]
    at: Moment | None


class Freeze(_Act):
    act: Literal["freeze"]


class Thaw(_Act):
    act: Literal["thaw"]


class BeginReveal(_Act):
    act: Literal["begin-reveal"]
    rehearsal: bool = False


class MoveReveal(_Act):
    """`step` steps have been taken then: one more than now, or one less to take the last one back."""

    act: Literal["move-reveal"]
    step: int = Field(ge=0, le=10_000)
    rehearsal: bool = False


class EndReveal(_Act):
    act: Literal["end-reveal"]
    rehearsal: bool = False


class ShowSheets(_Act):
    """Let competitors see their own sheets; the time for appeals begins for who sees them first (R79)."""

    act: Literal["show-sheets"]
    competitors: People = ()


class SetRanking(_Act):
    """Rank nobody, for want of eligible judges, or rank again; takes two people (R29)."""

    act: Literal["set-ranking"]
    ranked: bool
    reason: Paragraph


class DepartMedals(_Act):
    """Give medals otherwise than computed; takes two people (R65)."""

    act: Literal["depart-medals"]
    medals: dict[PersonId, Medal | None] = Field(max_length=100)
    reason: Paragraph


class Finalise(_Act):
    """Takes two people (R48)."""

    act: Literal["finalise"]
    reason: Paragraph


class RecordOutage(_Act):
    """Takes two people (R75); the proposal's id becomes the outage's."""

    act: Literal["record-outage"]
    remedy: Remedy
    reason: Paragraph


class ReverseOutage(_Act):
    """Takes two people."""

    act: Literal["reverse-outage"]
    outage: ClientId
    reason: Paragraph


class FileAppeal(_Act):
    """By the competitor, or by the organiser for who wrote on paper (R79); `id` becomes the appeal's."""

    act: Literal["file-appeal"]
    competitor: PersonId
    form: SubCriterionId | None = None
    text: Annotated[Paragraph, StringConstraints(min_length=20)]


class MoveAppeal(_Act):
    """The next step of an appeal; a decision is given in writing (R80)."""

    act: Literal["move-appeal"]
    appeal: ClientId
    to: AppealState
    text: Paragraph | None = None


class OpenExercise(_Act):
    """Let every judge score the same pieces, to compare standards; `id` becomes the exercise's."""

    act: Literal["open-exercise"]
    title: Text
    aspects: Annotated[tuple[AspectId, ...], Field(min_length=1, max_length=20)]
    pieces: Annotated[tuple[Piece, ...], Field(min_length=1, max_length=20)]


class ScorePiece(_Act):
    """A judge's score of one aspect of a piece; hidden from everybody else until the exercise is closed."""

    act: Literal["score-piece"]
    exercise: ClientId
    piece: PieceId
    aspect: AspectId
    score: Score


class CloseExercise(_Act):
    act: Literal["close-exercise"]
    exercise: ClientId


class Approve(_Act):
    """The second person's consent to what the first one proposed."""

    act: Literal["approve"]
    proposal: ClientId


class Decline(_Act):
    """Refuse a proposal, or take the own one back."""

    act: Literal["decline"]
    proposal: ClientId
    reason: Paragraph


Act = Annotated[
    SetRules
    | BlindForms
    | ApproveTexts
    | AmendScheme
    | NamePanel
    | DeclareConflict
    | ClearConflict
    | SubmitSheet
    | VerifySheet
    | CheckByHand
    | AcceptTyping
    | ReturnSheet
    | SignSheets
    | ReopenSheet
    | OrderRound
    | JustifyRound
    | DecideDual
    | SetBoardMode
    | ReleaseForms
    | SetDelay
    | PlanFreeze
    | Freeze
    | Thaw
    | BeginReveal
    | MoveReveal
    | EndReveal
    | ShowSheets
    | SetRanking
    | DepartMedals
    | Finalise
    | RecordOutage
    | ReverseOutage
    | FileAppeal
    | MoveAppeal
    | OpenExercise
    | ScorePiece
    | CloseExercise
    | Approve
    | Decline,
    Field(discriminator="act"),
]
ADAPTER: TypeAdapter[Any] = TypeAdapter(Act, config=ConfigDict(defer_build=True))

_STAFF: frozenset[Office] = frozenset({"organiser", "chief", "manager"})
_LEADS: frozenset[Office] = frozenset({"chief", "manager"})
_CHIEF: frozenset[Office] = frozenset({"chief"})
_MARKERS: frozenset[Office] = frozenset({"judge"})
_HOSTS: frozenset[Office] = frozenset({"chief", "manager", "presenter"})
OFFICES: dict[str, frozenset[Office]] = {
    "set-rules": _STAFF,
    "blind-forms": _STAFF,
    "approve-texts": _LEADS,
    "amend-scheme": _LEADS,
    "name-panel": _LEADS,
    "declare-conflict": frozenset({"judge", "chief"}),
    "clear-conflict": _CHIEF,
    "submit-sheet": _MARKERS,
    "verify-sheet": frozenset({"judge", "chief"}),
    "check-by-hand": _MARKERS,
    "accept-typing": frozenset({"judge", "chief"}),
    "return-sheet": frozenset({"judge", "chief"}),
    "sign-sheets": frozenset({"judge", "chief"}),
    "reopen-sheet": _LEADS,
    "order-round": _CHIEF,
    "justify-round": _MARKERS,
    "decide-dual": _CHIEF,
    "set-board-mode": _STAFF,
    "release-forms": _STAFF,
    "set-delay": _STAFF,
    "plan-freeze": _STAFF,
    "freeze": _STAFF,
    "thaw": _STAFF,
    "begin-reveal": _HOSTS,
    "move-reveal": _HOSTS,
    "end-reveal": _HOSTS,
    "show-sheets": _CHIEF,
    "set-ranking": _LEADS,
    "depart-medals": _LEADS,
    "finalise": _LEADS,
    "record-outage": _LEADS,
    "reverse-outage": _LEADS,
    "file-appeal": frozenset({"competitor", "organiser"}),
    "move-appeal": _LEADS,
    "open-exercise": _CHIEF,
    "score-piece": _MARKERS,
    "close-exercise": _CHIEF,
    "approve": _LEADS,
    "decline": _LEADS,
}
"""Who may send what. No organiser enters, changes or signs marks (R46)."""
