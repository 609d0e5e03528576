"""The leniency report: does a judge score one nation's competitors higher than the rest of the panel does (R30).

For every complete round of three scores, a judge's difference is the own score minus the mean of the other two. A
difference is a whole number of halves, so everything is exact. With few competitors a side it is information only and
corrects nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from services.livescore.domain.judgement import PANEL_SIZE


class Difference(NamedTuple):
    """How far one judge was from the other two for a competitor of a country, in halves of a score."""

    judge: str
    country: str
    halves: int


def differences(scores: Mapping[str, int], country: str) -> list[Difference]:
    """Of one complete round, by judge; none of a round of another size."""
    if len(scores) != PANEL_SIZE:
        return []
    total = sum(scores.values())
    return [Difference(judge, country, 3 * own - total) for judge, own in scores.items()]


class Mean(NamedTuple):
    """Of how many scores, and how far they lie from the other two on average."""

    scores: int
    mean: Fraction


class Apart(NamedTuple):
    higher: str
    lower: str
    difference: Fraction


@dataclass(slots=True)
class Leniency:
    """Sums by judge and country of the competitor; what is no longer true is taken out again."""

    _sums: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def put(self, found: Iterable[Difference], times: int = 1) -> None:
        """Count differences; with `times` -1 take them out."""
        for one in found:
            halves, count = self._sums.get((one.judge, one.country), (0, 0))
            self._sums[one.judge, one.country] = halves + times * one.halves, count + times

    def of(self, judge: str, countries: Iterable[str]) -> Mean | None:
        """Over all competitors of these countries together; None without a score."""
        halves = count = 0
        for country in countries:
            more = self._sums.get((judge, country), (0, 0))
            halves, count = halves + more[0], count + more[1]
        return Mean(count, Fraction(halves, 2 * count)) if count else None

    def judges(self) -> list[str]:
        return sorted({judge for (judge, _), (_, count) in self._sums.items() if count})

    def countries(self) -> list[str]:
        return sorted({country for (_, country), (_, count) in self._sums.items() if count})

    def widest(self, judge: str) -> "Apart | None":
        """Between the Member a judge is most generous to and the one least; None with fewer than two Members.

        A judge never marks the own side (R26), so home and away are the Members that the judge does mark.
        """
        means = [(found.mean, country) for country in self.countries() if (found := self.of(judge, [country]))]
        if len(means) < 2:
            return None
        (low, lower), (high, higher) = min(means), max(means)
        return Apart(higher, lower, high - low)
