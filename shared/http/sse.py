"""Live views and feeds over the connection of the request that asks for them: Server-Sent Events, or JSON by the line.

Only the newest thing is ever said: what comes next is asked for when the last thing has left this process, so a reader
who is slow gets fewer events and never makes a queue. The number of streams is bounded; one person too many closes that
person's oldest, which is most often one whose device fell asleep. A comment goes out when nothing has been said for a
while, counted from what was said last and from nothing else: its moment must not tell of changes that were not said.

A stream ends with a `bye` that says when to come back: when the service stops, when the link expires, and after half an
hour in any case, so that a link is checked anew.
"""

import asyncio
import random
import socket
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from typing import Any, NamedTuple, Protocol

from aiohttp import web

from shared.access import Caller
from shared.errors import CallerError, Unavailable
from shared.http.routes import Call
from shared.logs import log

KEEP_ALIVE_SECONDS = 15.0
_LIFETIME_SECONDS = 1800.0
_PATIENCE_SECONDS = 30.0
"""How long a reader may take nothing at all."""
_PARTING_SECONDS = 1.0
_RETRY_MS = 1500
_UNSENT_BYTES = 64 * 1024
"""What the system may hold for a slow reader: it is old by the time it arrives."""
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}


class Said(NamedTuple):
    """One event: `tag` is its id, `data` one line."""

    name: str
    tag: str
    data: bytes

    def encoded(self) -> bytes:
        return b"event: %b\nid: %b\ndata: %b\n\n" % (self.name.encode(), self.tag.encode(), self.data)


class Saying(Protocol):
    def encoded(self) -> bytes:
        """The bytes to write."""


Changes = AsyncGenerator[Saying | None, None]
"""What there is to say, the newest each time it is asked; the first comes at once, None when the reader has it.

Where it ends by itself, so does the stream, without a goodbye.
"""


class Manner(NamedTuple):
    """How a stream is written: what opens it, what shows that it lives, and how it says goodbye."""

    headers: Mapping[str, str]
    opening: bytes
    comment: bytes
    bye: Callable[[int, str], bytes]


def _bye(retry_ms: int, reason: str) -> bytes:
    return b'retry: %d\nevent: bye\ndata: {"reason":"%b"}\n\n' % (retry_ms, reason.encode())


SSE = Manner(
    {**_HEADERS, "Content-Type": "text/event-stream; charset=utf-8"}, b"retry: %d\n\n" % _RETRY_MS, b":\n\n", _bye
)
LINES = Manner({**_HEADERS, "Content-Type": "application/x-ndjson"}, b"", b"\n", lambda _retry_ms, _reason: b"\n")
"""A line of JSON each; who is told nothing before the end comes back with what was said last."""


class _Stream:
    """One open stream and its connection: nothing is taken before everything before it has left."""

    def __init__(self, owner: str, request: web.BaseRequest, response: web.StreamResponse) -> None:
        self.owner = owner
        self._request, self._response, self._transport = request, response, request.transport
        self._loop = asyncio.get_running_loop()
        self._last_moment: asyncio.TimerHandle | None = None
        self.ended: asyncio.Future[str] = self._loop.create_future()
        self.said_at = self._loop.time()

    async def begin(self) -> None:
        """Raise ConnectionError when the reader is gone already, as `say` does."""
        if self._transport is None:
            raise ConnectionResetError
        self._transport.set_write_buffer_limits(high=0)
        with suppress(OSError):
            sock = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNSENT_BYTES)
        await self._response.prepare(self._request)

    async def say(self, piece: bytes) -> None:
        """Return when it has left; raise TimeoutError when the reader does not take it."""
        self.said_at = self._loop.time()
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await self._response.write(piece)
            await self._request.writer.drain()

    def end(self, reason: str) -> None:
        """Say goodbye; a reader who is too slow for that is cut off."""
        if not self.ended.done():
            self.ended.set_result(reason)
            self._last_moment = self._loop.call_later(_PARTING_SECONDS, self.cut)

    def cut(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def over(self) -> None:
        if self._last_moment is not None:
            self._last_moment.cancel()


class Streams:
    """All open streams of a process: at most `most`, and `each` of one person."""

    def __init__(self, most: int = 512, each: int = 8, keep_alive_seconds: float = KEEP_ALIVE_SECONDS) -> None:
        self._most, self._each = most, each
        self._keep_alive_seconds = keep_alive_seconds
        self._streams: dict[_Stream, None] = {}
        self._stopping = False

    @property
    def open(self) -> int:
        return len(self._streams)

    def end(self) -> None:
        """Say goodbye to all, and take no more."""
        self._stopping = True
        for one in self._streams:
            one.end("stopping")

    async def answer(self, call: Call, changes: Changes, manner: Manner = SSE) -> web.StreamResponse:
        """Say what changes until somebody ends it; what `changes` refuses at first is raised, as for any request."""
        async with aclosing(changes):
            first = await anext(changes)
            if call.request.method == "HEAD":
                return web.Response(headers=manner.headers)
            response = web.StreamResponse(headers=manner.headers)
            response.force_close()
            stream = self._admitted(call, response)
            try:
                await stream.begin()
                await self._say_all(stream, first, changes, call.caller, manner)
            except TimeoutError:
                stream.cut()
            except ConnectionError:
                pass  # the reader has gone
            finally:
                stream.over()
                self._streams.pop(stream, None)
            return response

    def _admitted(self, call: Call, response: web.StreamResponse) -> _Stream:
        if self._stopping or len(self._streams) >= self._most:
            raise Unavailable("No more live views can be opened here now; ask again a little later.", 5)
        owner = "" if call.caller is None else f"{call.caller.role} {call.caller.subject}"
        own = [one for one in self._streams if one.owner == owner != ""]
        if len(own) >= self._each:
            own[0].end("replaced")
            self._streams.pop(own[0])
        stream = _Stream(owner, call.request, response)
        self._streams[stream] = None
        return stream

    async def _say_all(
        self, stream: _Stream, first: Saying | None, changes: Changes, caller: Caller | None, manner: Manner
    ) -> None:
        loop = asyncio.get_running_loop()
        lasts = _LIFETIME_SECONDS if caller is None else min(_LIFETIME_SECONDS, caller.expires - time.time())
        expiry = loop.call_later(lasts, stream.end, "expired")
        coming: asyncio.Future[Saying | None] | None = None
        try:
            await stream.say(manner.opening + (b"" if first is None else first.encoded()) or manner.comment)
            while not stream.ended.done():
                coming = coming or asyncio.ensure_future(anext(changes))
                silent_until = stream.said_at + self._keep_alive_seconds
                waited: set[asyncio.Future[Any]] = {coming, stream.ended}
                await asyncio.wait(waited, timeout=silent_until - loop.time(), return_when=asyncio.FIRST_COMPLETED)
                if coming.done():
                    said, coming = coming.result(), None
                    if said is not None:
                        await stream.say(said.encoded())
                elif loop.time() >= silent_until:
                    await stream.say(manner.comment)
        except StopAsyncIteration:
            return
        except (CallerError, Unavailable):
            stream.end("refused")  # who comes back is told why, with a status
        except (ConnectionError, TimeoutError):
            raise
        except Exception:
            log.exception("a live view failed by a fault of ours")
            stream.end("failed")
        finally:
            expiry.cancel()
            if coming is not None:
                coming.cancel()
                await asyncio.wait({coming})
        retry_ms = random.randint(_RETRY_MS, 2 * _RETRY_MS)  # not all at once
        await stream.say(manner.bye(retry_ms, stream.ended.result()))
