"""The public feed: what has changed of a competition since a token, and each object by itself (R83-R86).

It is made from the boards that viewers get, and only while somebody follows: the first who asks has a board taken
apart, and each further one is compared with it. What many ask at one position is made once.
"""

import asyncio
from collections.abc import AsyncGenerator

from services.livescore.domain.feed.changes import Feed, Notification
from services.livescore.domain.feed.objects import PUBLIC_TYPES, is_amended, public_objects
from services.livescore.domain.feed.token import PUBLIC, Position, parse_token
from services.livescore.public_boards import PublicBoards
from shared.errors import Malformed, NotFound

_PAUSE_SECONDS = 0.04
"""The least time between two looks of one follower: what comes in between is told together, as to viewers."""


class PublicFeeds:
    def __init__(self, boards: PublicBoards) -> None:
        self._boards = boards
        self._feeds: dict[str, Feed] = {}

    def since(self, competition: str, text: str | None) -> list[Notification]:
        """What takes whoever holds this token to the present state; everything without one."""
        held = None if text is None else parse_token(PUBLIC, text)
        return self._feed(competition).since(held)

    async def changes(self, competition: str, text: str | None) -> AsyncGenerator[list[Notification], None]:
        """What has changed, each time something has; empty at first where nothing has. Ends with the feed (R49)."""
        held = None if text is None else parse_token(PUBLIC, text)
        first = True
        while True:
            feed = self._feed(competition)
            try:
                told = feed.since(held)
            except Malformed:
                if first:
                    raise
                return  # another history, or an amended result: who comes back is told
            ended, at = feed.ended, feed.position
            held = max(held, at) if held is not None and held.epoch == at.epoch else at
            if told or first:
                yield told
                first = False
            if ended:
                return
            await self._boards.moved(competition, at)
            await asyncio.sleep(_PAUSE_SECONDS)

    def over(self, competition: str, text: str | None) -> bool:
        """Whether who holds this token holds the end of the feed."""
        feed = self._feed(competition)
        return feed.ended and text is not None and not feed.since(parse_token(PUBLIC, text))

    def one(self, competition: str, kind: str, id_: str) -> bytes:
        found = self._feed(competition).one(kind, id_)
        if found is None:
            raise NotFound("unknown_object", "There is no such object.")
        return found

    def all(self, competition: str, kind: str) -> bytes:
        found = self._feed(competition).all(kind)
        if found is None:
            raise NotFound("unknown_type", f"The types are: {', '.join(PUBLIC_TYPES)}.")
        return found

    def position(self, competition: str) -> Position:
        return self._feed(competition).position

    def _feed(self, competition: str) -> Feed:
        """Brought to the newest board."""
        newest = self._boards.position(competition)
        feed = self._feeds.setdefault(competition, Feed(PUBLIC_TYPES))
        if newest != feed.position:
            board = self._boards.board(competition)
            feed.offer(Position(*newest), public_objects(board), amended=is_amended(board))
        return feed
