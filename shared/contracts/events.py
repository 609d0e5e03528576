"""Events: facts in the ledger, and the CloudEvents 1.0 envelope they travel in.

An event class is a frozen pydantic model with a versioned `TYPE`. `Recorded` is one event at its place in a stream.
`encode` and `decode` turn it into structured-mode CloudEvents JSON and back; those bytes are written to the ledger
once and published verbatim, so what was recorded and what was said can never differ.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple

import orjson
from pydantic import BaseModel, ConfigDict
from typing_extensions import override

CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8"


class Event(BaseModel):
    """Base of every fact. Subclasses set `TYPE` as `<service>.<fact>.v<n>` and register themselves by it."""

    # Built when one is first made or read: there are sixty kinds, and a service meets a few of them in its first hour.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    TYPE: ClassVar[str]
    registry: ClassVar[dict[str, type["Event"]]] = {}

    @override
    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "TYPE" in cls.__dict__:
            if cls.TYPE in Event.registry:
                raise TypeError(f"event type {cls.TYPE} is declared twice")
            Event.registry[cls.TYPE] = cls


class UnknownEvent(ValueError):
    """The bytes are no event this version knows; the stream they came from must stop, never skip."""


class Recorded(NamedTuple):
    """One event at its place: `seq` counts from 1 without gaps in `stream`; `at` is UTC, RFC 3339."""

    stream: str
    seq: int
    id: str
    at: str
    event: Event


def encode(recorded: Recorded) -> bytes:
    event = recorded.event
    service = event.TYPE.partition(".")[0]
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": recorded.id,
            "source": f"/{service}",
            "type": f"org.showcase.{event.TYPE}",
            "subject": recorded.stream,
            "time": recorded.at,
            "recordedtime": recorded.at,
            "sequence": str(recorded.seq),
            "partitionkey": recorded.stream,
            "datacontenttype": "application/json",
            "data": event,
        },
        default=_said,
        option=orjson.OPT_UTC_Z,
    )


def _said(part: Any) -> dict[str, Any]:
    """The fields of an event, or of a model in one, that say something."""
    if isinstance(part, BaseModel):
        return {name: value for name, value in vars(part).items() if value is not None}
    raise TypeError(f"{type(part).__name__} has no place in an event")


def decode(body: bytes) -> Recorded:
    """Raise UnknownEvent when the bytes are not an event of a known type and shape."""
    try:
        raw = orjson.loads(body)
        event = Event.registry[raw["type"].removeprefix("org.showcase.")].model_validate(raw["data"])
        return Recorded(raw["subject"], int(raw["sequence"]), raw["id"], raw["recordedtime"], event)
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise UnknownEvent(f"not an event this version knows: {exc!r}"[:300]) from exc


DecodeAll = Callable[[Sequence[bytes]], list[Recorded]]
"""What `decode` makes of each, in order; raises UnknownEvent on the first that is no event."""


def decode_all(bodies: Sequence[bytes]) -> list[Recorded]:
    return [decode(body) for body in bodies]
