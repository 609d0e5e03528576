"""When competitors work: from the start the organiser named, for the allotted time and what was removed and given back
(R77).
"""

from datetime import UTC, datetime
from typing import NamedTuple

from services.livescore.domain.instants import instant
from services.livescore.domain.scorecard import Scorecard


class Window(NamedTuple):
    """Both in UTC."""

    start: datetime
    until: datetime


def window(card: Scorecard, competitor: str | None = None) -> Window | None:
    """A competitor's own, or with None that of everybody who was given no time back.

    None where the organiser has not said when work starts and how long it may take, or has said something that no
    calendar holds: of such a time nothing can be shown, and no fold may break.
    """
    start, allotted = card.rules.starts_at, card.rules.allotted_seconds
    if start is None or allotted is None:
        return None
    try:
        return Window(start.astimezone(UTC), card.outages.deadline(competitor, start, allotted).astimezone(UTC))
    except OverflowError:
        return None


def clock(card: Scorecard) -> dict[str, str] | None:
    """What the public is told of it (R50)."""
    found = window(card)
    return None if found is None else {"starts_at": instant(found.start), "ends_at": instant(found.until)}
