"""The result of a competition at a moment: ranks, medals, Medallions, Best of Nation, scores; as a result's JSON.

Everything is worked out from the awards of that moment; a final result is the one of the moment it was finalised.
"""

from bisect import bisect_right
from fractions import Fraction
from typing import Any, NamedTuple

from services.livescore.opinion import field
from services.livescore.opinion.book import latest
from services.livescore.opinion.cells import Cells
from services.livescore.opinion.medals import given_to, medals
from services.livescore.opinion.worth import hundredths
from shared.contracts.acts import Rules
from shared.contracts.release import MedalsDeparted

View = dict[str, Any]
_POINTS = {"gold": 4, "silver": 3, "bronze": 2, "medallion": 1}


class Standing(NamedTuple):
    """One competitor's marks: sums in parts of a mark, by criterion where anything is marked."""

    id: str
    bib: str
    country: str
    status: str
    total: int
    by_criterion: dict[str, int]
    complete: bool

    @property
    def ranked(self) -> bool:
        return self.status == "competing" and bool(self.by_criterion)


class Results:
    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._book = cells.book
        self._parts = cells.parts

    def standing(self, competitor: str, moment: int) -> Standing:
        by_criterion: dict[str, int] = {}
        complete = True
        for aspect, place in self._cells.places(moment).items():
            award = self._cells.counted(competitor, aspect, moment)
            if award is None:
                complete = False
            else:
                by_criterion[place.criterion] = by_criterion.get(place.criterion, 0) + award
        entered = self._book.entered(competitor, moment)
        total = sum(by_criterion.values())
        status = self._book.status(competitor, moment)
        return Standing(competitor, entered.bib, entered.country, status, total, by_criterion, complete)

    def of(self, standings: list[Standing], moment: int, version: int | None, names_of: int) -> View:
        """The whole result, provisional without a `version`; with the names that are in force at `names_of` (R98)."""
        rules, kind = self._cells.rules(moment), self._cells.kind(moment)
        ranks = self._book.ranks(moment)
        awards = ranks and kind == "competition"
        starters = [one for one in standings if one.status == "competing"]
        totals = {one.id: one.total for one in starters if one.by_criterion}
        reasons = field.hindrances(
            [one.total for one in starters],
            rules.scale_method,
            unmarked=not all(one.complete for one in starters),
        ) + ([] if ranks else ["unranked"])
        squared = None if reasons else field.spread_squared(list(totals.values()), rules.scale_method)
        computed = self._medals(totals, len(starters), rules, squared) if awards else {}
        departures = self._departures(moment) if awards else {}
        competitors = {one.id for one in starters}
        given = computed | {one: medal for one, (medal, _) in departures.items() if one in competitors}
        medallions = self._medallions(totals, given, len(starters)) if awards else set()
        best = _best_of_nation(starters) if awards else set()
        ascending = sorted(totals.values())  # a rank is one more than are above (R59)
        rows = []
        for one in standings:
            competing = one.status == "competing"
            medal = given.get(one.id) if competing else None
            row = self._row(one, names_of) | {
                "rank": 1 + len(ascending) - bisect_right(ascending, one.total) if ranks and one.ranked else None,
                "medal": medal,
                "computed": computed.get(one.id),
                "departure": departures[one.id][1] if competing and one.id in departures else None,
                "medallion": one.id in medallions,
                "best_of_nation": one.id in best,
                "points": _POINTS[medal] if medal else _POINTS["medallion"] * (one.id in medallions),
                "score": None,
            }
            if competing and squared is not None and version is not None:
                row["score"] = field.score(one.total, field.twice_the_median(ascending), squared)
            rows.append(row)
        return ({} if ranks else {"unranked": True}) | {
            "competition": self._book.id,
            "kind": kind,
            "final": version is not None,
            "version": version,
            "starters": len(starters),
            "medals": {
                "unit": rules.medal_unit,
                "band": rules.medal_band,
                "on_marks_instead": awards and rules.medal_unit == "scale" and squared is None,
            },
            "score": {
                "method": rules.scale_method,
                "withheld": reasons if version is not None else ["not_final", *reasons],
            },
            "rows": sorted(rows, key=lambda row: (row["rank"] or len(rows) + 1, int(row["bib"]), row["id"])),
        }

    def _row(self, one: Standing, names_of: int) -> View:
        parts = self._parts
        return {
            "id": one.id,
            "bib": one.bib,
            "name": self._book.entered(one.id, names_of).display_name,
            "country": one.country,
            "status": one.status,
            "complete": one.complete,
            "total": parts.wire(one.total) if one.by_criterion else None,
            "criteria": {criterion: parts.wire(one.by_criterion[criterion]) for criterion in sorted(one.by_criterion)},
            "adds_up": sum(parts.cents(mark) for mark in one.by_criterion.values()) == parts.cents(one.total),
        }

    def _medals(self, totals: dict[str, int], starters: int, rules: Rules, squared: Fraction | None) -> dict[str, str]:
        band, part = hundredths(rules.medal_band), self._parts.of_a_mark

        def within(anchor: int, total: int) -> bool:
            gap = anchor - total
            if rules.medal_unit == "marks":
                return 100 * gap <= band * part
            return gap == 0 if squared is None else field.within_points(gap, band, squared)

        colours = given_to(starters, small_field=rules.small_field)
        computed = medals(totals, within, rules.bronze_after_tied_silver)
        return {one: colour for one, colour in computed.items() if colour in colours}

    def _departures(self, moment: int) -> dict[str, tuple[str | None, str]]:
        """The last decision to give medals otherwise (R65)."""
        last: MedalsDeparted | None = latest(self._book.departures, moment)
        return {} if last is None else {one: (medal, last.reason) for one, medal in last.medals.items()}

    @staticmethod
    def _medallions(totals: dict[str, int], given: dict[str, str | None], starters: int) -> set[str]:
        """No medal, and at the median or above (R66)."""
        if starters < field.FEWEST or not totals:
            return set()
        median = field.twice_the_median(list(totals.values()))
        return {one for one, total in totals.items() if given.get(one) is None and 2 * total >= median}


def _best_of_nation(starters: list[Standing]) -> set[str]:
    """Whom no compatriot is above, where two or more of a Member compete (R67)."""
    members: dict[str, list[Standing]] = {}
    for one in starters:
        members.setdefault(one.country, []).append(one)
    best: set[str] = set()
    for compatriots in members.values():
        highest = max((one.total for one in compatriots if one.ranked), default=None)
        if len(compatriots) >= 2:
            best |= {one.id for one in compatriots if one.ranked and one.total == highest}
    return best
