"""Every way a mark can be wrong: refused with a reason and a place, nothing stored, nothing said back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from tests.services.livescore.service import Livescore, Reply

# One service takes the whole table: starting one per case would take longer than the cases.
pytestmark = pytest.mark.asyncio(loop_scope="module")

CANARY = "<b>canary7"
LATER = (datetime.now(UTC) + timedelta(hours=2)).isoformat()  # the whole run may take many minutes
PROBLEM_KEYS = {"type", "title", "status", "detail", "instance", "code", "request_id", "errors"}


class Case(NamedTuple):
    """What is changed in a good mark, and what the problem document has to say."""

    sentence: str
    changed: dict[str, Any] | bytes
    status: int
    code: str
    field: str | None = None
    rule: str | None = None
    judge: str = "cn"


def shape(sentence: str, field: str, given: Any, /, **more: Any) -> Case:
    """A field that is out of shape before any rule is asked."""
    return Case(sentence, {field: given, **more}, 422, "invalid", field)


def reading(sentence: str, aspect: str, value: str) -> Case:
    """A reading the aspect's pattern does not take (R16: rejected, never zero)."""
    return Case(sentence, {"aspect": aspect, "value": value}, 422, "value_invalid", "value", "R13")


def score(sentence: str, given: Any) -> Case:
    return shape(sentence, "score", given, aspect="C1.1", value=None)


CASES = [
    Case("not json", b'{"id": "<b>canary7', 400, "malformed_json"),
    Case("not json because of single quotes", b"{'id': '<b>canary7'}", 400, "malformed_json"),
    Case("not utf-8", b'{"id": "\xff\xfe<b>canary7"}', 400, "malformed_json"),
    Case("nested a thousand deep", b"[" * 1000 + b"]" * 1000, 400, "malformed_json"),
    Case("an empty body", b"", 400, "malformed_json"),
    Case("half a surrogate pair", b'{"id": "\\ud800<b>canary7"}', 400, "malformed_json"),
    Case("a list", b'["<b>canary7"]', 422, "invalid"),
    Case("null", b"null", 422, "invalid"),
    Case("a bare text", b'"<b>canary7"', 422, "invalid"),
    Case("an unknown field", {CANARY: 1}, 422, "invalid"),
    shape("somebody else's name as the judge", "judge", "fr"),
    shape("an award typed by hand", "award", "10.00"),
    shape("no id", "id", None),
    shape("an id that is too short", "id", "short"),
    shape("an id that is too long", "id", "x" * 65),
    shape("an id with a path in it", "id", "../../<b>canary7"),
    shape("an id with a line break at its end", "id", "mark-0000001\n"),
    shape("an id with a zero byte", "id", "mark-0000001\x00"),
    shape("an id in full-width letters", "id", "ｍａｒｋ－００００１"),
    shape("a number as id", "id", 12345678),
    shape("no competitor", "competitor", None),
    shape("script as competitor", "competitor", CANARY),
    shape("script as aspect", "aspect", "<script>"),
    shape("a list as aspect", "aspect", ["A1.1"]),
    shape("an aspect that is too long", "aspect", "A1.1" * 50),
    shape("no time of marking", "marked_at", None),
    shape("a time without a zone", "marked_at", "2020-11-19T16:00:00"),
    shape("a time as a number", "marked_at", 1605772800),
    shape("a time that is none", "marked_at", CANARY),
    shape("a day that does not exist", "marked_at", "2020-11-31T16:00:00Z"),
    shape("a time before every clock", "marked_at", "1969-12-31T23:59:59Z"),
    shape("a time that does not exist in UTC", "marked_at", "0001-01-01T00:00:00+14:00"),
    Case(
        "the end of time", {"marked_at": "9999-12-31T23:59:59-14:00"}, 422, "marked_in_the_future", "marked_at", "R44"
    ),
    shape("a value as a number", "value", 12.3),
    shape("a value that is too long", "value", "1" * 41),
    shape("a value as an object", "value", {"$gt": ""}),
    shape("a saw below one", "saw", 0),
    shape("a saw beyond every integer", "saw", 2**60),
    shape("a saw as text", "saw", "1"),
    shape("a justification with a bidi override", "justification", "We looked again \u202eat it together."),
    shape("a justification with a control character", "justification", "We looked again\x07at it together."),
    shape("a justification that is too long", "justification", CANARY * 200),
    shape("a justification that is empty", "justification", "   "),
    score("a score of four", 4),
    score("a score below zero", -1),
    score("half a score", 2.5),
    score("a score as text", "2"),
    score("true as a score", True),
    score("a score as a list", [2]),
    Case("NaN as a score", {"score": float("nan")}, 422, "invalid", "score"),
    Case("infinity as a saw", b'{"saw": 1e999}', 422, "invalid", "saw"),
    reading("NaN", "B1.1", "NaN"),
    reading("infinity", "B1.1", "Infinity"),
    reading("an exponent", "B1.1", "1.2e1"),
    reading("a decimal with seven places", "B1.1", "12.1234567"),
    reading("a decimal with ten digits", "B1.1", "1234567890"),
    reading("a decimal comma", "B1.1", "12,3"),
    reading("a plus sign", "B1.1", "+12.3"),
    reading("a space in a decimal", "B1.1", "12.3 "),
    reading("a line break behind a decimal", "B1.1", "12.3\n"),
    reading("digits of another script", "B1.1", "१२.३"),
    reading("an underscore between digits", "B1.1", "1_2"),
    reading("hexadecimal", "B1.1", "0x12"),
    reading("an empty reading", "B1.1", ""),
    reading("a half error", "A1.2", "1.5"),
    reading("a negative count", "A1.2", "-1"),
    reading("more errors than can be counted", "A1.3", "1000000"),
    reading("a word that is not one of the two", "A1.1", CANARY),
    reading("a capital Met", "A1.1", "Met"),
    reading("a ladder value that is not listed", "B1.2", "2.0"),
    reading("a negative time", "B1.3", "-1"),
    Case("a reading for a judged aspect", {"aspect": "C1.1"}, 422, "score_expected", "score", "R3"),
    Case("a score for a measured aspect", {"value": None, "score": 2}, 422, "value_expected", "value", "R3"),
    Case("reading and score at once", {"score": 2}, 422, "value_expected", "value", "R3"),
    Case("neither reading nor score", {"value": None}, 422, "value_expected", "value", "R3"),
    Case("a competitor nobody knows", {"competitor": "canary7"}, 422, "unknown_competitor", "competitor"),
    Case("an aspect nobody knows", {"aspect": "I99.99"}, 422, "unknown_aspect", "aspect"),
    Case("an aspect of another competition", {"aspect": "D1.1"}, 422, "unknown_aspect", "aspect"),
    Case("marked two hours in the future", {"marked_at": LATER}, 422, "marked_in_the_future", "marked_at", "R44"),
    Case("a compatriot", {}, 403, "compatriot", "competitor", "R26", judge="gb"),
    Case("a compatriot of the other side", {"competitor": "c02"}, 403, "compatriot", "competitor", "R26"),
    Case("a correction of nothing", {"saw": 1}, 409, "changed"),
]


def check_problem(reply: Reply, status: int, code: str, field: str | None = None, rule: str | None = None) -> None:
    """A problem document that says what is wrong and where, and nothing of what was sent."""
    document = reply.json
    assert (reply.status, document["code"]) == (status, code), document
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert set(document) >= PROBLEM_KEYS
    assert document["status"] == status
    assert document["type"].startswith("urn:showcase:problem:")
    assert document["request_id"] in document["instance"]
    if field is not None:
        assert field in {one.get("field") for one in document["errors"]}, document
    if rule is not None:
        assert rule in {one.get("rule") for one in document["errors"]}, document
    for secret in (b"canary7", b"<script>", b"<b>"):
        assert secret not in reply.content


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.sentence)
async def test_a_wrong_mark_is_refused_with_its_reason_and_leaves_no_trace(refusing: Livescore, case: Case) -> None:
    before = refusing.recorded()
    # As Python writes JSON: with NaN, which JSON does not have.
    form = case.changed if isinstance(case.changed, bytes) else json.dumps(refusing.form(**case.changed)).encode()
    check_problem(await refusing.send(case.judge, form), case.status, case.code, case.field, case.rule)
    assert refusing.recorded() == before
