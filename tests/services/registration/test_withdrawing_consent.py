"""R97, R98: a consent taken back through the organiser is a new answer, and a public name goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.registration.people_sqlite import SqlitePeople
from shared.contracts.registration import CompetitorRenamed
from shared.ledger.sqlite import SqliteLedger

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.services.registration.conftest import Registration, Run

    Filled = Callable[..., dict[str, Any]]

ALL = {"named_results": True, "photo": True, "stream": True, "credential": True}
NAME = {"purpose": "named_results"}


async def test_a_withdrawn_name_turns_to_the_bib_and_the_answer_is_kept_beside_the_first(
    run: Run, filled: Filled
) -> None:
    async with run() as service:
        await service.prepare()
        await service.register(filled(1, consents=ALL))
        _, approved = await service.change("competitor-0001", "approve", {"bib": "7"})
        assert (approved["display_name"], approved["consents"]) == ("Given1", list(ALL))
        for _ in range(2):
            status, after = await service.change("competitor-0001", "withdraw-consent", NAME)
            assert (status, after["display_name"]) == (200, "No. 07")
            assert after["consents"] == ["photo", "stream", "credential"]
        data = service.data
    async with SqlitePeople(data / "people.db") as people:
        (dossier,) = await people.everybody()
    told = [(one.given, one.via, one.locale) for one in dossier.answers if one.purpose == "named_results"]
    assert told == [(True, "form", "en"), (False, "organiser", "en")]
    async with SqliteLedger(data / "registration.db") as ledger:
        facts = [one.event for one in await ledger.read("showcase/autumn")]
    assert [one.display_name for one in facts if isinstance(one, CompetitorRenamed)] == ["No. 07"]


async def test_a_name_withdrawn_before_approval_never_appears(registration: Registration, filled: Filled) -> None:
    await registration.register(filled(1, consents=ALL))
    await registration.change("competitor-0001", "withdraw-consent", NAME)
    _, approved = await registration.change("competitor-0001", "approve", {"bib": "7"})
    assert approved["display_name"] == "No. 07"


async def test_another_consent_is_withdrawn_without_touching_the_name(
    registration: Registration, filled: Filled
) -> None:
    await registration.register(filled(1, consents=ALL))
    await registration.change("competitor-0001", "approve")
    _, after = await registration.change("competitor-0001", "withdraw-consent", {"purpose": "photo"})
    assert (after["display_name"], after["consents"]) == ("Given1", ["named_results", "stream", "credential"])


async def test_what_lets_someone_compete_is_not_withdrawn_this_way(registration: Registration, filled: Filled) -> None:
    await registration.register(filled(1))
    for purpose in ("rules", "guardian", "everything"):
        assert (await registration.change("competitor-0001", "withdraw-consent", {"purpose": purpose}))[0] == 422
    assert (await registration.change("competitor-0009", "withdraw-consent", NAME))[0] == 404
