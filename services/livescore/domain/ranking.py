"""Ranks by exact totals (R36, R59): equal totals share a rank and the next ranks are skipped, 1 2 2 4.

There is no tie-break; inside a tie the bib orders the lines, not the people. Who is ranked at all (R37, R38) is for
the caller to say.
"""

from collections.abc import Mapping
from math import lcm

from services.livescore.domain.arithmetic import Sum


def ranks(totals: Mapping[str, Sum]) -> dict[str, int]:
    """Rank by competitor id, best first."""
    common = lcm(*(total.denominator for total in totals.values()))
    compared = {competitor: total.over(common) for competitor, total in totals.items()}
    result: dict[str, int] = {}
    place, last = 0, None
    for count, (competitor, total) in enumerate(sorted(compared.items(), key=lambda item: -item[1]), start=1):
        if total != last:
            place, last = count, total
        result[competitor] = place
    return result
