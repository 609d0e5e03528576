"""The rules a marking scheme must keep beyond its shape (R1-R8), each fault with its place and rule.

An *error* keeps the scheme out, a *warning* goes back to the organiser with the accepted scheme. Places are paths into
the scheme as it was written, so that whoever reads the file can turn them into lines.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from services.livescore.domain.arithmetic import shown
from services.livescore.domain.schemes.yaml_tree import Path
from shared.contracts.scheme import Add, Aspect, Deduct, Full, Ladder, Measure, Scheme, Time, Tolerance

TOTAL = Fraction(100)
ERROR_POINTS = Fraction(5)
MAX_TIME_POINTS = Fraction(20)


@dataclass(frozen=True, slots=True)
class Finding:
    path: Path
    detail: str
    rule: str | None
    warning: bool = False


def aspect_findings(aspect: Aspect, path: Path) -> Iterator[Finding]:
    """What one aspect alone does wrong."""
    maximum = Fraction(aspect.max)
    if maximum <= 0:
        yield Finding((*path, "max"), f"{aspect.id}: the maximum must be above zero", "R3")
    if aspect.type == "J":
        if aspect.measure is not None:
            yield Finding((*path, "measure"), f"{aspect.id}: a judged aspect has no measure", "R3")
        if len(aspect.descriptors) != 4:
            yield Finding(
                (*path, "descriptors"), f"{aspect.id}: a judged aspect has exactly four descriptors, for 0 to 3", "R4"
            )
        return
    if aspect.descriptors:
        yield Finding((*path, "descriptors"), f"{aspect.id}: a measured aspect has no descriptors", "R3")
    if aspect.measure is None:
        yield Finding((*path, "measure"), f"{aspect.id}: a measured aspect needs a measure", "R3")
        return
    for key, detail in _measure_faults(aspect.measure, maximum):
        yield Finding((*path, "measure", key), f"{aspect.id}: {detail}", "R13")


def _measure_faults(measure: Measure, maximum: Fraction) -> Iterator[tuple[str, str]]:
    match measure:
        case Full():
            pass
        case Deduct():
            if Fraction(measure.step) <= 0:
                yield "step", "the step must be above zero"
            if Fraction(measure.floor) > maximum:
                yield "floor", "the floor must not be above the maximum"
            if measure.unit is not None and Fraction(measure.unit) <= 0:
                yield "unit", "the unit must be above zero"
        case Add():
            if Fraction(measure.step) <= 0:
                yield "step", "the step must be above zero"
        case Tolerance():
            for key in ("tol", "comp"):
                if Fraction(getattr(measure, key)) < 0:
                    yield key, "a tolerance must not be negative"
        case Ladder():
            awards = [Fraction(rung.award) for rung in measure.rungs]
            if max(awards) > maximum:
                yield "rungs", "no rung may be above the maximum"
            if len(set(awards)) != len(awards):
                yield "rungs", "every rung needs an award of its own"
        case Time():
            if not 0 <= Fraction(measure.t_full) < Fraction(measure.t_zero):
                yield "t_full", "t_full must be 0 or more and below t_zero"


def aspects_of(scheme: Scheme) -> Iterator[tuple[Path, Aspect]]:
    for c, criterion in enumerate(scheme.criteria):
        for s, sub_criterion in enumerate(criterion.sub_criteria):
            for a, aspect in enumerate(sub_criterion.aspects):
                yield ("criteria", c, "sub_criteria", s, "aspects", a), aspect


def scheme_findings(scheme: Scheme) -> Iterator[Finding]:
    """What the whole does wrong; `aspect_findings` are not repeated."""
    aspects = list(aspects_of(scheme))
    if not 5 <= len(scheme.criteria) <= 9:
        yield Finding(("criteria",), "a skill normally has five to nine criteria", "R1", warning=True)
    yield from _identity_findings(scheme)
    total = sum((Fraction(aspect.max) for _, aspect in aspects), Fraction(0))
    if total != TOTAL:
        yield Finding(("criteria",), f"the aspects add up to {shown(total)} instead of 100.00", "R5")
    timed = sum((Fraction(one.max) for _, one in aspects if isinstance(one.measure, Time)), Fraction(0))
    if timed > MAX_TIME_POINTS:
        yield Finding(("criteria",), f"time aspects hold {shown(timed)} marks; no more than 20 are allowed", "R8")
    yield from _section_findings(scheme, aspects)


def _identity_findings(scheme: Scheme) -> Iterator[Finding]:
    """Every id once, and each inside its parent: A1.2 in A1 in A."""
    seen: set[str] = set()

    def once(id_: str, path: Path) -> Iterator[Finding]:
        if id_ in seen:
            yield Finding((*path, "id"), f"the id {id_} is used twice", "R1")
        seen.add(id_)

    for c, criterion in enumerate(scheme.criteria):
        at: Path = ("criteria", c)
        yield from once(criterion.id, at)
        for s, sub_criterion in enumerate(criterion.sub_criteria):
            within: Path = (*at, "sub_criteria", s)
            yield from once(sub_criterion.id, within)
            if not sub_criterion.id.startswith(criterion.id):
                yield Finding((*within, "id"), f"{sub_criterion.id} does not belong in criterion {criterion.id}", "R1")
            for a, aspect in enumerate(sub_criterion.aspects):
                yield from once(aspect.id, (*within, "aspects", a))
                if aspect.id.partition(".")[0] != sub_criterion.id:
                    detail = f"{aspect.id} does not belong in sub criterion {sub_criterion.id}"
                    yield Finding((*within, "aspects", a, "id"), detail, "R1")


def _section_findings(scheme: Scheme, aspects: list[tuple[Path, Aspect]]) -> Iterator[Finding]:
    """Weights add up to 100 (R5), and the marks placed on a section stay near its weight (R6)."""
    weights: dict[int, Fraction] = {}
    for i, section in enumerate(scheme.sections):
        if section.id in weights:
            yield Finding(("sections", i, "id"), f"section {section.id} is there twice", "R5")
        weights[section.id] = weights.get(section.id, Fraction(0)) + Fraction(section.weight)
    if sum(weights.values()) != TOTAL:
        yield Finding(("sections",), f"the weights add up to {shown(sum(weights.values(), Fraction(0)))}", "R5")
    placed = dict.fromkeys(weights, Fraction(0))
    for path, aspect in aspects:
        if aspect.section not in placed:
            yield Finding((*path, "section"), f"{aspect.id}: there is no section {aspect.section}", "R3")
        else:
            placed[aspect.section] += Fraction(aspect.max)
    variations = {section: abs(placed[section] - weight) for section, weight in weights.items()}
    together = f"all variations together: {shown(sum(variations.values(), Fraction(0)))}"
    reported = False
    for i, section in enumerate(scheme.sections):
        variation, weight = variations[section.id], weights[section.id]
        if variation > ERROR_POINTS or variation > weight * 5 / 100:
            detail = f"section {section.id} carries {shown(placed[section.id])} marks for a weight of {shown(weight)}"
            yield Finding(("sections", i), f"{detail}; {together}", "R6", warning=variation <= ERROR_POINTS)
            reported = True
    if not reported and any(variations.values()):
        yield Finding(("sections",), together, "R6", warning=True)
