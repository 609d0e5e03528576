"""A robot's HTTP: like a careful client, it sends the same thing again until it is answered.

No answer is no refusal: after a lost connection, a time-out or a 503 the same request goes out again with the same
client-made id. Any other status is the answer. Where there are several copies of a service, every try goes to the
next of them, as behind the plainest of front doors.
"""

import asyncio
import itertools
import math
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aiohttp
import orjson

_LONGEST_PAUSE_SECONDS = 1.0


class RefusedError(Exception):
    """The service answered with a problem document."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')} {problem.get('errors') or ''}")
        self.status = status
        self.problem = problem


@dataclass(slots=True)
class Answered:
    body: Any
    status: int
    tries: int


class NoAnswerError(Exception):
    """Nobody answered for as long as this client is patient; what became of the request is not known."""


class Http:
    """Shares connections between robots; open with `async with`. Without a `patience_seconds` it never gives up.

    `copies` names for the beginning of an address all those that are as good.
    """

    def __init__(
        self,
        timeout_seconds: float = 10.0,
        patience_seconds: float = math.inf,
        copies: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._copies: dict[str, Iterator[str]] = {
            first: itertools.cycle(urls) for first, urls in (copies or {}).items()
        }
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._patience = patience_seconds

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=self._timeout, connector=aiohttp.TCPConnector(limit=0))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def send(
        self, method: str, url: str, token: str | None = None, body: Any = None, media: str = "application/json"
    ) -> Answered:
        """Raise RefusedError for a 4xx, NoAnswerError when patience is at its end."""
        until = time.monotonic() + self._patience
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        data = None
        if body is not None:
            headers["Content-Type"] = media
            data = body if isinstance(body, bytes) else orjson.dumps(body)
        tries, pause = 0, 0.02
        while True:
            tries += 1
            try:
                async with self._session.request(method, self._next(url), data=data, headers=headers) as answer:
                    content = await answer.read()
                    if answer.status < 400:
                        return Answered(orjson.loads(content) if content else None, answer.status, tries)
                    if answer.status < 500 and answer.status != 429:
                        raise RefusedError(answer.status, orjson.loads(content))
            except (aiohttp.ClientError, TimeoutError):
                pass  # not answered; what became of it is found out by sending it again
            if time.monotonic() > until:
                raise NoAnswerError(f"nothing answers at {url}")
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def fetch(self, url: str, token: str) -> bytes:
        """A file, as it is; asked for once. Raise RefusedError for a 4xx, aiohttp.ClientError for all else."""
        headers = {"Authorization": f"Bearer {token}"}
        async with self._session.get(self._next(url), headers=headers) as answer:
            content = await answer.read()
            if 400 <= answer.status < 500:
                raise RefusedError(answer.status, orjson.loads(content))
            answer.raise_for_status()
            return content

    def _next(self, url: str) -> str:
        for first, urls in self._copies.items():
            if url.startswith(first):
                return next(urls) + url.removeprefix(first)
        return url
