"""Judges who mark at a steady pace over connections of their own: every answer and its time is kept.

Each gives its next mark, a correction of its own cell that names what it saw, when its turn comes and not when the last
was acknowledged; so a stall of the service makes many of them late and is not hidden. A connection that ends is an
error like an answer other than 200 or 201; the judge opens another one and sends the same mark again, as the page does.
"""

import asyncio
import json
import time
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """`at` is when it was due (monotonic seconds), `error` empty where it was accepted."""

    at: float
    seconds: float
    error: str


class SteadyJudges:
    """Open with `async with`; they mark until the block ends. `plan` and `cells` as for `ingest_client.py`."""

    def __init__(self, plan: dict[str, Any], cells: list[dict[str, Any]], marks_per_second: float) -> None:
        self.answers: list[Answer] = []
        self._plan = plan
        self._cells = cells
        self._gap = len(cells) / marks_per_second
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    async def __aenter__(self) -> "SteadyJudges":
        began = time.monotonic()
        self._tasks = [
            asyncio.create_task(self._mark(cell, began + self._gap * n / len(self._cells)))
            for n, cell in enumerate(self._cells)
        ]
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Let what is under way be answered."""
        self._stopping = True
        async with asyncio.timeout(20):
            await asyncio.gather(*self._tasks)

    def between(self, begin: float, end: float) -> list[Answer]:
        return [one for one in self.answers if begin <= one.at < end]

    async def _mark(self, cell: dict[str, Any], due: float) -> None:
        reader, writer = await asyncio.open_connection(self._plan["host"], self._plan["port"])
        saw, number = None, 0
        while not self._stopping:
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(min(wait, 0.2))
                continue
            number += 1
            request = self._request(cell, number, saw)
            while True:
                error = ""
                try:
                    writer.write(request)
                    status, body = await _answer(reader)
                    if status not in {200, 201}:
                        error = f"{status} {body[:200]!r}"
                    else:
                        saw = json.loads(body)["seq"]
                except (OSError, asyncio.IncompleteReadError) as exc:
                    error = repr(exc)
                    await asyncio.sleep(0.2)
                    reader, writer = await asyncio.open_connection(self._plan["host"], self._plan["port"])
                self.answers.append(Answer(due, time.monotonic() - due, error))
                if not error or self._stopping:
                    break
            due += self._gap
        writer.close()

    def _request(self, cell: dict[str, Any], number: int, saw: int | None) -> bytes:
        mark = {
            "id": f"{cell['id']}-{number:07}",
            "competitor": cell["competitor"],
            "aspect": cell["aspect"],
            "value": str(number % 8),
            "marked_at": "2020-11-19T10:00:00Z",
        }
        body = json.dumps(mark if saw is None else mark | {"saw": saw}).encode()
        head = (
            f"POST {self._plan['path']} HTTP/1.1\r\nHost: {self._plan['host']}:{self._plan['port']}\r\n"
            f"Authorization: Bearer {cell['token']}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    _, _, length = head.partition("content-length:")
    return int(head.split()[1]), await reader.readexactly(int(length.split()[0]))
