"""A scheme that cannot be used: every fault with its line and rule, a bounded answer, nothing stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest

from tests.services.livescore.service import SCHEME

if TYPE_CHECKING:
    from tests.services.livescore.service import Livescore

pytestmark = pytest.mark.asyncio(loop_scope="module")


def line_of(text: bytes) -> int:
    return SCHEME[: SCHEME.index(text)].count(b"\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "rule", "words"),
    [
        (b"A1.1, type: M, max: 10", b"A1.1, type: M, max: 11", "R5", "101.00"),
        (b"A1.1, type: M, max: 10", b"A1.1, type: M, max: 0", "R3", "above zero"),
        (b"A1.1, type: M, max: 10", b"A1.1, type: X, max: 10", "R3", ""),
        (b"A1.1, type: M, max: 10", b"A1.1, type: M, max: 1e1", "R3", "plain decimal"),
        (b"A1.1, type: M, max: 10", b"A1.1, type: M, max: NaN", "R3", "plain decimal"),
        (b"A1.1, type: M, max: 10", b"A1.1, type: M, max: 9.999", "R3", "plain decimal"),
        (b"id: A1.2", b"id: A1.1", "R1", "twice"),
        (b"{pattern: deduct, step: 0.50}", b"{pattern: deduct, step: 0}", "R13", "above zero"),
        (b"{pattern: deduct, step: 0.50}", b"{pattern: deduct}", "R13", "missing"),
        (b"[{en: Below}, {en: At it}, {en: Above}, {en: Excellent}]", b"[{en: Below}, {en: Above}]", "R4", "four"),
        (b"weight: 100", b"weight: 90", "R5", "90.00"),
        (b"t_full: 5400", b"t_full: 7200", "R13", "t_zero"),
    ],
    ids=lambda value: value.decode()[-20:] if isinstance(value, bytes) else None,
)
async def test_a_faulty_scheme_is_refused_with_the_line_and_the_rule(
    refusing: Livescore, old: bytes, new: bytes, rule: str, words: str
) -> None:
    before = refusing.recorded()
    reply = await refusing.scheme(SCHEME.replace(old, new, 1))
    assert (reply.status, reply.code) == (422, "scheme_invalid")
    found = [one for one in reply.json["errors"] if one.get("rule") == rule and words in one["detail"]]
    assert found, reply.json["errors"]
    assert all(one["line"] >= 1 and one["field"] for one in found)
    if rule not in {"R5"}:
        assert line_of(old) in {one["line"] for one in found}
    assert refusing.recorded() == before


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("nothing", b""),
        ("a list", b"- a\n- b\n"),
        ("no yaml", b"title: [unclosed"),
        ("not utf-8", b"title: \xff\xfe"),
        ("two documents", SCHEME + b"---\n" + SCHEME),
        ("a tag that would make an object", b"title: !!python/object/apply:os.system [id]\n"),
        ("an alias bomb", b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
        ("a thousand levels", b"[" * 1000),
        ("a control character", b"title: {en: \x07}\n"),
        ("a key twice", SCHEME + b"title: {en: Again}\n"),
        ("a name that turns the line around", SCHEME.replace(b"A small scheme", "A \u202e scheme".encode())),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_is_no_scheme_at_all_is_refused(refusing: Livescore, sentence: str, text: bytes) -> None:
    before = refusing.recorded()
    reply = await refusing.scheme(text)
    assert (reply.status, reply.code) == (422, "scheme_invalid"), sentence
    assert reply.json["errors"]
    assert refusing.recorded() == before


async def test_a_file_that_is_wrong_all_over_gets_a_bounded_answer(refusing: Livescore) -> None:
    wrong = b"".join(b"wrong%d: 1\n" % n for n in range(15_000))
    reply = await refusing.scheme(wrong)
    assert reply.status == 422
    assert len(orjson.dumps(reply.json)) < 64 * 1024
