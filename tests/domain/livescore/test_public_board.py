from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.contracts.livescore import CompetitionOpened, JudgeUnseated, MarkGiven, SchemeImported
from shared.contracts.text import Text

if TYPE_CHECKING:
    from shared.contracts.registration import BoardMode
    from tests.domain.livescore.conftest import Story


def story_in(story: Story, mode: BoardMode) -> Story:
    return type(story)(mode)


def test_mode_marks_shows_totals_criteria_and_ranks(story: Story) -> None:
    story.read("c01", "A1.1", "3")
    story.scores("c01", "B1.2", 2, 2, 3)
    board = story.standings.board("epoch")
    assert board.channel == "competition/autumn.electronics"
    assert board.rows["c01"] == {
        "bib": "01",
        "name": "No. 01",
        "country": "GB",
        "status": "competing",
        "marked": 2,
        "rank": 1,
        "total": "2.81",
        "criteria": {"A": "1.25", "B": "1.56"},
    }
    assert board.head == {
        "competition": "autumn.electronics",
        "showcase": "autumn",
        "title": {"en": "Electronics"},
        "mode": "marks",
        "aspects": 5,
        "criteria": [
            {"id": "A", "name": {"en": "name"}, "max": "11.00"},
            {"id": "B", "name": {"en": "name"}, "max": "5.00"},
        ],
        "max": "100.00",
        "final": False,
        "updated_at": story.ledger[-1].at,
    }


@pytest.mark.parametrize(("mode", "extra"), [("rank", {"rank"}), ("progress", set())])
def test_r50_other_modes_show_no_marks(story: Story, mode: BoardMode, extra: set[str]) -> None:
    story = story_in(story, mode)
    story.read("c01", "A1.1", "3")
    board = story.standings.board("epoch")
    assert set(board.rows["c01"]) == {"bib", "name", "country", "status", "marked"} | extra
    assert "criteria" not in board.head


def test_r37_nothing_settled_is_no_zero_and_comes_last_without_a_rank(story: Story) -> None:
    story.score("c01", "A2.1", "cn", 3)
    story.read("c04", "A1.1", "not_attempted")
    rows = story.rows()
    assert list(rows) == ["c04", "c01", "c02", "c03"]
    assert (rows["c04"]["rank"], rows["c04"]["total"]) == (1, "0.00")
    assert not {"rank", "total", "criteria"} & set(rows["c01"])


def test_r59_equal_totals_share_a_rank_and_the_next_is_skipped(story: Story) -> None:
    for competitor, errors in (("c01", "3"), ("c02", "1"), ("c03", "3"), ("c04", "8")):
        story.read(competitor, "A1.1", errors)
    assert [(id_, row["rank"]) for id_, row in story.rows().items()] == [("c02", 1), ("c01", 2), ("c03", 2), ("c04", 4)]


def test_r38_a_withdrawn_competitor_keeps_the_row_and_loses_rank_and_marks(story: Story) -> None:
    for competitor in ("c01", "c02"):
        story.read(competitor, "A1.1", "3")
    assert story.leave("c01")
    rows = story.rows()
    assert list(rows) == ["c02", "c01", "c03", "c04"]
    assert rows["c01"] == {"bib": "01", "name": "No. 01", "country": "GB", "status": "withdrawn", "marked": 1}
    assert rows["c02"]["rank"] == 1


def test_who_comes_back_has_the_marks_again(story: Story) -> None:
    story.read("c01", "A1.1", "3")
    before = story.rows()["c01"]
    story.leave("c01")
    assert story.enter("01", "GB")
    assert story.rows()["c01"] == before


def test_each_public_change_counts_once_and_carries_its_time(story: Story) -> None:
    seq = story.standings.seq
    story.read("c01", "A1.1", "3", at="2020-11-19T13:00:00Z")
    board = story.standings.board("epoch")
    assert (board.seq, board.head["updated_at"]) == (seq + 1, "2020-11-19T13:00:00Z")


def test_the_same_fact_again_changes_nothing(story: Story) -> None:
    story.read("c01", "A1.1", "3")
    before = story.public_bytes(), story.state.seq
    assert not story.standings.apply(story.ledger[-1])
    assert (story.public_bytes(), story.state.seq) == before


def test_what_is_not_public_does_not_count(story: Story) -> None:
    seq = story.standings.seq
    own = story.score("c01", "A2.1", "cn", 3)
    story.score("c01", "A2.1", "cn", 0, saw=own.seq)
    story.score("c01", "A2.1", "sg", 3)
    story.score("c01", "A2.1", "ch", 3)
    story.given(JudgeUnseated(judge="gb", source_seq=90))
    story.enter("01", "GB")
    assert story.standings.seq == seq


def test_a_scheme_changes_the_board_by_what_it_shows_of_it(story: Story) -> None:
    imported = story.ledger[-1].event
    assert isinstance(imported, SchemeImported)
    hidden = imported.scheme.model_copy(update={"title": Text(en="Another title")})
    assert not story.given(SchemeImported(version=2, digest="second", scheme=hidden))
    fewer = imported.scheme.model_copy(update={"criteria": imported.scheme.criteria[:1]})
    assert story.given(SchemeImported(version=3, digest="third", scheme=fewer))


def test_a_new_name_or_title_is_public(story: Story) -> None:
    assert story.enter("01", "GB", "Ivy Ohmworth")
    opened = story.ledger[0].event
    assert isinstance(opened, CompetitionOpened)
    assert story.given(opened.model_copy(update={"title": Text(en="Electronics and more"), "source_seq": 91}))


@pytest.mark.parametrize(
    ("mode", "value", "public"),
    [
        ("marks", "2", True),
        ("marks", "9", False),
        ("rank", "7", False),
        ("rank", "2", True),
        ("progress", "0", False),
    ],
)
def test_a_correction_counts_when_the_public_can_tell(story: Story, mode: BoardMode, value: str, public: bool) -> None:
    story = story_in(story, mode)
    story.read("c02", "A1.1", "5")
    first = story.read("c01", "A1.1", "8")
    before, seq = story.public_bytes(), story.standings.seq
    story.read("c01", "A1.1", value, saw=first.seq)
    assert (story.standings.seq - seq, story.public_bytes() != before) == (int(public), public)


def test_a_correction_below_the_shown_digits_counts_only_when_it_turns_the_order(story: Story) -> None:
    story.read("c02", "A1.2", "6000.002")
    first = story.read("c01", "A1.2", "6000.003")
    seq = story.standings.seq
    second = story.read("c01", "A1.2", "6000.0025", saw=first.seq)
    assert story.standings.seq == seq
    story.read("c01", "A1.2", "6000.001", saw=second.seq)
    assert story.standings.seq == seq + 1
    assert [story.rows()[one]["rank"] for one in ("c01", "c02")] == [1, 2]


def test_r35_a_correction_that_shows_in_the_total_alone_counts(story: Story) -> None:
    story.scores("c01", "B1.2", 2, 2, 3)
    first = story.read("c01", "A1.2", "6001")
    before, seq = story.rows()["c01"], story.standings.seq
    story.read("c01", "A1.2", "6002.64", saw=first.seq)
    row = story.rows()["c01"]
    assert (row["criteria"], before["total"], row["total"]) == (before["criteria"], "4.89", "4.88")
    assert story.standings.seq == seq + 1


def test_a_mark_without_a_scheme_stops_the_fold(story: Story) -> None:
    story = type(story)(imported=None)
    mark = MarkGiven(
        mark="mark-00001", competitor="c01", aspect="A1.1", judge="ch", value="3", marked_at=story.noon, fingerprint="f"
    )
    with pytest.raises(ValueError, match="before a scheme"):
        story.given(mark)
