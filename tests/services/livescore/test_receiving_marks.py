"""A mark that is accepted: its receipt, the same again, corrections, and what it comes to on the public board."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import orjson
import pytest

if TYPE_CHECKING:
    from tests.services.livescore.conftest import Run
    from tests.services.livescore.service import Livescore


async def test_a_reading_is_answered_with_its_award_and_its_place_in_the_ledger(livescore: Livescore) -> None:
    form = livescore.form(aspect="A1.2", value="3")
    reply = await livescore.send("cn", form)
    assert reply.status == 201
    received = reply.json.pop("received_at")
    assert reply.json == {
        "id": form["id"],
        "seq": livescore.recorded()[-1].seq,
        "competitor": "c01",
        "aspect": "A1.2",
        "state": "settled",
        "award": {"exact": "37/2", "shown": "18.50"},
        "round": 1,
        "received_at": received,
    }
    (mark,) = livescore.marks()
    assert (mark.mark, mark.judge, mark.value) == (form["id"], "cn", "3")


async def test_awards_are_computed_exactly_from_the_reading(livescore: Livescore) -> None:
    seen: dict[str, int] = {}
    for aspect, value, exact, shown in (
        ("A1.1", "met", "10", "10.00"),
        ("A1.1", "not_met", "0", "0.00"),
        ("A1.2", "0", "20", "20.00"),
        ("A1.2", "41", "0", "0.00"),
        ("A1.3", "4", "8", "8.00"),
        ("A1.3", "9", "10", "10.00"),
        ("B1.1", "12.3", "10", "10.00"),
        ("B1.1", "12.300001", "0", "0.00"),
        ("B1.2", "1.50", "3/2", "1.50"),
        ("B1.3", "6000", "10", "10.00"),
        ("B1.3", "5401", "1799/120", "14.99"),
        ("B1.3", "9999", "0", "0.00"),
        ("B1.3", "not_attempted", "0", "0.00"),
    ):
        reply = await livescore.read("cn", value, aspect=aspect, saw=seen.get(aspect))
        assert reply.json.get("award") == {"exact": exact, "shown": shown}, f"{aspect} {value}"
        seen[aspect] = reply.json["seq"]


async def test_the_same_mark_again_gets_the_very_same_answer_and_is_stored_once(livescore: Livescore) -> None:
    form = livescore.form()
    first = await livescore.send("cn", form)
    again = await livescore.send("cn", form)
    assert (again.status, again.content) == (first.status, first.content) == (201, first.content)
    assert len(livescore.marks()) == 1


async def test_the_same_mark_five_times_at_once_is_one_mark(livescore: Livescore) -> None:
    form = livescore.form()
    replies = await asyncio.gather(*(livescore.send("cn", form) for _ in range(5)))
    assert {(reply.status, reply.content) for reply in replies} == {(201, replies[0].content)}
    assert len(livescore.marks()) == 1


async def test_the_same_mark_after_a_restart_gets_the_very_same_answer(run: Run) -> None:
    async with run() as service:
        assert (await service.scheme()).status == 200
        reading = service.form()
        scored = service.form(aspect="C1.1", value=None, score=2)
        before = [await service.send(judge, form) for judge, form in (("cn", reading), ("sg", scored))]
    async with run() as service:
        after = [await service.send(judge, form) for judge, form in (("cn", reading), ("sg", scored))]
        assert [one.content for one in after] == [one.content for one in before]
        assert len(service.marks()) == 2


async def test_a_tablet_that_lost_its_clock_may_mark(livescore: Livescore) -> None:
    """`marked_at` is what the device says; the order is the ledger's (R78)."""
    assert (await livescore.read("cn", "met", marked_at="1970-01-01T08:00:00+08:00")).status == 201
    cell = await livescore.cell("sg", "A1.1")
    assert cell is not None
    assert cell["marked_at"] == "1970-01-01T00:00:00Z"


async def test_a_late_repeat_is_answered_although_the_cell_has_moved_on(livescore: Livescore) -> None:
    """An outbox that was offline sends the mark and then learns that it had been accepted long ago."""
    form = livescore.form(value="met")
    first = await livescore.send("cn", form)
    assert (await livescore.read("sg", "not_met", saw=first.json["seq"])).status == 201
    again = await livescore.send("cn", form)
    assert (again.status, again.content) == (201, first.content)
    assert len(livescore.marks()) == 2


@pytest.mark.parametrize("changed", [{"value": "not_met"}, {"competitor": "c03"}, {"aspect": "A1.2", "value": "1"}])
async def test_the_same_id_for_another_mark_is_refused(livescore: Livescore, changed: dict[str, Any]) -> None:
    form = livescore.form()
    await livescore.send("cn", form)
    reply = await livescore.send("cn", {**form, **changed})
    assert (reply.status, reply.code, reply.json["errors"][0]["field"]) == (409, "id_reused", "id")
    assert reply.json["errors"][0]["rule"] == "R45"
    assert len(livescore.marks()) == 1


async def test_an_id_counts_within_its_competition(livescore: Livescore) -> None:
    form = livescore.form()
    here = await livescore.send("cn", form)
    there = await livescore.send("cn", {**form, "aspect": "D1.1"}, "welding")
    assert (here.status, there.status) == (201, 201)
    assert len(livescore.marks()) == len(livescore.marks("welding")) == 1


async def test_another_judge_cannot_have_a_receipt_by_its_id(livescore: Livescore) -> None:
    form = livescore.form(aspect="C1.1", value=None, score=3)
    await livescore.send("cn", form)
    reply = await livescore.send("sg", form)
    assert (reply.status, reply.code) == (409, "id_reused")
    assert "current" not in reply.json


async def test_a_correction_that_names_what_it_saw_replaces_the_reading(livescore: Livescore) -> None:
    first = (await livescore.read("cn", "3", aspect="A1.2")).json
    second = await livescore.read("sg", "4", aspect="A1.2", saw=first["seq"])
    assert (second.status, second.json["award"]["shown"]) == (201, "18.00")
    cell = await livescore.cell("ch", "A1.2")
    assert cell is not None
    assert (cell["value"], cell["judge"], cell["mine"]) == ("4", "sg", False)
    assert [mark.supersedes for mark in livescore.marks()] == [None, first["seq"]]  # nothing is overwritten (R44)


@pytest.mark.parametrize("saw", ["none", "old"])
async def test_a_correction_of_what_has_changed_since_gets_the_newer_value(livescore: Livescore, saw: str) -> None:
    first = (await livescore.read("cn", "3", aspect="A1.2")).json
    second = (await livescore.read("sg", "4", aspect="A1.2", saw=first["seq"])).json
    reply = await livescore.read("cn", "5", aspect="A1.2", saw=first["seq"] if saw == "old" else None)
    assert (reply.status, reply.code) == (409, "changed")
    assert reply.headers["Content-Type"] == "application/problem+json"
    current = reply.json["current"]
    assert (current["seq"], current["value"], current["judge"]) == (second["seq"], "4", "sg")
    again = await livescore.read("cn", "5", aspect="A1.2", saw=current["seq"])
    assert again.status == 201
    assert [mark.value for mark in livescore.marks()] == ["3", "4", "5"]


async def test_totals_on_the_public_board_are_exact_sums_rounded_only_for_show(livescore: Livescore) -> None:
    """Shown parts may not add up to the shown total, and must not be made to (R35)."""
    await livescore.panel(1, 1, 2, aspect="C1.1")  # 10 * 4/9
    await livescore.panel(1, 1, 2, aspect="C1.2")  # 20 * 4/9
    await livescore.read("cn", "5401", aspect="B1.3")  # 15 * 1799/1800
    board = await livescore.board_where(lambda board: board["rows"]["c01"].get("marked") == 3)
    exact = Fraction(40, 9) + Fraction(80, 9) + Fraction(1799, 120)
    assert board["rows"]["c01"] == {
        "bib": "01",
        "name": "Invented 01",
        "country": "GB",
        "status": "competing",
        "marked": 3,
        "rank": 1,
        "total": "28.33",
        "criteria": {"B": "14.99", "C": "13.33"},
    }
    assert exact == Fraction("28.325")  # shown half up


async def test_equal_totals_share_a_rank_and_the_next_is_skipped(livescore: Livescore) -> None:
    for competitor, judge, value in (("c01", "cn", "1"), ("c02", "gb", "0"), ("c03", "cn", "1"), ("c04", "gb", "2")):
        await livescore.read(judge, value, aspect="A1.2", competitor=competitor)
    board = await livescore.board_where(lambda board: all(row["marked"] == 1 for row in board["rows"].values()))
    assert {bib: row["rank"] for bib, row in board["rows"].items()} == {"c02": 1, "c01": 2, "c03": 2, "c04": 4}


async def test_the_marking_view_has_a_tag_that_saves_sending_it_again(livescore: Livescore) -> None:
    view = await livescore.view("cn")
    assert view.status == 200
    same = await livescore.view("cn", view.headers["ETag"])
    assert (same.status, same.content, same.headers["ETag"]) == (304, b"", view.headers["ETag"])
    await livescore.read("cn", "met")
    moved = await livescore.view("cn", view.headers["ETag"])
    assert (moved.status, moved.json["cells"]["c01"]["A1.1"]["value"]) == (200, "met")
    assert moved.headers["ETag"] != view.headers["ETag"]


async def test_the_tag_of_one_judge_is_not_anothers(livescore: Livescore) -> None:
    view = await livescore.view("cn")
    assert (await livescore.view("sg", view.headers["ETag"])).status == 200
    assert view.headers["Vary"] == "Authorization"


async def test_the_view_says_whom_the_judge_may_mark(livescore: Livescore) -> None:
    view = (await livescore.view("cn")).json
    assert view["judge"] == {"id": "cn", "country": "CN"}
    assert {one["id"]: one["may_mark"] for one in view["competitors"]} == {
        "c01": True, "c02": False, "c03": True, "c04": False
    }  # fmt: skip
    aspects = [one["id"] for part in view["criteria"] for sub in part["sub_criteria"] for one in sub["aspects"]]
    assert aspects == ["A1.1", "A1.2", "A1.3", "B1.1", "B1.2", "B1.3", "C1.1", "C1.2"]


async def test_the_last_published_board_is_there_after_a_restart(run: Run) -> None:
    async with run() as service:
        assert (await service.scheme()).status == 200
        await service.read("cn", "met")
    board = service.board()
    assert orjson.loads(board)["rows"]["c01"]["total"] == "10.00"
    async with run():
        assert service.board() == board
