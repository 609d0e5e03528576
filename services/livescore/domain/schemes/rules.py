"""The rules a marking scheme must keep beyond its shape (R1-R8, R11), each fault with its place and rule.

Places are paths into the scheme, so that whoever read the file can turn them into lines or cells.
"""

from collections.abc import Iterator
from fractions import Fraction

from services.livescore.domain.arithmetic import shown
from services.livescore.domain.schemes.finding import Finding, Path
from services.livescore.domain.schemes.translations import translation_findings
from shared.contracts.scheme import Add, Aspect, Deduct, Full, Ladder, Measure, Scheme, Time, Tolerance

TOTAL = Fraction(100)
ERROR_POINTS = Fraction(5)
MAX_TIME_POINTS = Fraction(20)


def aspect_findings(aspect: Aspect, path: Path) -> Iterator[Finding]:
    """What one aspect alone does wrong."""
    maximum = Fraction(aspect.max)
    named = {"id": aspect.id}
    if maximum <= 0:
        yield Finding("max_not_positive", (*path, "max"), "R3", values=named)
    if aspect.type == "J":
        if aspect.measure is not None:
            yield Finding("judged_with_measure", (*path, "measure"), "R3", values=named)
        if len(aspect.descriptors) != 4:
            found = named | {"count": str(len(aspect.descriptors))}
            yield Finding("not_four_descriptors", (*path, "descriptors"), "R4", values=found)
        return
    if aspect.descriptors:
        yield Finding("measured_with_descriptors", (*path, "descriptors"), "R3", values=named)
    if aspect.measure is None:
        yield Finding("no_measure", (*path, "measure"), "R3", values=named)
        return
    for key, code in _measure_faults(aspect.measure, maximum):
        yield Finding(code, (*path, "measure", key), "R13", values=named)


def _measure_faults(measure: Measure, maximum: Fraction) -> Iterator[tuple[str, str]]:
    match measure:
        case Full():
            pass
        case Deduct():
            if Fraction(measure.step) <= 0:
                yield "step", "step_not_positive"
            if Fraction(measure.floor) > maximum:
                yield "floor", "floor_above_max"
            if measure.unit is not None and Fraction(measure.unit) <= 0:
                yield "unit", "unit_not_positive"
        case Add():
            if Fraction(measure.step) <= 0:
                yield "step", "step_not_positive"
        case Tolerance():
            for key in ("tol", "comp"):
                if Fraction(getattr(measure, key)) < 0:
                    yield key, "tolerance_negative"
        case Ladder():
            awards = [Fraction(rung.award) for rung in measure.rungs]
            if max(awards) > maximum:
                yield "rungs", "rung_above_max"
            if len(set(awards)) != len(awards):
                yield "rungs", "rung_twice"
        case Time():
            if not 0 <= Fraction(measure.t_full) < Fraction(measure.t_zero):
                yield "t_full", "time_out_of_order"


def aspects_of(scheme: Scheme) -> Iterator[tuple[Path, Aspect]]:
    for c, criterion in enumerate(scheme.criteria):
        for s, sub_criterion in enumerate(criterion.sub_criteria):
            for a, aspect in enumerate(sub_criterion.aspects):
                yield ("criteria", c, "sub_criteria", s, "aspects", a), aspect


def findings(scheme: Scheme, *, bilingual: bool = False) -> Iterator[Finding]:
    """Everything that is wrong with a scheme or worth a look, aspect by aspect and as a whole."""
    for path, aspect in aspects_of(scheme):
        yield from aspect_findings(aspect, path)
    yield from scheme_findings(scheme, bilingual=bilingual)


def scheme_findings(scheme: Scheme, *, bilingual: bool = False) -> Iterator[Finding]:
    """What the whole does wrong; `aspect_findings` are not repeated."""
    aspects = list(aspects_of(scheme))
    if not 5 <= len(scheme.criteria) <= 9:
        yield Finding("few_criteria", ("criteria",), "R1", warning=True, values={"count": str(len(scheme.criteria))})
    yield from _identity_findings(scheme)
    yield from _team_findings(scheme)
    total = sum((Fraction(aspect.max) for _, aspect in aspects), Fraction(0))
    if total != TOTAL:
        yield Finding("total_not_100", ("criteria",), "R5", values={"total": shown(total)})
    timed = sum((Fraction(one.max) for _, one in aspects if isinstance(one.measure, Time)), Fraction(0))
    if timed > MAX_TIME_POINTS:
        yield Finding("too_much_time", ("criteria",), "R8", values={"total": shown(timed)})
    yield from _section_findings(scheme, aspects)
    yield from _share_findings(scheme, aspects)
    yield from translation_findings(scheme, asked=bilingual)


def _team_findings(scheme: Scheme) -> Iterator[Finding]:
    """Where some forms name their marking team, all should (R2)."""
    forms = {
        ("criteria", c, "sub_criteria", s): form
        for c, criterion in enumerate(scheme.criteria)
        for s, form in enumerate(criterion.sub_criteria)
    }
    if any(form.team is not None for form in forms.values()):
        for path, form in forms.items():
            if form.team is None:
                yield Finding("no_team", (*path, "team"), "R2", warning=True, values={"id": form.id})


def _share_findings(scheme: Scheme, aspects: list[tuple[Path, Aspect]]) -> Iterator[Finding]:
    """No aspect above its share of the day's marks, where the scheme asks for that (R7)."""
    if scheme.max_aspect_share is None:
        return
    share = Fraction(scheme.max_aspect_share)
    if not 0 < share <= 100:
        yield Finding("share_not_percent", ("max_aspect_share",), "R7")
        return
    days = {form.id: form.day for criterion in scheme.criteria for form in criterion.sub_criteria}
    marks: dict[int, Fraction] = {}
    dated = [(path, aspect, days.get(aspect.id.partition(".")[0])) for path, aspect in aspects]
    for _, aspect, day in dated:
        if day is not None:
            marks[day] = marks.get(day, Fraction(0)) + Fraction(aspect.max)
    for path, aspect, day in dated:
        if day is not None and Fraction(aspect.max) > (most := marks[day] * share / 100):
            values = {"id": aspect.id, "max": aspect.max, "most": shown(most), "day": str(day), "share": shown(share)}
            yield Finding("above_share", (*path, "max"), "R7", values=values)


def _identity_findings(scheme: Scheme) -> Iterator[Finding]:
    """Every id once, and each inside its parent: A1.2 in A1 in A."""
    seen: set[str] = set()

    def once(id_: str, path: Path) -> Iterator[Finding]:
        if id_ in seen:
            yield Finding("id_twice", (*path, "id"), "R1", values={"id": id_})
        seen.add(id_)

    for c, criterion in enumerate(scheme.criteria):
        at: Path = ("criteria", c)
        yield from once(criterion.id, at)
        for s, sub_criterion in enumerate(criterion.sub_criteria):
            within: Path = (*at, "sub_criteria", s)
            yield from once(sub_criterion.id, within)
            if not sub_criterion.id.startswith(criterion.id):
                values = {"id": sub_criterion.id, "parent": criterion.id}
                yield Finding("not_in_criterion", (*within, "id"), "R1", values=values)
            for a, aspect in enumerate(sub_criterion.aspects):
                yield from once(aspect.id, (*within, "aspects", a))
                if aspect.id.partition(".")[0] != sub_criterion.id:
                    values = {"id": aspect.id, "parent": sub_criterion.id}
                    yield Finding("not_in_form", (*within, "aspects", a, "id"), "R1", values=values)


def _section_findings(scheme: Scheme, aspects: list[tuple[Path, Aspect]]) -> Iterator[Finding]:
    """Weights add up to 100 (R5), and the marks placed on a section stay near its weight (R6)."""
    weights: dict[int, Fraction] = {}
    for i, section in enumerate(scheme.sections):
        if section.id in weights:
            yield Finding("section_twice", ("sections", i, "id"), "R5", values={"section": str(section.id)})
        weights[section.id] = weights.get(section.id, Fraction(0)) + Fraction(section.weight)
    if sum(weights.values()) != TOTAL:
        total = shown(sum(weights.values(), Fraction(0)))
        yield Finding("weights_not_100", ("sections",), "R5", values={"total": total})
    placed = dict.fromkeys(weights, Fraction(0))
    for path, aspect in aspects:
        if aspect.section not in placed:
            values = {"id": aspect.id, "section": str(aspect.section)}
            yield Finding("no_such_section", (*path, "section"), "R3", values=values)
        else:
            placed[aspect.section] += Fraction(aspect.max)
    variations = {section: abs(placed[section] - weight) for section, weight in weights.items()}
    together = shown(sum(variations.values(), Fraction(0)))
    reported = False
    for i, section in enumerate(scheme.sections):
        variation, weight = variations[section.id], weights[section.id]
        if variation > ERROR_POINTS or variation > weight * 5 / 100:
            values = {"section": str(section.id), "placed": shown(placed[section.id]), "weight": shown(weight)}
            values["together"] = together
            warning = variation <= ERROR_POINTS
            yield Finding("section_varies", ("sections", i), "R6", warning=warning, values=values)
            reported = True
    if not reported and any(variations.values()):
        yield Finding("sections_vary", ("sections",), "R6", warning=True, values={"together": together})
