"""What differs between two versions of a scheme: in words for the two people who approve it, and in aspects to
recompute.

An amendment after the first mark is a new version, approved by chief expert and manager with a report of what it
does (R9).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.livescore.domain.schemes.bilingual import one_line
from services.livescore.domain.schemes.measure_rules import write_measure
from shared.contracts.scheme import Aspect, Ladder, Scheme
from shared.contracts.text import Text


@dataclass(frozen=True, slots=True)
class Change:
    """`id` is the aspect's, form's or criterion's, `section 3`, or `scheme`; None stands for what is not there."""

    id: str
    field: str
    before: str | None
    after: str | None


def differences(old: Scheme, new: Scheme) -> list[Change]:
    """Every change, in the order of the new scheme, what was taken out behind it; empty when they are the same."""
    before, after = _parts(old), _parts(new)
    changes: list[Change] = []
    for id_ in [*after, *(id_ for id_ in before if id_ not in after)]:
        was, now = before.get(id_, {}), after.get(id_, {})
        names = [*now, *(name for name in was if name not in now)]
        changed = [name for name in names if was.get(name) != now.get(name)]
        changes += [Change(id_, name, *_told(was.get(name), now.get(name))) for name in changed]
    was_in_order, now_in_order = [one for one in before if one in after], [one for one in after if one in before]
    if was_in_order != now_in_order:
        changes.append(Change("scheme", "order", ", ".join(was_in_order), ", ".join(now_in_order)))
    return changes


def affected_aspects(old: Scheme, new: Scheme) -> frozenset[str]:
    """Aspects whose marks may be worth something else now, with those that are new or gone; words change no mark."""
    before, after = _worth(old), _worth(new)
    return frozenset(id_ for id_ in before.keys() | after.keys() if before.get(id_) != after.get(id_))


def _worth(scheme: Scheme) -> dict[str, object]:
    return {one.id: (one.type, one.max, one.measure, one.dual) for one in _aspects(scheme)}


def _aspects(scheme: Scheme) -> Iterable[Aspect]:
    return (one for criterion in scheme.criteria for form in criterion.sub_criteria for one in form.aspects)


def _told(before: str | Text | None, after: str | Text | None) -> tuple[str | None, str | None]:
    """Both as people read them; with their languages where nothing else tells them apart."""
    told = _line(before), _line(after)
    return told if told[0] != told[1] else (_by_language(before), _by_language(after))


def _line(value: str | Text | None) -> str | None:
    return one_line(value) if isinstance(value, Text) else value


def _by_language(value: str | Text | None) -> str | None:
    if not isinstance(value, Text):
        return value
    return ", ".join(f"{language}: {words}" for language, words in value.model_dump(exclude_none=True).items())


def _parts(scheme: Scheme) -> dict[str, dict[str, str | Text]]:
    """Every part by its id, with its fields."""
    share = {} if scheme.max_aspect_share is None else {"max_aspect_share": f"{scheme.max_aspect_share} %"}
    parts: dict[str, dict[str, str | Text]] = {"scheme": {"title": scheme.title, **share}}
    for section in scheme.sections:
        parts[f"section {section.id}"] = {"name": section.name, "weight": section.weight}
    for criterion in scheme.criteria:
        parts[criterion.id] = {"name": criterion.name}
        for form in criterion.sub_criteria:
            team = {} if form.team is None else {"team": form.team}
            blind = {"blind": "yes" if form.blind else "no"}
            parts[form.id] = {"name": form.name, "day": str(form.day), **team, **blind}
            parts |= {aspect.id: _fields(aspect) for aspect in form.aspects}
    return parts


def _fields(aspect: Aspect) -> dict[str, str | Text]:
    fields: dict[str, str | Text] = {
        "description": aspect.description,
        "type": aspect.type,
        "max": aspect.max,
        "section": str(aspect.section),
        "dual": "yes" if aspect.dual else "no",
    }
    if aspect.measure is not None:
        fields["measure"] = write_measure(aspect.measure)
    if isinstance(aspect.measure, Ladder):
        fields |= {f"rung {rung.award}": rung.benchmark for rung in aspect.measure.rungs}
    fields |= {f"descriptor {score}": text for score, text in enumerate(aspect.descriptors)}
    others: Mapping[str, Text | None] = {"extra": aspect.extra, "requirement": aspect.requirement}
    return fields | {name: text for name, text in others.items() if text is not None}
