"""One line of an archive: an event, a person or a judge's name as JSON that is always written the same way.

Because equal things make equal bytes, whatever holds a showcase (an archive, a folder, a database) can be compared
with any other by the digests of its lines. An event's own bytes travel as text inside the line: they come out as they
went in, to the last byte, so what was recorded stays what was said.
"""

from dataclasses import asdict, fields
from typing import NamedTuple

import orjson
from pydantic import TypeAdapter, ValidationError

from services.registration.people import Consent, Dossier, JudgeName, Person
from shared.ledger.port import Stored

_PERSON = TypeAdapter(Person)
_ANSWERS = TypeAdapter(tuple[Consent, ...])
_JUDGE = TypeAdapter(JudgeName)


class BadLine(ValueError):
    """The line is not one that this version writes. The reason never repeats the line: it may hold a name."""


class EventLine(NamedTuple):
    """An event at its place; `command` where it is the first of an append that carried one."""

    stream: str
    seq: int
    command: str | None
    body: bytes

    def stored(self) -> Stored:
        return Stored(self.stream, self.seq, (self.body,), self.command)


def events_of(stored: Stored) -> list[EventLine]:
    first = EventLine(stored.stream, stored.seq, stored.command, stored.bodies[0])
    return [first] + [EventLine(stored.stream, stored.seq + n, None, one) for n, one in enumerate(stored.bodies) if n]


def write_event(event: EventLine) -> bytes:
    try:
        text = event.body.decode()
    except UnicodeDecodeError:
        raise BadLine(f"event {event.seq} of {event.stream} is no text") from None
    return _line({"stream": event.stream, "seq": event.seq, "command": event.command, "event": text})


def read_event(line: bytes) -> EventLine:
    match _json(line):
        case {"stream": str(stream), "seq": int(seq), "command": str() | None as command, "event": str(text)}:
            return EventLine(stream, seq, command, text.encode())
        case _:
            raise BadLine("no event")


def write_person(one: Dossier) -> bytes:
    person = {field.name: getattr(one.person, field.name) for field in fields(one.person) if field.name != "consents"}
    return _line({"person": person, "answers": [asdict(answer) for answer in one.answers]})


def read_person(line: bytes) -> Dossier:
    try:
        raw = _json(line)
        return Dossier(_PERSON.validate_python(raw["person"]), _ANSWERS.validate_python(raw["answers"]))
    except (ValidationError, KeyError, TypeError):
        raise BadLine("no person") from None


def write_judge(one: JudgeName) -> bytes:
    return _line(asdict(one))


def read_judge(line: bytes) -> JudgeName:
    try:
        return _JUDGE.validate_python(_json(line))
    except ValidationError:
        raise BadLine("no judge") from None


def _line(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def _json(line: bytes) -> dict[str, object]:
    try:
        found = orjson.loads(line)
    except ValueError:
        raise BadLine("no JSON") from None
    if not isinstance(found, dict):
        raise BadLine("no JSON object")
    return found
