"""What the host of the ceremony sees, live."""

from collections.abc import AsyncGenerator
from hashlib import blake2b

import orjson

from services.livescore.domain.competition import Competition
from services.livescore.domain.hosting import ceremony_view
from services.livescore.handlers.access import check_seat
from services.livescore.handlers.live import Sight, sights
from shared.access import Caller
from shared.contracts.names import competition_stream
from shared.execute import Executor


class Ceremony:
    def __init__(self, executor: Executor[Competition], epoch: str) -> None:
        self._executor = executor
        self._epoch = epoch

    async def view(self, competition: str, caller: Caller) -> Sight:
        return await self._executor.look(competition_stream(competition), lambda state: self._sight(state, caller))

    def watched(self, competition: str, caller: Caller, known: str | None) -> AsyncGenerator[Sight | None, None]:
        """The whole view, each time it is another one."""
        stream = competition_stream(competition)
        return sights(self._executor, stream, lambda state: self._sight(state, caller), known)

    def _sight(self, state: Competition, caller: Caller) -> Sight:
        check_seat(state, caller, "You do not lead this competition's ceremony.")
        body = orjson.dumps(ceremony_view(state))
        return Sight(f'"{self._epoch}.{blake2b(body, digest_size=12).hexdigest()}"', body)
