"""When competitors work: from the start the organiser named, for the allotted time and what was removed and given back
(R77).
"""

from datetime import datetime

from services.livescore.domain.scorecard import Scorecard


def works_until(card: Scorecard, competitor: str | None = None) -> datetime | None:
    """A competitor's own deadline, or with None that of everybody who was given no time back.

    None where the organiser has not said when work starts and how long it may take.
    """
    start, allotted = card.rules.starts_at, card.rules.allotted_seconds
    if start is None or allotted is None:
        return None
    return card.outages.deadline(competitor, start, allotted)
