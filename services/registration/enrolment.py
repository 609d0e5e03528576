"""Registering a competitor: the one command that touches both stores.

1 decide on what is known, so that a refusal leaves no personal data; 2 keep the person; 3 record the fact.
A crash between 2 and 3 leaves a person without a fact: the next try with the same address finds it and records the
fact under its id, and a refusal erases it. One person is handled at a time (per competition and address), so that two
tries cannot see each other half done; when two copies meet all the same, the people store says who was first, and the
other goes on with that one.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date

from services.registration.domain.ages import age_band
from services.registration.domain.commands import RegisterCompetitor
from services.registration.domain.decide import decide
from services.registration.domain.lookup import competition_of, created
from services.registration.domain.showcase import Showcase, Status
from services.registration.handlers import Showcases
from services.registration.people import Consent, GivenBy, IdTaken, Locale, People, Person, Purpose, address_key
from shared.contracts.names import showcase_of
from shared.errors import CallerError, Clash
from shared.ids import rfc3339, utc_now

CONSENT_TEXT_VERSION = "1"
"""The version of the words on the registration page; raise it whenever they change (R97)."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a competitor filled in; `repr` shows the ids only."""

    competition: str
    id: str
    given_name: str = field(repr=False)
    family_name: str = field(repr=False)
    email: str = field(repr=False)
    birth_date: date = field(repr=False)
    country: str = field(repr=False)
    organisation: str | None = field(repr=False)
    locale: Locale
    guardian_agreed: bool
    consents: Mapping[Purpose, bool] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Enrolled:
    competitor: str
    status: Status
    new: bool


class _KeptBefore(Exception):
    """Another copy has kept this address since we looked, under this id."""


class Enrolment:
    def __init__(self, showcases: Showcases, people: People) -> None:
        self._showcases = showcases
        self._people = people
        self._busy: dict[tuple[str, str], tuple[asyncio.Lock, int]] = {}

    async def register(self, form: Form) -> Enrolled:
        """Register once per address; another form with a known address is answered with the first registration."""
        async with self._alone(form.competition, address_key(form.email)):
            earlier = await self._people.find(form.competition, form.email)
            try:
                return await self._enrol(form, earlier)
            except _KeptBefore as exc:
                return await self._enrol(form, str(exc))

    async def _enrol(self, form: Form, earlier: str | None) -> Enrolled:
        command = RegisterCompetitor(
            form.competition, earlier or form.id, form.country, form.birth_date, form.guardian_agreed, utc_now()
        )
        try:
            return await self._register(form, command, known_address=earlier is not None)
        except CallerError:
            if earlier is not None:
                await self._forget_unless_registered(command)
            raise

    async def _register(self, form: Form, command: RegisterCompetitor, *, known_address: bool) -> Enrolled:
        state = await self._showcases.state(showcase_of(form.competition))
        news = decide(command, state)  # 1
        registered = command.competitor in competition_of(state, form.competition).competitors
        if registered and not known_address:
            raise _id_taken()  # a public id, used again by someone with another address
        if not known_address:
            await self._keep(_person(form, command, state))  # 2
        elif registered and news:
            await self._people.add_consent(command.competitor, _consent(form, "guardian", True, command))
        try:
            state = await self._showcases.carry_out(showcase_of(form.competition), command)  # 3
        except CallerError:
            await self._forget_unless_registered(command)
            raise
        status = competition_of(state, form.competition).competitors[command.competitor].status
        return Enrolled(command.competitor, status, new=not registered)

    async def _keep(self, person: Person) -> None:
        try:
            kept = await self._people.keep(person)
        except IdTaken:
            raise _id_taken() from None
        if kept != person.competitor:
            raise _KeptBefore(kept)

    async def _forget_unless_registered(self, command: RegisterCompetitor) -> None:
        state = await self._showcases.state(showcase_of(command.competition))
        if command.competitor not in competition_of(state, command.competition).competitors:
            await self._people.forget(command.competitor)

    @asynccontextmanager
    async def _alone(self, competition: str, key: str) -> AsyncIterator[None]:
        lock, waiting = self._busy.get((competition, key), (asyncio.Lock(), 0))
        self._busy[competition, key] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._busy.pop((competition, key))
            if waiting > 1:
                self._busy[competition, key] = (lock, waiting - 1)


def _person(form: Form, command: RegisterCompetitor, state: Showcase) -> Person:
    minimum = competition_of(state, form.competition).facts.minimum_age
    answers: dict[Purpose, bool] = {"rules": True, **form.consents}
    if form.guardian_agreed:
        answers["guardian"] = True
    return Person(
        competitor=command.competitor,
        competition=form.competition,
        given_name=form.given_name,
        family_name=form.family_name,
        email=form.email,
        country=form.country,
        organisation=form.organisation,
        age_band=age_band(form.birth_date, created(state).starts_on, minimum),
        registered_at=rfc3339(command.at),
        consents=tuple(_consent(form, purpose, given, command) for purpose, given in answers.items()),
    )


def _consent(form: Form, purpose: Purpose, given: bool, command: RegisterCompetitor) -> Consent:
    by: GivenBy = "guardian" if purpose == "guardian" else "self"
    return Consent(purpose, given, rfc3339(command.at), form.locale, CONSENT_TEXT_VERSION, by)


def _id_taken() -> Clash:
    return Clash("id_taken", "this id was used for another registration; make a new one and send the form again")
