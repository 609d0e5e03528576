"""One behaviour suite for the people port; every adapter runs all of it. All people are invented."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from services.registration.people import Consent, IdTaken, JudgeName, People, Person
from services.registration.people_mongo import MongoPeople
from services.registration.people_sqlite import SqlitePeople

AT = "2026-10-01T00:00:00.000Z"
LATER = "2026-10-02T00:00:00.000Z"
OpenPeople = Callable[[], AbstractAsyncContextManager[People]]


def person(n: int, *, email: str | None = None, competition: str = "autumn.electronics") -> Person:
    return Person(
        competitor=f"competitor-{n:04d}",
        competition=competition,
        given_name=f"Given{n}",
        family_name="Invented",
        email=email or f"competitor{n}@school.example",
        country="GB",
        organisation=None if n % 2 else "College of Nowhere",
        age_band="16-17",
        registered_at=f"2026-10-01T00:00:{n:02d}.000Z",
        consents=(
            Consent("guardian", True, AT, "en", "1", "guardian"),
            Consent("photo", False, AT, "en", "1"),
            Consent("rules", True, AT, "en", "1"),
        ),
    )


@pytest.fixture(params=["sqlite", "motor", "pymongo"])
def open_people(request: pytest.FixtureRequest, tmp_path: Path) -> OpenPeople:
    """Opens the same store each time, as a restart or another copy does."""
    if request.param == "sqlite":
        return lambda: SqlitePeople(tmp_path / "people.db")
    uri, database = request.getfixturevalue("mongo_uri"), request.getfixturevalue("mongo_database")
    return lambda: MongoPeople(uri, database, request.param)


@pytest.fixture
async def people(open_people: OpenPeople) -> AsyncIterator[People]:
    async with open_people() as opened:
        yield opened


async def test_a_person_comes_back_as_kept_also_after_a_restart(open_people: OpenPeople) -> None:
    async with open_people() as people:
        assert await people.keep(person(1)) == "competitor-0001"
    async with open_people() as people:
        assert await people.person("competitor-0001") == person(1)
        assert await people.person("competitor-0002") is None


async def test_one_address_is_one_person_per_competition(people: People) -> None:
    await people.keep(person(1))
    assert await people.keep(person(2, email="COMPETITOR1@school.example ")) == "competitor-0001"
    elsewhere = person(3, email="competitor1@school.example", competition="autumn.welding")
    assert await people.keep(elsewhere) == "competitor-0003"
    assert await people.find("autumn.electronics", " Competitor1@SCHOOL.example") == "competitor-0001"
    assert await people.find("autumn.welding", "competitor1@school.example") == "competitor-0003"
    assert await people.find("autumn.welding", "nobody@school.example") is None


async def test_an_id_names_one_person_only(people: People) -> None:
    await people.keep(person(1))
    for other in (person(1, email="other@school.example"), person(1, competition="autumn.welding")):
        with pytest.raises(IdTaken):
            await people.keep(other)
    assert await people.person("competitor-0001") == person(1)


async def test_of_thirty_tries_with_one_address_at_once_one_is_kept(people: People) -> None:
    tries = [person(n, email="same@school.example") for n in range(1, 31)]
    assert len(set(await asyncio.gather(*(people.keep(one) for one in tries)))) == 1
    assert len(await people.of_competition("autumn.electronics")) == 1


async def test_the_newest_answer_counts_and_none_is_lost(people: People) -> None:
    await people.keep(person(1))
    answers = [Consent("photo", given, at, "zh", "2") for given, at in ((True, AT), (False, LATER))]
    for answer, holds in zip(answers, (True, False), strict=True):
        await people.add_consent("competitor-0001", answer)
        found = await people.person("competitor-0001")
        assert found is not None
        assert found.agreed_to("photo") == holds
        assert found.agreed_to("rules")
    (dossier,) = await people.everybody()
    assert dossier.answers == (*person(1).consents, *answers)
    assert dossier.person == await people.person("competitor-0001")


async def test_who_is_forgotten_is_gone_and_may_come_again(people: People) -> None:
    await people.keep(person(1))
    await people.forget("competitor-0001")
    await people.forget("competitor-0001")
    assert await people.person("competitor-0001") is None
    assert await people.find("autumn.electronics", "competitor1@school.example") is None
    assert await people.everybody() == []
    assert await people.keep(person(2, email="competitor1@school.example")) == "competitor-0002"


async def test_people_of_a_competition_come_in_order_of_registration(people: People) -> None:
    for n in (3, 1, 2):
        await people.keep(person(n))
    await people.keep(person(4, competition="autumn.welding"))
    assert await people.of_competition("autumn.electronics") == [person(n) for n in (1, 2, 3)]
    assert await people.of_competition("autumn.bricks") == []


async def test_a_judges_name_and_newest_link_are_replaced(people: People) -> None:
    await asyncio.gather(*(people.keep_judge(JudgeName("j1", "autumn", "Jo Invented", AT)) for _ in range(5)))
    await people.keep_judge(JudgeName("j1", "autumn", "Jo Renamed", LATER))
    await people.keep_judge(JudgeName("j0", "autumn", "Al Invented", AT))
    await people.keep_judge(JudgeName("j1", "spring", "Jo Elsewhere", AT))
    autumn = [JudgeName("j0", "autumn", "Al Invented", AT), JudgeName("j1", "autumn", "Jo Renamed", LATER)]
    assert await people.judges("autumn") == autumn
    assert await people.every_judge() == [*autumn, JudgeName("j1", "spring", "Jo Elsewhere", AT)]


async def test_everybody_is_carried_over_with_every_answer(people: People, tmp_path: Path) -> None:
    for n in (2, 1, 3):
        await people.keep(person(n))
    await people.add_consent("competitor-0001", Consent("photo", True, LATER, "zh", "2"))
    everybody = await people.everybody()
    assert [one.person.competitor for one in everybody] == [f"competitor-000{n}" for n in (1, 2, 3)]
    assert await people.everybody(after="competitor-0001", limit=1) == everybody[1:2]
    async with SqlitePeople(tmp_path / "other.db") as other:
        await other.adopt(everybody)
        assert await other.everybody() == everybody
    for one in everybody:
        await people.forget(one.person.competitor)
    await people.adopt(everybody)
    assert await people.everybody() == everybody


async def test_who_is_there_already_is_not_adopted(people: People) -> None:
    await people.keep(person(1))
    everybody = await people.everybody()
    with pytest.raises(IdTaken):
        await people.adopt(everybody)
    await people.forget("competitor-0001")
    await people.keep(person(2, email="competitor1@school.example"))
    with pytest.raises(IdTaken):
        await people.adopt(everybody)
    assert len(await people.everybody()) == 1
