"""What was decided about the public's view: mode, release of forms, delay, freeze, reveal (sections 8 and 9).

This is the decided state, the same for whoever asks; what the public sees of it, and how much later, is `board.py` and
`public.py`.
"""

from dataclasses import dataclass, field
from datetime import datetime

from shared.contracts.acts import BoardModeSet
from shared.contracts.events import Recorded
from shared.contracts.registration import BoardMode
from shared.contracts.release import (
    DelaySet,
    FreezePlanned,
    Frozen,
    ReleaseSet,
    RevealBegun,
    RevealEnded,
    RevealMoved,
    SheetsShown,
    Thawed,
    When,
)

ReleaseEvent = (
    BoardModeSet
    | ReleaseSet
    | DelaySet
    | FreezePlanned
    | Frozen
    | Thawed
    | SheetsShown
    | RevealBegun
    | RevealMoved
    | RevealEnded
)
AT_ONCE: When = "at_once"


@dataclass(slots=True)
class Reveal:
    """How far the ceremony has come: so many steps have been taken."""

    step: int = 0


@dataclass(slots=True)
class Release:
    """`whens` holds the forms that are not released at once. `shown` is when competitors saw their sheets first."""

    mode: BoardMode = "progress"
    whens: dict[str, When] = field(default_factory=dict)
    delay_seconds: int = 0
    freeze_at: datetime | None = None
    frozen: bool = False
    frozen_at: str | None = None
    reveal: Reveal | None = None
    rehearsal: Reveal | None = None
    shown: dict[str, str] = field(default_factory=dict)
    shown_to_all: str | None = None

    def when(self, form: str) -> When:
        return self.whens.get(form, AT_ONCE)

    def shown_to(self, competitor: str) -> str | None:
        """When this competitor could see the own sheets first, or None (R79)."""
        return self.shown.get(competitor, self.shown_to_all)

    def stands_still(self, at: str) -> bool:
        """Whether a planned freeze has come by this time; the fact that says so may follow a moment later."""
        return self.freeze_at is not None and not self.frozen and datetime.fromisoformat(at) >= self.freeze_at

    def freeze(self, at: str) -> None:
        self.frozen, self.frozen_at, self.freeze_at = True, at, None

    def take(self, recorded: Recorded, event: ReleaseEvent) -> None:
        match event:
            case BoardModeSet():
                self.mode = event.mode
            case ReleaseSet():
                self.whens |= dict.fromkeys(event.forms, event.when)
            case DelaySet():
                self.delay_seconds = event.seconds
            case FreezePlanned():
                self.freeze_at = event.at
            case Frozen():
                if not self.frozen:
                    self.freeze(recorded.at)
            case Thawed():
                self.frozen, self.frozen_at, self.reveal = False, None, None
            case SheetsShown():
                if event.competitors:
                    for one in event.competitors:
                        self.shown.setdefault(one, recorded.at)
                elif self.shown_to_all is None:
                    self.shown_to_all = recorded.at
            case RevealBegun() | RevealMoved() | RevealEnded():
                self._reveal(event)

    def _reveal(self, event: RevealBegun | RevealMoved | RevealEnded) -> None:
        reveal: Reveal | None = None
        if not isinstance(event, RevealEnded):
            reveal = Reveal(event.step if isinstance(event, RevealMoved) else 0)
        if event.rehearsal:
            self.rehearsal = reveal
        else:
            self.reveal = reveal
