"""Facts about marking forms: who marks them, and what state each competitor's sheet is in (section 6 of the rules).

A sheet is one form (sub criterion) of one competitor. `version` counts from 1 and grows with every reopening; `digest`
covers what the sheet holds, so a signature says what was signed.
"""

from typing import ClassVar, Literal

from pydantic import Field

from shared.contracts.acts import Act, Agreed
from shared.contracts.names import ClientId, PersonId
from shared.contracts.scheme import AspectId, SubCriterionId
from shared.contracts.text import Paragraph

PanelMode = Literal["neutral", "mixed", "mirrored"]
ConflictKind = Literal["college", "trainer", "family", "other"]
FIRST = "0" * 64
"""Stands for the digest before the first one of a sheet."""


class PanelNamed(Act):
    """The team that marks a form (R2), in the order in which its members take the seats.

    Of `judges`, the first three who are neither compatriots nor in conflict with a competitor mark the sheet; the
    `coordinator` leads and takes a seat when it cannot be filled otherwise (R27). `competitor` limits it to one sheet:
    another team, which was approved by two people unless an earlier version recorded it (R2). `pairs` are the two pairs
    for dual marking (R39). `mirrored` was approved by two people (R29).
    """

    TYPE: ClassVar[str] = "livescore.panel-named.v1"
    form: SubCriterionId
    competitor: PersonId | None = None
    judges: tuple[PersonId, ...] = Field(min_length=1, max_length=12)
    coordinator: PersonId | None = None
    pairs: tuple[tuple[PersonId, ...], tuple[PersonId, ...]] | None = None
    mode: PanelMode = "neutral"
    proposal: ClientId | None = None
    proposed_by: PersonId | None = None
    reason: Paragraph | None = None


class ConflictDeclared(Act):
    """`judge` does not mark `competitor`, as if they were compatriots (R27)."""

    TYPE: ClassVar[str] = "livescore.conflict-declared.v1"
    judge: PersonId
    competitor: PersonId
    kind: ConflictKind
    note: Paragraph | None = None


class ConflictCleared(Act):
    TYPE: ClassVar[str] = "livescore.conflict-cleared.v1"
    judge: PersonId
    competitor: PersonId
    reason: Paragraph


class SeatSwapped(Act):
    """On this sheet `steps_in` marks because `steps_out` may not (R27)."""

    TYPE: ClassVar[str] = "livescore.seat-swapped.v1"
    form: SubCriterionId
    competitor: PersonId
    steps_out: PersonId
    steps_in: PersonId
    why: Literal["compatriot", "conflict"]


class SheetSubmitted(Act):
    """Complete; `outcome` is `remark` where a spread or two pairs' readings are too far apart (R23, R41).

    `previous` is the digest of the submission before, which this one's covers, so that a sheet's versions are a chain
    (R44): `FIRST` where there is none, and None in what was recorded before chains were kept.
    """

    TYPE: ClassVar[str] = "livescore.sheet-submitted.v1"
    form: SubCriterionId
    competitor: PersonId
    version: int
    digest: str
    previous: str | None = None
    outcome: Literal["submitted", "remark"]
    aspects: tuple[AspectId, ...] = ()
    """What has to be marked again."""


class SheetVerified(Act):
    TYPE: ClassVar[str] = "livescore.sheet-verified.v1"
    form: SubCriterionId
    competitor: PersonId
    version: int
    digest: str


class TypingAccepted(Act):
    """Somebody compared what was typed from paper with the paper: no mark, a check of typing (R43)."""

    TYPE: ClassVar[str] = "livescore.typing-accepted.v1"
    form: SubCriterionId
    competitor: PersonId
    version: int
    digest: str


class SheetReturned(Act):
    TYPE: ClassVar[str] = "livescore.sheet-returned.v1"
    form: SubCriterionId
    competitor: PersonId
    reason: Paragraph


class SheetSigned(Act):
    """`complete`: with this one the whole panel has signed, and only the chief expert is left."""

    TYPE: ClassVar[str] = "livescore.sheet-signed.v1"
    form: SubCriterionId
    competitor: PersonId
    version: int
    digest: str
    complete: bool


class SheetLocked(Act):
    TYPE: ClassVar[str] = "livescore.sheet-locked.v1"
    form: SubCriterionId
    competitor: PersonId
    version: int
    digest: str


class SheetReopened(Agreed):
    """Marks may be corrected again; all signatures are void. Revealed scores may be given again, in a new round."""

    TYPE: ClassVar[str] = "livescore.sheet-reopened.v1"
    form: SubCriterionId
    competitor: PersonId
    version: int
    code: Literal["typing", "judging", "appeal", "outage", "scheme", "other"]
    appeal: ClientId | None = None


class CheckedByHand(Act):
    """A judge has checked by hand what a script called not correct, and the reading stands (R18).

    `readings` are the seqs of the marks that were checked. Who finds another reading gives it as a mark.
    """

    TYPE: ClassVar[str] = "livescore.checked-by-hand.v1"
    form: SubCriterionId
    competitor: PersonId
    aspect: AspectId
    readings: tuple[int, ...] = Field(min_length=1, max_length=2)


class RoundOrdered(Act):
    """The chief expert lets the panel score an aspect once more (R25)."""

    TYPE: ClassVar[str] = "livescore.round-ordered.v1"
    competitor: PersonId
    aspect: AspectId
    reason: Paragraph


class RoundJustified(Act):
    """The coordinator wrote why an aspect is marked again, before anybody's mark in round `round` (R24)."""

    TYPE: ClassVar[str] = "livescore.round-justified.v1"
    competitor: PersonId
    aspect: AspectId
    round: int = Field(ge=2)
    justification: Paragraph


class DualDecided(Act):
    """The chief expert chose between two pairs' readings (R41)."""

    TYPE: ClassVar[str] = "livescore.dual-decided.v1"
    competitor: PersonId
    aspect: AspectId
    pair: Literal[1, 2]
    reason: Paragraph
