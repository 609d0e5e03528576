"""What registration says while judges are at work: withdrawals, revoked judges, newcomers, and saying it twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.contracts.livescore import CompetitorEntered, CompetitorLeft, JudgeUnseated
from shared.contracts.registration import CompetitorApproved, CompetitorWithdrawn, JudgeRevoked

if TYPE_CHECKING:
    from tests.services.livescore.conftest import Run
    from tests.services.livescore.service import Livescore

ELECTRONICS = "autumn.electronics"


async def test_a_withdrawn_competitor_is_marked_no_more_and_shown_so(livescore: Livescore) -> None:
    assert (await livescore.read("cn", "met")).status == 201
    await livescore.registration.tell(CompetitorWithdrawn(competition=ELECTRONICS, competitor="c01"))
    await livescore.taken_over(CompetitorLeft)
    before = livescore.recorded()
    reply = await livescore.read("cn", "1", aspect="A1.2")
    assert (reply.status, reply.code, reply.json["errors"][0]["rule"]) == (422, "withdrawn", "R38")
    assert reply.json["errors"][0]["field"] == "competitor"
    assert livescore.recorded() == before
    board = await livescore.board_where(lambda board: board["rows"]["c01"]["status"] == "withdrawn")
    assert "rank" not in board["rows"]["c01"]
    assert "total" not in board["rows"]["c01"]
    view = (await livescore.view("cn")).json
    assert [one["may_mark"] for one in view["competitors"] if one["id"] == "c01"] == [False]


async def test_a_mark_accepted_before_the_withdrawal_keeps_its_receipt(livescore: Livescore) -> None:
    form = livescore.form()
    first = await livescore.send("cn", form)
    await livescore.registration.tell(CompetitorWithdrawn(competition=ELECTRONICS, competitor="c01"))
    await livescore.taken_over(CompetitorLeft)
    assert (await livescore.send("cn", form)).content == first.content


async def test_a_revoked_judge_s_next_mark_is_refused_although_the_token_still_verifies(livescore: Livescore) -> None:
    assert (await livescore.read("cn", "met")).status == 201
    await livescore.registration.tell(JudgeRevoked(judge="cn"))
    await livescore.taken_over(JudgeUnseated)
    before = livescore.marks()
    reply = await livescore.read("cn", "met", aspect="A1.2")
    assert (reply.status, reply.code) == (403, "not_seated")
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert livescore.marks() == before
    assert not any(one["may_mark"] for one in (await livescore.view("cn")).json["competitors"])


async def test_a_judge_loses_only_the_competition_that_was_taken_away(livescore: Livescore) -> None:
    await livescore.registration.judge("sg", "SG", "welding")
    await livescore.taken_over(JudgeUnseated)
    assert (await livescore.read("sg", "met")).code == "not_seated"
    assert (await livescore.read("sg", "met", "welding", aspect="D1.1")).status == 201


async def test_a_newcomer_is_on_the_sheet_and_on_the_board(livescore: Livescore) -> None:
    newcomer = CompetitorApproved(
        competition=ELECTRONICS, competitor="c05", country="GB", bib="05", display_name="Invented 05"
    )
    await livescore.registration.tell(newcomer)
    board = await livescore.board_where(lambda board: "c05" in board["rows"])
    assert board["rows"]["c05"]["name"] == "Invented 05"
    assert (await livescore.read("cn", "met", competitor="c05")).status == 201


async def test_after_a_restart_nothing_is_taken_over_twice(run: Run) -> None:
    async with run() as service:
        before = service.recorded()
        assert sum(isinstance(one.event, CompetitorEntered) for one in before) == 4
    async with run() as service:
        assert service.recorded() == before
