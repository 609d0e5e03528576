"""The public feed: what has changed of a competition since a token, and each object by itself (R83-R86).

It is made from the boards that viewers get, and only while somebody follows: the first who asks has a board taken
apart, and each further one is compared with it. What many ask at one position is made once.
"""

import asyncio
import time
from collections.abc import AsyncGenerator

from services.livescore.domain.feed.changes import Feed, Follower, Notification
from services.livescore.domain.feed.objects import PUBLIC_TYPES, is_amended, public_objects
from services.livescore.domain.feed.token import PUBLIC, Position
from services.livescore.public_boards import PublicBoards
from shared.access import Caller
from shared.errors import Malformed

_PAUSE_SECONDS = 0.04
"""The least time between two looks of one follower: what comes in between is told together, as to viewers."""
_SHARE = 10
"""Taking boards apart may take a tenth of this process's time: large ones are looked at less often."""


class PublicFeeds:
    """Implements `edge.feed.Feeds`, for anybody."""

    prefix = PUBLIC

    def __init__(self, boards: PublicBoards) -> None:
        self._boards = boards
        self._feeds: dict[str, Feed] = {}
        self._took_seconds: dict[str, float] = {}

    async def feed(self, competition: str, _caller: Caller | None) -> Feed:
        return self._newest(competition)

    async def changes(
        self, competition: str, _caller: Caller | None, held: Position | None
    ) -> AsyncGenerator[list[Notification], None]:
        """What has changed, each time something has; empty at first where nothing has. Ends with the feed (R49)."""
        follower = Follower(held)
        first = True
        while True:
            feed = self._newest(competition)
            try:
                told = follower.told(feed)
            except Malformed:
                if first:
                    raise
                return  # another history, or an amended result: who comes back is told
            ended, at = feed.ended, feed.position  # as they were told: the feed moves on while the reader takes them
            if told or first:
                yield told
                first = False
            if ended:
                return
            await self._boards.moved(competition, (at.epoch, at.seq))
            await asyncio.sleep(max(_PAUSE_SECONDS, _SHARE * self._took_seconds.get(competition, 0.0)))

    def _newest(self, competition: str) -> Feed:
        """Brought to the newest board."""
        newest = self._boards.position(competition)
        feed = self._feeds.setdefault(competition, Feed(PUBLIC_TYPES, PUBLIC))
        if Position(*newest) != feed.position:
            began = time.monotonic()
            board = self._boards.board(competition)
            feed.offer(Position(*newest), public_objects(board), amended=is_amended(board))
            self._took_seconds[competition] = time.monotonic() - began
        return feed
