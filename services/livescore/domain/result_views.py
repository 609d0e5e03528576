"""What signed-in people see of a result: staff the whole of it, a competitor the own sheet.

A competitor's own rank and awards are on the own sheet only once the public sees them too, so that nobody can tell them
before the ceremony does (R49, R58). A training's sheets have neither.
"""

from fractions import Fraction
from typing import Any

from services.livescore.domain.arithmetic import ZERO, shown, wire
from services.livescore.domain.conclusion import final_result, present_result
from services.livescore.domain.results.nations import member_reports
from services.livescore.domain.results.result import Line, Result
from services.livescore.domain.scorecard import Scorecard
from services.livescore.domain.totals import effective
from shared.contracts.text import Text

View = dict[str, Any]


def current_result(card: Scorecard) -> Result:
    """The one finalised last, or a provisional one."""
    return final_result(card) or present_result(card)


def overview(card: Scorecard) -> View:
    """Everything, for staff. `changed_since` says that what stands now is no longer what was finalised (R48)."""
    result = current_result(card)
    reports = member_reports([result])
    return {
        "title": _text(card.title),
        "criteria": []
        if card.scheme is None
        else [
            {"id": one.id, "name": _text(one.name), "max": shown(card.scheme.criterion_maximum[one.id])}
            for one in card.scheme.scheme.criteria
        ],
        "rounding": result.rules.rounding,
        "versions": [
            {
                "version": final.version,
                "digest": final.digest,
                "reason": final.reason,
                "at": final.at,
                "proposed_by": final.proposed_by,
                "approved_by": final.approved_by,
            }
            for final in card.finals
        ],
        "changed_since": result.final and present_result(card, result.version).digest != result.digest,
        "members": None if reports is None else reports.to_json(),
    } | result.to_json()


def sheet(card: Scorecard, competitor: str, *, staff: bool) -> View | None:
    """One competitor's printable sheet; None for somebody unknown."""
    result = current_result(card)
    line = result.line(competitor)
    if line is None:
        return None
    placed = result.final and card.kind == "competition" and (staff or not card.release.frozen)
    entrant = line.entrant
    final = card.final
    return {
        "competition": card.id,
        "title": _text(card.title),
        "kind": card.kind,
        "competitor": {
            "id": entrant.id,
            "bib": entrant.bib,
            "name": entrant.name,
            "country": entrant.country,
            "status": entrant.status,
        },
        "final": result.final,
        "version": result.version,
        "finalised_at": None if final is None else final.at,
        "amended": final.reason if final is not None and final.version > 1 else None,
        "scheme_version": None if card.scheme is None else card.scheme.version,
        "rounding": result.rules.rounding,
        "complete": entrant.complete,
        "adds_up": line.adds_up,
        "criteria": _criteria(card, line, aspects=staff),
        "total": wire(entrant.total) if entrant.by_criterion else None,
        "max": "100.00",
        "under_review": any(one.review and one.competitor == competitor for one in card.sheets.kept.values()),
        "place": _place(result, line) if placed else None,
    }


def _criteria(card: Scorecard, line: Line, *, aspects: bool) -> list[View]:
    """`aspects` are for staff alone: others see criteria and sub criteria only (R10)."""
    if card.scheme is None:
        return []
    entrant = line.entrant
    return [
        {
            "id": criterion.id,
            "name": _text(criterion.name),
            "max": shown(card.scheme.criterion_maximum[criterion.id]),
            "award": _award(entrant.by_criterion.get(criterion.id)),
            "forms": [
                {
                    "id": form.id,
                    "name": _text(form.name),
                    "max": shown(sum((rule.maximum for rule in card.scheme.forms[form.id]), ZERO)),
                    "award": _award(entrant.by_form.get(form.id)),
                }
                | ({"aspects": _aspects(card, entrant.id, form.id)} if aspects else {})
                for form in criterion.sub_criteria
            ],
        }
        for criterion in card.scheme.scheme.criteria
    ]


def _aspects(card: Scorecard, competitor: str, form: str) -> list[View]:
    """What each counts now, also where an older version of the result is shown."""
    rules = () if card.scheme is None else card.scheme.forms[form]
    counted = [
        effective(card.cell(competitor, rule.aspect.id), rule, card.full_marks, card.rules.rounding) for rule in rules
    ]
    return [
        {
            "id": rule.aspect.id,
            "description": _text(rule.aspect.description),
            "max": shown(rule.maximum),
            "award": _award(award),
        }
        for rule, award in zip(rules, counted, strict=True)
    ]


def _place(result: Result, line: Line) -> View:
    """`score` is the approximated one (R70); without one `withheld` says why."""
    told = line.to_json()
    return {
        "rank": line.rank,
        "ranked": len(result.ranked),
        "medal": line.medal or ("medallion" if line.medallion else None),
        "best_of_nation": line.best_of_nation,
        "score": told["score"],
        "withheld": list(result.withheld),
    }


def _award(mark: Fraction | None) -> dict[str, str] | None:
    return None if mark is None else wire(mark)


def _text(text: Text | None) -> dict[str, str] | None:
    return None if text is None else text.model_dump(exclude_none=True)
