"""How soon 64 judges who mark at once have their receipts, while the chief expert's live view is open.

All three services run; each judge sends the next correction when the last is acknowledged, so this is as much as 64
judges can ask for, some hundred times what they do at an event. The chief expert's view comes as Server-Sent Events,
each the whole view; the live streams of the judges' own pages are open as well. These say that something changed, and
what a page then asks for is not asked here.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bench.ingest import load, warm_plan
from bench.running import Running, running

_JUDGES = 64
_SECONDS = 6.0


def run(_args: list[str]) -> dict[str, Any]:
    return asyncio.run(_run())


async def _run() -> dict[str, Any]:
    async with running() as showcase:
        plan = await warm_plan(showcase, _JUDGES)
        tokens = [cell["token"] for cell in plan["cells"]]
        chief = await showcase.seat("bench-chief", office="chief")
        async with _watching(showcase, "chief", [chief]) as chiefs, _watching(showcase, "marking", tokens) as judges:
            marks = await load({**plan, "seconds": _SECONDS}, showcase.supervisor.pid("livescore"))
    return {
        "p99_ms": round(marks["p99_ms"], 2),
        "p50_ms": round(marks["p50_ms"], 2),
        "marks_per_s": round(marks["per_s"]),
        "cpu_us_per_mark": round(marks["cpu_us"]),
        "refused": marks["refused"],
        "chief_views": chiefs[0].events,
        "chief_view_bytes": chiefs[0].size // max(1, chiefs[0].events),
        "judge_events": sum(one.events for one in judges),
    }


@dataclass(slots=True)
class _Watcher:
    """A page that follows: how many events it got, and how many bytes they were."""

    events: int = 0
    size: int = 0
    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            self.size += len(line)
            if line.startswith(b"event: "):
                self.events += 1
                self.told.set()


@contextlib.asynccontextmanager
async def _watching(showcase: Running, view: str, tokens: list[str]) -> AsyncIterator[list[_Watcher]]:
    """A live view open for each token; entered when each has its first event."""
    url = urlsplit(f"{showcase.marks_url.removesuffix('/marks')}/{view}/live")
    async with contextlib.AsyncExitStack() as stack:
        watchers = []
        for token in tokens:
            reader, writer = await asyncio.open_connection(url.hostname, url.port, limit=8 * 1024 * 1024)
            stack.callback(writer.close)
            request = f"GET {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n"
            writer.write(request.encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            watchers.append(_Watcher())
            stack.callback(asyncio.create_task(watchers[-1].read(reader)).cancel)
        async with asyncio.timeout(10):
            await asyncio.gather(*(one.told.wait() for one in watchers))
        yield watchers
