"""Who a result is about: everybody who entered, with exact totals, and how equal totals share a place (R59).

A result knows nothing of cells or sheets: whoever has totals, of now or as they were finalised, can ask for one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

Status = Literal["competing", "guest", "withdrawn", "disqualified"]


@dataclass(frozen=True, slots=True)
class Entrant:
    """One competitor's marks; criteria and forms without a mark are absent, because not yet marked is not zero (R37).

    `name` is the public display name, which follows the consent (R98); a result never depends on it.
    """

    id: str
    bib: str
    name: str
    country: str
    status: Status
    total: Fraction
    by_criterion: Mapping[str, Fraction]
    complete: bool
    by_form: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def competes(self) -> bool:
        """Only those who compete get a rank and awards (R38)."""
        return self.status == "competing"

    @property
    def in_order(self) -> bool:
        return self.competes and bool(self.by_criterion)

    @property
    def line(self) -> tuple[int, str]:
        """Where the entrant stands inside an equal rank (R59)."""
        return int(self.bib), self.id


def places(values: Mapping[str, Fraction]) -> dict[str, int]:
    """Places by value, the highest first: equal values share one and the next are skipped, 1 2 2 4 (R59)."""
    found: dict[str, int] = {}
    place, last = 0, None
    for count, (one, value) in enumerate(sorted(values.items(), key=lambda item: -item[1]), start=1):
        if value != last:
            place, last = count, value
        found[one] = place
    return found


def middle(values: Collection[Fraction]) -> Fraction:
    """The median of one value or more."""
    line = sorted(values)
    half = len(line) // 2
    return line[half] if len(line) % 2 else (line[half - 1] + line[half]) / 2
