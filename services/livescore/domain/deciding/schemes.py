"""Whether a scheme may come into force: freely before the first mark, after it only by amendment (R9); and whether its
texts may be approved (R11).
"""

from services.livescore.domain.acts import ApproveTexts
from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding.stamping import Request, check_form, clash, reject, scheme_of
from shared.contracts.acts import TextsApproved
from shared.contracts.events import Event
from shared.contracts.livescore import SchemeImported
from shared.contracts.scheme import Scheme
from shared.errors import Clash, Fault, NotFound


def decide_scheme(state: Competition, scheme: Scheme, digest: str) -> list[Event]:
    """The scheme's next version; empty when it is the one in force."""
    if not state.opened:
        raise NotFound("unknown_competition", "there is no such competition")
    if state.scheme is not None and state.scheme.scheme == scheme:
        return []
    if state.marks:
        raise Clash(
            "scheme_in_use",
            "marks have been given under the present scheme, so it can no longer be changed",
            Fault("the scheme is immutable once the first mark is entered", rule="R9"),
        )
    version = 1 if state.scheme is None else state.scheme.version + 1
    return [SchemeImported(version=version, digest=digest, scheme=scheme)]


def approve_texts(state: Competition, request: Request, act: ApproveTexts) -> list[Event]:
    """What was read is what is approved: of another version than the one in force nothing is."""
    if not state.both_approved:
        reject("not_bilingual", "this competition does not ask for both languages", rule="R11")
    now = scheme_of(state)
    if act.scheme != now.version:
        clash("scheme_changed", "the marking scheme was changed since you read it", "R11", version=now.version)
    for form in act.forms:
        check_form(state, form)
    lacking = [part for form in act.forms for part in state.approvals.texts[form].lacking]
    if lacking:
        named = ", ".join(lacking[:20])
        clash("texts_missing", f"a text lacks one of the two languages: {named}", "R11", parts=lacking[:200])
    forms = tuple(form for form in dict.fromkeys(act.forms) if form not in state.approvals.kept)
    return [TextsApproved(**request.stamp(), forms=forms)] if forms else []
