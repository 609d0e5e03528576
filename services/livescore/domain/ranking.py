"""Ranks by exact totals (R36, R59): equal totals share a rank and the next ranks are skipped, 1 2 2 4.

Only competitors who compete and have something settled are ranked (R37, R38). There is no tie-break; inside a tie the
bib orders the lines, not the people.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from services.livescore.domain.scorecard import Competitor


def ranked(competitors: Iterable[Competitor]) -> list[Competitor]:
    """The competitors in the order of a board: by rank, then by bib, the unranked last."""
    return sorted(competitors, key=lambda one: (not _in_order(one), -one.total if _in_order(one) else 0, int(one.bib)))


def ranks(competitors: Iterable[Competitor], instead: Mapping[str, Fraction] | None = None) -> dict[str, int]:
    """Rank by competitor id; `instead` gives other totals to some, to ask what the ranks were before."""
    instead = instead or {}
    totals = {one.id: instead.get(one.id, one.total) for one in competitors if _in_order(one)}
    result: dict[str, int] = {}
    place, last = 0, None
    for count, (competitor, total) in enumerate(sorted(totals.items(), key=lambda item: -item[1]), start=1):
        if total != last:
            place, last = count, total
        result[competitor] = place
    return result


def _in_order(competitor: Competitor) -> bool:
    return competitor.status == "competing" and competitor.settled > 0
