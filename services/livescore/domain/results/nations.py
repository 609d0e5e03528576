"""What several competitions of one showcase say together: the best of all, and the reports by Member (R68, R69).

Scores of different competitions are compared only here, within one showcase and only where they may be shown (R72);
they are compared exactly, not as they are shown.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any, Literal, NamedTuple

from services.livescore.domain.arithmetic import shown
from services.livescore.domain.results.entrants import places
from services.livescore.domain.results.result import Line, Result
from services.livescore.domain.results.standard import shown_score
from shared.contracts.names import showcase_of

FEWEST_MEMBERS = 3

ScoreUnit = Literal["scale", "marks"]


class Best(NamedTuple):
    competition: str
    competitor: str
    score: str


def overall_best(results: Collection[Result]) -> tuple[Best, ...]:
    """The highest standardised score across competitions, ties kept; nobody where fewer than two have scores (R68)."""
    _of_one_showcase(results)  # one that is unranked has no measure (R29)
    scored = [result for result in results if result.measure is not None]
    if len(scored) < 2:
        return ()
    standings = [
        (result.measure.standing(line.entrant.total), result, line)
        for result in scored
        for line in result.ranked
        if result.measure is not None
    ]
    highest = max(standing for standing, _, _ in standings)
    best = [
        Best(result.competition, line.entrant.id, shown_score(line.score))
        for standing, result, line in standings
        if standing == highest and line.score is not None
    ]
    return tuple(sorted(best))


@dataclass(frozen=True, slots=True)
class Member:
    """One nation's or region's figures. Scores are None where not every competition has them."""

    country: str
    starters: int
    skills: int
    points: int
    total_score: Fraction | None

    @property
    def points_per_skill(self) -> Fraction:
        return Fraction(self.points, self.skills)

    @property
    def average_score(self) -> Fraction | None:
        return None if self.total_score is None else self.total_score / self.starters


@dataclass(frozen=True, slots=True)
class MemberReports:
    """The figures behind the five reports; `score_unit` is marks for one competition, else the approximated scale."""

    members: tuple[Member, ...]
    score_unit: ScoreUnit | None

    def to_json(self) -> dict[str, Any]:
        """Five reports (R69), each `{place, country, ...}` lines; the two of scores are None where there are none."""
        return {
            "score_unit": self.score_unit,
            "alphabetical": [
                {
                    "country": one.country,
                    "starters": one.starters,
                    "skills": one.skills,
                    "points": one.points,
                    "points_per_skill": shown(one.points_per_skill),
                    "total_score": None if one.total_score is None else self._written(one.total_score),
                    "average_score": None if one.average_score is None else shown(one.average_score),
                }
                for one in self.members
            ],
            "total_points": self._report(lambda one: Fraction(one.points), str),
            "points_per_skill": self._report(lambda one: one.points_per_skill, shown),
            "total_score": self._report(lambda one: one.total_score, self._written),
            "average_score": self._report(lambda one: one.average_score, shown),
        }

    def _written(self, score: Fraction) -> str:
        return shown(score) if self.score_unit == "marks" else _half_up(score)

    def _report(
        self, figure: Callable[[Member], Fraction | None], written: Callable[[Fraction], str]
    ) -> list[dict[str, Any]] | None:
        figures = {one.country: value for one in self.members if (value := figure(one)) is not None}
        if len(figures) < len(self.members):
            return None
        ranks = places(figures)
        return [
            {"place": ranks[country], "country": country, "figure": written(figures[country])}
            for country in sorted(figures, key=lambda country: (ranks[country], country))
        ]


def member_reports(results: Collection[Result]) -> MemberReports | None:
    """The five reports over competitions that rank anybody; None for fewer than three Members (R29, R69)."""
    _of_one_showcase(results)
    results = [result for result in results if not result.unranked]
    by_country: dict[str, list[tuple[Result, Line]]] = defaultdict(list)
    for result in results:
        for line in result.starters:
            by_country[line.entrant.country].append((result, line))
    if len(by_country) < FEWEST_MEMBERS:
        return None
    unit: ScoreUnit | None = None
    if len(results) == 1:
        unit = "marks"
    elif all(result.measure is not None for result in results):
        unit = "scale"
    return MemberReports(
        tuple(
            Member(
                country=country,
                starters=len(lines),
                skills=len({result.competition for result, _ in lines}),
                points=sum(line.points for _, line in lines),
                total_score=None if unit is None else sum((_score(line, unit) for _, line in lines), Fraction(0)),
            )
            for country, lines in sorted(by_country.items())
        ),
        unit,
    )


def _score(line: Line, unit: ScoreUnit) -> Fraction:
    return line.entrant.total if unit == "marks" else Fraction(line.score or 0)


def _half_up(score: Fraction) -> str:
    return str(floor(score + Fraction(1, 2)))


def _of_one_showcase(results: Iterable[Result]) -> None:
    if len({showcase_of(result.competition) for result in results}) > 1:
        raise ValueError("results of different showcases are not compared (R72)")
