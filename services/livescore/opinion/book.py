"""The facts of one competition, sorted by what they are about and each with its seq; nothing is worked out here.

A moment is a seq: what held at a moment is the last fact up to it. So any earlier picture (before a freeze, before a
sheet was reopened, as it was finalised) is asked for in the same way as the present one.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from shared.contracts import acts, exercises, livescore, release, remedies, sheets
from shared.contracts.events import Event, Recorded
from shared.contracts.registration import BoardMode
from shared.contracts.scheme import Scheme

T = TypeVar("T")
Dated = list[tuple[int, T]]
"""Facts of one kind with their seqs, oldest first."""

SheetStep = (
    sheets.SheetSubmitted
    | sheets.SheetVerified
    | sheets.SheetReturned
    | sheets.SheetSigned
    | sheets.SheetLocked
    | sheets.SheetReopened
)
FreezeFact = release.FreezePlanned | release.Frozen | release.Thawed
RevealFact = release.RevealBegun | release.RevealMoved | release.RevealEnded | release.Thawed
RosterFact = livescore.CompetitorEntered | livescore.CompetitorLeft | livescore.CompetitorStatusSet
OutageFact = remedies.OutageRecorded | remedies.OutageReversed
AppealFact = remedies.AppealFiled | remedies.AppealMoved

_WITHOUT_WORTH = (
    livescore.JudgeSeated,
    livescore.JudgeUnseated,
    livescore.TrainerSeated,
    livescore.TrainerUnseated,
    acts.FormsBlinded,
    acts.TextsApproved,
    acts.Proposed,
    acts.Declined,
    sheets.ConflictDeclared,
    sheets.ConflictCleared,
    sheets.SeatSwapped,
    sheets.RoundJustified,
    sheets.RoundOrdered,
    sheets.CheckedByHand,
    sheets.TypingAccepted,
    release.SheetsShown,
)
"""What changes neither an award nor what the public sees; nothing of an exercise does either."""


class Reading(NamedTuple):
    """A mark as it was given: `value` measured, by a `pair` or not, or a judge's `score`."""

    seq: int
    judge: str
    round: int
    value: str | None
    score: int | None
    pair: int | None


class Freeze(NamedTuple):
    """The picture stood still from `seq` on, recorded `at`, until before `until` (None: it still does)."""

    seq: int
    at: str
    until: int | None


def latest(facts: Sequence[tuple[int, T]], moment: int) -> T | None:
    """The last of dated facts up to a moment."""
    for seq, fact in reversed(facts):
        if seq <= moment:
            return fact
    return None


class Book:
    """`enter` every event of the stream in order; then read."""

    def __init__(self) -> None:
        self.seq = 0
        self.id = ""
        self.opened: Dated[livescore.CompetitionOpened] = []
        self.modes: Dated[BoardMode] = []
        self.schemes: Dated[Scheme] = []
        self.amended: list[int] = []
        """Seqs of amendments."""
        self.rules: Dated[acts.Rules] = []
        self.roster: dict[str, Dated[RosterFact]] = {}
        self.readings: dict[tuple[str, str], list[Reading]] = defaultdict(list)
        self.chosen: dict[tuple[str, str], Dated[int]] = defaultdict(list)
        """Pairs whose reading the chief expert chose, by competitor and aspect."""
        self.steps: dict[tuple[str, str], Dated[SheetStep]] = defaultdict(list)
        """By form and competitor."""
        self.whens: dict[str, Dated[release.When]] = defaultdict(list)
        self.delays: Dated[int] = []
        self.outages: Dated[OutageFact] = []
        self.appeals: Dated[AppealFact] = []
        self.panels: Dated[sheets.PanelNamed] = []
        self.rankings: Dated[bool] = []
        self.departures: Dated[release.MedalsDeparted] = []
        self.finals: Dated[release.Finalised] = []
        self.reveals: Dated[RevealFact] = []
        self.freezes: list[Freeze] = []
        self._planned: datetime | None = None

    def enter(self, recorded: Recorded) -> None:
        """Raise ValueError for an event that does not follow, or that nothing is known about."""
        if recorded.seq != self.seq + 1:
            raise ValueError(f"{recorded.stream}: seq {recorded.seq} does not follow {self.seq}")
        self.id = self.id or recorded.stream.partition("/")[2]
        self.seq = recorded.seq
        if self._planned is not None:
            self._freeze_as_planned(recorded)
        self._sort(recorded, recorded.event)

    def _sort(self, recorded: Recorded, event: Event) -> None:
        seq = recorded.seq
        match event:
            case livescore.MarkGiven():
                self.readings[event.competitor, event.aspect].append(
                    Reading(seq, event.judge, event.round, event.value, event.score, event.pair)
                )
            case livescore.CompetitorEntered() | livescore.CompetitorLeft() | livescore.CompetitorStatusSet():
                self.roster.setdefault(event.competitor, []).append((seq, event))
            case livescore.CompetitionOpened():
                if not self.opened:
                    self.modes.append((seq, event.board_mode))
                self.opened.append((seq, event))
            case livescore.SchemeImported():
                self.schemes.append((seq, event.scheme))
            case acts.SchemeAmended():
                self.schemes.append((seq, event.scheme))
                self.amended.append(seq)
            case acts.RulesSet():
                self.rules.append((seq, event.rules))
            case remedies.OutageRecorded() | remedies.OutageReversed():
                self.outages.append((seq, event))
            case remedies.AppealFiled() | remedies.AppealMoved():
                self.appeals.append((seq, event))
            case sheets.DualDecided():
                self.chosen[event.competitor, event.aspect].append((seq, event.pair))
            case release.RankingSet():
                self.rankings.append((seq, event.ranked))
            case release.MedalsDeparted():
                self.departures.append((seq, event))
            case release.Finalised():
                self.finals.append((seq, event))
            case _ if isinstance(event, SheetStep):
                self.steps[event.form, event.competitor].append((seq, event))
            case _:
                self._sort_public(recorded, event)

    def _sort_public(self, recorded: Recorded, event: Event) -> None:
        seq = recorded.seq
        match event:
            case acts.BoardModeSet():
                self.modes.append((seq, event.mode))
            case release.ReleaseSet():
                for form in event.forms:
                    self.whens[form].append((seq, event.when))
            case release.DelaySet():
                self.delays.append((seq, event.seconds))
            case sheets.PanelNamed():
                self.panels.append((seq, event))
            case release.FreezePlanned():
                self._planned = event.at
            case release.Frozen():
                self._freeze(recorded)
            case release.Thawed():
                self._thaw(seq)
                self.reveals.append((seq, event))
            case release.RevealBegun() | release.RevealMoved() | release.RevealEnded():
                if not event.rehearsal:
                    self.reveals.append((seq, event))
            case _ if isinstance(event, _WITHOUT_WORTH) or type(event).__module__ == exercises.__name__:
                pass
            case _:
                raise ValueError(f"{recorded.stream}: {event.TYPE} is no fact of a competition")

    def _freeze_as_planned(self, recorded: Recorded) -> None:
        """A plan counts by the time at which facts are recorded (R55); `Frozen` itself may follow a moment later."""
        assert self._planned is not None
        if not self._still and datetime.fromisoformat(recorded.at) >= self._planned:
            self._freeze(recorded)

    @property
    def _still(self) -> bool:
        return bool(self.freezes) and self.freezes[-1].until is None

    def _freeze(self, recorded: Recorded) -> None:
        if not self._still:
            self.freezes.append(Freeze(recorded.seq, recorded.at, None))
            self._planned = None

    def _thaw(self, seq: int) -> None:
        if self._still:
            self.freezes[-1] = self.freezes[-1]._replace(until=seq)

    def ranks(self, moment: int) -> bool:
        """Whether anybody has a place at all (R29)."""
        return latest(self.rankings, moment) is not False

    def people(self, moment: int) -> list[str]:
        """Everybody who ever entered, up to a moment."""
        return [one for one, facts in self.roster.items() if facts[0][0] <= moment]

    def entered(self, competitor: str, moment: int) -> livescore.CompetitorEntered:
        """Bib, name and country as last said."""
        for seq, fact in reversed(self.roster[competitor]):
            if seq <= moment and isinstance(fact, livescore.CompetitorEntered):
                return fact
        raise ValueError(f"{competitor} did not enter")

    def status(self, competitor: str, moment: int) -> str:
        """competing, guest, disqualified or withdrawn (R38); who enters again after leaving competes."""
        facts = [fact for seq, fact in self.roster[competitor] if seq <= moment]
        # What was said before the last leaving says nothing any more.
        left = max((n for n, fact in enumerate(facts) if isinstance(fact, livescore.CompetitorLeft)), default=-1)
        since = facts[left + 1 :]
        for fact in reversed(since):
            if isinstance(fact, livescore.CompetitorStatusSet):
                return fact.status
        return "competing" if since else "withdrawn"
