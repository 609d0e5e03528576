"""A robot's HTTP: like a careful client, it sends the same thing again until it is answered.

No answer is no refusal: after a lost connection, a time-out or a 503 the same request goes out again with the same
client-made id. Any other status is the answer.
"""

import asyncio
import random
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


class Http:
    """Shares connections between robots; open with `async with`."""

    def __init__(self, timeout_seconds: float = 10.0) -> None:
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)

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
        """Raise RefusedError for a 4xx; wait as long as it takes for anything else."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        data = None
        if body is not None:
            headers["Content-Type"] = media
            data = body if isinstance(body, bytes) else orjson.dumps(body)
        tries, pause = 0, 0.02
        while True:
            tries += 1
            try:
                async with self._session.request(method, url, data=data, headers=headers) as answer:
                    content = await answer.read()
                    if answer.status < 400:
                        return Answered(orjson.loads(content) if content else None, answer.status, tries)
                    if answer.status < 500 and answer.status != 429:
                        raise RefusedError(answer.status, orjson.loads(content))
            except (aiohttp.ClientError, TimeoutError):
                pass  # not answered; what became of it is found out by sending it again
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
