"""Who may do what: the caller a verified token speaks for. Pure; how a token is checked is `shared.tokens`."""

from dataclasses import dataclass
from typing import Literal, Protocol

Role = Literal["organiser", "judge"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a token speaks for; `showcase` is `*` for the organiser of everything."""

    role: Role
    subject: str
    showcase: str
    competitions: frozenset[str]
    expires: float

    def organises(self, showcase: str) -> bool:
        return self.role == "organiser" and self.showcase in {"*", showcase}

    def judges(self, competition: str) -> bool:
        return self.role == "judge" and competition in self.competitions


class Verifier(Protocol):
    """Turns a token into the caller it speaks for."""

    def verify(self, token: str) -> Caller:
        """Raise Unauthorised for anything but a current token of ours."""
