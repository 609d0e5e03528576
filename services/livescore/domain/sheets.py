"""Sheets: one form of one competitor, and the states it goes through (section 6 of the rules).

    open -submit-> submitted -verify-> verified -sign-> signed -lock-> locked
    submitted or verified -return-> open; signed or locked -reopen-> reopened -submit-> submitted
    submitted, verified or signed -accept-> the same, where something on it was typed from paper (R43)
    open, remark or reopened -submit-> remark, where three scores or two pairs are too far apart

A sheet nobody has touched is open and is not kept. Only `open`, `remark` and `reopened` take marks.
"""

from dataclasses import dataclass, field
from typing import Literal

from shared.contracts.events import Recorded
from shared.contracts.sheets import (
    SheetLocked,
    SheetReopened,
    SheetReturned,
    SheetSigned,
    SheetSubmitted,
    SheetVerified,
    TypingAccepted,
)

SheetState = Literal["open", "submitted", "remark", "verified", "signed", "locked", "reopened"]
SheetEvent = SheetSubmitted | SheetVerified | TypingAccepted | SheetReturned | SheetSigned | SheetLocked | SheetReopened
MARKABLE: frozenset[SheetState] = frozenset({"open", "remark", "reopened"})
ACCEPTABLE: frozenset[SheetState] = frozenset({"submitted", "verified", "signed"})
"""Where what was typed from paper can be accepted; signed, where the rules have asked for it only since (R43)."""
_REACHED: dict[SheetState, int] = {"submitted": 1, "verified": 2, "signed": 3, "locked": 4}


@dataclass(slots=True)
class Sheet:
    """`signed_by` are ids in the order of signing; `again` are the aspects a re-mark is about.

    `reopened_at` is the seq of the last reopening (0: never): what was revealed before it may be given anew. `review`
    lasts from a reopening until the sheet is locked again (R52). `ever` is the furthest state of the present version.
    """

    form: str
    competitor: str
    state: SheetState = "open"
    version: int = 1
    digest: str = ""
    submitted_by: str | None = None
    verified_by: str | None = None
    accepted_by: str | None = None
    signed_by: tuple[str, ...] = ()
    again: frozenset[str] = frozenset()
    reopened_at: int = 0
    review: bool = False
    seq: int = 0
    """Of its newest step."""
    at: str = ""

    @property
    def takes_marks(self) -> bool:
        return self.state in MARKABLE

    def reached(self, state: SheetState) -> bool:
        return _REACHED.get(self.state, 0) >= _REACHED[state]

    def take(self, recorded: Recorded, event: SheetEvent) -> None:
        self.seq, self.at = recorded.seq, recorded.at
        match event:
            case SheetSubmitted():
                self.state, self.version, self.digest = event.outcome, event.version, event.digest
                self.submitted_by, self.again = event.by, frozenset(event.aspects)
                self.verified_by, self.accepted_by, self.signed_by = None, None, ()
            case SheetVerified():
                self.state, self.verified_by = "verified", event.by
            case TypingAccepted():
                self.accepted_by = event.by
            case SheetReturned():
                self.state, self.verified_by, self.accepted_by, self.signed_by = "open", None, None, ()
            case SheetSigned():
                self.signed_by = (*self.signed_by, event.by)
                if event.complete:
                    self.state = "signed"
            case SheetLocked():
                self.state, self.review = "locked", False
            case SheetReopened():
                self.state, self.version, self.review = "reopened", event.version, True
                self.verified_by, self.accepted_by, self.signed_by = None, None, ()
                self.reopened_at = recorded.seq


@dataclass(slots=True)
class Sheets:
    """All sheets that somebody has done something with, by form and competitor."""

    kept: dict[tuple[str, str], Sheet] = field(default_factory=dict)

    def find(self, form: str, competitor: str) -> Sheet | None:
        return self.kept.get((form, competitor))

    def of(self, form: str, competitor: str) -> Sheet:
        """The sheet as it stands; an untouched one is not kept."""
        return self.kept.get((form, competitor)) or Sheet(form, competitor)

    def take(self, recorded: Recorded, event: SheetEvent) -> Sheet:
        place = event.form, event.competitor
        sheet = self.kept.setdefault(place, Sheet(*place))
        sheet.take(recorded, event)
        return sheet
