"""Outages and their remedies (section 12), appeals and their states (section 13).

Entries are never edited; an outage is reversed by another entry, an appeal moves on. What a remedy is worth is worked
out by the scorecard from what stands here.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.contracts.events import Recorded
from shared.contracts.remedies import (
    AppealFiled,
    AppealMoved,
    AppealState,
    FullMarks,
    OutageRecorded,
    OutageReversed,
    Remedy,
    RemovedInterval,
    TimeBack,
)

DECIDED: frozenset[AppealState] = frozenset({"upheld", "partly_upheld", "rejected"})
STEPS: dict[AppealState, frozenset[AppealState]] = {
    "submitted": frozenset({"eligibility_check"}),
    "eligibility_check": frozenset({"under_review", "rejected"}),
    "under_review": frozenset({"hearing", "upheld", "partly_upheld", "rejected"}),
    "hearing": frozenset({"upheld", "partly_upheld", "rejected"}),
    "upheld": frozenset({"closed"}),
    "partly_upheld": frozenset({"closed"}),
    "rejected": frozenset({"closed"}),
    "closed": frozenset(),
}
"""Which state may follow which (R80)."""


@dataclass(slots=True)
class Outage:
    id: str
    remedy: Remedy
    evidence: str
    proposed_by: str
    approved_by: str
    at: str
    seq: int
    reversed_at: str | None = None


@dataclass(slots=True)
class Outages:
    kept: dict[str, Outage] = field(default_factory=dict)

    def take(self, recorded: Recorded, event: OutageRecorded | OutageReversed) -> None:
        match event:
            case OutageRecorded():
                self.kept[event.outage] = Outage(
                    event.outage,
                    event.remedy,
                    event.reason,
                    event.proposed_by,
                    event.by,
                    recorded.at,
                    recorded.seq,
                )
            case OutageReversed():
                self.kept[event.outage].reversed_at = recorded.at

    @property
    def in_force(self) -> list[Remedy]:
        return [one.remedy for one in self.kept.values() if one.reversed_at is None]

    @property
    def full_marks(self) -> frozenset[str]:
        """Aspects for which everybody gets the maximum (R76)."""
        return frozenset(aspect for one in self.in_force if isinstance(one, FullMarks) for aspect in one.aspects)

    def granted_seconds(self, competitor: str | None) -> int:
        """Time given back and removed for this competitor; a moment removed twice counts once (R15, R77).

        None stands for everybody who was given nothing back.
        """
        return self.back_seconds(competitor) + int(self.removed.total_seconds())

    def back_seconds(self, competitor: str | None) -> int:
        """Time given back to this competitor alone."""
        return sum(one.seconds for one in self.in_force if isinstance(one, TimeBack) and one.competitor == competitor)

    @property
    def removed(self) -> timedelta:
        """All removed intervals together, overlaps once."""
        spans = sorted((one.start, one.end) for one in self.in_force if isinstance(one, RemovedInterval))
        total, until = timedelta(0), None
        for start, end in spans:
            begin = start if until is None else max(start, until)
            if end > begin:
                total += end - begin
                until = end
        return total

    def deadline(self, competitor: str | None, starts_at: datetime, allotted_seconds: int) -> datetime:
        """When this competitor has to stop (R77)."""
        return starts_at + timedelta(seconds=allotted_seconds + self.granted_seconds(competitor))


@dataclass(slots=True)
class Appeal:
    """`said` holds each step's text with its state, oldest first."""

    id: str
    competitor: str
    form: str | None
    text: str
    filed_at: str
    state: AppealState = "submitted"
    said: tuple[tuple[AppealState, str, str | None], ...] = ()

    @property
    def open(self) -> bool:
        return self.state not in DECIDED and self.state != "closed"

    @property
    def upheld(self) -> bool:
        return any(state in {"upheld", "partly_upheld"} for state, _, _ in self.said)


@dataclass(slots=True)
class Appeals:
    kept: dict[str, Appeal] = field(default_factory=dict)

    def take(self, recorded: Recorded, event: AppealFiled | AppealMoved) -> Appeal:
        if isinstance(event, AppealFiled):
            appeal = Appeal(event.appeal, event.competitor, event.form, event.text, recorded.at)
            self.kept[event.appeal] = appeal
        else:
            appeal = self.kept[event.appeal]
            appeal.state = event.to
            appeal.said = (*appeal.said, (event.to, recorded.at, event.text))
        return appeal

    def under_review(self, competitor: str) -> bool:
        """Whether the public is told that this competitor's marks are looked at (R82)."""
        return any(one.open and one.competitor == competitor for one in self.kept.values())
