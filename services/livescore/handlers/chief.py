"""What the chief expert and the competition manager see: one view for both, made once however many watch it."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any, TypeVar

import orjson

from services.livescore.domain.chief import chief_view
from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding.results import missing
from services.livescore.domain.sheet_detail import sheet_detail
from services.livescore.domain.sheet_rows import Rows
from services.livescore.handlers.access import check_seat
from services.livescore.handlers.acts import Opinion
from services.livescore.handlers.live import Sight, sights
from shared.access import Caller
from shared.contracts.names import competition_stream
from shared.errors import Fault, NotFound
from shared.execute import Executor
from shared.ids import utc_now

_MINUTE = 60.0
"""How old a view may be while nothing happens: only what is late depends on the time alone."""

_PIECE = 200
"""Rows that are worked out at a time, some 40 microseconds each."""

T = TypeVar("T")


@dataclass(slots=True)
class _Kept:
    """The view of one competition as it was made last."""

    rows: Rows = field(default_factory=Rows)
    of: Competition | None = None
    seq: int = -1
    made_at: float = 0.0
    sight: Sight | None = None


class Chief:
    """Nothing is made or kept of a competition that nobody has asked for."""

    def __init__(self, executor: Executor[Competition], epoch: str, opinion: Opinion) -> None:
        self._executor = executor
        self._epoch = epoch
        self._opinion = opinion
        self._asking = asyncio.Lock()
        self._kept: dict[str, _Kept] = {}

    async def view(self, competition: str, caller: Caller) -> Sight:
        await self._prepared(competition, caller)
        return await self._look(competition, caller, self._sight)

    def watched(self, competition: str, caller: Caller, known: str | None) -> AsyncGenerator[Sight | None, None]:
        """The whole view, each time it is another one."""

        def cut(state: Competition) -> Sight:
            _check(state, caller)
            return self._sight(state)

        async def prepare() -> None:
            await self._prepared(competition, caller)

        return sights(self._executor, competition_stream(competition), cut, known, _MINUTE, prepare)

    async def sheet(self, competition: str, form: str, competitor: str, caller: Caller) -> dict[str, Any]:
        found = await self._look(competition, caller, lambda state: sheet_detail(state, form, competitor))
        if found is None:
            raise NotFound("unknown_sheet", "There is no such sheet in this competition.")
        return found

    async def missing(self, competition: str, caller: Caller, now: datetime) -> list[dict[str, str]]:
        """Everything that still keeps the result from being final (R47)."""
        found = await self._look(competition, caller, lambda state: missing(state, now))
        return [one.wire() for one in found]

    async def opinion(self, competition: str, caller: Caller) -> Sequence[Fault]:
        """What the second scorer finds different now; one is asked at a time, because it reads the whole ledger."""
        await self._look(competition, caller, lambda _state: None)
        async with self._asking:
            return await self._opinion(competition)

    async def _look(self, competition: str, caller: Caller, at: Callable[[Competition], T]) -> T:
        def cut(state: Competition) -> T:
            _check(state, caller)
            return at(state)

        return await self._executor.look(competition_stream(competition), cut)

    async def _prepared(self, competition: str, caller: Caller) -> None:
        """Work out the rows in pieces of some milliseconds, between which marks are taken."""
        while not await self._look(competition, caller, self._piece):  # noqa: ASYNC110 - the others' turn, not a wait
            await asyncio.sleep(0)

    def _piece(self, state: Competition) -> bool:
        return self._of(state).rows.refresh(state, _PIECE)

    def _of(self, state: Competition) -> _Kept:
        return self._kept.setdefault(state.id, _Kept())

    def _sight(self, state: Competition) -> Sight:
        kept = self._of(state)
        began = time.monotonic()
        same = kept.of is state and kept.seq == state.seq and began - kept.made_at < _MINUTE
        if kept.sight is None or not same:
            body = orjson.dumps(chief_view(state, utc_now(), kept.rows))
            tag = f'"{self._epoch}.{blake2b(body, digest_size=12).hexdigest()}"'
            # Sending costs both sides as well: a megabyte counts like a tenth of a second.
            kept.sight = Sight(tag, body, time.monotonic() - began + len(body) / 10_000_000)
            kept.of, kept.seq, kept.made_at = state, state.seq, began
        return kept.sight


def _check(state: Competition, caller: Caller) -> None:
    check_seat(state, caller, "You do not lead the marking of this competition.")
