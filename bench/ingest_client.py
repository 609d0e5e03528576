"""Load for `ingest`, in a process of its own: N connections, each sending its next request when the last is answered.

Reads a JSON plan from standard input: host, port, path, seconds, and per connection a token and the cell it corrects;
`patience`, in seconds, is how long after that the last answers may take. A raw protocol instead of an HTTP library, so
that the client is not what is measured. Against the empty handler the same bytes are sent. Prints answers per second,
latency and how many answers were not 200 or 201.
"""

import asyncio
import json
import re
import sys
import time
from typing import Any

from typing_extensions import override

_PATIENCE_SECONDS = 30.0
_SEQ = re.compile(rb'"seq":(\d+)')
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Judge(asyncio.Protocol):
    def __init__(self, plan: dict[str, Any], cell: dict[str, Any], results: list[float], deadline: float) -> None:
        self._plan = plan
        self._cell = cell
        self._results = results
        self._deadline = deadline
        self._n = 0
        self._saw: int | None = None
        self._buffer = b""
        self.refused: list[bytes] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def leave(self) -> None:
        self._transport.abort()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError(f"the service ended the connection instead of an answer: {exc}"))

    def _send(self) -> None:
        self._n += 1
        saw = f',"saw":{self._saw}' if self._saw else ""
        body = (
            f'{{"id":"{self._cell["id"]}-{self._n:07d}","competitor":"{self._cell["competitor"]}",'
            f'"aspect":"{self._cell["aspect"]}","value":"{self._n % 8}","marked_at":"2020-11-19T10:00:00Z"{saw}}}'
        ).encode()
        head = (
            f"POST {self._plan['path']} HTTP/1.1\r\nHost: {self._plan['host']}:{self._plan['port']}\r\n"
            f"Authorization: Bearer {self._cell['token']}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode()
        self._sent = time.perf_counter()
        self._transport.write(head + body)

    @override
    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        length = _LENGTH.search(self._buffer, 0, end)
        if len(self._buffer) < end + 4 + int(length[1] if length else 0):
            return
        answer, self._buffer = self._buffer, b""
        now = time.perf_counter()
        if answer[9:12] in {b"200", b"201"}:
            self._results.append(now - self._sent)
            if seq := _SEQ.search(answer, end):
                self._saw = int(seq[1])
        else:
            self.refused.append(answer[-300:])
        if now < self._deadline:
            self._send()
        else:
            self._transport.close()
            self.done.set_result(None)


async def load(plan: dict[str, Any]) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    results: list[float] = []
    began = time.perf_counter()
    judges = []
    for cell in plan["cells"]:
        _, judge = await loop.create_connection(
            lambda cell=cell: Judge(plan, cell, results, began + plan["seconds"]),  # type: ignore[misc]
            plan["host"],
            plan["port"],
        )
        judges.append(judge)
    try:
        async with asyncio.timeout(plan["seconds"] + plan.get("patience", _PATIENCE_SECONDS)):
            await asyncio.gather(*(judge.done for judge in judges))
    except TimeoutError:
        raise TimeoutError("the service did not answer") from None
    finally:
        for judge in judges:
            judge.leave()
    took = time.perf_counter() - began
    results.sort()
    refused = [one for judge in judges for one in judge.refused]
    return {
        "answered": len(results),
        "per_s": len(results) / took,
        "p50_ms": 1000 * results[len(results) // 2],
        "p99_ms": 1000 * results[int(len(results) * 0.99)],
        "refused": len(refused),
        "example": refused[0].decode(errors="replace") if refused else None,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(load(json.load(sys.stdin)))))
