"""A small showcase in a data folder, made without its services, but through their adapters."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from services.cli import EXAMPLE
from services.livescore.domain.schemes.from_yaml import parse_scheme
from services.registration.people import Consent, JudgeName, Person
from services.registration.people_sqlite import SqlitePeople
from services.registration.signing_key import open_signing_key
from shared.contracts.livescore import CompetitionOpened, CompetitorEntered, JudgeSeated, MarkGiven, SchemeImported
from shared.contracts.registration import CompetitionAdded, JudgeAssigned, ShowcaseCreated, StreamsSet
from shared.contracts.streams import Stream
from shared.ids import record
from shared.ledger.sqlite import SqliteLedger
from shared.lifecycle import claimed

if TYPE_CHECKING:
    from pathlib import Path

    from shared.contracts.events import Event

COMPETITION = "spring.welding"
MARKS = 60
_AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
_STAMP = "2026-11-01T09:00:00.000Z"
_TITLE = {"en": "Welding", "zh": "焊接"}


async def make_showcase(data: Path) -> Path:
    with claimed(data, "making"):
        open_signing_key(data / "keys")
    async with SqliteLedger(data / "registration.db") as ledger:
        await ledger.append(record("showcase/spring", 0, _registration()), "create-spring")
    async with SqliteLedger(data / "livescore.db") as ledger:
        stream, opening = f"competition/{COMPETITION}", _opening()
        await ledger.append(record(stream, 0, opening))
        for number in range(MARKS):
            mark = _mark(number)
            await ledger.append(record(stream, len(opening) + number, [mark]), mark.mark)
        await ledger.append(record(f"competition/{COMPETITION}-junior", 0, opening[:1]))
    async with SqlitePeople(data / "people.db") as people:
        for number in range(3):
            await people.keep(_person(number))
        await people.add_consent("c1", Consent("photo", True, _STAMP, "zh", "2"))
        await people.keep_judge(JudgeName("j1", "spring", "Arca Invented", _STAMP))
    return data


def _registration() -> list[Event]:
    title, day = _TITLE, date(2026, 11, 1)
    added = CompetitionAdded(
        competition=COMPETITION,
        title=title,
        capacity=10,
        opens_at=_AT,
        closes_at=_AT,
        minimum_age=14,
        board_mode="marks",
    )
    return [
        ShowcaseCreated(showcase="spring", title=title, timezone="UTC", starts_on=day, ends_on=day),
        added,
        JudgeAssigned(judge="j1", country="SG", competitions=(COMPETITION,)),
        StreamsSet(showcase="spring", streams=(Stream(url="https://live.bilibili.com/6", title=_TITLE, lang="zh"),)),
    ]


def _opening() -> list[Event]:
    scheme, _ = parse_scheme((EXAMPLE / "scheme.yaml").read_bytes())
    entered = [
        CompetitorEntered(competitor=f"c{n}", bib=str(n), display_name=f"No. {n}", country="GB", source_seq=2)
        for n in range(3)
    ]
    return [
        CompetitionOpened(competition=COMPETITION, title=_TITLE, board_mode="marks", source_seq=2),
        *entered,
        JudgeSeated(judge="j1", country="SG", source_seq=3),
        SchemeImported(version=1, digest="0", scheme=scheme),
    ]


def _mark(number: int) -> MarkGiven:
    return MarkGiven(
        mark=f"mark-{number:04d}",
        competitor=f"c{number % 3}",
        aspect="A1.2",
        judge="j1",
        value=str(number % 2),
        marked_at=_AT,
        fingerprint="0",
    )


def _person(number: int) -> Person:
    return Person(
        competitor=f"c{number}",
        competition=COMPETITION,
        given_name="Sparky",
        family_name="Invented",
        email=f"sparky{number}@school.example",
        country="GB",
        organisation=None,
        age_band="16-17",
        registered_at=_STAMP,
        consents=(Consent("rules", True, _STAMP, "en", "1"), Consent("photo", False, _STAMP, "en", "1")),
    )
