"""Ranks by exact totals (R36, R59): equal totals share a rank and the next ranks are skipped, 1 2 2 4.

Only competitors who compete and have something settled are ranked (R37, R38). There is no tie-break; inside a tie the
bib orders the lines, not the people.
"""

from collections.abc import Collection, Mapping
from math import lcm

from services.livescore.domain.arithmetic import Sum
from services.livescore.domain.scorecard import Competitor


def ranked(competitors: Collection[Competitor]) -> list[Competitor]:
    """The competitors in the order of a board: by rank, then by bib, the unranked last."""
    places = ranks(competitors)
    last = len(places) + 1
    return sorted(competitors, key=lambda one: (places.get(one.id, last), int(one.bib)))


def ranks(competitors: Collection[Competitor], instead: Mapping[str, Sum] | None = None) -> dict[str, int]:
    """Rank by competitor id; `instead` gives other totals to some, to ask what the ranks were before."""
    instead = instead or {}
    totals = {one.id: instead.get(one.id, one.total) for one in competitors if _in_order(one)}
    common = lcm(*(total.denominator for total in totals.values()))
    compared = {competitor: total.over(common) for competitor, total in totals.items()}
    result: dict[str, int] = {}
    place, last = 0, None
    for count, (competitor, total) in enumerate(sorted(compared.items(), key=lambda item: -item[1]), start=1):
        if total != last:
            place, last = count, total
        result[competitor] = place
    return result


def _in_order(competitor: Competitor) -> bool:
    return competitor.status == "competing" and competitor.settled > 0
