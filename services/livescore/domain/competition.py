"""The state a command is decided on: the marks as they stand, and what was answered and shown to whom.

The answer to a judge is kept as it was right after the mark was applied, so a repeated command and a rebuilt service
give the very same answer (R45). Boards need none of this and fold a `Scorecard` alone.
"""

from fractions import Fraction
from typing import Any, NamedTuple

from typing_extensions import override

from services.livescore.domain.approvals import Approval, Approvals
from services.livescore.domain.arithmetic import wire
from services.livescore.domain.cells import CellState
from services.livescore.domain.exercises import Exercises
from services.livescore.domain.panels import Seats
from services.livescore.domain.scorecard import Competitor, Scorecard
from services.livescore.domain.sheets import SheetEvent
from shared.contracts.acts import Act, Agreed, Declined, Proposed, RulesSet, SchemeAmended, TextsApproved
from shared.contracts.events import Recorded
from shared.contracts.exercises import ExerciseClosed, ExerciseOpened, ExerciseScored
from shared.contracts.livescore import (
    CompetitorEntered,
    CompetitorLeft,
    CompetitorStatusSet,
    JudgeSeated,
    JudgeUnseated,
    MarkGiven,
    SchemeImported,
)
from shared.contracts.remedies import OutageRecorded, OutageReversed
from shared.contracts.sheets import (
    CheckedByHand,
    ConflictCleared,
    ConflictDeclared,
    DualDecided,
    PanelNamed,
    RoundJustified,
    RoundOrdered,
    SeatSwapped,
)

_ABOUT_ALL_SHEETS = (
    CompetitorEntered
    | CompetitorLeft
    | CompetitorStatusSet
    | JudgeSeated
    | JudgeUnseated
    | SchemeImported
    | SchemeAmended
    | RulesSet
    | PanelNamed
    | ConflictDeclared
    | ConflictCleared
    | OutageRecorded
    | OutageReversed
)


class Receipt(NamedTuple):
    """The answer to the judge: what became of the mark at the moment it was recorded. `round` is the mark's own.

    A tuple, because every fold makes one per mark and a frozen dataclass takes six times as long to make.
    """

    id: str
    seq: int
    competitor: str
    aspect: str
    state: CellState
    award: Fraction | None
    round: int
    received_at: str
    judge: str
    fingerprint: str

    def wire(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "seq": self.seq,
            "competitor": self.competitor,
            "aspect": self.aspect,
            "state": self.state,
            "award": None if self.award is None else wire(self.award),
            "round": self.round,
            "received_at": self.received_at,
        }


class Done(NamedTuple):
    """The answer to who did something else than give a mark: what was recorded for it, and when."""

    id: str
    seq: int
    received_at: str
    by: str
    fingerprint: str
    events: tuple[str, ...]

    def wire(self) -> dict[str, Any]:
        return {"id": self.id, "seq": self.seq, "received_at": self.received_at, "events": list(self.events)}


class Competition(Scorecard):
    """Everything decisions and signed-in views need; empty until the first event."""

    def __init__(self, competition: str) -> None:
        super().__init__(competition)
        # The newest seq that every judge may know of, and each one's own: the stream's seq would count hidden scores.
        self.seen_by_all = 0
        self.seen_by: dict[str, int] = {}
        self.known = 0
        """How many events everybody on the staff may know of: a count in which no hidden score shows (R21)."""
        # The latest time of any event, whichever copy's clock it was read from.
        self.latest = ""
        self.proposals: dict[str, Proposed] = {}
        """What waits for the other person's consent, by id."""
        self.exercises = Exercises()
        self.approvals = Approvals()
        self.first_draft_at: str | None = None
        """When a scheme was there first (R9)."""
        self.swaps: dict[tuple[str, str], SeatSwapped] = {}
        """The last recorded substitution by form and competitor (R27)."""
        # Sheets by form and competitor with the seq of what last happened to each, the newest at the end, and the seq
        # of what last happened to all of them: a view of many sheets brings itself up to date by these.
        self.touched: dict[tuple[str, str], int] = {}
        self.touched_all = 0
        self._scorers: dict[tuple[str, str], set[str]] = {}
        self._receipts: dict[str, Receipt] = {}
        self._done: dict[str, Done] = {}

    @property
    def marks(self) -> int:
        return len(self._receipts)

    def seen(self, judge: str) -> int:
        """The newest seq this judge may know of; moves exactly when the judge's view does (R21)."""
        return max(self.seen_by_all, self.seen_by.get(judge, 0))

    def receipt(self, mark_id: str) -> Receipt | None:
        """The same answer whenever it is asked for, also after a rebuild."""
        return self._receipts.get(mark_id)

    def act(self, command: str) -> Done | None:
        """What was answered to an act; the same whenever it is asked for."""
        return self._done.get(command)

    def scorers(self, form: str, competitor: str) -> frozenset[str]:
        """Everybody who ever gave a mark on this sheet, also one that was replaced, or confirmed one by hand (R18)."""
        return frozenset(self._scorers.get((form, competitor), ()))

    def waits_for_texts(self, form: str) -> bool:
        """Whether a form takes no mark before both languages of its texts are approved (R11)."""
        return self.both_approved and not self.approvals.opens(form)

    def seats(self, form: str, competitor: Competitor) -> Seats | None:
        """Who marks this sheet; None where the form is open to every judge."""
        return self.panels.seats(self.judges, form, competitor.id, competitor.country)

    @override
    def _take_fact(self, recorded: Recorded) -> None:
        super()._take_fact(recorded)
        event = recorded.event
        self.latest = max(self.latest, recorded.at)
        if not isinstance(event, ExerciseScored):  # its author's alone, and no part of the marking
            self.seen_by_all = recorded.seq
            self.known += 1
        match event:
            case Proposed():
                self.proposals[event.command] = event
            case Declined():
                self.proposals.pop(event.proposal, None)
            case ExerciseOpened() | ExerciseScored() | ExerciseClosed():
                self.exercises.take(recorded, event)
            case TextsApproved():
                self.approvals.take(event.forms, Approval(event.by, event.office, recorded.at))
            case SeatSwapped():
                self.swaps[event.form, event.competitor] = event
            case RoundOrdered() | RoundJustified() | DualDecided():
                self._touch((self._rule(event.aspect).form, event.competitor), recorded.seq)
            case CheckedByHand():
                sheet = event.form, event.competitor
                self._touch(sheet, recorded.seq)
                self._scorers.setdefault(sheet, set()).add(event.by)
            case _ if isinstance(event, SheetEvent):
                self._touch((event.form, event.competitor), recorded.seq)
            case _ if isinstance(event, _ABOUT_ALL_SHEETS):
                self.touched_all = recorded.seq
            case _:
                pass
        if isinstance(event, SchemeImported | SchemeAmended):
            self.first_draft_at = self.first_draft_at or recorded.at
            self.approvals.take_scheme(event.scheme)
        if isinstance(event, Act):
            self._remember(recorded, event)

    def _touch(self, sheet: tuple[str, str], seq: int) -> None:
        self.touched.pop(sheet, None)
        self.touched[sheet] = seq

    def _remember(self, recorded: Recorded, event: Act) -> None:
        if isinstance(event, Agreed | PanelNamed) and event.proposal is not None:
            self.proposals.pop(event.proposal, None)
        before = self._done.get(event.command)
        events = (event.TYPE,) if before is None else (*before.events, event.TYPE)
        self._done[event.command] = Done(event.command, recorded.seq, recorded.at, event.by, event.fingerprint, events)

    @override
    def _take_mark(self, recorded: Recorded, event: MarkGiven) -> tuple[CellState, Fraction | None]:
        state, award = super()._take_mark(recorded, event)
        self.latest = max(self.latest, recorded.at)
        if state == "waiting":
            for one in self._authors(event):
                self.seen_by[one] = recorded.seq
        else:
            self.seen_by_all = recorded.seq
            self.known += 1
        sheet = self._rule(event.aspect).form, event.competitor
        self._touch(sheet, recorded.seq)
        scorers = self._scorers.get(sheet)
        if scorers is None:
            self._scorers[sheet] = {event.judge}
            self.approvals.begun.add(sheet[0])
        else:
            scorers.add(event.judge)
        self._receipts[event.mark] = Receipt(
            event.mark,
            recorded.seq,
            event.competitor,
            event.aspect,
            state,
            award,
            event.round,
            recorded.at,
            event.judge,
            event.fingerprint,
        )
        return state, award

    def _authors(self, event: MarkGiven) -> tuple[str, ...]:
        """Who may see this while it is hidden: the judge, or everybody of the pair (R39)."""
        if event.pair is None:
            return (event.judge,)
        panel = self.panels.panel(self._rule(event.aspect).form, event.competitor)
        pairs = panel.pairs if panel is not None else None
        return (event.judge,) if pairs is None else (event.judge, *pairs[event.pair - 1])
