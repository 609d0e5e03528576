"""People on SQLite, in a file of their own, so that a backup of the ledger never carries a name.

What is erased is overwritten in the file (`secure_delete`), not only unlinked. The file is readable by this user alone
from its first byte on; SQLite gives its log the same mode.

Consents are rows that are only ever added; the newest row per purpose is what holds now, the older ones show what
held before (R97).
"""

import os
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from services.registration.people import Consent, IdTaken, JudgeName, Person, address_key
from shared.errors import BadStart
from shared.sqlite import Connection, SqliteFile

_SCHEMA = """
CREATE TABLE IF NOT EXISTS people(
  competitor TEXT PRIMARY KEY,
  competition TEXT NOT NULL,
  address_key TEXT NOT NULL,
  given_name TEXT NOT NULL,
  family_name TEXT NOT NULL,
  email TEXT NOT NULL,
  country TEXT NOT NULL,
  organisation TEXT,
  age_band TEXT NOT NULL,  -- instead of the birth date, which is never kept
  registered_at TEXT NOT NULL,
  UNIQUE (competition, address_key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS consents(
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  competitor TEXT NOT NULL REFERENCES people(competitor) ON DELETE CASCADE,
  purpose TEXT NOT NULL,
  given INTEGER NOT NULL,
  at TEXT NOT NULL,
  locale TEXT NOT NULL,
  text_version TEXT NOT NULL,
  given_by TEXT NOT NULL,
  via TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS consents_of ON consents(competitor, purpose, n);
CREATE TABLE IF NOT EXISTS judges(
  showcase TEXT NOT NULL,
  judge TEXT NOT NULL,
  name TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  PRIMARY KEY (showcase, judge)
) WITHOUT ROWID;
"""
_PERSON = """SELECT competitor, competition, given_name, family_name, email, country, organisation, age_band,
  registered_at FROM people"""
_CONSENTS = """SELECT purpose, given, at, locale, text_version, given_by, via FROM consents AS c
  WHERE competitor = ? AND n = (SELECT max(n) FROM consents WHERE competitor = c.competitor AND purpose = c.purpose)
  ORDER BY purpose"""
_ADD_CONSENT = """INSERT INTO consents(competitor, purpose, given, at, locale, text_version, given_by, via)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_FIND = "SELECT competitor FROM people WHERE competition = ? AND address_key = ?"


class SqlitePeople:
    """Implements `people.People`; open it with `async with`."""

    def __init__(self, path: Path, *, vfs: str | None = None) -> None:
        self.file = SqliteFile(path, _SCHEMA, secure_delete=True, vfs=vfs)

    async def __aenter__(self) -> Self:
        try:
            os.close(os.open(self.file.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        except OSError as exc:
            raise BadStart(f"cannot open {self.file.path}: {exc.strerror}") from exc
        await self.file.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.file.__aexit__(kind, error, trace)

    async def keep(self, person: Person) -> str:
        key = address_key(person.email)

        def work(db: Connection) -> str:
            earlier = db.execute(_FIND, (person.competition, key)).fetchone()
            if earlier is not None:
                return str(earlier[0])
            if db.execute("SELECT 1 FROM people WHERE competitor = ?", (person.competitor,)).fetchone() is not None:
                raise IdTaken(person.competitor)
            db.execute(
                "INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    person.competitor,
                    person.competition,
                    key,
                    person.given_name,
                    person.family_name,
                    person.email,
                    person.country,
                    person.organisation,
                    person.age_band,
                    person.registered_at,
                ),
            )
            for consent in person.consents:
                _add_consent(db, person.competitor, consent)
            return person.competitor

        return await self.file.write(work)

    async def add_consent(self, competitor: str, consent: Consent) -> None:
        await self.file.write(lambda db: _add_consent(db, competitor, consent))

    async def forget(self, competitor: str) -> None:
        def work(db: Connection) -> None:
            db.execute("DELETE FROM people WHERE competitor = ?", (competitor,))

        await self.file.write(work)

    async def find(self, competition: str, email: str) -> str | None:
        found = await self.file.read(lambda db: db.execute(_FIND, (competition, address_key(email))).fetchone())
        return None if found is None else str(found[0])

    async def person(self, competitor: str) -> Person | None:
        people = await self.file.read(lambda db: _people(db, "competitor = ?", competitor))
        return people[0] if people else None

    async def of_competition(self, competition: str) -> list[Person]:
        return await self.file.read(lambda db: _people(db, "competition = ? ORDER BY registered_at", competition))

    async def keep_judge(self, judge: JudgeName) -> None:
        def work(db: Connection) -> None:
            db.execute(
                "INSERT INTO judges VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
                " SET name = excluded.name, expires_at = excluded.expires_at",
                (judge.showcase, judge.judge, judge.name, judge.expires_at),
            )

        await self.file.write(work)

    async def judges(self, showcase: str) -> list[JudgeName]:
        query = "SELECT judge, showcase, name, expires_at FROM judges WHERE showcase = ? ORDER BY judge"
        return await self.file.read(lambda db: [JudgeName(*row) for row in db.execute(query, (showcase,))])


def _add_consent(db: Connection, competitor: str, consent: Consent) -> None:
    values = (consent.purpose, consent.given, consent.at, consent.locale, consent.text_version)
    db.execute(_ADD_CONSENT, (competitor, *values, consent.given_by, consent.via))


def _people(db: Connection, where: str, value: str) -> list[Person]:
    people = []
    for row in list(db.execute(f"{_PERSON} WHERE {where}", (value,))):
        consents = tuple(
            Consent(purpose, bool(given), *rest) for purpose, given, *rest in db.execute(_CONSENTS, (row[0],))
        )
        people.append(replace(Person(*row), consents=consents))
    return people
