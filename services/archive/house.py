"""A place where a showcase lives, seen the same way on every engine: two ledgers, the people, the keys.

`survey` goes through everything in one order and hands on each line; `move_in` fills an empty place. The order matters
where the place is in use. A line of livescore's roster names the fact in registration's ledger that it came from, and
such a fact is durable there before livescore hears of it. So livescore's ledger is read first: whatever it refers to
is then found in registration's, which is read after it. Were it the other way round, registration would go on, under
the same numbers, with other facts, and livescore would drop them as known. People come last, because a person is kept
before the fact that names them is recorded: nobody in the ledger can be missing, except who has been erased meanwhile,
and that is as it should be. Each stream is read up to an end that was there after the survey began, so every mark
acknowledged before that is in it, with everything before it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from services.archive.inventory import LEDGERS, PARTS, Inventory, Part, Tally
from services.archive.line import EventLine, events_of, write_event, write_judge, write_person
from services.archive.progress import Progress
from services.registration.people import Dossier, JudgeName
from shared.ledger.port import Stored

_AT_ONCE = 500

Sink = Callable[[Part, Sequence[bytes]], None]


class LedgerOut(Protocol):
    """The part of `shared.ledger.port.Ledger` that gives."""

    @property
    def epoch(self) -> str: ...

    async def streams(self, prefix: str = "") -> list[str]: ...

    async def export(self, stream: str, after: int = 0, limit: int | None = None) -> list[Stored]: ...


class LedgerIn(LedgerOut, Protocol):
    async def adopt(self, stored: Sequence[Stored]) -> None: ...


class PeopleOut(Protocol):
    """The part of `services.registration.people.People` that gives."""

    async def everybody(self, after: str = "", limit: int | None = None) -> list[Dossier]: ...

    async def every_judge(self) -> list[JudgeName]: ...


class PeopleIn(PeopleOut, Protocol):
    async def adopt(self, dossiers: Sequence[Dossier]) -> None: ...

    async def keep_judge(self, judge: JudgeName) -> None: ...


@dataclass(frozen=True, slots=True)
class House:
    """A place to read from. `keys` is the folder with the signing key."""

    name: str
    livescore: LedgerOut
    registration: LedgerOut
    people: PeopleOut
    keys: Path

    def epoch_of(self, channel: str) -> str:
        return (self.registration if channel.startswith("showcase/") else self.livescore).epoch

    def ledger(self, part: Part) -> LedgerOut:
        return self.livescore if part == "livescore" else self.registration


@dataclass(frozen=True, slots=True)
class NewHouse(House):
    """A place to fill: empty when it is entered."""

    livescore: LedgerIn
    registration: LedgerIn
    people: PeopleIn

    async def move_in_events(self, part: Part, events: Sequence[EventLine]) -> None:
        await self.ledger_in(part).adopt([one.stored() for one in events])

    def ledger_in(self, part: Part) -> LedgerIn:
        return self.livescore if part == "livescore" else self.registration


async def survey(house: House, progress: Progress, sink: Sink | None = None, *, people: bool = True) -> Inventory:
    """Read everything once; raise BadLine where something is not as it was written."""
    tally = Tally()
    for part in PARTS if people else LEDGERS:
        tally.begin(part)
        async for lines, events in _pages(house, part):
            for number, line in enumerate(lines):
                tally.take(part, line, events[number] if events else None)
            if sink is not None:
                sink(part, lines)
            progress.step(part, len(lines))
    return tally.inventory()


async def _pages(house: House, part: Part) -> AsyncIterator[tuple[list[bytes], list[EventLine] | None]]:
    match part:
        case "people":
            async for some in everybody(house.people):
                yield [write_person(one) for one in some], None
        case "judges":
            yield [write_judge(one) for one in await house.people.every_judge()], None
        case "livescore" | "registration":
            async for events in every_event(house.ledger(part)):
                yield [write_event(one) for one in events], events


async def every_event(ledger: LedgerOut) -> AsyncIterator[list[EventLine]]:
    for stream in await ledger.streams():
        after = 0
        while page := await ledger.export(stream, after, _AT_ONCE):
            yield [event for stored in page for event in events_of(stored)]
            after = page[-1].last
            if len(page) < _AT_ONCE:
                break


async def everybody(people: PeopleOut) -> AsyncIterator[list[Dossier]]:
    after = ""
    while page := await people.everybody(after, _AT_ONCE):
        yield page
        after = page[-1].person.competitor


async def empty(house: House) -> bool:
    """Whether nothing lives there yet."""
    ask: list[Awaitable[Sequence[object]]] = [
        house.livescore.streams(),
        house.registration.streams(),
        house.people.everybody(limit=1),
        house.people.every_judge(),
    ]
    return not any([await one for one in ask])
