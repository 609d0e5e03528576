"""People on SQLite, in a file of their own, so that a backup of the ledger never carries a name.

What is erased is overwritten in the file (`secure_delete`), not only unlinked. The file is readable by this user alone
from its first byte on; SQLite gives its log the same mode.

Consents are rows that are only ever added; the newest row per purpose is what holds now, the older ones show what
held before (R97).
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from services.registration.people import Consent, Dossier, IdTaken, JudgeName, Person, address_key
from shared.errors import BadStart
from shared.sqlite import Connection, ConstraintError, SqliteFile
from shared.sqlite_reader import SqliteReader

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
_ANSWERS = """SELECT purpose, given, at, locale, text_version, given_by, via FROM consents
  WHERE competitor = ? ORDER BY n"""
_ADD_CONSENT = """INSERT INTO consents(competitor, purpose, given, at, locale, text_version, given_by, via)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_ADD_PERSON = "INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_JUDGES = "SELECT judge, showcase, name, expires_at FROM judges"
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
            _add_person(db, person, key)
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
        query = f"{_JUDGES} WHERE showcase = ? ORDER BY judge"
        return await self.file.read(lambda db: [JudgeName(*row) for row in db.execute(query, (showcase,))])

    async def everybody(self, after: str = "", limit: int | None = None) -> list[Dossier]:
        return await self.file.read(lambda db: _everybody(db, after, limit))

    async def adopt(self, dossiers: Sequence[Dossier]) -> None:
        def work(db: Connection) -> None:
            for one in dossiers:
                try:
                    _add_person(db, one.person, address_key(one.person.email))
                except ConstraintError as exc:
                    raise IdTaken(one.person.competitor) from exc
                for consent in one.answers:
                    _add_consent(db, one.person.competitor, consent)

        await self.file.write(work)

    async def every_judge(self) -> list[JudgeName]:
        return await self.file.read(_every_judge)


class PeopleFile:
    """What `People` says of everybody, read from the file without its owner: for copies of a running showcase."""

    def __init__(self, path: Path) -> None:
        self._file = SqliteReader(path)

    def close(self) -> None:
        self._file.close()

    async def everybody(self, after: str = "", limit: int | None = None) -> list[Dossier]:
        return self._file.read(lambda db: _everybody(db, after, limit))

    async def every_judge(self) -> list[JudgeName]:
        return self._file.read(_every_judge)


def _add_person(db: Connection, person: Person, key: str) -> None:
    ids = (person.competitor, person.competition, key)
    typed = (person.given_name, person.family_name, person.email, person.country, person.organisation)
    db.execute(_ADD_PERSON, (*ids, *typed, person.age_band, person.registered_at))


def _add_consent(db: Connection, competitor: str, consent: Consent) -> None:
    values = (consent.purpose, consent.given, consent.at, consent.locale, consent.text_version)
    db.execute(_ADD_CONSENT, (competitor, *values, consent.given_by, consent.via))


def _people(db: Connection, where: str, value: str) -> list[Person]:
    rows = list(db.execute(f"{_PERSON} WHERE {where}", (value,)))
    return [replace(Person(*row), consents=_consents(db, _CONSENTS, row[0])) for row in rows]


def _consents(db: Connection, query: str, competitor: str) -> tuple[Consent, ...]:
    return tuple(Consent(purpose, bool(given), *rest) for purpose, given, *rest in db.execute(query, (competitor,)))


def _everybody(db: Connection, after: str, limit: int | None) -> list[Dossier]:
    first = f"competitor > ? ORDER BY competitor LIMIT {-1 if limit is None else limit}"
    return [Dossier(one, _consents(db, _ANSWERS, one.competitor)) for one in _people(db, first, after)]


def _every_judge(db: Connection) -> list[JudgeName]:
    return [JudgeName(*row) for row in db.execute(f"{_JUDGES} ORDER BY showcase, judge")]
