from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.domain.livescore.conftest import Story

REASON = "We looked again at the ground plane together."


def test_r21_others_hidden_scores_look_like_no_scores(story: Story) -> None:
    before = story.view("ch")
    story.score("c01", "A2.1", "sg", 3)
    story.score("c01", "A2.1", "cn", 1)
    assert story.view("ch") == before


def test_r21_an_author_sees_the_own_score_and_it_alone(story: Story) -> None:
    story.score("c01", "A2.1", "sg", 3)
    own = story.score("c01", "A2.1", "cn", 1)
    cell = story.cell("cn", "c01", "A2.1")
    assert cell == {
        "state": "waiting",
        "seq": own.seq,
        "award": None,
        "round": 1,
        "mine": True,
        "score": 1,
        "marked_at": "2020-11-19T12:00:00Z",
        "judge": "cn",
    }


def test_r21_the_reveal_shows_all_three_to_everybody(story: Story) -> None:
    receipt = story.scores("c01", "A2.1", 2, 2, 3)
    for judge, mine in (("cn", True), ("gb", False)):
        cell = story.cell(judge, "c01", "A2.1")
        assert cell is not None
        assert cell.get("score") == (2 if mine else None)
        assert (cell["state"], cell["seq"], cell["mine"]) == ("settled", receipt.seq, mine)
        assert dict(zip(cell["judges"], cell["scores"], strict=True)) == {"cn": 2, "sg": 2, "ch": 3}
        assert cell["award"] == {"exact": "28/9", "shown": "3.11"}


def test_r24_a_new_round_shows_the_last_ones_scores_and_hides_its_own(story: Story) -> None:
    story.scores("c01", "A2.1", 1, 2, 3)
    before = story.cell("ch", "c01", "A2.1")
    story.score("c01", "A2.1", "cn", 2, justification=REASON)
    assert story.cell("ch", "c01", "A2.1") == before
    assert before is not None
    assert "score" not in before
    assert (before["state"], before["round"], sorted(before["scores"])) == ("remark", 2, [1, 2, 3])
    own = story.cell("cn", "c01", "A2.1")
    assert own is not None
    assert (own["state"], own["score"], sorted(own["scores"])) == ("waiting", 2, [1, 2, 3])


def test_a_settled_reading_shows_what_a_correction_must_name(story: Story) -> None:
    receipt = story.read("c01", "A1.1", "3")
    cell = story.cell("sg", "c01", "A1.1")
    assert cell is not None
    assert (cell["seq"], cell["value"], cell["judge"], cell["mine"]) == (receipt.seq, "3", "ch", False)


def test_r26_the_view_says_whom_the_judge_may_mark(story: Story) -> None:
    story.leave("c03")
    assert [(one["id"], one["may_mark"]) for one in story.view("cn")["competitors"]] == [
        ("c01", True),
        ("c02", False),
        ("c03", False),
        ("c04", False),
    ]
    assert not any(one["may_mark"] for one in story.view("stranger")["competitors"])


def test_the_view_holds_the_scheme_with_measures_and_descriptors(story: Story) -> None:
    first, second = story.view("ch")["criteria"]
    aspects = {one["id"]: one for half in (first, second) for sub in half["sub_criteria"] for one in sub["aspects"]}
    assert aspects["B1.1"]["measure"] == {"pattern": "tolerance", "nominal": "12.0", "tol": "0.3", "comp": "0"}
    assert aspects["A2.1"]["descriptors"] == [{"en": f"descriptor {n}"} for n in range(4)]
    assert "descriptors" not in aspects["B1.1"]
    assert "measure" not in aspects["A2.1"]
