"""Who has a medal to gain by what is decided on an appeal, so that no compatriot of theirs decides it (R81).

An upheld appeal means that the sheets are marked again, and a mark may go up or down (R82). So the appellant may end
anywhere between nothing and everything on what is appealed against, and each other competitor who gets a medal, or a
better one, somewhere on that way has something to gain. Medals change only where the appellant meets another's total
or the edge of its band; there, between two such points and at both ends the result is worked out anew. (A band on the
standardised scale has no fixed edges in marks: there only the totals and the points between them are looked at.)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from services.livescore.domain.arithmetic import ZERO
from services.livescore.domain.results.entrants import Entrant
from services.livescore.domain.results.result import POINTS, Departure, conclude
from services.livescore.domain.scorecard import Scorecard
from services.livescore.domain.totals import effective
from shared.contracts.acts import Rules

_MEDAL_ANCHORS = 3
"""Gold, silver and bronze: whoever lies below the bands of the first three has no part in it."""


def may_gain(card: Scorecard, appellant: str, form: str | None) -> frozenset[str]:
    """Ids of others to whom an appeal against one form, or with None against everything, may bring a medal."""
    if card.kind == "training" or not card.ranked:
        return frozenset()
    entrants = card.entrants()
    own = next(one for one in entrants if one.id == appellant)
    return gaining(entrants, own, *_reach(card, own, form), card.rules, card.departures)


def gaining(
    entrants: Sequence[Entrant],
    own: Entrant,
    low: Fraction,
    high: Fraction,
    rules: Rules,
    departures: Mapping[str, Departure],
) -> frozenset[str]:
    """Those who have a better medal than now where `own`, one of the entrants, has some total from `low` to `high`."""
    others = [one for one in entrants if one.id != own.id]

    def medals(total: Fraction) -> dict[str, int]:
        result = conclude("", [*others, replace(own, total=total)], rules, departures=departures)
        return {line.entrant.id: POINTS[line.medal] if line.medal else 0 for line in result.lines}

    now = medals(own.total)
    found: set[str] = set()
    for total in _points(low, high, _contended(others, rules)):
        then = medals(total)
        found |= {one.id for one in others if then[one.id] > now[one.id]}
    return frozenset(found)


def _reach(card: Scorecard, own: Entrant, form: str | None) -> tuple[Fraction, Fraction]:
    """The least and the most the appellant may have in the end; full marks for everybody are nobody's to lose (R76)."""
    rules = () if card.scheme is None else card.scheme.aspects.values()
    cells = card.competitors[own.id].cells
    low = high = own.total
    for rule in rules:
        if form not in {None, rule.form} or rule.aspect.id in card.full_marks:
            continue
        award = effective(cells.get(rule.aspect.id), rule, card.full_marks, card.rules.rounding) or ZERO
        low, high = low - award, high + rule.maximum - award
    return low, high


def _contended(others: Sequence[Entrant], rules: Rules) -> set[Fraction]:
    """Others' totals among which medals are shared out, and the edges of their bands."""
    band = Fraction(rules.medal_band) if rules.medal_unit == "marks" else ZERO
    found: set[Fraction] = set()
    anchor, anchors = None, 0
    for total in sorted((one.total for one in others if one.in_order), reverse=True):
        if anchor is None or anchor - total > band:
            anchor, anchors = total, anchors + 1
        if anchors > _MEDAL_ANCHORS:
            break
        found |= {total, total - band, total + band}
    return found


def _points(low: Fraction, high: Fraction, contended: set[Fraction]) -> Iterator[Fraction]:
    ends = sorted({low, high} | {one for one in contended if low < one < high})
    yield from ends
    for one, other in pairwise(ends):
        yield (one + other) / 2
