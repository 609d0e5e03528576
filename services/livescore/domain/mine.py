"""What a competitor, or a trainer of the competitor, sees: the own time, sheet, appeals, and picture in training.

Of a result nothing is here before the chief expert has shown the sheets (R79). Of the field there is only a mean, over
others to whom theirs were shown too and whose marks are complete, and only of so many that nobody can be told from it.
A training knows no places and no medals.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from services.livescore.domain.arithmetic import shown, wire
from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding.remedies import appeals_until
from services.livescore.domain.instants import instant
from services.livescore.domain.remedies import Appeal
from services.livescore.domain.result_views import sheet
from services.livescore.domain.scorecard import Competitor
from services.livescore.domain.totals import Totals
from services.livescore.domain.working_time import window

FEWEST_OTHERS = 5
"""A mean of fewer would say too much about one of them."""

View = dict[str, Any]


def mine_view(state: Competition, competitor: str) -> View | None:
    """None for somebody who has not been entered here."""
    entrant = state.competitors.get(competitor)
    if entrant is None:
        return None
    shown_at = state.release.shown_to(competitor)
    until = appeals_until(state, competitor)
    return {
        "competitor": {
            "id": entrant.id,
            "bib": entrant.bib,
            "name": entrant.name,
            "country": entrant.country,
            "status": entrant.status,
        },
        "work": _work(state, entrant),
        "shown_at": shown_at,
        "appeals_until": None if until is None else instant(until),
        "sheet": None if shown_at is None else _sheet(state, competitor),
        "picture": _picture(state, entrant) if state.kind == "training" and shown_at is not None else None,
        "appeals": [_appeal(one) for one in state.appeals.kept.values() if one.competitor == competitor],
    }


def _work(state: Competition, entrant: Competitor) -> View | None:
    """The own deadline and what it is made of (R77); None where no start or no allotted time is named."""
    work = window(state, entrant.id)
    if work is None or not entrant.marked:
        return None
    return {
        "starts_at": instant(work.start),
        "allotted_seconds": state.rules.allotted_seconds,
        "removed_seconds": int(state.outages.removed.total_seconds()),
        "back_seconds": state.outages.back_seconds(entrant.id),
        "until": instant(work.until),
    }


def _sheet(state: Competition, competitor: str) -> View | None:
    seen = sheet(state, competitor, staff=False)
    return seen if seen is None or state.kind == "competition" else {**seen, "place": None}


def _picture(state: Competition, entrant: Competitor) -> list[View]:
    """By criterion: the own marks, the mean of the others, and the organiser's target, as far as there are any."""
    if state.scheme is None:
        return []
    own = state.totals(entrant)
    others = [
        state.totals(one)
        for one in state.competitors.values()
        if one.id != entrant.id and one.status == "competing" and state.release.shown_to(one.id) is not None
    ]
    targets = {one: Fraction(mark) for one, mark in state.rules.targets.items()}
    return [
        {
            "id": criterion.id,
            "name": criterion.name.model_dump(exclude_none=True),
            "max": shown(state.scheme.criterion_maximum[criterion.id]),
            "own": _mark(own.by_criterion.get(criterion.id)),
            "mean": _mark(_mean(criterion.id, others)),
            "target": _mark(targets.get(criterion.id)),
        }
        for criterion in state.scheme.scheme.criteria
    ]


def _mean(criterion: str, others: Sequence[Totals]) -> Fraction | None:
    """Of those who have every mark of the criterion; None of too few."""
    having = [
        one.by_criterion[criterion]
        for one in others
        if criterion in one.by_criterion and not any(aspect.startswith(criterion) for aspect in one.missing)
    ]
    return sum(having, Fraction(0)) / len(having) if len(having) >= FEWEST_OTHERS else None


def _mark(mark: Fraction | None) -> View | None:
    return None if mark is None else wire(mark)


def _appeal(appeal: Appeal) -> View:
    """With every step and what was written to it (R80)."""
    return {
        "id": appeal.id,
        "form": appeal.form,
        "text": appeal.text,
        "filed_at": appeal.filed_at,
        "state": appeal.state,
        "steps": [{"state": state, "at": at, "text": text} for state, at, text in appeal.said],
    }
