"""The marks of one competition as they stand, folded from its stream: all that a board needs.

`apply` changes the state in place and does the same small work for the first mark and for the two-hundred-thousandth:
totals are kept by taking the old award off and putting the new one on, never by adding up again. The fold trusts the
ledger; whether a mark may be given was decided before it was recorded (`decide.py`).
"""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from services.livescore.domain.arithmetic import NOTHING, Sum
from services.livescore.domain.cells import Cell, CellState, JudgedCell, MeasuredCell, Score
from services.livescore.domain.schemes.index import AspectRule, SchemeIndex, index
from shared.contracts.events import Recorded
from shared.contracts.livescore import (
    CompetitionOpened,
    CompetitorEntered,
    CompetitorLeft,
    JudgeSeated,
    JudgeUnseated,
    MarkGiven,
    SchemeImported,
)
from shared.contracts.registration import BoardMode
from shared.contracts.text import Text


@dataclass(slots=True)
class Competitor:
    """One competitor's sheet. Only settled cells count in `total`, `by_criterion` and `settled` (R37)."""

    id: str
    bib: str
    name: str
    country: str
    status: Literal["competing", "withdrawn"] = "competing"
    cells: dict[str, Cell] = field(default_factory=dict)
    settled: int = 0
    total: Sum = NOTHING
    by_criterion: dict[str, Sum] = field(default_factory=dict)

    def settle(self, criterion: str, award: Fraction, before: Fraction | None = None) -> None:
        """Count a newly settled cell, or replace the award it had before."""
        gain = Sum(*award.as_integer_ratio())
        if before is None:
            self.settled += 1
        else:
            numerator, denominator = before.as_integer_ratio()
            gain = gain.plus(-numerator, denominator)
        self.total = self.total.plus(*gain)
        self.by_criterion[criterion] = self.by_criterion.get(criterion, NOTHING).plus(*gain)


@dataclass(frozen=True, slots=True)
class Judge:
    id: str
    country: str


class Scorecard:
    """Roster, scheme, cells and totals; empty until the first event."""

    def __init__(self, competition: str) -> None:
        self.id = competition
        self.seq = 0
        self.source_seq = 0
        self.title: Text | None = None
        self.board_mode: BoardMode = "progress"
        self.scheme: SchemeIndex | None = None
        self.competitors: dict[str, Competitor] = {}
        self.judges: dict[str, Judge] = {}

    @property
    def opened(self) -> bool:
        return self.title is not None

    def cell(self, competitor: str, aspect: str) -> Cell | None:
        entrant = self.competitors.get(competitor)
        return None if entrant is None else entrant.cells.get(aspect)

    def apply(self, recorded: Recorded) -> None:
        """Take the next event; drop one that was taken before. A gap raises ValueError, for it would lose a mark."""
        if recorded.seq <= self.seq:
            return
        if recorded.seq != self.seq + 1:
            raise ValueError(f"{recorded.stream}: seq {recorded.seq} does not follow {self.seq}")
        event = recorded.event
        if isinstance(event, MarkGiven):
            self._take_mark(recorded, event)
        else:
            self._take_fact(recorded)
        self.seq = recorded.seq

    def _take_fact(self, recorded: Recorded) -> None:
        event = recorded.event
        match event:
            case CompetitionOpened():
                self.title, self.board_mode = event.title, event.board_mode
            case CompetitorEntered():
                entrant = self.competitors.get(event.competitor)
                if entrant is None:
                    entrant = Competitor(event.competitor, event.bib, event.display_name, event.country)
                    self.competitors[event.competitor] = entrant
                entrant.bib, entrant.name, entrant.country = event.bib, event.display_name, event.country
                entrant.status = "competing"
            case CompetitorLeft():
                self.competitors[event.competitor].status = "withdrawn"
            case JudgeSeated():
                self.judges[event.judge] = Judge(event.judge, event.country)
            case JudgeUnseated():
                del self.judges[event.judge]
            case SchemeImported():
                self.scheme = index(event)
                return
            case _:
                raise ValueError(f"{recorded.stream}: {event.TYPE} is no fact of a competition")
        self.source_seq = event.source_seq

    def _take_mark(self, recorded: Recorded, event: MarkGiven) -> tuple[CellState, Fraction | None]:
        """Put a mark into its cell; what became of the cell, and its award."""
        if self.scheme is None:
            raise ValueError(f"{recorded.stream}: a mark before a scheme, at seq {recorded.seq}")
        rule = self.scheme.aspects[event.aspect]
        entrant = self.competitors[event.competitor]
        if rule.measure is not None:
            return "settled", self._read(entrant, rule, recorded.seq, event)
        return self._score(entrant, rule, recorded.seq, event)

    @staticmethod
    def _read(entrant: Competitor, rule: AspectRule, seq: int, event: MarkGiven) -> Fraction:
        if rule.measure is None or event.value is None:
            raise ValueError(f"mark {event.mark} does not fit aspect {event.aspect}")
        award = rule.measure(event.value)
        before = entrant.cells.get(event.aspect)
        entrant.settle(rule.criterion, award, None if before is None else before.award)
        entrant.cells[event.aspect] = MeasuredCell(seq, event.value, award, event.judge, event.marked_at)
        return award

    @staticmethod
    def _score(entrant: Competitor, rule: AspectRule, seq: int, event: MarkGiven) -> tuple[CellState, Fraction | None]:
        cell = entrant.cells.get(event.aspect)
        if cell is None:
            cell = entrant.cells[event.aspect] = JudgedCell()
        if not isinstance(cell, JudgedCell) or event.score is None:
            raise ValueError(f"mark {event.mark} does not fit aspect {event.aspect}")
        state = cell.give(Score(seq, event.judge, event.score, event.marked_at), rule.maximum)
        if cell.award is not None:
            entrant.settle(rule.criterion, cell.award)
        return state, cell.award
