"""What changes of a competition while somebody watches: the newest sight of it, each time there is another one.

When something is said must not tell of what is not said (R21). So the state is looked at on the beats of a clock that
began with the stream, whoever's mark it was that woke it: somebody else's hidden score neither causes an event nor
moves one. That also makes one event of a rush of marks.
"""

import asyncio
import math
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from typing import NamedTuple

from services.livescore.domain.competition import Competition
from shared.execute import Executor

BEAT_SECONDS = 0.25
_SHARE = 10
"""A sight may take a tenth of the time: one that takes long to make is made less often."""


class Sight(NamedTuple):
    """What one person may see; another tag, another sight. `made_in` are the seconds of making it."""

    tag: str
    data: bytes
    made_in: float = 0.0


async def sights(
    executor: Executor[Competition],
    stream: str,
    cut: Callable[[Competition], Sight],
    known: str | None,
    every_seconds: float | None = None,
    prepare: Callable[[], Awaitable[None]] | None = None,
) -> AsyncGenerator[Sight | None, None]:
    """Each new sight, skipping those in between; the first at once, or None when it is the one that is `known`.

    `every_seconds`: look at least so often, because time alone may change it. `prepare` runs before each look, for what
    takes too long to be done in one. What either raises ends it.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    first = True
    while True:
        if prepare is not None:
            await prepare()
        seq, sight = await executor.look(stream, lambda state: (state.seq, cut(state)), newest=first)
        if sight.tag != known or first:
            told, known, first = sight.tag == known, sight.tag, False
            yield None if told else sight
        with suppress(TimeoutError):
            async with asyncio.timeout(every_seconds):
                await executor.moved(stream, seq)
        interval = max(BEAT_SECONDS, _SHARE * sight.made_in)
        passed = loop.time() - began
        await asyncio.sleep(math.ceil(passed / interval) * interval - passed)
