"""Whether a scheme may come into force: freely before the first mark, after it only by amendment (R9); whether it comes
late; and whether its texts may be approved (R11).
"""

from datetime import UTC, datetime, time, timedelta

from services.livescore.domain.acts import ApproveTexts
from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding.stamping import Request, check_form, clash, reject, scheme_of
from services.livescore.domain.schemes.finding import Finding
from shared.contracts.acts import TextsApproved
from shared.contracts.events import Event
from shared.contracts.livescore import SchemeImported
from shared.contracts.scheme import Scheme
from shared.errors import Clash, Fault, NotFound

EARLY = timedelta(weeks=8)
"""How long before its first day a competition has a draft of its scheme (R9)."""


def lateness(state: Competition, now: datetime) -> tuple[Finding, ...]:
    """A warning when the first draft comes later than that; none where nobody has said when the first day is."""
    first = state.rules.starts_at
    if first is None and state.starts_on is not None:
        first = datetime.combine(state.starts_on, time(), UTC)
    if first is None or state.kind == "training":
        return ()
    draft = now if state.first_draft_at is None else datetime.fromisoformat(state.first_draft_at)
    if draft + EARLY <= first:
        return ()
    return (Finding("late_draft", rule="R9", warning=True, values={"day": first.date().isoformat()}),)


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
