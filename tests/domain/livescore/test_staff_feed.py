"""The staff's feed: what organisers and those who lead may know, and nothing that a hidden score moves (R21, R88)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from services.livescore.domain.feed.changes import Feed, Notification
from services.livescore.domain.feed.staff import STAFF_TYPES, StaffObjects
from services.livescore.domain.feed.token import STAFF, Position
from tests.domain.livescore.conftest import Story
from tests.domain.livescore.feed_client import new_client
from tests.domain.livescore.sheets_given import all_locked, fill, locked, reopened, sign_all, staffed, submitted

Json = dict[str, Any]
AGAIN = {"gb": "cn", "sg": "sg"}
REASON = "the sheet was reopened to be scored anew"


class Following:
    """A story with its staff feed, read after each step."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.feed = Feed(STAFF_TYPES, STAFF)
        self.made = StaffObjects()
        self.held: Position | None = None

    def told(self) -> list[Notification]:
        state = self.story.state
        amended = state.final is not None and state.final.version > 1
        self.feed.offer(Position("e", state.known), self.made.of(state), amended=amended)
        found = self.feed.since(self.held)
        self.held = self.feed.position
        return found

    def objects(self, kind: str) -> Json:
        self.told()
        return {one["id"]: one for one in orjson.loads(self.feed.all(kind))}


@pytest.fixture
def story(story: Story) -> Story:
    return staffed(story)


@pytest.fixture
def following(story: Story) -> Following:
    return Following(story)


def finalise(story: Story) -> None:
    story.both("finalise", reason="all sheets are signed")


def test_r21_hidden_scores_change_no_byte_no_version_and_no_token() -> None:
    """The same story with other hidden scores, and with none: the same notifications after every step."""

    def play(*scores: tuple[str, int]) -> list[list[bytes]]:
        following = Following(staffed(Story()))
        story = following.story
        steps: list[Callable[[], object]] = [
            lambda: story.scores("c01", "A2.1", 2, 2, 2),
            lambda: [story.score("c02", "A2.1", judge, score) for judge, score in scores],
            lambda: story.read("c02", "A1.1", "1"),
            lambda: reopened(story, "A2", "c03"),
            lambda: [story.score("c03", "A2.1", AGAIN[judge], score, justification=REASON) for judge, score in scores],
            lambda: story.read("c04", "A1.1", "0"),
        ]
        locked(story, "A2", "c03")
        found = [following.told()]
        for step in steps:
            step()
            found.append(following.told())
        # The story's clock goes on with every event, a real one does not.
        return [[re.sub(rb'"at":"[^"]+"', b"", one.body) for one in told] for told in found]

    nothing = play()
    assert play(("gb", 0)) == play(("gb", 3), ("sg", 1)) == nothing
    assert [len(told) for told in nothing[1:]] == [1, 0, 1, 1, 0, 1]


def test_revealed_scores_are_told_with_their_judges_and_no_names(following: Following) -> None:
    """R89: opaque ids only."""
    following.story.scores("c01", "A2.1", 1, 2, 2)
    following.story.read("c01", "A1.1", "1")
    judged, measured = following.objects("judgements")["c01.A2.1"], following.objects("judgements")["c01.A1.1"]
    assert judged["given"] == [
        {"judge": "ch", "score": 2},
        {"judge": "cn", "score": 1},
        {"judge": "sg", "score": 2},
    ]
    assert (judged["state"], judged["round"], judged["award"]["exact"]) == ("settled", 1, "20/9")
    assert measured["given"] == [{"judge": "ch", "value": "1"}]
    assert b"No. 01" not in b"".join(one.body for one in following.feed.since(None))


def test_a_spread_is_told_as_a_remark_and_then_as_what_the_next_round_said(following: Following) -> None:
    following.story.scores("c01", "A2.1", 0, 2, 2)
    assert following.objects("judgements")["c01.A2.1"]["state"] == "remark"
    following.story.scores("c01", "A2.1", 2, 2, 2, justification="the spread came of a misread descriptor")
    told = following.objects("judgements")["c01.A2.1"]
    assert (told["state"], told["round"]) == ("settled", 2)


def test_a_sheet_is_told_through_its_life(following: Following) -> None:
    submitted(following.story, "A2", "c01")
    assert following.objects("sheets")["A2.c01"]["state"] == "submitted"
    following.story.act("chief", "verify-sheet", form="A2", competitor="c01")
    sign_all(following.story, "A2", "c01")
    told = following.objects("sheets")["A2.c01"]
    assert (told["state"], told["signed_by"][-1]) == ("locked", "chief")
    reopened(following.story, "A2", "c01")
    told = following.objects("sheets")["A2.c01"]
    assert (told["state"], told["version"], told["review"]) == ("reopened", 2, True)


def test_appeals_and_outages_are_told_without_what_people_wrote(following: Following) -> None:
    story = following.story
    locked(story, "A2", "c01")
    story.act("chief", "show-sheets")
    written = "my circuit was switched off while it was measured"
    appeal = story.act("c01", "file-appeal", competitor="c01", text=written).id
    remedy = {"kind": "time_back", "competitor": "c02", "seconds": 60}
    story.both("record-outage", remedy=remedy, reason="the power went off in the hall")
    assert following.objects("appeals")[appeal]["state"] == "submitted"
    [outage] = following.objects("outages").values()
    assert outage["remedy"] == remedy
    everything = b"".join(one.body for one in following.feed.since(None))
    assert b"switched" not in everything
    assert b"power" not in everything


def test_r49_results_and_awards_come_with_the_result_and_the_end_is_last(following: Following) -> None:
    all_locked(following.story)
    assert following.objects("results") == following.objects("awards") == {}
    finalise(following.story)
    last = following.told()[-1]
    assert (orjson.loads(last.body)["type"], orjson.loads(last.body)["data"]["version"]) == ("end_of_updates", 1)
    assert following.feed.ended
    results, awards = following.objects("results"), following.objects("awards")
    assert results.keys() == awards.keys() == {"c01", "c02", "c03", "c04"}
    assert {one["rank"] for one in results.values()} == {1, 2, 3, 4}
    assert all("name" not in one for one in results.values())


def test_r49_the_end_waits_for_the_thaw(following: Following) -> None:
    all_locked(following.story)
    following.story.act("chief", "freeze")
    finalise(following.story)
    following.told()
    assert following.feed.ended is False
    following.story.act("chief", "thaw")
    assert [orjson.loads(one.body)["type"] for one in following.told()] == ["end_of_updates"]


def test_a_client_ends_with_what_a_new_one_gets(following: Following) -> None:
    """R84."""
    held, story = new_client(), following.story
    steps: list[Callable[[], object]] = [
        lambda: fill(story, "A1", "c01"),
        lambda: submitted(story, "A2", "c02"),
        lambda: story.act("chief", "return-sheet", form="A2", competitor="c02", reason="one aspect was missed"),
        lambda: story.scores("c03", "A2.1", 3, 3, 3),
    ]
    for step in steps:
        step()
        for one in following.told():
            held.take(one.body)
    fresh = new_client()
    for one in following.feed.since(None):
        fresh.take(one.body)
    assert {kind: held.now(kind) for kind in STAFF_TYPES} == {kind: fresh.now(kind) for kind in STAFF_TYPES}
    assert held.now("sheets")["A2.c02"]["state"] == "open"
