"""A competition as its stream tells it: roster, scheme, marks as they stand, sheets, panels, release, remedies.

`apply` changes the state in place and does the same small work for the first mark and for the two-hundred-thousandth;
sums are made by who needs them (`totals.py`, `board.py`). The fold trusts the ledger; whether something may be done was
decided before it was recorded (`decide.py`, `deciding/`).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Literal

from services.livescore.domain.cells import Cell, CellState, DualCell, Given, JudgedCell, Justified, MeasuredCell
from services.livescore.domain.finals import Final
from services.livescore.domain.origins import Origins
from services.livescore.domain.panels import Judge, Panels
from services.livescore.domain.release import Release, ReleaseEvent
from services.livescore.domain.remedies import Appeals, Outages
from services.livescore.domain.results.entrants import Entrant, Status
from services.livescore.domain.results.result import Departure
from services.livescore.domain.schemes.index import AspectRule, SchemeIndex, index
from services.livescore.domain.sheets import Sheet, SheetEvent, Sheets
from services.livescore.domain.totals import Totals, totals
from shared.contracts.acts import Declined, FormsBlinded, Proposed, Rules, RulesSet, SchemeAmended, TextsApproved
from shared.contracts.events import Recorded
from shared.contracts.exercises import ExerciseClosed, ExerciseOpened, ExerciseScored
from shared.contracts.livescore import (
    CompetitionOpened,
    CompetitorEntered,
    CompetitorLeft,
    CompetitorStatusSet,
    JudgeSeated,
    JudgeUnseated,
    MarkGiven,
    SchemeImported,
    TrainerSeated,
    TrainerUnseated,
)
from shared.contracts.release import Finalised, MedalsDeparted, RankingSet
from shared.contracts.remedies import AppealFiled, AppealMoved, OutageRecorded, OutageReversed
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
from shared.contracts.text import Text
from shared.errors import Rejected

_DUAL_ROUNDS = 2
"""Two pairs that differ measure together once more; then the chief expert decides (R41)."""


@dataclass(slots=True)
class Competitor:
    """One competitor with what is known of each aspect (R38)."""

    id: str
    bib: str
    name: str
    country: str
    status: Status = "competing"
    cells: dict[str, Cell] = field(default_factory=dict)

    @property
    def marked(self) -> bool:
        """Whether marks are taken for this competitor; guests and the disqualified keep theirs."""
        return self.status in {"competing", "guest"}


class Scorecard:
    """Empty until the first event."""

    def __init__(self, competition: str) -> None:
        self.id = competition
        self.seq = 0
        self.source_seq = 0
        self.title: Text | None = None
        self.kind: Literal["competition", "training"] = "competition"
        self.bilingual = False
        self.both_approved = False
        """Whether forms open only once both languages were approved (R11)."""
        self.starts_on: date | None = None
        self.rules = Rules()
        self.scheme: SchemeIndex | None = None
        self.blind: dict[str, bool] = {}
        self.secret = ""
        """What blind pieces' numbers are made from; never leaves the service (R32)."""
        self.competitors: dict[str, Competitor] = {}
        self.judges: dict[str, Judge] = {}
        self.trainers: dict[str, tuple[str, ...]] = {}
        """Whose results each trainer may see."""
        self.sheets = Sheets()
        self.origins = Origins()
        self.panels = Panels()
        self.release = Release()
        self.outages = Outages()
        self.appeals = Appeals()
        self.ranked = True
        """Whether anybody has a place; for want of eligible judges nobody has (R29)."""
        self.finals: list[Final] = []
        self.departures: dict[str, Departure] = {}
        self.full_marks: frozenset[str] = frozenset()
        self._granted: dict[str, int] = {}

    @property
    def opened(self) -> bool:
        return self.title is not None

    @property
    def final(self) -> Final | None:
        """The result in force; None before it is finalised. A sheet that is reopened later leaves it as it is (R48)."""
        return self.finals[-1] if self.finals else None

    def cell(self, competitor: str, aspect: str) -> Cell | None:
        entrant = self.competitors.get(competitor)
        return None if entrant is None else entrant.cells.get(aspect)

    def sheet(self, form: str, competitor: str) -> Sheet:
        return self.sheets.of(form, competitor)

    def is_blind(self, form: str) -> bool:
        return self.blind.get(form, False)

    def totals(self, entrant: Competitor) -> Totals:
        """Added up from the cells; costs the number of aspects."""
        rules = () if self.scheme is None else self.scheme.aspects.values()
        return totals(entrant.cells, rules, self.full_marks, self.rules.rounding)

    def entrants(self) -> list[Entrant]:
        """Everybody with what the marks give now, in order of bib; costs the number of cells."""
        return [
            Entrant(
                one.id,
                one.bib,
                one.name,
                one.country,
                one.status,
                found.total,
                found.by_criterion,
                found.complete,
                found.by_form,
            )
            for one in sorted(self.competitors.values(), key=lambda one: int(one.bib))
            for found in (self.totals(one),)
        ]

    def seconds_back(self, rule: AspectRule, competitor: str) -> int:
        """Seconds that are taken off this competitor's reading of an aspect (R15)."""
        return self._granted.get(competitor, 0) if rule.timed else 0

    def apply(self, recorded: Recorded) -> None:
        """Take the next event; drop one that was taken before. A gap raises ValueError, for it would lose a mark."""
        if recorded.seq <= self.seq:
            return
        self.check_follows(recorded)
        event = recorded.event
        if self.release.freeze_at is not None and self.release.stands_still(recorded.at):
            self.release.freeze(recorded.at)  # as planned, although nobody has said so yet (R55)
        if isinstance(event, MarkGiven):
            self._take_mark(recorded, event)
        else:
            self._take_fact(recorded)
        self.seq = recorded.seq

    def read(self, seq: int, entrant: Competitor, rule: AspectRule, judge: str, value: str, marked_at: str) -> Fraction:
        """Take the next event, of which all is known that a single reading tells; what it is worth."""
        measure = rule.measure
        if measure is None:
            raise ValueError(f"a reading does not fit aspect {rule.aspect.id}")
        award = measure(value, self._granted.get(entrant.id, 0)) if rule.timed else measure(value)
        cell = seq, value, award, judge, datetime.fromisoformat(marked_at)
        entrant.cells[rule.aspect.id] = tuple.__new__(MeasuredCell, cell)
        self.seq = seq
        return award

    def check_follows(self, recorded: Recorded) -> None:
        if recorded.seq != self.seq + 1:
            raise ValueError(f"{recorded.stream}: seq {recorded.seq} does not follow {self.seq}")

    @property
    def counts_plainly(self) -> bool:
        """Whether an award counts as it is, and nothing is planned to come between two marks."""
        return self.rules.rounding == "exact" and not self.full_marks and self.release.freeze_at is None

    def _take_fact(self, recorded: Recorded) -> None:
        event = recorded.event
        match event:
            case CompetitionOpened() | CompetitorEntered() | CompetitorLeft() | CompetitorStatusSet():
                self._take_roster(event)
                self.source_seq = event.source_seq
            case JudgeSeated():
                self.judges[event.judge] = Judge(event.judge, event.country, event.office)
                self.source_seq = event.source_seq
            case JudgeUnseated():
                del self.judges[event.judge]
                self.source_seq = event.source_seq
            case TrainerSeated():
                self.trainers[event.trainer] = event.competitors
                self.source_seq = event.source_seq
            case TrainerUnseated():
                del self.trainers[event.trainer]
                self.source_seq = event.source_seq
            case SchemeImported() | SchemeAmended():
                self._take_scheme(recorded, event)
            case RulesSet():
                self.rules = event.rules
            case FormsBlinded():
                self.blind |= dict.fromkeys(event.forms, event.blind)
            case PanelNamed() | ConflictDeclared() | ConflictCleared():
                self.panels.take(recorded, event)
            case RoundOrdered() | RoundJustified() | DualDecided():
                self._take_order(event)
            case CheckedByHand():
                self.origins.take(recorded, event)
            case OutageRecorded() | OutageReversed():
                self.outages.take(recorded, event)
                self._revalue()
            case AppealFiled() | AppealMoved():
                self.appeals.take(recorded, event)
            case MedalsDeparted():
                self.departures = {one: Departure(medal, event.reason) for one, medal in event.medals.items()}
            case RankingSet():
                self.ranked = event.ranked
            case Finalised():
                self._finalise(recorded, event)
            case SeatSwapped() | Proposed() | Declined() | ExerciseOpened() | ExerciseScored() | ExerciseClosed():
                pass
            case TextsApproved():
                pass
            case _ if isinstance(event, SheetEvent):
                self.sheets.take(recorded, event)
            case _ if isinstance(event, ReleaseEvent):
                self.release.take(recorded, event)
            case _:
                raise ValueError(f"{recorded.stream}: {event.TYPE} is no fact of a competition")

    def _take_roster(self, event: CompetitionOpened | CompetitorEntered | CompetitorLeft | CompetitorStatusSet) -> None:
        match event:
            case CompetitionOpened():
                if not self.opened:  # what was decided since then about the board is not taken back by a new title
                    self.release.mode = event.board_mode
                self.title, self.kind, self.bilingual = event.title, event.kind, event.bilingual
                self.both_approved, self.starts_on = event.both_approved, event.starts_on
            case CompetitorEntered():
                entrant = self.competitors.get(event.competitor)
                if entrant is None:
                    entrant = Competitor(event.competitor, event.bib, event.display_name, event.country)
                    self.competitors[event.competitor] = entrant
                entrant.bib, entrant.name, entrant.country = event.bib, event.display_name, event.country
                if entrant.status == "withdrawn":
                    entrant.status = "competing"
                self._grant()  # a removed interval counts for those who come later as well
            case CompetitorLeft():
                self.competitors[event.competitor].status = "withdrawn"
            case CompetitorStatusSet():
                self.competitors[event.competitor].status = event.status

    def _take_scheme(self, recorded: Recorded, event: SchemeImported | SchemeAmended) -> None:
        self.secret = self.secret or recorded.id
        self.scheme = index(event)
        forms = [form for criterion in event.scheme.criteria for form in criterion.sub_criteria]
        self.blind = {form.id: form.blind for form in forms} | {
            form: blind for form, blind in self.blind.items() if blind
        }
        if isinstance(event, SchemeAmended):
            self._revalue()

    def _take_order(self, event: RoundOrdered | RoundJustified | DualDecided) -> None:
        cell = self.competitors[event.competitor].cells[event.aspect]
        match event, cell:
            case RoundOrdered(), JudgedCell() | DualCell():
                cell.order_round()
            case RoundJustified(), JudgedCell() | DualCell():
                cell.justified = (*cell.justified, Justified(event.round, event.by, event.justification))
            case DualDecided(), DualCell():
                cell.decide(event.pair, self._measure(self._rule(event.aspect), event.competitor))
            case _:
                raise ValueError(f"{event.TYPE} does not fit aspect {event.aspect}")

    def _finalise(self, recorded: Recorded, event: Finalised) -> None:
        final = Final(
            event.version,
            event.digest,
            event.reason,
            recorded.at,
            event.proposed_by,
            event.by,
            self.rules,
            tuple(self.entrants()),
            dict(self.departures),
            self.ranked,
        )
        self.finals.append(final)

    def _revalue(self) -> None:
        """Work out every award anew: the scheme changed, or time was given back. Costs the number of cells."""
        self.full_marks = self.outages.full_marks
        self._grant()
        if self.scheme is None:
            return
        for entrant in self.competitors.values():
            for aspect, cell in list(entrant.cells.items()):
                rule = self.scheme.aspects.get(aspect)
                if rule is None or not self._revalued(entrant, rule, cell):
                    del entrant.cells[aspect]

    def _grant(self) -> None:
        granted = {one: self.outages.granted_seconds(one) for one in self.competitors} if self.outages.kept else {}
        self._granted = {one: seconds for one, seconds in granted.items() if seconds}

    def _revalued(self, entrant: Competitor, rule: AspectRule, cell: Cell) -> bool:
        """False when what was given means nothing under this rule: the aspect has to be marked again."""
        try:
            match cell:
                case MeasuredCell() if rule.measure is not None and not rule.aspect.dual:
                    award = rule.measure(cell.value, self.seconds_back(rule, entrant.id))
                    entrant.cells[rule.aspect.id] = cell._replace(award=award)
                case JudgedCell() if rule.measure is None:
                    cell.revalue(rule.maximum)
                case DualCell() if rule.measure is not None and rule.aspect.dual:
                    cell.revalue(self._measure(rule, entrant.id), _DUAL_ROUNDS)
                case _:
                    return False
        except Rejected:
            return False
        return True

    def _rule(self, aspect: str) -> AspectRule:
        if self.scheme is None:
            raise ValueError(f"competition/{self.id}: a mark before a scheme, after seq {self.seq}")
        return self.scheme.aspects[aspect]

    def _measure(self, rule: AspectRule, competitor: str) -> "Measured":
        if rule.measure is None:
            raise ValueError(f"aspect {rule.aspect.id} is not measured")
        return Measured(rule, self.seconds_back(rule, competitor))

    def _take_mark(self, recorded: Recorded, event: MarkGiven) -> tuple[CellState, Fraction | None]:
        """Put a mark into its cell; what became of the cell, and its award."""
        rule = self._rule(event.aspect)
        entrant = self.competitors[event.competitor]
        if event.check is not None or event.paper is not None:
            self.origins.take_mark(recorded.seq, event)
        if rule.measure is None:
            return self._take_score(entrant, rule, recorded.seq, event)
        if event.value is None:
            raise ValueError(f"mark {event.mark} does not fit aspect {event.aspect}")
        if event.pair is not None:
            return self._take_pair(entrant, rule, recorded.seq, event)
        award = rule.measure(event.value, self.seconds_back(rule, event.competitor))
        entrant.cells[event.aspect] = MeasuredCell(recorded.seq, event.value, award, event.judge, event.marked_at)
        return "settled", award

    def _take_score(
        self, entrant: Competitor, rule: AspectRule, seq: int, event: MarkGiven
    ) -> tuple[CellState, Fraction | None]:
        cell = entrant.cells.get(event.aspect)
        if cell is None:
            cell = entrant.cells[event.aspect] = JudgedCell()
        if not isinstance(cell, JudgedCell) or event.score is None:
            raise ValueError(f"mark {event.mark} does not fit aspect {event.aspect}")
        given = Given(seq, event.judge, event.score, event.marked_at)
        return cell.give(given, rule.maximum, event.round, self.rules.max_rounds), cell.award

    def _take_pair(
        self, entrant: Competitor, rule: AspectRule, seq: int, event: MarkGiven
    ) -> tuple[CellState, Fraction | None]:
        cell = entrant.cells.get(event.aspect)
        if cell is None:
            cell = entrant.cells[event.aspect] = DualCell()
        if not isinstance(cell, DualCell) or event.value is None or event.pair is None:
            raise ValueError(f"mark {event.mark} does not fit aspect {event.aspect}")
        given = Given(seq, event.judge, 0, event.marked_at, event.value)
        state = cell.give(event.pair, given, self._measure(rule, entrant.id), event.round, _DUAL_ROUNDS)
        return state, cell.award


@dataclass(frozen=True, slots=True)
class Measured:
    """An aspect's yardstick with the seconds that one competitor was given back."""

    rule: AspectRule
    seconds: int

    def __call__(self, value: str) -> Fraction:
        assert self.rule.measure is not None
        return self.rule.measure(value, self.seconds)
