"""The staff's feed: the same as the public one, of what organisers and those who lead the marking may know.

Its position is a count of events that all of them may know of, and it looks at the state on the beats of a clock of
each stream's own (`live.py`), so neither a number nor a moment in it tells of a hidden score (R21). Nothing that is not
durable is told, or kept for the next comparison.
"""

import time
from collections.abc import AsyncGenerator
from typing import NamedTuple

from services.livescore.domain.competition import Competition
from services.livescore.domain.feed.changes import Feed, Follower, Notification
from services.livescore.domain.feed.objects import Objects
from services.livescore.domain.feed.staff import STAFF_TYPES, StaffObjects
from services.livescore.domain.feed.token import STAFF, Position
from services.livescore.handlers.access import check_link, check_opened, check_organiser, holds_seat
from services.livescore.handlers.live import Sight, sights
from shared.access import Caller
from shared.contracts.names import competition_stream
from shared.errors import Forbidden, Malformed
from shared.execute import Executor


class _Seen(NamedTuple):
    position: Position
    objects: Objects
    amended: bool


class StaffFeeds:
    """Implements `edge.feed.Feeds`, for organisers, chief experts and competition managers."""

    prefix = STAFF

    def __init__(self, executor: Executor[Competition], epoch: str) -> None:
        self._executor = executor
        self._epoch = epoch
        self._objects: dict[str, StaffObjects] = {}
        self._feeds: dict[str, Feed] = {}

    async def feed(self, competition: str, caller: Caller | None) -> Feed:
        seen = await self._executor.look(competition_stream(competition), lambda state: self._seen(state, caller))
        return self._offered(competition, seen)

    async def changes(
        self, competition: str, caller: Caller | None, held: Position | None
    ) -> AsyncGenerator[list[Notification], None]:
        """What has changed, each time something has; empty at first where nothing has. Ends with the feed (R49)."""
        follower = Follower(held)
        seen: list[_Seen] = []

        def cut(state: Competition) -> Sight:
            began = time.monotonic()
            seen[:] = [self._seen(state, caller)]
            return Sight(str(state.known), b"", time.monotonic() - began)

        first = True
        async for _ in sights(self._executor, competition_stream(competition), cut, None):
            feed = self._offered(competition, seen[0])
            try:
                told = follower.told(feed)
            except Malformed:
                if first:
                    raise
                return
            ended = feed.ended
            if told or first:
                yield told
                first = False
            if ended:
                return

    def _seen(self, state: Competition, caller: Caller | None) -> _Seen:
        _check(state, caller)
        objects = self._objects.setdefault(state.id, StaffObjects()).of(state)
        amended = state.final is not None and state.final.version > 1
        return _Seen(Position(self._epoch, state.known), objects, amended)

    def _offered(self, competition: str, seen: _Seen) -> Feed:
        feed = self._feeds.setdefault(competition, Feed(STAFF_TYPES, STAFF))
        feed.offer(seen.position, seen.objects, amended=seen.amended)
        return feed


def _check(state: Competition, caller: Caller | None) -> None:
    """Organisers, and whoever leads and has the seat now that the link was made for."""
    assert caller is not None, "the routes declare roles"
    if caller.role == "organiser":
        check_organiser(caller, state.id)
    else:
        check_link(caller, state.id)
        if not holds_seat(state, caller):
            raise Forbidden("not_seated", "You do not lead the marking of this competition.")
    check_opened(state)
