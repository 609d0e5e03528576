"""Guests, disqualifications and training competitions over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.contracts.registration import CompetitorStandingSet
from shared.ledger.sqlite import SqliteLedger

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.services.registration.conftest import Registration, Run

    Filled = Callable[..., dict[str, Any]]

GUEST = {"standing": "guest", "reason": "out_of_competition", "saw": "competing"}


async def test_a_guest_stays_approved_and_can_compete_again(registration: Registration, filled: Filled) -> None:
    await registration.register(filled())
    await registration.change("competitor-0001", "approve", {"bib": "7"})
    status, guest = await registration.change("competitor-0001", "standing", GUEST)
    assert (status, guest["status"], guest["standing"], guest["bib"]) == (200, "approved", "guest", "07")
    assert guest["standing_reason"] == "out_of_competition"
    assert (await registration.change("competitor-0001", "standing", GUEST))[1] == guest
    back = {"standing": "competing", "reason": "decided_anew", "saw": "guest"}
    assert (await registration.change("competitor-0001", "standing", back))[1]["standing"] == "competing"


async def test_two_organisers_who_decide_at_once_do_not_undo_each_other(
    registration: Registration, filled: Filled
) -> None:
    await registration.register(filled())
    await registration.change("competitor-0001", "approve")
    out = {"standing": "disqualified", "reason": "unfair_help", "saw": "competing"}
    assert (await registration.change("competitor-0001", "standing", out))[0] == 200
    status, problem = await registration.change("competitor-0001", "standing", GUEST)
    assert (status, problem["code"], problem["current"]) == (409, "wrong_standing", {"standing": "disqualified"})


async def test_a_standing_is_recorded_once_and_survives_a_restart(run: Run, filled: Filled) -> None:
    async with run() as service:
        await service.prepare()
        await service.register(filled())
        await service.change("competitor-0001", "approve")
        for _ in range(2):
            await service.change("competitor-0001", "standing", GUEST)
        data = service.data
    async with run() as service:
        (listed,) = await service.listed()
        assert (listed["standing"], listed["standing_reason"]) == ("guest", "out_of_competition")
    async with SqliteLedger(data / "registration.db") as ledger:
        facts = [one.event for one in await ledger.read("showcase/autumn")]
    assert [fact.status for fact in facts if isinstance(fact, CompetitorStandingSet)] == ["guest"]


async def test_a_training_competition_says_so(run: Run) -> None:
    async with run() as service:
        await service.prepare(kind="training", bilingual=True)
        _, shown = await service.ask("GET", "/api/registration/showcases/autumn")
        (competition,) = shown["competitions"]
        assert (competition["kind"], competition["bilingual"]) == ("training", True)
