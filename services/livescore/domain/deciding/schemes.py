"""Whether a scheme may come into force: freely before the first mark, after it only by amendment (R9)."""

from services.livescore.domain.competition import Competition
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
