"""Judges who mark at a steady pace over connections of their own, in a process of their own: every answer is kept.

Each gives its next mark, a correction of its own cell that names what it saw, when its turn comes and not when the last
was acknowledged; so a stall of the service makes many of them late and is not hidden. A connection that ends is an
error like an answer other than 200 or 201; the judge opens another one and sends the same mark again, as the page does.

As a program it reads one line of JSON: `plan` as for `ingest_client.py`, and `marks_per_second`; it marks until its
input ends and prints its answers.
"""

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

_LAST_ANSWERS_SECONDS = 20.0


class Answer(NamedTuple):
    """`at` is when it was due (monotonic seconds, the same for all processes), `error` empty where it was accepted."""

    at: float
    seconds: float
    error: str


@contextlib.asynccontextmanager
async def steady_judges(plan: dict[str, Any], marks_per_second: float) -> AsyncIterator[list[Answer]]:
    """They mark until the block ends; then the list holds their answers."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.steady_judges"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps([plan, marks_per_second]).encode() + b"\n")
    answers: list[Answer] = []
    try:
        yield answers
        process.stdin.close()
        said, _ = await process.communicate()
        answers += [Answer(*one) for one in json.loads(said)]
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


class _Judges:
    def __init__(self, plan: dict[str, Any], marks_per_second: float) -> None:
        self.answers: list[Answer] = []
        self.stopping = False
        self._plan = plan
        self._cells: list[dict[str, Any]] = plan["cells"]
        self._gap = len(self._cells) / marks_per_second

    async def mark(self) -> None:
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for n, cell in enumerate(self._cells):
                group.create_task(self._one(cell, began + self._gap * n / len(self._cells)))

    async def _one(self, cell: dict[str, Any], due: float) -> None:
        reader, writer = await self._connection()
        saw, number = None, 0
        while not self.stopping:
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
                    if status in {200, 201}:
                        saw = json.loads(body)["seq"]
                    else:
                        error = f"{status} {body[:200]!r}"
                except (OSError, asyncio.IncompleteReadError) as exc:
                    error = repr(exc)
                    await asyncio.sleep(0.2)
                    with contextlib.suppress(OSError):
                        reader, writer = await self._connection()
                self.answers.append(Answer(due, time.monotonic() - due, error))
                if not error or self.stopping:
                    break
            due += self._gap
        writer.close()

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self._plan["host"], self._plan["port"])

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


async def main() -> None:
    judges = _Judges(*json.loads(sys.stdin.readline()))
    marking = asyncio.create_task(judges.mark())
    await asyncio.to_thread(sys.stdin.read)
    judges.stopping = True
    async with asyncio.timeout(_LAST_ANSWERS_SECONDS):
        await marking
    print(json.dumps(judges.answers))


if __name__ == "__main__":
    asyncio.run(main())
