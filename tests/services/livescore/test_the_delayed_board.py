"""The public delay in a running service: nothing is published before its time, everything soon after it (R53, R54)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from shared.contracts.livescore import MarkGiven

if TYPE_CHECKING:
    from tests.services.livescore.service import Livescore

API = "/api/livescore/competitions/autumn.electronics"
DELAY = timedelta(seconds=1)


async def test_r54_a_board_comes_when_the_delay_is_over_and_says_not_final(livescore: Livescore) -> None:
    """R53, R54: `updated_at` is when it happened, not when it became public."""
    body = {"act": "set-delay", "id": "delay-0001", "done_at": datetime.now(UTC).isoformat(), "seconds": 1}
    reply = await livescore.ask("POST", f"{API}/acts", body, token=livescore.registration.organiser_token())
    assert reply.status == 201, reply.json
    assert (await livescore.read("sg", "met")).status == 201
    given = next(one for one in livescore.recorded() if isinstance(one.event, MarkGiven))
    recorded_at = datetime.fromisoformat(given.at)

    public = await livescore.board_where(lambda board: bool(board["rows"]["c01"]["marked"]))
    became_public = datetime.now(UTC)
    assert DELAY <= became_public - recorded_at < timedelta(seconds=30)
    assert (public["head"]["final"], public["head"]["updated_at"]) == (False, given.at)
