"""Marks read many at a time: the same events from the same bytes as one by one, and the same refusals."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.contracts import marks_in_bulk
from shared.contracts.events import Event, Recorded, UnknownEvent, decode, encode
from shared.contracts.livescore import Check, CompetitorLeft, MarkGiven
from shared.contracts.marks_in_bulk import decode_all
from shared.ids import record

_PLAIN = MarkGiven(
    mark="mark-00000001",
    competitor="c01",
    aspect="A1.2",
    judge="cn-1",
    value="12.3",
    marked_at=datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=UTC),
    supersedes=17,
    fingerprint="0f",
    device="tablet-0001",
)

_ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{7,63}", fullmatch=True)
_times = st.datetimes(
    min_value=datetime(1970, 1, 2),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(-timedelta(hours=3, minutes=30))]),
)
_marks = st.builds(
    MarkGiven,
    mark=_ids,
    competitor=_ids,
    aspect=st.from_regex(r"[A-I][0-9]{1,2}\.[0-9]{1,2}", fullmatch=True),
    judge=_ids,
    value=st.none() | st.sampled_from(["met", "12.3", "-0", "not_attempted"]) | st.text(max_size=8),
    score=st.none() | st.sampled_from([0, 1, 2, 3]),
    round=st.integers(-1, 10**10),
    marked_at=_times,
    supersedes=st.none() | st.integers(-1, 2**53),
    justification=st.none() | st.sampled_from(["Three steps are missing.", "缺少三个步骤。", 'a "quoted" \\ word']),
    fingerprint=st.text(max_size=8),
    pair=st.none() | st.sampled_from([1, 2]),
    device=st.none() | _ids,
    check=st.none() | st.just(Check(script="continuity.py", sha256="5c" * 32, verdict="not_correct")),
    paper=st.none() | st.just(True),
)


def written(*events: Event) -> list[bytes]:
    return [encode(one) for one in record("competition/autumn.welding", 41, events)]


def told(found: list[Recorded]) -> list[Any]:
    """Everything an event says, and which of it was said rather than left out."""
    return [(one[:4], type(one.event), vars(one.event), one.event.model_fields_set) for one in found]


def one_by_one(bodies: list[bytes]) -> list[Any] | None:
    try:
        return told([decode(body) for body in bodies])
    except UnknownEvent:
        return None


def in_bulk(bodies: list[bytes]) -> list[Any] | None:
    try:
        return told(decode_all(bodies))
    except UnknownEvent:
        return None


@given(st.lists(_marks, max_size=4))
@example([])
@example([_PLAIN])
def test_marks_read_in_bulk_are_those_read_one_by_one(marks: list[MarkGiven]) -> None:
    bodies = written(*marks)
    assert in_bulk(bodies) == one_by_one(bodies) is not None


def test_other_events_keep_their_place_between_marks() -> None:
    bodies = written(_PLAIN, CompetitorLeft(competitor="c01", source_seq=3), _PLAIN)
    assert decode_all(bodies) == [decode(body) for body in bodies]


@pytest.mark.parametrize("said", [{}, {"value": None, "score": 2}, {"device": None, "supersedes": None}])
def test_a_usual_mark_is_read_without_the_slow_way(said: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_body: bytes) -> Recorded:
        raise AssertionError("this mark went the slow way")

    mark = MarkGiven.model_validate({**_PLAIN.model_dump(), **said})
    monkeypatch.setattr(marks_in_bulk, "decode", refuse)
    assert decode_all(written(mark))[0].event == mark


def test_a_mark_read_in_bulk_has_every_field_of_the_contract_in_its_order() -> None:
    bodies = written(_PLAIN)
    (recorded,) = decode_all(bodies)
    assert list(vars(recorded.event)) == list(MarkGiven.model_fields)
    assert [encode(recorded)] == bodies


def altered(old: str, new: str) -> bytes:
    body = written(_PLAIN)[0].decode()
    assert body.count(old) == 1
    return body.replace(old, new).encode("utf-8", "surrogatepass")


_REFUSED = [
    ('"mark-00000001"', '"mark-1"'),
    ('"mark-00000001"', '"mark-00000001\\n"'),
    ('"mark-00000001"', '"mark-00000001\n"'),
    ('"c01"', '""'),
    ('"c01"', "null"),
    ('"A1.2"', '"J1.2"'),
    ('"A1.2"', '"A١.2"'),
    ('"value":"12.3"', '"value":12.3'),
    ('"value":"12.3"', '"value":"\x01"'),
    ('"value":"12.3"', '"value":"\ud800"'),
    ('"value":"12.3"', '"score":4'),
    ('"value":"12.3"', '"wert":"12.3"'),
    ('"round":1', '"round":01'),
    ('"round":1', '"round":1.5'),
    ("2026-01-02T", "2026-02-30T"),
    ("03:04:05.678900Z", "24:04:05.678900Z"),
    ("03:04:05.678900Z", "03:04:05.678900"),
    ('"supersedes":17', '"supersedes":"one"'),
    ('"supersedes":17', '"supersedes":99999999999999999999999'),
    ('"0f"', '"0f'),
    ('"tablet-0001"', '"tablet"'),
    ('"tablet-0001"}}', '"tablet-0001"}'),
    ('"tablet-0001"}}', '"tablet-0001"}}}'),
    ('"sequence":"42"', '"sequence":"4 2"'),
    ("mark-given.v1", "mark-given.v9"),
]
_ACCEPTED = [
    ('"value":"12.3"', '"value":"12.3","score":2'),
    ('"value":"12.3"', '"value":"\\u0031"'),
    ('"value":"12.3",', ""),
    ('"value":"12.3"', '"value":"一"'),
    ('"round":1', '"round":"1"'),
    ('"round":1', '"round":1.0'),
    ('"round":1,', ""),
    ("03:04:05.678900Z", "03:04:05.678Z"),
    ("03:04:05.678900Z", "03:04:05+08:00"),
    ("2026-01-02T", "2026-01-02 "),
    ('"supersedes":17', '"supersedes":9999999999999999999'),
    ('"device"', ' "device"'),
    ('"sequence":"42"', '"sequence":"0042"'),
    ('"specversion":"1.0"', '"specversion":"9\\u0030"'),
]


@pytest.mark.parametrize(("old", "new"), _REFUSED)
def test_a_damaged_mark_is_refused_both_ways(old: str, new: str) -> None:
    bodies = [*written(_PLAIN), altered(old, new)]
    assert one_by_one(bodies) is None
    assert in_bulk(bodies) is None


@pytest.mark.parametrize(("old", "new"), _ACCEPTED)
def test_a_mark_written_another_way_is_read_the_same_both_ways(old: str, new: str) -> None:
    bodies = [*written(_PLAIN), altered(old, new)]
    assert in_bulk(bodies) == one_by_one(bodies) is not None


@settings(max_examples=300)
@given(data=st.data())
def test_whatever_happens_to_the_bytes_both_ways_agree(data: st.DataObject) -> None:
    body = bytearray(written(_PLAIN)[0])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body) - 1))
        piece = data.draw(st.binary(max_size=2) | st.sampled_from([b'"', b"\\", b"0", b"\n", b",", b"}", b"Z"]))
        body[at : at + data.draw(st.integers(0, 2))] = piece
    bodies = [*written(_PLAIN), bytes(body)]
    assert in_bulk(bodies) == one_by_one(bodies)
