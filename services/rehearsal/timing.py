"""Mark to screen: how long from a judge's request to a viewer's state, for every mark and every viewer.

Board and receipt share no number on purpose: a board's seq counts public changes only. They are matched by what both
know: the k-th mark that settles a cell of a competitor, in ledger order, is on a screen as soon as that competitor's
`marked` has reached k.
"""

from collections import defaultdict
from collections.abc import Sequence

from services.rehearsal.judges import Ack
from services.rehearsal.viewers import Seen


def mark_to_screen(acks: Sequence[Ack], viewers: Sequence[Seen], marked_before: dict[str, int]) -> list[float]:
    """Seconds, for every pair of a mark that moved the board and a viewer who saw it."""
    by_competitor: dict[str, list[Ack]] = defaultdict(list)
    for ack in sorted(acks, key=lambda ack: ack.seq):
        if ack.moves_board:
            by_competitor[ack.competitor].append(ack)
    delays: list[float] = []
    for competitor, moved in by_competitor.items():
        for seen in viewers:
            reached = iter(seen.reached.get(competitor, ()))
            marked, when = next(reached, (-1, 0.0))
            for place, ack in enumerate(moved, marked_before.get(competitor, 0) + 1):
                while 0 <= marked < place:
                    marked, when = next(reached, (-1, 0.0))
                if marked < 0:
                    break
                delays.append(when - ack.sent)
    return delays


def percentiles_ms(seconds: Sequence[float]) -> dict[str, float]:
    """p50 and p99 in milliseconds; empty when nothing was measured."""
    if not seconds:
        return {}
    ordered = sorted(seconds)
    return {
        name: round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)
        for name, share in (("p50", 0.50), ("p99", 0.99))
    }
