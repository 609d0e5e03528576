"""R21: two competitions that differ in hidden scores alone answer everybody else alike, byte for byte.

Both are played with the same ids at the same moments, over real sockets; then everybody but the authors asks for
everything there is to read. The other competition has other scores, or none of them at all.
"""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from shared.contracts.events import decode
from shared.contracts.exercises import ExerciseScored
from shared.contracts.livescore import JudgeSeated, MarkGiven
from shared.ledger.sqlite import read_file
from tests.services.livescore.registration import registered
from tests.services.livescore.service import started, until, with_schemes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.services.livescore.service import Livescore

HERE = "/api/livescore/competitions/autumn.electronics"
MARKED_AT = "2026-01-05T09:00:00Z"
EVERYWHERE = ("/feed?stream=false", "/feed/scores", "/feed/competitions", "/feed/competitors")
RESULTS = ("/results", "/results.csv", "/results/c01", "/why/c01/C1.1", "/why-rank/c01", "/why/c01/A1.1")
STAFF_FEED = ("/staff-feed?stream=false", "/staff-feed/sheets", "/staff-feed/judgements", "/staff-feed/results")
LEADS = ("/chief", "/chief/missing", "/chief/sheets/C1/c01", "/chief/opinion", "/exercises")
READ = {
    "nobody": EVERYWHERE,
    "sg": ("/marking", "/exercises", "/scheme"),
    "gb": ("/marking", "/exercises"),
    "organiser": (*RESULTS, *STAFF_FEED),
    "host": (*RESULTS, "/ceremony"),
    "lead": (*RESULTS, *STAFF_FEED, *LEADS, "/ceremony"),
    "helm": (*RESULTS, *STAFF_FEED, *LEADS, "/ceremony"),
    "c01": ("/mine",),
    "cn": ("/marking",),  # an author: that this one differs shows that a difference is found
}
_TIME = re.compile(rb"20\d\d-\d\d-\d\dT[0-9:.]+(?:Z|\+00:00)")
NAMES_AUTHORS = {"/chief", "/chief/sheets/C1/c01"}
"""Those who lead may see who has scored (R21), so these differ where somebody has not."""


@asynccontextmanager
async def played(data: Path, scores: dict[str, int]) -> AsyncIterator[tuple[Livescore, dict[str, str | None]]]:
    """One reading that all may see, the hidden scores of one cell, and one of a piece of an exercise."""
    async with registered(data) as words, started(words) as livescore:
        await with_schemes(livescore)
        offices: dict[str, Any] = {"lead": "chief", "helm": "manager", "host": "presenter"}
        for one, office in offices.items():
            await words.judge(one, "FI", "electronics", office=office)

        async def seated() -> bool:
            return sum(isinstance(one.event, JudgeSeated) for one in livescore.recorded()) == 8

        await until(seated)
        tokens: dict[str, str | None] = {one: words.judge_token(one, office=office) for one, office in offices.items()}
        tokens |= {one: words.judge_token(one) for one in ("cn", "ch", "sg", "gb")}
        tokens |= {"organiser": words.organiser_token(), "c01": words.follower_token("competitor", "c01")}
        tokens["nobody"] = None

        async def act(who: str, act: str, **fields: Any) -> None:
            body = {"act": act, "id": f"{act}-{who}", "done_at": MARKED_AT, **fields}
            reply = await livescore.ask("POST", f"{HERE}/acts", body, token=tokens[who])
            assert reply.status == 201, reply.content

        pieces = [{"id": "p1", "title": {"en": "A joint"}}]
        await act("lead", "open-exercise", title={"en": "Joints"}, aspects=["C1.1"], pieces=pieces)
        await act("lead", "show-sheets")
        assert (await livescore.read("sg", "met", id="mark-of-all", marked_at=MARKED_AT)).status == 201
        for judge, score in scores.items():
            sent = await livescore.score(judge, score, id=f"mark-by-{judge}", marked_at=MARKED_AT)
            assert sent.status == 201
            fields = {"exercise": "open-exercise-lead", "piece": "p1", "aspect": "C1.1", "score": score}
            await act(judge, "score-piece", **fields)
        await livescore.folded()
        yield livescore, tokens


class Alike:
    """Writes alike what differs between two plays for other reasons: ids, and times but those of the hidden scores."""

    def __init__(self, data: Path) -> None:
        epoch, bodies = read_file(data / "livescore.db")
        recorded = list(map(decode, bodies))
        self._ids = {epoch.encode(): b"<epoch>"} | {one.id.encode(): b"<event>" for one in recorded}
        secret = {"cn", "ch"}
        self._hidden = {
            one.at.encode()
            for one in recorded
            if (isinstance(one.event, MarkGiven) and one.event.judge in secret) or isinstance(one.event, ExerciseScored)
        }

    def write(self, content: bytes) -> bytes:
        for id_, word in self._ids.items():
            content = content.replace(id_, word)
        return _TIME.sub(lambda found: found[0] if found[0] in self._hidden else b"<at>", content)


async def answers(livescore: Livescore, tokens: dict[str, str | None]) -> dict[tuple[str, str], bytes]:
    """Everything, with what differs from play to play written alike."""
    alike = Alike(livescore.data)
    told: dict[tuple[str, str], bytes] = {}
    for who, paths in READ.items():
        for path in paths:
            reply = await livescore.ask("GET", HERE + path, token=tokens[who])
            content = reply.content
            if path != "/mine" and not path.startswith("/chief"):  # tags of these are digests of times as well
                content += reply.headers.get("ETag", "").encode()
            told[who, path] = without_request_id(alike.write(content))
    return told


def without_request_id(content: bytes) -> bytes:
    if b'"urn:showcase:problem' not in content:
        return content
    return orjson.dumps(orjson.loads(content) | {"request_id": ""})


@pytest.mark.parametrize(
    ("one", "other"),
    [({"cn": 0, "ch": 3}, {"cn": 3, "ch": 1}), ({"cn": 0, "ch": 3}, {}), ({"cn": 2}, {"ch": 2})],
    ids=["other scores", "no scores", "another author"],
)
async def test_r21_hidden_scores_change_no_answer_to_a_third_person(
    tmp_path: Path, one: dict[str, int], other: dict[str, int]
) -> None:
    async with played(tmp_path / "one", one) as (first, tokens):
        told = await answers(first, tokens)
        assert sum(reply.startswith((b"{", b"[")) for reply in told.values()) > 40
    async with played(tmp_path / "other", other) as (second, tokens):
        others = await answers(second, tokens)
    same_authors = one.keys() == other.keys()
    differ = {asked for asked in told if told[asked] != others[asked]}
    assert ("cn", "/marking") in differ
    leads = set() if same_authors else {asked for asked in told if asked[1] in NAMES_AUTHORS}
    unexpected = differ - {("cn", "/marking")} - leads
    assert {asked: (told[asked], others[asked]) for asked in unexpected} == {}
