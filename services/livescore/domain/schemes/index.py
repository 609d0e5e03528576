"""A marking scheme made ready for looking up: one rule per aspect, with its exact maximum and compiled yardstick.

Built once per imported scheme, so that the work per mark depends neither on the scheme's size nor on the ledger's.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256

from services.livescore.domain.measurement import Yardstick, yardstick
from shared.contracts.acts import SchemeAmended
from shared.contracts.livescore import SchemeImported
from shared.contracts.scheme import Aspect, Scheme, Time


@dataclass(frozen=True, slots=True)
class AspectRule:
    """How one aspect is marked: measured when it has a yardstick, judged when it has none.

    `form` is its sub criterion; `timed` says that time given back counts (R15).
    """

    aspect: Aspect
    criterion: str
    form: str
    maximum: Fraction
    measure: Yardstick | None = field(repr=False)
    timed: bool = False


@dataclass(frozen=True, slots=True)
class SchemeIndex:
    version: int
    digest: str
    scheme: Scheme
    aspects: dict[str, AspectRule]
    criterion_maximum: dict[str, Fraction]
    forms: dict[str, tuple[AspectRule, ...]]


def form_of(aspect: str) -> str:
    """The sub criterion that an aspect's id says it is in (R1)."""
    return aspect.partition(".")[0]


def scheme_digest(scheme: Scheme) -> str:
    return sha256(scheme.model_dump_json().encode()).hexdigest()[:32]


def index(event: SchemeImported | SchemeAmended) -> SchemeIndex:
    rules: dict[str, AspectRule] = {}
    maxima: dict[str, Fraction] = {}
    for criterion in event.scheme.criteria:
        for sub_criterion in criterion.sub_criteria:
            for aspect in sub_criterion.aspects:
                measure = yardstick(aspect) if aspect.type == "M" else None
                timed = isinstance(aspect.measure, Time)
                rules[aspect.id] = AspectRule(
                    aspect, criterion.id, sub_criterion.id, Fraction(aspect.max), measure, timed
                )
                maxima[criterion.id] = maxima.get(criterion.id, Fraction(0)) + Fraction(aspect.max)
    forms: dict[str, tuple[AspectRule, ...]] = {}
    for rule in rules.values():
        forms[rule.form] = (*forms.get(rule.form, ()), rule)
    return SchemeIndex(event.version, event.digest, event.scheme, rules, maxima, forms)
