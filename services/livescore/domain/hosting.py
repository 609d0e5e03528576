"""What the host of the ceremony sees: every step of the reveal beforehand, and how far it has come (R58).

A rehearsal never touches the result: it is played with invented places and totals, in order of bib from behind, so
whoever is in the hall while it is rehearsed learns nothing.
"""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from services.livescore.domain.arithmetic import shown
from services.livescore.domain.competition import Competition
from services.livescore.domain.conclusion import final_result
from services.livescore.domain.release import Reveal
from services.livescore.domain.results.result import Result, conclude
from services.livescore.domain.results.reveal import Step, announced, reveal_steps, revealed
from services.livescore.domain.scorecard import Scorecard

View = dict[str, Any]
_TOP = Fraction("88.75")
_APART = Fraction("3.25")


def invented_result(card: Scorecard) -> Result:
    """Everybody who competes, the last bib first, the second and third place tied."""
    competing = [one for one in card.entrants() if one.competes]
    entrants = [
        replace(
            entrant,
            total=total,
            by_criterion={"A": total},
            complete=True,
        )
        for place, entrant in enumerate(sorted(competing, key=lambda one: -one.line[0]))
        for total in (max(_TOP - _APART * (place - (place == 2)), Fraction(1)),)
    ]
    return conclude(card.id, entrants, card.rules, version=1)


def ceremony_view(state: Competition) -> View:
    """`reveal` is the one the public follows, `rehearsal` the other; each None while it is not under way.

    `totals` is whether the hall may see them: not where the public sees none (R50).
    """
    result = final_result(state)
    release = state.release
    return {
        "competition": state.id,
        "title": None if state.title is None else state.title.model_dump(exclude_none=True),
        "seq": state.seen_by_all,
        "training": state.kind == "training",
        "final": state.final is not None,
        "frozen": release.frozen,
        "totals": release.mode == "marks",
        "reveal": None if release.reveal is None else {"step": release.reveal.step},
        "rehearsal": _rehearsal(state, release.rehearsal),
        "steps": [] if result is None else [_step(state, step) for step in reveal_steps(result)],
    }


def _rehearsal(state: Competition, reveal: Reveal | None) -> View | None:
    if reveal is None:
        return None
    steps = reveal_steps(invented_result(state))
    return {
        "step": reveal.step,
        "steps": [_step(state, step) for step in steps],
        "announced": announced(steps, reveal.step),
        "revealed": revealed(steps, reveal.step, totals=state.release.mode == "marks"),
    }


def _step(state: Competition, step: Step) -> View:
    people = [(line, state.competitors[line.entrant.id]) for line in step.lines]
    return {
        "kind": step.kind,
        "rank": step.rank,
        "awards": list(step.awards),
        "competitors": [
            {
                "id": one.id,
                "bib": one.bib,
                "name": one.name,
                "country": one.country,
                "total": shown(line.entrant.total),
                "awards": list(line.awards),
            }
            for line, one in people
        ],
    }
