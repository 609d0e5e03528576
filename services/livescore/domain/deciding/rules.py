"""Rules that are the organiser's choice, blind forms, and amendments of a scheme in use (R9, R32)."""

from hashlib import sha256

from services.livescore.domain.acts import AmendScheme, BlindForms, SetRules
from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding.remedies import check_open
from services.livescore.domain.deciding.stamping import Request, check_form, clash, scheme_of
from services.livescore.domain.schemes.checking import MAX_FINDINGS
from services.livescore.domain.schemes.rules import aspect_findings, aspects_of, scheme_findings
from shared.contracts.acts import FormsBlinded, RulesSet, SchemeAmended
from shared.contracts.events import Event
from shared.contracts.scheme import Scheme
from shared.errors import Rejected


def set_rules(state: Competition, request: Request, act: SetRules) -> list[Event]:
    if state.final is not None:
        clash("final", "the result is final under the rules as they are", "R48")
    if act.rules == state.rules:
        return []
    if act.rules.rounding != state.rules.rounding:
        check_open(state, set(state.sheets.kept), "R35")
    return [RulesSet(**request.stamp(), rules=act.rules)]


def blind_forms(state: Competition, request: Request, act: BlindForms) -> list[Event]:
    for form in act.forms:
        check_form(state, form)
    return [FormsBlinded(**request.stamp(), forms=act.forms, blind=act.blind)]


def amend(state: Competition, request: Request, act: AmendScheme) -> list[Event]:
    """Another scheme from here on; sheets it revalues have to be open, and sheets it does not stay as they are."""
    now = scheme_of(state)
    if act.scheme == now.scheme:
        clash("unchanged", "this is the scheme in force", "R9")
    check_scheme(act.scheme)
    check_open(state, {(form, one) for form in _revalued(now.scheme, act.scheme) for one in state.competitors}, "R9")
    digest = scheme_digest(act.scheme)
    return [SchemeAmended(**request.agreed(act.reason), version=now.version + 1, digest=digest, scheme=act.scheme)]


def scheme_digest(scheme: Scheme) -> str:
    return sha256(scheme.model_dump_json().encode()).hexdigest()[:32]


def check_scheme(scheme: Scheme) -> None:
    """Raise Rejected with every error of a scheme that came as JSON."""
    findings = [found for path, aspect in aspects_of(scheme) for found in aspect_findings(aspect, path)]
    findings += scheme_findings(scheme)
    faults = [one.fault() for one in findings if not one.warning]
    if faults:
        raise Rejected("scheme_invalid", "the marking scheme cannot be used as it is", *faults[:MAX_FINDINGS])


def _revalued(before: Scheme, after: Scheme) -> set[str]:
    """Forms on which something may be worth something else, or is there no more or only now."""
    old, new = _worth(before), _worth(after)
    return {form for form in old | new if old.get(form) != new.get(form)}


def _worth(scheme: Scheme) -> dict[str, dict[str, object]]:
    return {
        form.id: {one.id: (one.type, one.max, one.measure, one.dual) for one in form.aspects}
        for criterion in scheme.criteria
        for form in criterion.sub_criteria
    }
