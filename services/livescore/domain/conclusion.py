"""From a competition's state to its result: the one finalised last, or a provisional one of what stands now."""

from dataclasses import replace

from services.livescore.domain.results.result import Result, conclude
from services.livescore.domain.scorecard import Scorecard


def final_result(card: Scorecard) -> Result | None:
    """The result in force, with the names that consents allow now (R98); None before it is finalised."""
    final = card.final
    if final is None:
        return None
    entrants = [
        replace(one, name=card.competitors[one.id].name) if one.id in card.competitors else one
        for one in final.entrants
    ]
    return conclude(
        card.id,
        entrants,
        final.rules,
        kind=card.kind,
        departures=final.departures,
        version=final.version,
        ranked=final.ranked,
    )


def present_result(card: Scorecard, version: int | None = None) -> Result:
    """What the marks give now; with a `version`, as it would be finalised under that number."""
    return conclude(
        card.id,
        card.entrants(),
        card.rules,
        kind=card.kind,
        departures=card.departures,
        version=version,
        ranked=card.ranked,
    )
