"""Ranks by exact totals (R36, R59): equal totals share a rank and the next ranks are skipped, 1 2 2 4.

There is no tie-break; inside a tie the bib orders the lines, not the people. Who is ranked at all (R37, R38) is for
the caller to say.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping
from math import lcm

from services.livescore.domain.arithmetic import Sum


class Order:
    """Totals kept in order: a mark among a thousand competitors asks few of them whether it moves anybody."""

    def __init__(self, totals: Mapping[str, Sum]) -> None:
        self._unit = lcm(*(total.denominator for total in totals.values()))
        self._of = {competitor: total.over(self._unit) for competitor, total in totals.items()}
        self._all = sorted(self._of.values())

    def put(self, competitor: str, total: Sum | None) -> bool:
        """Rank a competitor by another total, or not at all; whether anybody's rank is another one now."""
        if total is not None and self._unit % total.denominator:
            self._divide(total.denominator)
        before = self._of.pop(competitor, None)
        if before is not None:
            del self._all[bisect_left(self._all, before)]
        if total is None:
            return before is not None
        after = self._of[competitor] = total.over(self._unit)
        # Ranks move when somebody else is passed, caught up with or left behind.
        passed = before is None or (
            before != after and bisect_left(self._all, min(before, after)) < bisect_right(self._all, max(before, after))
        )
        insort(self._all, after)
        return passed

    def ranks(self) -> dict[str, int]:
        """Rank by competitor id."""
        number, all_ = len(self._all), self._all
        return {competitor: number - bisect_right(all_, total) + 1 for competitor, total in self._of.items()}

    def _divide(self, denominator: int) -> None:
        unit = lcm(self._unit, denominator)
        times = unit // self._unit
        self._unit = unit
        self._of = {competitor: total * times for competitor, total in self._of.items()}
        self._all = [total * times for total in self._all]


def ranks(totals: Mapping[str, Sum]) -> dict[str, int]:
    """Rank by competitor id."""
    return Order(totals).ranks()
