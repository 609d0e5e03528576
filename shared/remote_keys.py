"""Registration's public keys, fetched over HTTP: for a service that shares no folder with it.

They are fetched at the start, now and then, and when a token names a key that is not held: registration may have
another one since. Strangers can name any key, so that happens at most once in ten seconds, and in between an unknown
name is simply unknown. What was fetched stays good while registration is away.
"""

import asyncio
import random
from collections.abc import Mapping
from typing import Any

import aiohttp

from shared.errors import Unavailable
from shared.logs import log
from shared.tokens import keys_in

_AGAIN_SECONDS = 10.0
_REFRESH_SECONDS = 300.0


class RemoteKeys:
    """Implements `shared.tokens.PublicKeys`; run it as a task. `trouble` says why there are no keys, or is None."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: dict[str, Mapping[str, Any]] = {}
        self._wanted = asyncio.Event()
        self._not_before = 0.0
        self.trouble: str | None = f"the keys are being fetched from {url}"

    def find(self, kid: str) -> Mapping[str, Any]:
        if kid not in self._keys and asyncio.get_running_loop().time() >= self._not_before:
            self._wanted.set()
            raise Unavailable("registration's keys are being fetched")
        return self._keys[kid]

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        pause = 0.2
        timeout = aiohttp.ClientTimeout(total=5)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            while True:
                self._wanted.clear()
                try:
                    self._keys = await self._fetched(http)
                except (aiohttp.ClientError, TimeoutError, ValueError) as exc:
                    log.warning("keys cannot be fetched", url=self._url, reason=str(exc)[:200])
                    await asyncio.sleep(pause * random.uniform(0.5, 1.5))
                    pause = min(pause * 2, 5.0)
                    continue
                pause, self.trouble = 0.2, None
                self._not_before = loop.time() + _AGAIN_SECONDS
                try:
                    async with asyncio.timeout(_REFRESH_SECONDS):
                        await self._wanted.wait()
                except TimeoutError:
                    continue

    async def _fetched(self, http: aiohttp.ClientSession) -> dict[str, Mapping[str, Any]]:
        async with http.get(self._url, allow_redirects=False) as answer:
            if answer.status != 200:
                raise ValueError(f"it answers {answer.status}")
            return keys_in(await answer.read())
