"""Who may do what: the caller a verified token speaks for. Pure; how a token is checked is `shared.tokens`."""

from dataclasses import dataclass
from typing import Literal, Protocol

Role = Literal["organiser", "judge", "chief", "manager", "presenter", "competitor", "trainer"]
"""What a link is for: `chief` is the chief expert and `manager` the skill competition manager, who together decide what
one alone may not; `presenter` leads the ceremony; `competitor` and `trainer` see the own results."""

STAFF: frozenset[Role] = frozenset({"judge", "chief", "manager", "presenter"})
"""Who has a seat in the competitions their link names."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a token speaks for; `showcase` is `*` for the organiser of everything."""

    role: Role
    subject: str
    showcase: str
    competitions: frozenset[str]
    expires: float
    competitors: frozenset[str] = frozenset()
    """Whose results a competitor (the own) or a trainer may see."""

    def organises(self, showcase: str) -> bool:
        return self.role == "organiser" and self.showcase in {"*", showcase}

    def judges(self, competition: str) -> bool:
        return self.role == "judge" and competition in self.competitions

    def serves(self, competition: str) -> bool:
        """Whether this is one of the competition's staff, whatever the office."""
        return self.role in STAFF and competition in self.competitions

    def follows(self, competition: str, competitor: str) -> bool:
        """Whether this is the competitor, or a trainer of the competitor."""
        return (
            self.role in {"competitor", "trainer"}
            and competition in self.competitions
            and competitor in self.competitors
        )


class Verifier(Protocol):
    """Turns a token into the caller it speaks for."""

    def verify(self, token: str) -> Caller:
        """Raise Unauthorised for anything but a current token of ours."""
