"""Carry a command out: load, decide, append behind the seq that was decided at, answer when it is durable.

The newest state of a stream is kept in memory and moves on as soon as events are queued, before they are durable, so
that a hundred judges share one flush instead of waiting for each other. Two rules keep that safe:

- Appends of one stream enter the ledger in the order they were decided; if one fails, those that built on it fail with
  `WrongSeq`, the state in memory is thrown away, and each is decided again on what the ledger really holds.
- No answer, also no refusal, leaves before everything it was decided on is durable: a judge is never told of a mark
  that a power cut could still take away.
"""

import asyncio
import hashlib
import random
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from shared.contracts.events import Event, Recorded
from shared.errors import CallerError, Clash, Unavailable
from shared.ids import record
from shared.ledger.port import Ledger, WrongSeq, replay
from shared.traces import a_step, traces

_ATTEMPTS = 20


class State(Protocol):
    """What a stream folds to; `apply` changes it in place."""

    def apply(self, recorded: Recorded) -> None: ...


S = TypeVar("S", bound=State)
T = TypeVar("T")


class _Head(Generic[S]):
    """A stream's newest state, its seq, and the append it waits for."""

    def __init__(self, state: S) -> None:
        self.state = state
        self.seq = 0
        self.pending: asyncio.Future[None] | None = None

    def take(self, recorded: Recorded) -> None:
        self.state.apply(recorded)
        self.seq = recorded.seq

    def take_all(self, stretch: Sequence[Recorded]) -> None:
        for recorded in stretch:
            self.take(recorded)


class Executor(Generic[S]):
    """Executes commands on streams that fold to `S`; one per service."""

    def __init__(self, ledger: Ledger, new_state: Callable[[str], S]) -> None:
        self._ledger = ledger
        self._new_state = new_state
        self._heads: dict[str, _Head[S]] = {}
        self._loading: dict[str, asyncio.Lock] = {}
        self._watched: dict[str, asyncio.Future[None]] = {}

    async def look(self, stream: str, at: Callable[[S], T], *, newest: bool = True) -> T:
        """What `at` makes of the newest state, once everything it saw is durable; it must not await or keep the state.

        Without `newest` what other copies wrote in the last moment may be missing, and nothing is read. What `at`
        raises is passed on, also only then. Raises Unavailable when the ledger cannot store.
        """
        while True:
            head = self._heads.get(stream) or await self._head(stream)
            try:
                seen = at(head.state)
            except CallerError:
                if await self._settled(stream, head):
                    raise
                continue
            if await self._settled(stream, head):
                return seen

    async def moved(self, stream: str, beyond: int) -> None:
        """Wait until the stream has more than the first `beyond` events; what they are, `look` tells.

        Raises Unavailable when the ledger cannot be read.
        """
        while (self._heads.get(stream) or await self._head(stream)).seq <= beyond:
            await asyncio.shield(self._next_move(stream))

    @a_step("decide and append")
    async def execute(
        self, stream: str, decide: Callable[[S], Sequence[Event]], command: str | None = None
    ) -> tuple[S, list[Recorded]]:
        """Decide and append; returns the state and what was stored (nothing, when there was nothing left to do).

        `decide` returns nothing for a command that was carried out before; the ledger refuses a second append under
        one `command` id in any case. Whatever `decide` raises is passed on. Raises Clash when the stream is too busy,
        Unavailable when the ledger cannot store.
        """
        for attempt in range(_ATTEMPTS):
            if attempt:  # someone else was faster: step aside for a moment, or two writers starve each other
                await asyncio.sleep(random.uniform(0, 0.002 * attempt))
            head = self._heads.get(stream) or await self._head(stream)
            try:
                events = decide(head.state)
            except CallerError:
                if await self._settled(stream, head):
                    raise
                continue
            if not events:
                if await self._settled(stream, head):
                    return head.state, []
                continue
            # No await from here to the append: the order of decisions is the order of appends.
            recorded = record(stream, head.seq, events)
            traces.now.note(recorded)
            head.pending = self._ledger.append(recorded, command)
            for one in recorded:
                head.take(one)
            self._wake(stream)
            if await self._settled(stream, head):
                return head.state, recorded
        raise Clash("busy", "Too many changes at once to the same thing; send it again.")

    async def _head(self, stream: str) -> _Head[S]:
        if stream in self._heads:
            return self._heads[stream]
        async with self._loading.setdefault(stream, asyncio.Lock()):
            if stream not in self._heads:
                head = _Head(self._new_state(stream))
                await replay(self._ledger, stream, 0, head.take_all)
                self._heads[stream] = head
            return self._heads[stream]

    async def _settled(self, stream: str, head: _Head[S]) -> bool:
        """Wait until all this head holds now is durable; if it never will be, forget the head and say False."""
        if head.pending is None:
            return True
        try:
            await head.pending
        except WrongSeq:
            self._forget(stream, head)
            return False
        except Unavailable:
            self._forget(stream, head)
            raise
        return True

    def _next_move(self, stream: str) -> "asyncio.Future[None]":
        """Done when the stream moves; all who watch it share one, and a stream that nobody watches has none."""
        if stream not in self._watched:
            self._watched[stream] = asyncio.get_running_loop().create_future()
        return self._watched[stream]

    def _wake(self, stream: str) -> None:
        if self._watched and (watched := self._watched.pop(stream, None)) is not None:
            watched.set_result(None)

    def _forget(self, stream: str, head: _Head[S]) -> None:
        if self._heads.get(stream) is head:
            del self._heads[stream]


def fingerprint(content: bytes) -> str:
    """A digest of what was asked, to tell a repeat from another request under the same id."""
    return hashlib.sha256(content).hexdigest()[:32]
