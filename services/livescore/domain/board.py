"""The public board of a competition, and the count of its public changes.

Nothing hidden reaches it: it reads only what counts for the public (`lines.py`), so two competitions that differ in
hidden marks give the same bytes and the same `seq` (R21, R56). `seq` moves by at most one per event and only when the
public bytes change; since the ledger is the only input, every fold of it gives the same `seq`.

A newly settled cell of a released sheet always shows (`marked`). A correction shows in mode `marks` when a shown figure
or the order changes, in mode `rank` when the order changes, in mode `progress` never (R50). While frozen the picture
stands and only names follow consent (R55); marks go on being counted beneath it.

Absent means null: in a viewer's delta null removes a key, so a row without rank or total leaves the key out.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from services.livescore.domain.arithmetic import Sum, shown
from services.livescore.domain.cells import standing
from services.livescore.domain.ceremony import after_thaw, over_picture
from services.livescore.domain.lines import Line, is_held, is_live, line_of, part
from services.livescore.domain.ranking import Order
from services.livescore.domain.scorecard import Competitor, Scorecard
from services.livescore.domain.sheets import SheetEvent
from services.livescore.domain.totals import counted
from services.livescore.domain.working_time import clock
from shared.contracts.acts import BoardModeSet, RulesSet, SchemeAmended
from shared.contracts.board import Board
from shared.contracts.events import Recorded
from shared.contracts.livescore import (
    CompetitionOpened,
    CompetitorEntered,
    CompetitorLeft,
    CompetitorStatusSet,
    MarkGiven,
    SchemeImported,
)
from shared.contracts.marks_in_bulk import MarkLine
from shared.contracts.names import competition_stream, showcase_of
from shared.contracts.registration import BoardMode
from shared.contracts.release import (
    DelaySet,
    Finalised,
    FreezePlanned,
    Frozen,
    RankingSet,
    ReleaseSet,
    RevealBegun,
    RevealEnded,
    RevealMoved,
    Thawed,
)
from shared.contracts.remedies import AppealFiled, AppealMoved, OutageRecorded, OutageReversed
from shared.contracts.sheets import DualDecided, PanelNamed

View = dict[str, Any]
_RosterEvent = CompetitorEntered | CompetitorLeft | CompetitorStatusSet
_HeadEvent = CompetitionOpened | DelaySet | FreezePlanned | PanelNamed
_FiguresEvent = RulesSet | SchemeImported | SchemeAmended | ReleaseSet | OutageRecorded | OutageReversed
_CeremonyEvent = Frozen | Thawed | RevealBegun | RevealMoved | RevealEnded
_WholeEvent = _FiguresEvent | BoardModeSet | RankingSet | Finalised | _CeremonyEvent

_WITH_FIGURES = frozenset({"competing", "guest"})


class Standings:
    """A competition and how often its public picture has changed."""

    def __init__(self, competition: str) -> None:
        self.state = Scorecard(competition)
        self.seq = 0
        self.updated_at: str | None = None
        self._lines: dict[str, Line] = {}
        self._picture: tuple[View, dict[str, View]] | None = None
        """What stands while frozen."""
        self._rows: dict[str, View] = {}
        """Rows as they were shown last, of whom nothing has changed since."""
        self._order: Order | None = None
        self._moved: set[str] = set()
        """Whose totals are not yet in the order."""

    def apply(self, recorded: Recorded) -> bool:
        """Take the next event; True when the public board is another one now."""
        if recorded.seq <= self.state.seq:
            return False
        if self.state.release.freeze_at is not None and self.state.release.stands_still(recorded.at):
            # The fact that says so comes a moment later; what was recorded in between is not public (R55).
            before = self._shown()
            self._freeze(recorded.at)
            self._apply(recorded)
            public = self._shown() != before
        else:
            public = self._apply(recorded)
        if public:
            self.seq += 1
            self.updated_at = recorded.at
        return public

    def apply_all(self, stretch: Sequence[Recorded]) -> bool:
        """`apply` for each of a ledger's events in a row; True when the public board is another one than before."""
        public, place = False, 0
        while place < len(stretch):
            seq = self.seq
            passed = self._apply_readings(stretch, place) if type(stretch[place]) is MarkLine else place
            if passed == place:
                self.apply(stretch[place])
                passed += 1
            public, place = public or self.seq != seq, passed
        return public

    def board(self, epoch: str) -> Board:
        """The public board as it is now."""
        head, rows = self._shown()
        if self.updated_at is not None:
            head = head | {"updated_at": self.updated_at}
        return Board(channel=competition_stream(self.state.id), epoch=epoch, seq=self.seq, head=head, rows=rows)

    def _apply(self, recorded: Recorded) -> bool:
        event = recorded.event
        if isinstance(event, MarkGiven):
            return self._apply_mark(recorded, event) and self._picture is None
        public = self._apply_fact(recorded)
        self._rows.clear()
        return public

    def _apply_fact(self, recorded: Recorded) -> bool:
        event = recorded.event
        match event:
            case CompetitorEntered() | CompetitorLeft() | CompetitorStatusSet():
                return self._apply_roster(recorded, event)
            case AppealFiled() | AppealMoved():
                competitor = self._appellant(event)
                return self._changes(competitor, lambda: self.state.apply(recorded))
            case DualDecided():
                return self._decide(recorded, event)
            case _ if isinstance(event, SheetEvent):
                return self._apply_sheet(recorded, event)
            case _ if isinstance(event, _HeadEvent):
                head, opened = self._head(), self.state.opened
                self.state.apply(recorded)
                return self._picture is None and (not opened or self._head() != head)
            case _ if isinstance(event, _WholeEvent):
                return self._apply_to_all(recorded, event)
            case _:
                self.state.apply(recorded)
                return False

    def _apply_mark(self, recorded: Recorded, event: MarkGiven) -> bool:
        entrant = self.state.competitors[event.competitor]
        before = standing(entrant.cells.get(event.aspect))
        self.state.apply(recorded)
        return self._count(entrant, event.aspect, before, standing(entrant.cells.get(event.aspect)))

    def _apply_readings(self, stretch: Sequence[Recorded], first: int) -> int:
        """`apply` for readings from the first on, as far as they are nothing else; where the next event is.

        A ledger is nearly all readings, and only other facts change what this looks up once for all of them.
        """
        state, picture, mode = self.state, self._picture, self._mode
        if picture is not None or state.scheme is None or not state.counts_plainly:
            return first
        competitors, aspects, read = state.competitors, state.scheme.aspects, state.read
        lines, moved, always_live = self._lines, self._moved, not state.release.whens and not state.sheets.kept
        self._rows.clear()
        for place in range(first, len(stretch)):
            recorded = stretch[place]
            if type(recorded) is not MarkLine or recorded[1] != state.seq + 1:
                return place
            competitor, aspect, judge, value, score, _, marked_at = recorded.texts
            if score:
                return place
            entrant, rule = competitors[competitor], aspects[aspect]
            cell = entrant.cells.get(aspect)
            after = read(recorded[1], entrant, rule, judge, value, marked_at)
            before = None if cell is None else cell.award
            if after is before or not (always_live or is_live(state, rule.form, competitor)):
                continue
            line = lines.get(competitor) or self._line(entrant)
            if before is None:
                line.gain(rule.criterion, after)
                moved.add(competitor)
            else:
                change = line.change(rule.criterion, before, after)
                if change == "same":
                    continue
                if mode == "progress":
                    moved.add(competitor)
                    continue
                if change == "shown" and mode == "marks" and entrant.status in _WITH_FIGURES:
                    moved.add(competitor)
                elif not self._passes(entrant, line.total_before):
                    continue
            self.seq += 1
            self.updated_at = recorded[3]
        return len(stretch)

    def _count(self, entrant: Competitor, aspect: str, before: Fraction | None, after: Fraction | None) -> bool:
        """Put an aspect's award in the place of the one before; whether the public is shown something else now."""
        state = self.state
        if after is None or after is before or aspect in state.full_marks or state.scheme is None:
            return False
        rule = state.scheme.aspects[aspect]
        if not is_live(state, rule.form, entrant.id):
            return False
        line = self._line(entrant)
        if state.rules.rounding != "exact":
            before = None if before is None else counted(before, state.rules.rounding)
            after = counted(after, state.rules.rounding)
        self._rows.pop(entrant.id, None)
        if before is None:
            line.gain(rule.criterion, after)
            self._moved.add(entrant.id)
            return True
        change = line.change(rule.criterion, before, after)
        if change == "same":
            return False
        if self._mode == "progress":
            self._moved.add(entrant.id)
            return False
        if change == "shown" and self._mode == "marks" and entrant.status in _WITH_FIGURES:
            self._moved.add(entrant.id)
            return True
        return self._picture is None and self._passes(entrant, line.total_before)

    def _apply_roster(self, recorded: Recorded, event: _RosterEvent) -> bool:
        changed = self._changes(event.competitor, lambda: self.state.apply(recorded))
        entrant = self.state.competitors[event.competitor]
        self._line(entrant)  # before the first mark, which would be in it already
        if self._picture is None:
            return changed
        # A name follows its consent at once, frozen or not (R55, R98).
        row = self._picture[1].get(event.competitor)
        if row is None or row["name"] == entrant.name:
            return False
        row["name"] = entrant.name
        return True

    def _apply_sheet(self, recorded: Recorded, event: SheetEvent) -> bool:
        state, form = self.state, event.form
        entrant = state.competitors[event.competitor]
        line = self._line(entrant)

        def take() -> None:
            before = part(state, line, entrant, form)
            if before.marked:
                line.captured[form] = before
            state.apply(recorded)
            after = part(state, line, entrant, form)
            if after != before and state.scheme is not None:
                line.replace(state.scheme.forms[form][0].criterion, before, after)
            if after.marked:
                line.captured[form] = after

        return self._changes(event.competitor, take)

    def _decide(self, recorded: Recorded, event: DualDecided) -> bool:
        state, entrant = self.state, self.state.competitors[event.competitor]
        assert state.scheme is not None
        rule = state.scheme.aspects[event.aspect]
        line = self._line(entrant)

        def take() -> None:
            before = part(state, line, entrant, rule.form)
            state.apply(recorded)
            after = part(state, line, entrant, rule.form)
            if after != before:
                line.replace(rule.criterion, before, after)

        return self._changes(event.competitor, take)

    def _changes(self, competitor: str, take: Callable[[], None]) -> bool:
        """Do it; whether this competitor's row, or else anybody's rank, is another one then."""
        if self._picture is not None:
            take()
            return False
        before, total = self._row_of(competitor), self._total_of(competitor)
        take()
        if self._row_of(competitor) != before:
            self._moved.add(competitor)
            return True
        if total is None or self._mode == "progress":
            self._moved.add(competitor)
            return False
        return self._passes(self.state.competitors[competitor], total)

    def _apply_to_all(self, recorded: Recorded, event: _WholeEvent) -> bool:
        before = self._shown()
        freezing = isinstance(event, Frozen) and not self.state.release.frozen
        self.state.apply(recorded)
        self._rows, self._order = {}, None
        if isinstance(event, Thawed):
            self._picture = None
        if isinstance(event, _FiguresEvent):
            self._recount(event)
        if freezing:
            self._picture = None
            self._freeze(recorded.at)
        return self._shown() != before

    def _recount(self, event: _FiguresEvent) -> None:
        for entrant in self.state.competitors.values():
            captured = self._line(entrant).captured
            for form in event.forms if isinstance(event, ReleaseSet) else ():
                # Decided anew: only what is being looked at again stays as it was public before.
                if not self.state.sheet(form, entrant.id).review:
                    captured.pop(form, None)
            self._lines[entrant.id] = line_of(self.state, entrant, captured)

    def _freeze(self, at: str) -> None:
        head, rows = self._live()
        self._rows = {}  # those of the picture are the picture's
        self.state.release.freeze(at)
        self._picture = head | {"frozen": True, "frozen_at": at}, rows

    def _appellant(self, event: AppealFiled | AppealMoved) -> str:
        return event.competitor if isinstance(event, AppealFiled) else self.state.appeals.kept[event.appeal].competitor

    @property
    def _mode(self) -> BoardMode:
        """A training's results are for the competitors and their trainers alone. Unranked, there is no order (R29)."""
        if self.state.kind == "training" or (self.state.release.mode == "rank" and not self.state.ranked):
            return "progress"
        return self.state.release.mode

    def _line(self, entrant: Competitor) -> Line:
        line = self._lines.get(entrant.id)
        if line is None:
            # Full marks for everybody are also for who comes after them (R76).
            line = line_of(self.state, entrant, {}) if self.state.full_marks else Line()
            self._lines[entrant.id] = line
        return line

    def _total_of(self, competitor: str) -> Sum | None:
        line = self._lines.get(competitor)
        return None if line is None else line.total

    def _ranked(self, entrant: Competitor) -> Sum | None:
        """The total that ranks a competitor: of who competes with something public, where anybody is ranked."""
        if not self.state.ranked:
            return None
        line = self._lines.get(entrant.id)
        return line.total if line is not None and line.marked and entrant.status == "competing" else None

    def _ordered(self) -> Order:
        competitors = self.state.competitors
        if self._order is None:
            totals = {one.id: self._ranked(one) for one in competitors.values()}
            self._order = Order({one: total for one, total in totals.items() if total is not None})
        for one in self._moved:
            self._order.put(one, self._ranked(competitors[one]))
        self._moved.clear()
        return self._order

    def _passes(self, entrant: Competitor, before: Sum) -> bool:
        """Whether going on from this total, which is in the order or on its way there, moved anybody's rank."""
        now = self._ranked(entrant)
        if now is None:
            self._moved.add(entrant.id)
            return False
        self._moved.discard(entrant.id)
        order = self._ordered()
        order.put(entrant.id, before)
        return order.put(entrant.id, now)

    def _shown(self) -> tuple[View, dict[str, View]]:
        if self._picture is None:
            return self._live()
        return over_picture(self.state, *self._picture)

    def _live(self) -> tuple[View, dict[str, View]]:
        places = {} if self._mode == "progress" else self._ordered().ranks()
        last = len(places) + 1
        rows: dict[str, View] = {}
        everybody = self.state.competitors.values()
        for one in sorted(everybody, key=lambda one: (places.get(one.id, last), int(one.bib))):
            row, place = self._rows.get(one.id), places.get(one.id)
            if row is None or (place is None and "rank" in row):
                row = self._row(one)
            if place is not None and row.get("rank") != place:
                row = row | {"rank": place}
            rows[one.id] = row
        self._rows = rows
        if self.state.final is not None:
            rows = {one: dict(row) for one, row in rows.items()}  # they are given other ranks
        return after_thaw(self.state, self._head(), rows)

    def _head(self) -> View:
        state = self.state
        title = {"en": state.id} if state.title is None else state.title.model_dump(exclude_none=True)
        head: View = {
            "competition": state.id,
            "showcase": showcase_of(state.id),
            "title": title,
            "mode": self._mode,
            "aspects": 0 if state.scheme is None else len(state.scheme.aspects),
            "max": "100.00",
            "final": False,
        }
        if state.kind == "training":
            head["kind"] = "training"
        if (times := clock(state)) is not None:
            head["clock"] = times
        if state.release.delay_seconds:
            head["delay"] = state.release.delay_seconds
        # Each side is marked by the other side's judges; for want of eligible judges nobody is ranked (R29).
        mirrored = any(panel.mode == "mirrored" for panel in state.panels.by_form.values())
        if notice := ["mirrored"] * mirrored + ["unranked"] * (not state.ranked):
            head["notice"] = notice
        if self._mode == "marks":
            head["criteria"] = self._criteria()
        return head

    def _criteria(self) -> list[View]:
        if self.state.scheme is None:
            return []
        return [
            {
                "id": criterion.id,
                "name": criterion.name.model_dump(exclude_none=True),
                "max": shown(self.state.scheme.criterion_maximum[criterion.id]),
            }
            for criterion in self.state.scheme.scheme.criteria
        ]

    def _row_of(self, competitor: str) -> View | None:
        entrant = self.state.competitors.get(competitor)
        return None if entrant is None else self._row(entrant)

    def _row(self, entrant: Competitor) -> View:
        """A row without its rank."""
        line = self._line(entrant)
        row: View = {
            "bib": entrant.bib,
            "name": entrant.name,
            "country": entrant.country,
            "status": entrant.status,
            "marked": line.marked,
        }
        if self._under_review(entrant, line):
            row["review"] = True
        if self._mode == "marks" and entrant.status in _WITH_FIGURES and line.marked:
            # Only criteria with something public: not yet marked is not zero (R37).
            row["total"] = line.total.shown
            row["criteria"] = {criterion: mark.shown for criterion, mark in sorted(line.by_criterion.items())}
        return row

    def _under_review(self, entrant: Competitor, line: Line) -> bool:
        """Whether something that is public is being looked at again (R52, R82)."""
        forms = {} if self.state.scheme is None else self.state.scheme.forms
        held = any(is_held(self.state, line, form, entrant.id) for form in line.captured if form in forms)
        return held or self.state.appeals.under_review(entrant.id)
