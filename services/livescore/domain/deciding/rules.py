"""Rules that are the organiser's choice, blind forms, and amendments of a scheme in use (R9, R32)."""

from services.livescore.domain.acts import AmendScheme, BlindForms, SetRules
from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding.remedies import check_open
from services.livescore.domain.deciding.stamping import Request, check_form, clash, reject, scheme_of
from services.livescore.domain.schemes.amend import affected_aspects
from services.livescore.domain.schemes.checking import check_scheme
from services.livescore.domain.schemes.index import form_of, scheme_digest
from shared.contracts.acts import FormsBlinded, RulesSet, SchemeAmended
from shared.contracts.events import Event

_YEARS = range(1970, 3000)
"""At the ends of the calendar a time may not exist in UTC, and no deadline could be worked out from it."""


def set_rules(state: Competition, request: Request, act: SetRules) -> list[Event]:
    if state.final is not None:
        clash("final", "the result is final under the rules as they are", "R48")
    if act.rules == state.rules:
        return []
    start = act.rules.starts_at
    if start is not None and start.year not in _YEARS:
        reject("no_such_year", "a competition starts between 1970 and 2999", "rules.starts_at", "R77")
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
    check_scheme(act.scheme).usable()
    forms = {form_of(aspect) for aspect in affected_aspects(now.scheme, act.scheme)}
    check_open(state, {(form, one) for form in forms for one in state.competitors}, "R9")
    digest = scheme_digest(act.scheme)
    return [SchemeAmended(**request.agreed(act.reason), version=now.version + 1, digest=digest, scheme=act.scheme)]
