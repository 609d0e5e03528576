"""Two copies of registration meet over one person: the address counts once, whichever form came first."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from services.registration.domain.commands import AddCompetition, CreateShowcase
from services.registration.domain.showcase import Showcase
from services.registration.enrolment import Enrolment, Form
from services.registration.handlers import Handlers, Showcases
from services.registration.people_sqlite import SqlitePeople
from shared.contracts.registration import CompetitorRegistered
from shared.contracts.text import Text
from shared.execute_shared import SharedExecutor
from shared.ledger.sqlite import SqliteLedger

NOW = datetime.now(UTC)


class SharedLedger(SqliteLedger):
    shared = True


def form(competitor: str) -> Form:
    return Form(
        competition="autumn.electronics",
        id=competitor,
        given_name="Ivy",
        family_name="Invented",
        email="ivy@school.example",
        birth_date=date(2001, 4, 25),
        country="GB",
        organisation=None,
        locale="en",
        guardian_agreed=False,
        consents={},
    )


async def test_two_forms_with_one_address_through_two_copies_make_one_competitor(tmp_path: Path) -> None:
    async with SharedLedger(tmp_path / "ledger.db") as ledger, SqlitePeople(tmp_path / "people.db") as people:
        copies = [Showcases(SharedExecutor(ledger, lambda _stream: Showcase()), ledger) for _ in range(2)]
        one = Handlers(copies[0], people)
        day = NOW.date() + timedelta(days=60)
        await one.create_showcase(CreateShowcase("autumn", Text(en="Autumn"), "Europe/London", day, day, ()))
        opened = NOW - timedelta(days=1)
        await one.add_competition(
            AddCompetition("autumn.electronics", Text(en="E"), 10, opened, NOW + timedelta(days=9), 16, "marks")
        )
        enrolled = await asyncio.gather(
            *(Enrolment(copy, people).register(form(f"competitor-{n}")) for n, copy in enumerate(copies))
        )
        assert len({each.competitor for each in enrolled}) == 1
        assert [each.competitor for each in await people.of_competition("autumn.electronics")] == [
            enrolled[0].competitor
        ]
        facts = [one.event for one in await ledger.read("showcase/autumn")]
        assert [fact.competitor for fact in facts if isinstance(fact, CompetitorRegistered)] == [enrolled[0].competitor]
