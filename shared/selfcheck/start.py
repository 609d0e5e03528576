"""The self-check of a service that starts: called once everything is open, before anything is published or listens."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from shared.errors import BadStart, Unavailable
from shared.logs import log
from shared.selfcheck import Facts, check
from shared.selfcheck.edge import edge
from shared.selfcheck.machine import machine
from shared.settings import EngineSettings

Ask = Callable[[], Awaitable[Facts]]
"""Asks something that was opened what it really does."""


async def checked(
    settings: EngineSettings, asks: Sequence[Ask], *, keys: Path | None = None, zones: Sequence[str] = ()
) -> None:
    """Raise BadStart with a line per fault, or log them where the settings accept that; `keys` holds secrets."""
    holds_data = settings.engine == "embedded"
    facts: list[Facts] = [edge(settings), machine(settings.data, keys=keys, holds_data=holds_data, zones=zones)]
    for ask in asks:
        try:
            facts.append(await ask())
        except Unavailable as exc:
            if not settings.unsafe:
                raise BadStart(f"the self-check gets no answer: {exc.detail}") from exc
            log.warning("unsafe setting", row=None, why=f"the self-check gets no answer: {exc.detail}")
    check(settings.unsafe, *facts)
