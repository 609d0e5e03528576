"""Own results over real sockets: whose link sees whose, and when the tag moves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shared.contracts.livescore import JudgeSeated, TrainerSeated, TrainerUnseated
from shared.contracts.registration import TrainerNamed, TrainerRevoked
from tests.services.livescore.service import until

if TYPE_CHECKING:
    from tests.services.livescore.service import Livescore, Reply

HERE = "/api/livescore/competitions/autumn.electronics"
TEXT = "The supply voltage was read from the wrong terminal."


async def mine(livescore: Livescore, token: str, etag: str | None = None) -> Reply:
    return await livescore.ask("GET", f"{HERE}/mine", token=token, headers={"If-None-Match": etag} if etag else None)


async def act(livescore: Livescore, token: str, name: str, **fields: Any) -> Reply:
    body = {"act": name, "id": f"act-{name}", "done_at": datetime.now(UTC).isoformat(), **fields}
    return await livescore.ask("POST", f"{HERE}/acts", body, token=token)


async def show_sheets(livescore: Livescore) -> None:
    """A chief expert takes the seat and shows everybody's sheets."""
    await livescore.registration.judge("lead", "SG", "electronics", office="chief")

    async def seated() -> bool:
        return any(isinstance(one.event, JudgeSeated) and one.event.judge == "lead" for one in livescore.recorded())

    await until(seated)
    token = livescore.registration.judge_token("lead", "electronics", office="chief")
    reply = await act(livescore, token, "show-sheets", competitors=[])
    assert reply.status == 201, reply.json


async def test_a_competitor_sees_the_own_sheet_once_it_was_shown_r79(livescore: Livescore) -> None:
    await livescore.read("sg", "met")
    token = livescore.registration.follower_token("competitor", "c01")
    before = await mine(livescore, token)
    assert [one["competitor"]["id"] for one in before.json["competitors"]] == ["c01"]
    assert before.json["competitors"][0]["sheet"] is None
    await show_sheets(livescore)
    (own,) = (await mine(livescore, token)).json["competitors"]
    assert own["sheet"]["total"]["shown"] == "10.00"
    assert own["picture"] is None


async def trained_by_tai(livescore: Livescore, *competitors: str) -> str:
    """Registration names a trainer; the token."""
    named = TrainerNamed(trainer="tai", competitors=competitors, competitions=("autumn.electronics",))
    await livescore.registration.tell(named)
    await livescore.taken_over(TrainerSeated)
    return livescore.registration.follower_token("trainer", "tai", *competitors)


async def test_a_trainer_sees_the_own_competitors_in_the_order_of_their_bibs(livescore: Livescore) -> None:
    token = await trained_by_tai(livescore, "c03", "c01", "nobody")
    view = (await mine(livescore, token)).json
    assert [one["competitor"]["bib"] for one in view["competitors"]] == ["01", "03"]
    assert "c02" not in str(view)


async def test_a_revoked_trainer_sees_nobody_any_more(livescore: Livescore) -> None:
    token = await trained_by_tai(livescore, "c01")
    await show_sheets(livescore)
    assert (await livescore.ask("GET", f"{HERE}/results/c01", token=token)).status == 200
    await livescore.registration.tell(TrainerRevoked(trainer="tai"))
    await livescore.taken_over(TrainerUnseated)
    assert (await mine(livescore, token)).json["competitors"] == []
    assert (await livescore.ask("GET", f"{HERE}/results/c01", token=token)).status == 404


async def test_a_link_for_more_than_registration_told_shows_no_more(livescore: Livescore) -> None:
    await trained_by_tai(livescore, "c01")
    wide = livescore.registration.follower_token("trainer", "tai", "c01", "c02")
    assert [one["competitor"]["id"] for one in (await mine(livescore, wide)).json["competitors"]] == ["c01"]


async def test_marks_that_were_not_shown_do_not_move_the_tag(livescore: Livescore) -> None:
    token = livescore.registration.follower_token("competitor", "c01")
    tag = (await mine(livescore, token)).headers["ETag"]
    await livescore.read("sg", "met")
    assert (await mine(livescore, token, tag)).status == 304
    await show_sheets(livescore)
    assert (await mine(livescore, token, tag)).status == 200


async def test_own_results_are_for_competitors_and_trainers_of_this_competition(livescore: Livescore) -> None:
    words = livescore.registration
    assert (await livescore.ask("GET", f"{HERE}/mine")).status == 401
    for token in (words.judge_token("sg"), words.organiser_token()):
        assert (await mine(livescore, token)).code == "wrong_role"
    elsewhere = HERE.replace("electronics", "welding")
    own = words.follower_token("competitor", "c01")
    assert (await livescore.ask("GET", f"{elsewhere}/mine", token=own)).code == "not_your_competition"


async def test_an_appeal_is_filed_once_by_the_competitor_and_seen_by_the_trainer_r79(livescore: Livescore) -> None:
    own = livescore.registration.follower_token("competitor", "c01")
    trainer = await trained_by_tai(livescore, "c01")
    assert (await act(livescore, own, "file-appeal", competitor="c01", text=TEXT)).code == "not_shown"
    await show_sheets(livescore)
    sent = {"competitor": "c01", "text": TEXT, "done_at": datetime.now(UTC).isoformat()}
    replies = [await act(livescore, own, "file-appeal", **sent) for _ in range(2)]
    assert [reply.status for reply in replies] == [201, 201]
    assert replies[0].json == replies[1].json
    for token in (own, trainer):
        (seen,) = (await mine(livescore, token)).json["competitors"]
        assert [(one["text"], one["state"]) for one in seen["appeals"]] == [(TEXT, "submitted")]
    assert (await act(livescore, trainer, "file-appeal", **sent)).code == "wrong_role"
    assert (await act(livescore, own, "file-appeal", **{**sent, "id": "act-others", "competitor": "c02"})).status == 403
