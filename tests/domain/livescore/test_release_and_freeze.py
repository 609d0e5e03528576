"""Sections 8 and 9 of the rules: what becomes public and when, the delay, the freeze, the reveal."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from services.livescore.domain.public import Public
from shared.contracts.board import encode_board
from shared.contracts.livescore import CompetitorEntered
from shared.contracts.text import Text
from tests.domain.livescore.conftest import NOON, Story
from tests.domain.livescore.sheets_given import (
    all_locked,
    fill,
    locked,
    refused,
    reopened,
    sign_all,
    staffed,
    submitted,
)

if TYPE_CHECKING:
    from shared.contracts.release import When


@pytest.fixture
def story(story: Story) -> Story:
    return staffed(story)


def release(story: Story, when: When, *forms: str) -> None:
    story.act("organiser", "release-forms", forms=forms or ("A1", "A2", "B1"), when=when)


def total(story: Story, competitor: str = "c01") -> str | None:
    return story.rows()[competitor].get("total")


@pytest.mark.parametrize("when", ["verified", "signed", "locked"])
def test_r51_a_sheet_becomes_public_when_it_reaches_the_state_its_form_is_released_in(story: Story, when: When) -> None:
    release(story, when)
    submitted(story, "A2", "c01")
    seen = {"submitted": total(story)}
    story.act("chief", "verify-sheet", form="A2", competitor="c01")
    seen["verified"] = total(story)
    for judge in ("ch", "cn", "sg"):
        story.act(judge, "sign-sheets", form="A2")
    seen["signed"] = total(story)
    story.act("chief", "sign-sheets", form="A2")
    seen["locked"] = total(story)
    order = list(seen)
    assert [seen[state] for state in order] == [
        "2.67" if order.index(state) >= order.index(when) else None for state in order
    ]


def test_r51_what_is_withheld_is_nowhere_on_the_board(story: Story) -> None:
    release(story, "withheld", "A2")
    locked(story, "A2", "c01")
    assert story.rows()["c01"]["marked"] == 0
    locked(story, "A1", "c01")
    assert total(story) == "5.08"
    release(story, "locked", "A2")
    assert total(story) == "7.75"


def test_r51_marks_on_unreleased_forms_change_no_byte(story: Story) -> None:
    release(story, "locked")
    before = story.public_bytes()
    submitted(story, "B1", "c01", 2, 2, 3)
    assert story.public_bytes() == before


def test_r52_a_reopened_sheet_stands_at_its_last_public_value_and_says_so(story: Story) -> None:
    locked(story, "A2", "c01")
    assert total(story) == "2.67"
    reopened(story, "A2", "c01")
    assert (total(story), story.rows()["c01"]["review"]) == ("2.67", True)
    held = story.public_bytes()
    story.scores("c01", "A2.1", 3, 3, 3, justification="the right piece was looked at now")
    story.act("ch", "submit-sheet", form="A2", competitor="c01")
    story.act("gb", "verify-sheet", form="A2", competitor="c01")
    assert story.public_bytes() == held
    sign_all(story, "A2", "c01")
    assert total(story) == "4.00"
    assert "review" not in story.rows()["c01"]


def test_r52_a_published_sheet_that_is_returned_stands_as_well(story: Story) -> None:
    release(story, "verified")
    submitted(story, "A1", "c01")
    story.act("chief", "verify-sheet", form="A1", competitor="c01")
    shown = total(story)
    story.act("chief", "return-sheet", form="A1", competitor="c01", reason="the time looks wrong")
    cell = story.cell("ch", "c01", "A1.2")
    assert cell is not None
    story.read("c01", "A1.2", "6300", saw=cell["seq"])
    assert (total(story), story.rows()["c01"]["review"]) == (shown, True)


def test_r55_while_frozen_nothing_moves(story: Story) -> None:
    fill(story, "A2", "c01")
    story.act("organiser", "freeze")
    held = story.public_bytes()
    fill(story, "A1", "c01")
    fill(story, "B1", "c02")
    story.act("organiser", "release-forms", forms=["A2"], when="withheld")
    story.leave("c04")
    assert story.public_bytes() == held
    head = story.standings.board("epoch").head
    assert (head["frozen"], total(story)) == (True, "2.67")
    story.act("organiser", "thaw")
    assert (total(story), story.rows()["c04"]["status"]) == ("5.08", "withdrawn")
    assert "frozen" not in story.standings.board("epoch").head


def test_r55_r98_a_name_follows_its_consent_through_a_freeze(story: Story) -> None:
    story.act("organiser", "freeze")
    story.enter("01", "GB", name="Ada Example")
    assert story.rows()["c01"]["name"] == "Ada Example"
    story.enter("05", "GB")
    assert "c05" not in story.rows()


def test_r55_a_planned_freeze_holds_from_its_time_on_whoever_is_late(story: Story) -> None:
    plan = NOON + timedelta(minutes=30)
    story.act("organiser", "plan-freeze", at=plan.isoformat())
    story.read("c01", "A1.1", "0", at="2020-11-19T12:29:59Z")
    assert total(story) == "2.00"
    story.read("c01", "B1.1", "12.0", at="2020-11-19T12:30:00Z")
    head = story.standings.board("epoch").head
    assert (total(story), head["frozen"], head["frozen_at"]) == ("2.00", True, "2020-11-19T12:30:00Z")


def test_a_freeze_is_not_planned_for_the_past_and_can_be_taken_back(story: Story) -> None:
    assert refused(story, "organiser", "plan-freeze", at="2020-11-19T11:00:00Z").code == "past"
    story.act("organiser", "plan-freeze", at="2020-11-19T12:30:00Z")
    story.act("organiser", "plan-freeze", at=None)
    story.read("c01", "A1.1", "0", at="2020-11-19T12:40:00Z")
    assert total(story) == "2.00"


def test_r53_the_public_sees_everything_by_the_delay_later() -> None:
    story = staffed(Story())
    public = Public(story.id)
    story.act("organiser", "set-delay", seconds=60)
    story.read("c01", "A1.1", "0", at="2020-11-19T12:10:00Z")
    story.act("organiser", "freeze", now=NOON + timedelta(minutes=10, seconds=30))
    for recorded in story.ledger:
        public.apply(recorded)
    public.advance(NOON + timedelta(minutes=10, seconds=59))
    assert public.board("epoch").rows["c01"]["marked"] == 0
    assert public.due == NOON + timedelta(minutes=11)
    public.advance(NOON + timedelta(minutes=11))
    shown = public.board("epoch")
    assert (shown.rows["c01"]["marked"], "frozen" in shown.head) == (1, False)
    public.advance(NOON + timedelta(minutes=11, seconds=30))
    assert encode_board(public.board("epoch")) == story.public_bytes()


def test_r53_a_fold_at_another_time_shows_the_same_history(story: Story) -> None:
    story.act("organiser", "set-delay", seconds=60)
    for number in range(6):
        story.read("c01", "A1.1", str(number), saw=seen(story))
    late, early = Public(story.id), Public(story.id)
    boards = []
    for recorded in story.ledger:
        late.apply(recorded)
        early.apply(recorded)
        early.advance(NOON + timedelta(seconds=recorded.seq))
        boards.append(encode_board(early.board("epoch")))
    for second in range(len(story.ledger), 100):
        early.advance(NOON + timedelta(seconds=second))
        boards.append(encode_board(early.board("epoch")))
    for second in range(0, 100, 7):
        late.advance(NOON + timedelta(seconds=second))
        assert encode_board(late.board("epoch")) in boards
    late.advance(NOON + timedelta(seconds=99))
    assert encode_board(late.board("epoch")) == boards[-1] == story.public_bytes()


def seen(story: Story) -> int | None:
    cell = story.cell("ch", "c01", "A1.1")
    return None if cell is None else int(cell["seq"])


def test_r53_a_shorter_delay_lets_out_what_waited(story: Story) -> None:
    story.act("organiser", "set-delay", seconds=3600)
    story.read("c01", "A1.1", "0")
    story.act("organiser", "set-delay", seconds=0)
    public = Public(story.id)
    for recorded in story.ledger:
        public.apply(recorded)
    assert (public.due, encode_board(public.board("epoch"))) == (None, story.public_bytes())


def test_r50_the_mode_is_changed_by_the_organiser(story: Story) -> None:
    fill(story, "A2", "c01")
    story.act("organiser", "set-board-mode", mode="progress")
    assert "total" not in story.rows()["c01"]
    assert refused(story, "sg", "set-board-mode", mode="marks").code == "wrong_office"


def test_a_new_title_does_not_take_the_mode_back(story: Story) -> None:
    story.act("organiser", "set-board-mode", mode="progress")
    story.given(story.ledger[0].event.model_copy(update={"title": Text(en="Electronics and more"), "source_seq": 90}))
    head = story.standings.board("epoch").head
    assert (head["title"], head["mode"]) == ({"en": "Electronics and more"}, "progress")


def finalised(story: Story) -> None:
    all_locked(story)
    story.both("finalise", reason="all sheets are signed")


def reveal_of(story: Story) -> dict[str, Any]:
    found: dict[str, Any] = story.standings.board("epoch").head["reveal"]
    return found


def test_r58_the_reveal_goes_from_the_last_rank_to_the_first_and_can_be_taken_back(story: Story) -> None:
    story.act("organiser", "freeze")
    finalised(story)
    story.act("host", "begin-reveal")
    steps = reveal_of(story)["of"]
    for step in range(1, steps + 1):
        story.act("host", "move-reveal", step=step)
    rows = story.rows()
    ranks = {one: row["revealed"]["rank"] for one, row in rows.items()}
    assert sorted(ranks.values()) == [1, 2, 3, 4]
    story.act("host", "move-reveal", step=steps - 1)
    first = next(one for one, rank in ranks.items() if rank == 1)
    assert "revealed" not in story.rows()[first]
    assert reveal_of(story)["announced"] == {"rank": 1, "awards": ["gold", "best_of_nation"]}


def test_r58_nobody_is_named_before_the_own_step(story: Story) -> None:
    story.act("organiser", "freeze")
    finalised(story)
    story.act("host", "begin-reveal")
    for step in range(1, reveal_of(story)["of"] + 1):
        story.act("host", "move-reveal", step=step)
        shown = {one: row["revealed"] for one, row in story.rows().items() if "revealed" in row}
        assert all(found["rank"] > 4 - step for found in shown.values())


def test_r58_two_clicks_at_once_are_one_step(story: Story) -> None:
    story.act("organiser", "freeze")
    finalised(story)
    story.act("host", "begin-reveal")
    story.act("host", "move-reveal", step=1)
    assert refused(story, "host", "move-reveal", step=1).code == "another_step"


def test_r57_no_reveal_before_the_freeze_nor_before_the_result_is_final(story: Story) -> None:
    assert refused(story, "host", "begin-reveal").code == "not_final"
    finalised(story)
    assert refused(story, "host", "begin-reveal").code == "not_frozen"


def test_a_rehearsal_of_the_reveal_changes_no_byte(story: Story) -> None:
    fill(story, "A2", "c01")
    story.act("organiser", "freeze")
    held = story.public_bytes()
    story.act("host", "begin-reveal", rehearsal=True)
    story.act("host", "move-reveal", step=1, rehearsal=True)
    assert story.state.release.rehearsal is not None
    story.act("host", "end-reveal", rehearsal=True)
    assert story.public_bytes() == held


def test_r49_after_the_thaw_everybody_sees_ranks_and_medals(story: Story) -> None:
    story.act("organiser", "freeze")
    finalised(story)
    story.act("organiser", "thaw")
    board = story.standings.board("epoch")
    assert (board.head["final"], board.head["version"]) == (True, 1)
    assert [row.get("medal") for row in board.rows.values()] == ["gold", None, None, None]
    assert [row["rank"] for row in board.rows.values()] == [1, 2, 3, 4]


def test_a_training_shows_the_public_progress_alone() -> None:
    story = staffed(Story())
    opened = story.ledger[0].event.model_copy(update={"kind": "training", "source_seq": 90})
    story.given(opened)
    fill(story, "A2", "c01")
    assert story.rows()["c01"] | {"name": ""} == {
        "bib": "01",
        "name": "",
        "country": "GB",
        "status": "competing",
        "marked": 1,
    }
    assert refused(story, "organiser", "set-board-mode", mode="marks").code == "training"


def test_every_change_of_the_board_counts_once(story: Story) -> None:
    story.act("organiser", "freeze")
    finalised(story)
    story.act("host", "begin-reveal")
    story.act("host", "move-reveal", step=1)
    story.act("organiser", "set-delay", seconds=0)
    rebuilt = type(story.standings)(story.id)
    public = encode_board(rebuilt.board("epoch"))
    for recorded in story.ledger:
        seq = rebuilt.seq
        changed = rebuilt.apply(recorded)
        now = encode_board(rebuilt.board("epoch"))
        assert (rebuilt.seq, now != public) == (seq + changed, changed), recorded.event
        public = now
    assert any(isinstance(recorded.event, CompetitorEntered) for recorded in story.ledger)
