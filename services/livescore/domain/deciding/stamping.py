"""What every act's facts carry, and the errors that several families of acts raise."""

from datetime import datetime
from typing import Any, NamedTuple, NoReturn

from services.livescore.domain.acts import Act
from services.livescore.domain.competition import Competition
from services.livescore.domain.schemes.index import SchemeIndex
from services.livescore.domain.scorecard import Competitor
from services.livescore.domain.who import Who
from shared.errors import Clash, Fault, Forbidden, Rejected


class Request(NamedTuple):
    """An act with who does it and when it came. `fingerprint` digests it; `now` is aware.

    `proposal` and `proposed_by` are set once a second person has consented to what the first one proposed.
    """

    act: Act
    who: Who
    fingerprint: str
    now: datetime
    proposal: str | None = None
    proposed_by: str | None = None
    command: str | None = None

    def stamp(self) -> dict[str, Any]:
        """The fields of `shared.contracts.acts.Act`."""
        return {
            "command": self.command or self.act.id,
            "fingerprint": self.fingerprint,
            "by": self.who.id,
            "office": self.who.office,
            "done_at": self.act.done_at,
            "device": self.act.device,
        }

    def agreed(self, reason: str) -> dict[str, Any]:
        """The fields of `shared.contracts.acts.Agreed`; before the second person's consent, as if it were given."""
        proposal, proposed_by = self.proposal or self.act.id, self.proposed_by or self.who.id
        return self.stamp() | {"proposal": proposal, "proposed_by": proposed_by, "reason": reason}


def scheme_of(state: Competition) -> SchemeIndex:
    if state.scheme is None:
        raise Rejected("no_scheme", "this competition has no marking scheme yet")
    return state.scheme


def competitor_of(state: Competition, competitor: str) -> Competitor:
    found = state.competitors.get(competitor)
    if found is None:
        reject("unknown_competitor", "nobody with this id competes here", "competitor")
    return found


def check_form(state: Competition, form: str) -> None:
    if form not in scheme_of(state).forms:
        reject("unknown_form", f"the scheme has no sub criterion {form}", "form")


def reject(code: str, detail: str, field: str | None = None, rule: str | None = None) -> NoReturn:
    raise Rejected(code, detail, Fault(detail, field=field, rule=rule))


def clash(code: str, detail: str, rule: str | None = None, **extra: Any) -> NoReturn:
    raise Clash(code, detail, Fault(detail, rule=rule), **extra)


def forbid(code: str, detail: str, rule: str | None = None, **extra: Any) -> NoReturn:
    raise Forbidden(code, detail, Fault(detail, rule=rule), **extra)
