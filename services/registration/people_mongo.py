"""People on MongoDB, for several copies of registration: one document per person, with every answer ever given in it.

A unique index on (competition, address key) makes one of two copies the later one when an address registers twice at
once. A document carries a mark of the call that made it, so that a call whose answer was lost knows its own. What is
erased is gone for every reader at once; the server overwrites the place on disk in its own time, and its log keeps
operations for as long as it is set to: docs/limits.md says so.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from types import TracebackType
from typing import Any, Self

from services.registration.people import Consent, Dossier, IdTaken, JudgeName, Person, address_key
from shared.errors import Unavailable
from shared.ids import new_id
from shared.mongo import Document, Driver, Duplicate, Mongo

UNIQUE = ("competition", "address_key")
"""What the index made here keeps apart."""
_PAUSE_SECONDS = 0.05
_TYPED = tuple(field.name for field in fields(Person) if field.name not in ("competitor", "consents"))


class MongoPeople:
    """Implements `people.People`; open it with `async with`."""

    def __init__(self, uri: str, database: str, driver: Driver = "motor", *, patience_seconds: float = 5.0) -> None:
        self.mongo = Mongo(uri, driver=driver, database=database, patience_seconds=patience_seconds)

    async def __aenter__(self) -> Self:
        await self.mongo.__aenter__()
        self.people = self.mongo.collection("registration_people")
        self._judges = self.mongo.collection("registration_judges")
        try:
            await self.people.index("address", [(field, 1) for field in UNIQUE], unique=True)
        except BaseException:
            await self.mongo.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.mongo.__aexit__(kind, error, trace)

    async def keep(self, person: Person) -> str:
        document = _document(person, person.consents)
        clock = asyncio.get_running_loop().time
        until = clock() + self.mongo.patience_seconds
        while True:
            try:
                await self.people.insert([document])
            except Duplicate:
                if earlier := await self.find(person.competition, person.email):
                    return earlier
                if await self.people.find({"_id": person.competitor}, limit=1, fields=["_id"]):
                    raise IdTaken(person.competitor) from None
                # What was in the way is being erased, or is not safe yet: either ends soon.
                if clock() > until:
                    raise Unavailable("MongoDB cannot say who is kept") from None
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                return person.competitor

    async def add_consent(self, competitor: str, consent: Consent) -> None:
        # The same answer of the same moment, sent again by the driver, counts once.
        await self.people.change({"_id": competitor}, {"$addToSet": {"answers": asdict(consent)}})

    async def forget(self, competitor: str) -> None:
        await self.people.remove({"_id": competitor})

    async def find(self, competition: str, email: str) -> str | None:
        address = {"competition": competition, "address_key": address_key(email)}
        found = await self.people.find(address, limit=1, fields=["_id"])
        return found[0]["_id"] if found else None

    async def person(self, competitor: str) -> Person | None:
        found = await self.people.find({"_id": competitor}, limit=1)
        return _dossier(found[0]).person if found else None

    async def of_competition(self, competition: str) -> list[Person]:
        found = await self.people.find({"competition": competition}, sort=[("registered_at", 1)])
        return [_dossier(one).person for one in found]

    async def keep_judge(self, judge: JudgeName) -> None:
        known = {"name": judge.name, "expires_at": judge.expires_at}
        place = {"_id": f"{judge.showcase}/{judge.judge}", "showcase": judge.showcase, "judge": judge.judge}
        while True:
            try:
                await self._judges.change(place, {"$set": known}, make=True)
            except Duplicate:  # another copy made it at the same moment: now it is there to be changed
                continue
            return

    async def judges(self, showcase: str) -> list[JudgeName]:
        return await self._names({"showcase": showcase})

    async def everybody(self, after: str = "", limit: int | None = None) -> list[Dossier]:
        if limit == 0:
            return []
        found = await self.people.find({"_id": {"$gt": after}}, sort=[("_id", 1)], limit=limit or 0)
        return [_dossier(one) for one in found]

    async def adopt(self, dossiers: Sequence[Dossier]) -> None:
        documents = [_document(one.person, one.answers) for one in dossiers]
        while documents:
            try:
                await self.people.insert(documents)
            except Duplicate as exc:
                documents = documents[exc.at :]
                known = await self.people.find({"_id": documents[0]["_id"]}, limit=1)
                if not known or known[0]["call"] != documents[0]["call"]:
                    raise IdTaken(documents[0]["_id"]) from None
                documents = documents[1:]
            else:
                return

    async def every_judge(self) -> list[JudgeName]:
        return await self._names({})

    async def _names(self, query: Mapping[str, str]) -> list[JudgeName]:
        found = await self._judges.find(query, sort=[("showcase", 1), ("judge", 1)])
        return [JudgeName(one["judge"], one["showcase"], one["name"], one["expires_at"]) for one in found]


def _document(person: Person, answers: Sequence[Consent]) -> Document:
    typed = {name: getattr(person, name) for name in _TYPED}
    own = {"_id": person.competitor, "address_key": address_key(person.email), "call": new_id()}
    return own | typed | {"answers": [asdict(answer) for answer in answers]}


def _dossier(document: Mapping[str, Any]) -> Dossier:
    answers = tuple(Consent(**answer) for answer in document["answers"])
    newest = {answer.purpose: answer for answer in answers}
    consents = tuple(newest[purpose] for purpose in sorted(newest))
    typed = {name: document[name] for name in _TYPED}
    return Dossier(Person(competitor=document["_id"], consents=consents, **typed), answers)
