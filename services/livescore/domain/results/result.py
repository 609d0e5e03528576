"""The result of one competition: ranks, computed and awarded medals, Medallions, Best of Nation, standardised scores.

A pure function of the entrants' exact totals, the rules and the decisions of people. The digest covers everything but
names, which follow consents and may change at any time (R98); two people sign the digest (R48). Before that a result is
provisional and shows no standardised score (R72).
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from services.livescore.domain.arithmetic import cents, wire
from services.livescore.domain.results.entrants import Entrant, places
from services.livescore.domain.results.medals import colours, medallions, medals
from services.livescore.domain.results.standard import Near, Standard, Withheld, shown_score, standard, withheld
from shared.contracts.acts import Rules
from shared.contracts.registration import Kind
from shared.contracts.release import Medal

POINTS: dict[Medal, int] = {"gold": 4, "silver": 3, "bronze": 2}
MEDALLION_POINTS = 1


class Departure(NamedTuple):
    """A medal given, or with None not given, otherwise than computed (R65)."""

    medal: Medal | None
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """One entrant's place in the result. `medal` and `medallion` are what is awarded, `computed` what the rules say."""

    entrant: Entrant
    rank: int | None
    computed: Medal | None
    departure: Departure | None
    medallion: bool
    best_of_nation: bool
    score: Decimal | None

    @property
    def medal(self) -> Medal | None:
        return self.computed if self.departure is None else self.departure.medal

    @property
    def awards(self) -> tuple[str, ...]:
        """What is announced at the ceremony before the name, the highest first."""
        highest = (self.medal,) if self.medal else ("medallion",) if self.medallion else ()
        return (*highest, "best_of_nation") if self.best_of_nation else highest

    @property
    def points(self) -> int:
        """Medal points of this competitor (R69)."""
        return POINTS[self.medal] if self.medal else MEDALLION_POINTS if self.medallion else 0

    @property
    def adds_up(self) -> bool:
        """Whether the shown criteria add up to the shown total (R35)."""
        return sum(map(cents, self.entrant.by_criterion.values())) == cents(self.entrant.total)

    def to_json(self) -> dict[str, Any]:
        entrant = self.entrant
        return {
            "id": entrant.id,
            "bib": entrant.bib,
            "name": entrant.name,
            "country": entrant.country,
            "status": entrant.status,
            "complete": entrant.complete,
            "rank": self.rank,
            "total": wire(entrant.total) if entrant.by_criterion else None,
            "criteria": {one: wire(mark) for one, mark in sorted(entrant.by_criterion.items())},
            "adds_up": self.adds_up,
            "medal": self.medal,
            "computed": self.computed,
            "departure": None if self.departure is None else self.departure.reason,
            "medallion": self.medallion,
            "best_of_nation": self.best_of_nation,
            "points": self.points,
            "score": None if self.score is None else shown_score(self.score),
        }


@dataclass(frozen=True, slots=True)
class Result:
    """`lines` are in the order of a board, the unranked last. `version` is None while provisional, then 1, 2, ...

    `measure` is the field's measure where scores may be shown, else `withheld` says why not. `medals_on_marks` says
    that medals were to be computed on the scale and could not be. `unranked`: for want of eligible judges nobody has a
    place, an award or a score (R29).
    """

    competition: str
    kind: Kind
    rules: Rules
    version: int | None
    lines: tuple[Line, ...]
    measure: Standard | None
    withheld: tuple[Withheld, ...]
    medals_on_marks: bool
    unranked: bool = False

    @property
    def final(self) -> bool:
        return self.version is not None

    @property
    def ranked(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.rank is not None)

    @property
    def starters(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.entrant.competes)

    def line(self, competitor: str) -> Line | None:
        return next((line for line in self.lines if line.entrant.id == competitor), None)

    def to_json(self) -> dict[str, Any]:
        """The whole result; the same entrants and rules give the same bytes, in whatever order they came."""
        return self._content() | {"digest": self.digest}

    @property
    def digest(self) -> str:
        """SHA-256 over the content without names, as JSON with sorted keys and no spaces."""
        content = self._content()
        for row in content["rows"]:
            del row["name"]
        return sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()

    def _content(self) -> dict[str, Any]:
        # Only where it is so: the digests of all other results are signed as they were.
        unranked = {"unranked": True} if self.unranked else {}
        return unranked | {
            "competition": self.competition,
            "kind": self.kind,
            "final": self.final,
            "version": self.version,
            "starters": len(self.starters),
            "medals": {
                "unit": self.rules.medal_unit,
                "band": self.rules.medal_band,
                "on_marks_instead": self.medals_on_marks,
            },
            "score": {"method": self.rules.scale_method, "withheld": list(self.withheld)},
            "rows": [line.to_json() for line in self.lines],
        }


def conclude(
    competition: str,
    entrants: Collection[Entrant],
    rules: Rules,
    *,
    kind: Kind = "competition",
    departures: Mapping[str, Departure] | None = None,
    version: int | None = None,
    ranked: bool = True,
) -> Result:
    """Work everything out. A departure for somebody who does not compete (any more) has no effect (R38)."""
    field = {one.id: one for one in entrants if one.competes}
    totals = {one.id: one.total for one in field.values() if one.in_order}
    ranks = places(totals) if ranked else {}
    unmarked = any(not one.complete for one in field.values())
    hindrances = withheld([one.total for one in field.values()], rules.scale_method, unmarked=unmarked)
    if not ranked:
        hindrances = (*hindrances, "unranked")
    measure = None if hindrances else standard(totals.values(), rules.scale_method)
    competes = kind == "competition" and ranked
    departed = {one: said for one, said in (departures or {}).items() if one in field and competes}
    computed: dict[str, Medal] = {}
    if competes:
        given = colours(len(field), small_field=rules.small_field)
        computed = medals(totals, _band(rules, measure), given, rules.bronze_after_tied_silver)
    medalled = {one for one in field if (departed[one].medal if one in departed else computed.get(one)) is not None}
    commended = medallions(totals, medalled, len(field)) if competes else frozenset()
    best = best_of_nation(field.values()) if competes else frozenset()
    reasons: tuple[Withheld, ...] = hindrances if version is not None else ("not_final", *hindrances)
    shown = None if reasons else measure
    last = len(entrants) + 1
    return Result(
        competition=competition,
        kind=kind,
        rules=rules,
        version=version,
        lines=tuple(
            Line(
                entrant=one,
                rank=ranks.get(one.id),
                computed=computed.get(one.id),
                departure=departed.get(one.id),
                medallion=one.id in commended,
                best_of_nation=one.id in best,
                score=shown.score(one.total) if shown is not None and one.competes else None,
            )
            for one in sorted(entrants, key=lambda one: (ranks.get(one.id, last), one.line))
        ),
        measure=shown,
        withheld=reasons,
        medals_on_marks=competes and rules.medal_unit == "scale" and measure is None,
        unranked=not ranked,
    )


def best_of_nation(field: Collection[Entrant]) -> frozenset[str]:
    """The highest total within each Member with two starters or more; ties share (R67)."""
    starters = Counter(one.country for one in field)
    highest: dict[str, Fraction] = {}
    marked = [one for one in field if one.in_order and starters[one.country] >= 2]
    for one in marked:
        highest[one.country] = max(one.total, highest.get(one.country, one.total))
    return frozenset(one.id for one in marked if one.total == highest[one.country])


def _band(rules: Rules, measure: Standard | None) -> Near:
    """Within the band in marks, or on the scale (R61); where there is no scale, only equal totals share a medal."""
    if rules.medal_unit == "marks":
        band = Fraction(rules.medal_band)
        return lambda gap: gap <= band
    if measure is None:
        return lambda gap: gap == 0
    return measure.near(Fraction(rules.medal_band))
