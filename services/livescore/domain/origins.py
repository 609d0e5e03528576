"""Where marks come from besides a judge's eye: what a script said of a reading (R18), what was typed from paper (R43).

Kept by the mark's seq and apart from the cells, because nearly all marks have neither: a mark that is replaced takes
what is known of it out of sight and not out of the record.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from shared.contracts.events import Recorded
from shared.contracts.livescore import Check, MarkGiven
from shared.contracts.sheets import CheckedByHand


class ByHand(NamedTuple):
    """Who checked a reading by hand, and when that was recorded."""

    judge: str
    at: str


@dataclass(slots=True)
class Origins:
    checks: dict[int, Check] = field(default_factory=dict)
    paper: set[int] = field(default_factory=set)
    by_hand: dict[int, ByHand] = field(default_factory=dict)

    def take_mark(self, seq: int, event: MarkGiven) -> None:
        if event.check is not None:
            self.checks[seq] = event.check
        if event.paper:
            self.paper.add(seq)

    def take(self, recorded: Recorded, event: CheckedByHand) -> None:
        self.by_hand |= dict.fromkeys(event.readings, ByHand(event.by, recorded.at))

    def called_wrong(self, seqs: Iterable[int]) -> tuple[int, ...]:
        """Which of these readings a script called not correct."""
        found = ((seq, self.checks.get(seq)) for seq in seqs)
        return tuple(seq for seq, check in found if check is not None and check.verdict == "not_correct")

    def doubted(self, seqs: Iterable[int]) -> tuple[int, ...]:
        """Those that nobody has checked by hand since."""
        return tuple(seq for seq in self.called_wrong(seqs) if seq not in self.by_hand)

    def told(self, seq: int) -> dict[str, Any]:
        """Of one mark, for whoever may see the mark itself; empty for one that is like all others."""
        found: dict[str, Any] = {"paper": True} if seq in self.paper else {}
        check = self.checks.get(seq)
        if check is not None:
            hand = self.by_hand.get(seq)
            found["check"] = check.model_dump() | {"by_hand": None if hand is None else hand._asdict()}
        return found
