"""Records a planned freeze when its time has come.

The boards stand still from that time on whether this runs or not (`domain/board.py` goes by the times of events); what
is recorded here tells the public so, and everybody who asks later.
"""

import asyncio
from functools import partial

from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding.release import planned_freeze
from services.livescore.domain.public import Public
from shared.board_feed import BoardFeed
from shared.errors import Clash, Unavailable
from shared.execute import Executor
from shared.ids import utc_now
from shared.logs import log

_LOOK_SECONDS = 0.2


async def freeze_as_planned(boards: BoardFeed, executor: Executor[Competition]) -> None:
    """Run it as a task; each copy looks after the competitions whose boards it publishes."""
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        now = utc_now()
        due = [
            stream
            for stream, fold in boards.folds.items()
            if isinstance(fold, Public) and fold.freeze_at is not None and fold.freeze_at <= now
        ]
        for stream in due:
            try:
                await executor.execute(stream, partial(planned_freeze, now=now))
            except (Clash, Unavailable) as exc:
                log.warning("a planned freeze is recorded a moment later", reason=str(exc))
