"""Marks read from the ledger many at a time: what a service's start spends its time on.

A mark as `encode` writes it is one line whose every part the contract knows, so one expression recognises it and tells
its fields, with the very patterns of the contract in it. Any line it does not recognise, and every other event, goes
through `decode`, which accepts it or refuses it. So both ways accept the same bytes and give equal events.

What was recognised stays a tuple of texts, a `MarkLine`. It is a `Recorded` whose event is made when somebody asks for
it; who folds a whole ledger and needs no more of a reading than its `texts` never does.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, get_args

from pydantic import BaseModel
from typing_extensions import override

from shared.contracts.events import Recorded, decode
from shared.contracts.livescore import MarkGiven
from shared.contracts.names import ClientId, PersonId
from shared.contracts.scheme import AspectId


def _of(name: Any) -> str:
    """The pattern of a constrained name, without the anchors."""
    pattern: str = get_args(name)[1].pattern
    return pattern.removeprefix("^").removesuffix("$") + "+"  # what has matched is never given back


_CHAR = r"[ !#-\[\]-~]"  # what stands for itself in JSON and in ASCII
# Days there are; the 29th of February is left to who knows about years.
_DAY = (
    r"[1-9][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    r"|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
_MARK = re.compile(
    r'\{"specversion":"1\.0"'
    rf',"id":"({_CHAR}++)"'
    rf',"source":"{_CHAR}*+","type":"org\.showcase\.{re.escape(MarkGiven.TYPE)}"'
    rf',"subject":"({_CHAR}++)","time":"{_CHAR}*+","recordedtime":"({_CHAR}*+)"'
    rf',"sequence":"([0-9]{{1,18}})","partitionkey":"{_CHAR}*+","datacontenttype":"application/json"'
    rf',"data":\{{"mark":"({_of(ClientId)})","competitor":"({_of(PersonId)})"'
    rf',"aspect":"({_of(AspectId)})","judge":"({_of(PersonId)})"'
    rf',(?:"value":"({_CHAR}*+)"|"score":([0-3])),"round":([1-9][0-9]{{0,8}})'
    rf',"marked_at":"({_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{{6}})?Z)"'
    rf'(?:,"supersedes":([1-9][0-9]{{0,14}}))?,"fingerprint":"({_CHAR}*+)"(?:,"device":"({_of(ClientId)})")?\}}\}}\n'
    r"|[^\n]*\n"
)
_SCORES = {"0": 0, "1": 1, "2": 2, "3": 3}
_ALWAYS = ("mark", "competitor", "aspect", "judge", "round", "marked_at", "fingerprint")
_GIVEN = [
    {*_ALWAYS, "score" if score else "value", *(["supersedes"] * again), *(["device"] * device)}
    for device in (0, 1)
    for again in (0, 1)
    for score in (0, 1)
]
"""Which fields were said, by 4 for a device, 2 for a mark that is superseded, 1 for a score."""
# A model is filled by the slots pydantic itself fills; its own ways there check again what the expression has checked.
_fields = BaseModel.__dict__["__dict__"].__set__
_given = BaseModel.__dict__["__pydantic_fields_set__"].__set__
_extra = BaseModel.__dict__["__pydantic_extra__"].__set__
_private = BaseModel.__dict__["__pydantic_private__"].__set__


class MarkLine(Recorded):
    """A mark at its place, still as text: where the tuple has its event, this one has the texts."""

    __slots__ = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Competitor, aspect, judge, value, score, round and when it was given; value or score is empty."""
        texts: Any = self[4]
        own: tuple[str, ...] = texts[5:12]
        return own

    @property
    @override
    def event(self) -> MarkGiven:
        texts: Any = self[4]
        mark, competitor, aspect, judge, value, score, round_, marked_at, again, print_, device = texts[4:]
        event = object.__new__(MarkGiven)
        fields = {
            "mark": mark,
            "competitor": competitor,
            "aspect": aspect,
            "judge": judge,
            "value": None if score else value,
            "score": _SCORES[score] if score else None,
            "round": int(round_),
            "marked_at": datetime.fromisoformat(marked_at),
            "supersedes": int(again) if again else None,
            "justification": None,
            "fingerprint": print_,
            "pair": None,
            "device": device or None,
            "check": None,
            "paper": None,
        }
        _fields(event, fields)
        _given(event, _GIVEN[(4 if device else 0) + (2 if again else 0) + (1 if score else 0)])
        _extra(event, None)
        _private(event, None)
        return event

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Recorded) and self[:4] == other[:4] and self.event == other.event

    @override
    def __hash__(self) -> int:
        return hash(self[:4])


def decode_all(bodies: Sequence[bytes]) -> list[Recorded]:
    """What `decode` makes of each; raises UnknownEvent on the first that is no event."""
    # Latin-1 gives a character for each byte, and what is beyond ASCII is in no part of the expression.
    lines: list[tuple[str, ...]] = _MARK.findall(b"".join([body + b"\n" for body in bodies]).decode("latin-1"))
    if len(lines) != len(bodies):
        return [decode(body) for body in bodies]  # a line break within an event: never written by `encode`
    new = tuple.__new__
    return [
        new(MarkLine, (texts[1], int(texts[3]), texts[0], texts[2], texts)) if texts[0] else decode(body)
        for texts, body in zip(lines, bodies, strict=True)
    ]
