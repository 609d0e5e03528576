"""A marking scheme made ready for looking up: one rule per aspect, with its exact maximum and compiled yardstick.

Built once per imported scheme, so that the work per mark depends neither on the scheme's size nor on the ledger's.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from services.livescore.domain.measurement import Yardstick, yardstick
from shared.contracts.livescore import SchemeImported
from shared.contracts.scheme import Aspect, Scheme


@dataclass(frozen=True, slots=True)
class AspectRule:
    """How one aspect is marked: measured when it has a yardstick, judged when it has none."""

    aspect: Aspect
    criterion: str
    maximum: Fraction
    measure: Yardstick | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class SchemeIndex:
    version: int
    digest: str
    scheme: Scheme
    aspects: dict[str, AspectRule]
    criterion_maximum: dict[str, Fraction]


def index(event: SchemeImported) -> SchemeIndex:
    rules: dict[str, AspectRule] = {}
    maxima: dict[str, Fraction] = {}
    for criterion in event.scheme.criteria:
        for sub_criterion in criterion.sub_criteria:
            for aspect in sub_criterion.aspects:
                measure = yardstick(aspect) if aspect.type == "M" else None
                rules[aspect.id] = AspectRule(aspect, criterion.id, Fraction(aspect.max), measure)
                maxima[criterion.id] = maxima.get(criterion.id, Fraction(0)) + Fraction(aspect.max)
    return SchemeIndex(event.version, event.digest, event.scheme, rules, maxima)
