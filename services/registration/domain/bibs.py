"""Bibs: the number a competitor wears and is marked under.

A bib is given by the organiser or drawn by lot. It stays with its competitor for good, also after a withdrawal, because
marks are kept under it (R99); so a new competitor never inherits someone else's number.
"""

from services.registration.domain.showcase import Competition
from shared.errors import Clash, Fault, Rejected


def bib_for(competition: Competition, wanted: str | None, draw: int) -> str:
    """The bib wanted, written at the competition's width, or the one that `draw` picks among the free ones."""
    width = max(2, len(str(competition.facts.capacity)))
    taken = {int(c.bib) for c in competition.competitors.values() if c.bib is not None}
    if wanted is None:
        retired = sum(c.bib is not None and c.status != "approved" for c in competition.competitors.values())
        # one number more for each retired one, so that there is always a free one and no gap at the top
        free = [n for n in range(1, competition.facts.capacity + retired + 1) if n not in taken]
        return f"{free[draw % len(free)]:0{width}d}"
    number = int(wanted)
    if number == 0:
        raise Rejected("bib", "bibs count from 1", Fault("bibs count from 1", "bib"))
    if number in taken:
        raise Clash("bib_taken", f"bib {number:0{width}d} is worn by someone else", Fault("is taken", "bib"))
    return f"{number:0{width}d}"


def shown_as(bib: str) -> str:
    """The public name of somebody who shows none (R98)."""
    return f"No. {bib}"
