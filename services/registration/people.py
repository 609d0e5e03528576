"""The people port: the one place where names and addresses are kept (R96-R99).

Events, boards, logs and every other service know an opaque id only; whoever is erased here is erased everywhere.
Guarantees of every adapter:

- A person is kept before the fact is recorded. A crash between the two leaves a row without a fact; the next try with
  the same e-mail address finds that row and is finished under its id.
- One row per (competition, address), where the address is compared as `address_key` makes it (S15).
- Kept means durable. After `Unavailable` the same call may be made again and finds what was kept, if anything was.
- `everybody` and `every_judge` give all there is, to be kept elsewhere by `adopt` and `keep_judge`: the newest answer
  counts there too, and what was answered before it is not lost.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from shared.contracts.registration import AgeBand

Locale = Literal["en", "zh"]
GivenBy = Literal["self", "guardian"]
Purpose = Literal["rules", "guardian", "named_results", "photo", "stream", "credential"]
"""`rules` and `guardian` let someone compete; the four others are free, off by default and no condition (R96)."""


FreePurpose = Literal["named_results", "photo", "stream", "credential"]
"""What may be withdrawn at any time without leaving the competition (R97)."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What was asked and answered, in which words (`text_version`) and language, by whom and where (R97)."""

    purpose: Purpose
    given: bool
    at: str
    locale: Locale
    text_version: str
    given_by: GivenBy = "self"
    via: str = "form"


@dataclass(frozen=True, slots=True)
class Person:
    """A competitor. `repr` shows the ids only, because representations end in logs."""

    competitor: str
    competition: str
    given_name: str = field(repr=False)
    family_name: str = field(repr=False)
    email: str = field(repr=False)
    country: str = field(repr=False)
    organisation: str | None = field(repr=False)
    age_band: AgeBand = field(repr=False)
    registered_at: str
    consents: tuple[Consent, ...] = field(default=(), repr=False)

    def consent(self, purpose: Purpose) -> Consent | None:
        """The answer that counts."""
        return next((one for one in self.consents if one.purpose == purpose), None)

    def agreed_to(self, purpose: Purpose) -> bool:
        answer = self.consent(purpose)
        return answer is not None and answer.given


@dataclass(frozen=True, slots=True)
class JudgeName:
    """The name of somebody who got a link: a judge, another of the staff, or a trainer."""

    judge: str
    showcase: str
    name: str = field(repr=False)
    expires_at: str
    """When the newest link ends."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """A person with every answer ever given, in the order they came; `person.consents` are those that count now."""

    person: Person
    answers: tuple[Consent, ...] = field(repr=False)


class IdTaken(Exception):
    """The id names another person already."""


class People(Protocol):
    async def keep(self, person: Person) -> str:
        """Keep a person and return the id; the id of the earlier row when the address is known in this competition.

        Raise IdTaken when the id belongs to another address or competition.
        """

    async def add_consent(self, competitor: str, consent: Consent) -> None:
        """Record one more answer; the newest answer per purpose is the one that counts."""

    async def forget(self, competitor: str) -> None:
        """Erase a person; nothing happens when there is none."""

    async def find(self, competition: str, email: str) -> str | None:
        """The id kept for this address in this competition."""

    async def person(self, competitor: str) -> Person | None: ...

    async def of_competition(self, competition: str) -> list[Person]: ...

    async def keep_judge(self, judge: JudgeName) -> None:
        """Keep a judge's name, or replace it and the end of the newest link."""

    async def judges(self, showcase: str) -> list[JudgeName]: ...

    async def everybody(self, after: str = "", limit: int | None = None) -> list[Dossier]:
        """Everybody whose id comes behind `after`, ordered by id as UTF-8 bytes: all, or the first `limit`."""

    async def adopt(self, dossiers: Sequence[Dossier]) -> None:
        """Keep people of another store with every answer, in order; `person.consents` follow from the answers.

        Raise IdTaken when an id, or an address in its competition, is there already; some may then have been kept.
        """

    async def every_judge(self) -> list[JudgeName]:
        """All names of judges, ordered by showcase and id."""


def address_key(email: str) -> str:
    """The form in which two spellings of one address are equal: NFKC, case folded, trimmed."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", email).casefold()).strip()
