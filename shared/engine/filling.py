"""The sign on a database that is being filled by a restore or a move, and is therefore half a showcase.

It is one document with a counter that goes up every second while somebody is at work. No clock is compared: who finds
the sign watches whether it beats. A service does not start where it stands (`must_be_over`); an attempt that finds one
that does not beat takes it over and clears up what was left.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from shared.errors import BadStart, Unavailable
from shared.mongo import Duplicate, Mongo

_SIGN = {"_id": "filling"}
_BEAT_SECONDS = 1.0
_WATCH_SECONDS = 4.0


class Filling:
    """One database's sign, as seen by one process."""

    def __init__(self, mongo: Mongo, *, watch_seconds: float = _WATCH_SECONDS) -> None:
        self._signs = mongo.collection("filling")
        self._watch_seconds = watch_seconds

    async def must_be_over(self) -> None:
        """Raise BadStart when the database is half a showcase, or does not say."""
        try:
            filling = await self.there()
        except Unavailable as exc:
            raise BadStart(f"the database does not say whether it is whole: {exc.detail}") from exc
        if filling:
            raise BadStart(
                "a restore or move into this database has not ended: wait for it, or, if it was cut off, begin it again"
            )

    async def there(self) -> bool:
        return await self._beats() is not None

    async def claim(self) -> bool:
        """Put up the sign; True when another one was taken over and what lies there has to be cleared.

        Raise BadStart when somebody is at work.
        """
        try:
            await self._signs.insert([{**_SIGN, "beats": 0}])
        except Duplicate:
            before = await self._beats()
            await asyncio.sleep(self._watch_seconds)
            # Of several who take over at once, one finds the counter as it was.
            if not await self._signs.change({**_SIGN, "beats": before}, {"$inc": {"beats": 1}}):
                raise BadStart("another restore or move into this database is at work") from None
            return True
        return False

    @contextlib.asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        """Show that somebody is at work."""
        task = asyncio.create_task(self._beat(), name="sign on the database")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def end(self) -> None:
        await self._signs.remove(_SIGN)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(_BEAT_SECONDS)
            with contextlib.suppress(Unavailable):
                await self._signs.change(_SIGN, {"$inc": {"beats": 1}})

    async def _beats(self) -> int | None:
        found = await self._signs.find(_SIGN, limit=1)
        return int(found[0]["beats"]) if found else None
