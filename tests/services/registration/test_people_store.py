from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from services.registration.people import Consent, IdTaken, JudgeName, Person, address_key
from services.registration.people_sqlite import PeopleFile, SqlitePeople

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.services.registration.conftest import Run

    Filled = Callable[..., dict[str, Any]]

AT = "2026-10-01T00:00:00.000Z"


def person(n: int, *, email: str | None = None, competition: str = "autumn.electronics") -> Person:
    return Person(
        competitor=f"competitor-{n:04d}",
        competition=competition,
        given_name=f"Given{n}",
        family_name="Invented",
        email=email or f"competitor{n}@school.example",
        country="GB",
        organisation=None,
        age_band="16-17",
        registered_at=AT,
        consents=(
            Consent("rules", True, AT, "en", "1"),
            Consent("photo", False, AT, "en", "1"),
            Consent("guardian", True, AT, "en", "1", "guardian"),
        ),
    )


def files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


async def test_a_person_comes_back_as_kept_with_every_consent(tmp_path: Path) -> None:
    async with SqlitePeople(tmp_path / "people.db") as people:
        assert await people.keep(person(1)) == "competitor-0001"
    async with SqlitePeople(tmp_path / "people.db") as people:
        found = await people.person("competitor-0001")
        assert found is not None
        assert sorted(found.consents, key=str) == sorted(person(1).consents, key=str)
        assert found.agreed_to("rules")
        assert not found.agreed_to("photo")
        assert not found.agreed_to("stream")


async def test_one_address_is_one_person_per_competition(tmp_path: Path) -> None:
    async with SqlitePeople(tmp_path / "people.db") as people:
        await people.keep(person(1))
        assert await people.keep(person(2, email="COMPETITOR1@school.example ")) == "competitor-0001"
        elsewhere = person(3, email="competitor1@school.example", competition="autumn.welding")
        assert await people.keep(elsewhere) == "competitor-0003"
        with pytest.raises(IdTaken):
            await people.keep(person(1, email="other@school.example"))


async def test_the_newest_consent_counts(tmp_path: Path) -> None:
    async with SqlitePeople(tmp_path / "people.db") as people:
        await people.keep(person(1))
        await people.add_consent("competitor-0001", Consent("photo", True, AT, "zh", "2"))
        found = await people.person("competitor-0001")
        assert found is not None
        assert found.agreed_to("photo")


async def test_everybody_is_carried_over_with_every_answer(tmp_path: Path) -> None:
    async with SqlitePeople(tmp_path / "people.db") as people:
        for n in (2, 1, 3):
            await people.keep(person(n))
        await people.add_consent("competitor-0001", Consent("photo", True, AT, "zh", "2"))
        await people.keep_judge(JudgeName("judge-0001", "autumn", "Jo Invented", AT))
        all_of_them, judges = await people.everybody(), await people.every_judge()
        assert await people.everybody(after="competitor-0001", limit=1) == all_of_them[1:2]
        with pytest.raises(IdTaken):
            await people.adopt(all_of_them[:1])
    assert [one.person.competitor for one in all_of_them] == [f"competitor-000{n}" for n in (1, 2, 3)]
    assert [one.given for one in all_of_them[0].answers if one.purpose == "photo"] == [False, True]
    async with SqlitePeople(tmp_path / "other.db") as people:
        await people.adopt(all_of_them)
        for judge in judges:
            await people.keep_judge(judge)
        assert await people.everybody() == all_of_them
        assert await people.every_judge() == judges
        kept = await people.person("competitor-0001")
        assert kept is not None
        assert kept.agreed_to("photo")


async def test_people_are_read_beside_their_owner(tmp_path: Path) -> None:
    async with SqlitePeople(tmp_path / "people.db") as people:
        await people.keep(person(1))
        file = PeopleFile(tmp_path / "people.db")
        assert await file.everybody() == await people.everybody()
        await people.forget("competitor-0001")
        assert await file.everybody() == []
        assert await file.every_judge() == []
        file.close()


async def test_forgetting_leaves_no_trace_in_the_file(tmp_path: Path) -> None:
    async with SqlitePeople(tmp_path / "people.db") as people:
        await people.keep(person(1))
        await people.forget("competitor-0001")
        assert await people.person("competitor-0001") is None
    assert all(b"Given1" not in file.read_bytes() for file in files(tmp_path))


async def test_the_file_is_private(tmp_path: Path) -> None:
    async with SqlitePeople(tmp_path / "people.db") as people:
        await people.keep_judge(JudgeName("judge-0001", "autumn", "Jo Invented", AT))
        assert {file.stat().st_mode & 0o777 for file in files(tmp_path)} == {0o600}


@pytest.mark.parametrize(
    "spelling", [" admin@a.example", "ADMIN@A.EXAMPLE", "ａｄｍｉｎ@a.example", "admin@a.example\t"]
)
def test_look_alike_spellings_are_one_address(spelling: str) -> None:
    assert address_key(spelling) == "admin@a.example"


def test_a_person_printed_shows_no_personal_data() -> None:
    assert "Given1" not in repr(person(1))
    assert "school" not in repr(person(1))


async def test_the_try_after_a_crash_between_the_stores_is_finished_under_the_first_id(
    run: Run, filled: Filled
) -> None:
    async with run() as service:
        await service.prepare()
        data = service.data
    async with SqlitePeople(data / "people.db") as people:
        await people.keep(person(1))  # kept, but the process died before the fact was recorded
    async with run() as service:
        assert await service.listed() == []
        answer = await service.register(filled(7, email="Competitor1@school.example"))
        assert answer == (201, {"id": "competitor-0001", "status": "registered"})
        assert [one["id"] for one in await service.listed()] == ["competitor-0001"]


async def test_a_refused_try_after_a_crash_leaves_nothing_behind(run: Run, filled: Filled) -> None:
    async with run() as service:
        await service.prepare(capacity=1)
        await service.register(filled(1))
        data = service.data
    async with SqlitePeople(data / "people.db") as people:
        await people.keep(person(2))
    async with run() as service:
        status, problem = await service.register(filled(2))
        assert (status, problem["code"]) == (422, "full")
    async with SqlitePeople(data / "people.db") as people:
        assert await people.find("autumn.electronics", "competitor2@school.example") is None
        assert await people.find("autumn.electronics", "competitor1@school.example") == "competitor-0001"
