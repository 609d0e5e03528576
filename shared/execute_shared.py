"""Carry commands out on streams that other copies of the service append to as well.

The promises are those of `shared/execute.py`; the ledger's refusal of a seq that is taken keeps them. What is new is
that the state in memory may be behind at any time. A decision to append needs no look at the ledger first: were it
made on an old state, its seq is taken. "No", "nothing left to do" and every answer to a question do need one, begun
after the question came; all who came before it began share one.

How much runs at once depends on whether others are met. Undisturbed for a while, a copy appends ahead as the embedded
engine does, and reads its stream anew should somebody come between. Where others write too, it appends one thing
after the other and puts it into the state when it is stored, so that being second costs one short read and no replay.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from typing_extensions import override

from shared.contracts.events import Event, Recorded
from shared.errors import CallerError, Clash, Unavailable
from shared.execute import Executor, State
from shared.ids import record
from shared.ledger.port import Ledger, WrongSeq, replay
from shared.traces import a_step, traces

_ATTEMPTS = 20
_TRUSTED_AFTER = 4  # own appends in a row after which the state is believed to be the newest
_ALONE_AFTER = 64  # and after which appends are made ahead of each other
_WATCHED_SECONDS = 1.0
"""How often a stream that somebody watches is looked at for what other copies have written."""

S = TypeVar("S", bound=State)
T = TypeVar("T")


class _Known(Generic[S]):
    """What this copy knows of a stream. Events that `pending` waits for are in the state; a turn's own are not yet."""

    def __init__(self, state: S) -> None:
        self.state = state
        self.seq = 0
        self.pending: asyncio.Future[None] | None = None
        self.turn = asyncio.Lock()
        self.in_turn = False
        self.undisturbed = 0
        self.read_at = asyncio.get_running_loop().time()
        self.reading: asyncio.Task[None] | None = None
        self.next_reading: asyncio.Task[None] | None = None

    def alone(self) -> bool:
        return self.undisturbed >= _ALONE_AFTER and not self.in_turn

    def take(self, recorded: Recorded) -> None:
        if recorded.seq == self.seq + 1:
            self.state.apply(recorded)
            self.seq = recorded.seq

    def take_all(self, stretch: Sequence[Recorded]) -> None:
        for recorded in stretch:
            self.take(recorded)


class SharedExecutor(Executor[S]):
    """An executor for a ledger that is `shared`; `conflicts` counts appends that came second."""

    def __init__(self, ledger: Ledger, new_state: Callable[[str], S]) -> None:
        super().__init__(ledger, new_state)
        self.conflicts = 0
        self._streams: dict[str, _Known[S]] = {}

    @override
    async def look(self, stream: str, at: Callable[[S], T], *, newest: bool = True) -> T:
        while True:
            known = await self._known(stream)
            if newest and not await self._caught_up(stream, known):
                continue
            try:
                seen = at(known.state)
            except CallerError:
                if await self._durable(stream, known):
                    raise
                continue
            if await self._durable(stream, known):
                return seen

    @override
    async def moved(self, stream: str, beyond: int) -> None:
        while (known := await self._known(stream)).seq <= beyond:
            # Whoever's time comes first reads for all who watch; a read for any other reason serves them as well.
            left = known.read_at + _WATCHED_SECONDS - asyncio.get_running_loop().time()
            if left > 0:
                await asyncio.wait({self._next_move(stream)}, timeout=left)
            else:
                await self._caught_up(stream, known)

    @override
    @a_step("decide and append")
    async def execute(
        self, stream: str, decide: Callable[[S], Sequence[Event]], command: str | None = None
    ) -> tuple[S, list[Recorded]]:
        sure = False
        for attempt in range(_ATTEMPTS):
            if attempt > 1:  # the second try only makes sure; from then on somebody else keeps being faster
                await asyncio.sleep(random.uniform(0, 0.002 * attempt))
            known = await self._known(stream)
            if known.alone():
                done = await self._ahead(stream, known, decide, command, sure=sure)
            else:
                async with known.turn:
                    done = await self._in_turn(stream, known, decide, command, sure=sure)
                    # Whose turn it is tries again at once: at the end of the queue it would be second again.
                    for _ in range(_ATTEMPTS):
                        if done is not None or known.alone() or self._streams.get(stream) is not known:
                            break
                        done = await self._in_turn(stream, known, decide, command, sure=True)
            if done is not None:
                return done
            sure = True
        raise Clash("busy", "Too many changes at once to the same thing; send it again.")

    async def _in_turn(
        self, stream: str, known: _Known[S], decide: Callable[[S], Sequence[Event]], command: str | None, *, sure: bool
    ) -> tuple[S, list[Recorded]] | None:
        """Decide on what is stored, and take what was decided when it is stored too. None: try again, and make sure."""
        if known.alone() or self._streams.get(stream) is not known or not await self._durable(stream, known):
            return None  # no turns any more, or what was known is not true
        sure = sure or known.undisturbed < _TRUSTED_AFTER
        if sure and not await self._caught_up(stream, known):
            return None
        try:
            events = decide(known.state)
        except CallerError:
            if sure:
                raise
            return None
        if not events:
            return (known.state, []) if sure else None
        recorded = record(stream, known.seq, events)
        traces.now.note(recorded)
        known.in_turn = True
        try:
            await self._ledger.append(recorded, command)
        except WrongSeq:
            self._met_others(known)
            return None
        finally:
            known.in_turn = False
        known.undisturbed += 1
        for one in recorded:
            known.take(one)
        self._wake(stream)
        return known.state, recorded

    async def _ahead(
        self, stream: str, known: _Known[S], decide: Callable[[S], Sequence[Event]], command: str | None, *, sure: bool
    ) -> tuple[S, list[Recorded]] | None:
        """As the embedded engine does: decide on what may not be stored yet, answer when it is."""
        if sure and not (await self._caught_up(stream, known) and known.alone()):
            return None
        try:
            events = decide(known.state)
        except CallerError:
            if sure and await self._durable(stream, known):
                raise
            return None
        if not events:
            return (known.state, []) if sure and await self._durable(stream, known) else None
        # No await from the decision to here: the order of decisions is the order of appends.
        recorded = record(stream, known.seq, events)
        traces.now.note(recorded)
        known.pending = asyncio.ensure_future(self._ledger.append(recorded, command))
        known.pending.add_done_callback(_looked_at)
        for one in recorded:
            known.take(one)
        self._wake(stream)
        return (known.state, recorded) if await self._durable(stream, known) else None

    async def _known(self, stream: str) -> _Known[S]:
        if stream in self._streams:
            return self._streams[stream]
        async with self._loading.setdefault(stream, asyncio.Lock()):
            if stream not in self._streams:
                known = _Known(self._new_state(stream))
                await replay(self._ledger, stream, 0, known.take_all)
                self._streams[stream] = known
            return self._streams[stream]

    async def _caught_up(self, stream: str, known: _Known[S]) -> bool:
        """Take what the ledger holds, read from now on; False when what is known turned out to be wrong."""
        if known.next_reading is None:
            known.next_reading = asyncio.create_task(self._read(stream, known, known.reading))
            known.next_reading.add_done_callback(_looked_at)
        await asyncio.shield(known.next_reading)
        return self._streams.get(stream) is known

    async def _read(self, stream: str, known: _Known[S], before: "asyncio.Task[None] | None") -> None:
        if before is not None:
            await asyncio.wait({before})
        known.reading, known.next_reading = known.next_reading, None  # who comes from now on needs the next one
        known.read_at = asyncio.get_running_loop().time()
        found = await self._ledger.read(stream, known.seq)
        while found and found[-1].seq > known.seq:
            pending = known.pending
            if pending is not None and not pending.done():  # if it fails, the state is wrong and nothing may follow it
                await asyncio.wait({pending})
            elif not await self._durable(stream, known):
                return
            else:
                if not known.in_turn:  # else it may be our own, stored and not yet answered
                    known.undisturbed = 0
                for one in found:
                    known.take(one)
                self._wake(stream)

    async def _durable(self, stream: str, known: _Known[S]) -> bool:
        """Wait until all that is known is stored; if it never will be, forget it and say False."""
        pending = known.pending
        if pending is None:
            return True
        try:
            await asyncio.shield(pending)
        except WrongSeq:
            self._met_others(known)
            self._drop(stream, known)
            return False
        except Unavailable:
            self._drop(stream, known)
            raise
        if known.pending is pending:
            known.pending = None
        known.undisturbed += 1
        return True

    def _met_others(self, known: _Known[S]) -> None:
        self.conflicts += 1
        known.undisturbed = 0

    def _drop(self, stream: str, known: _Known[S]) -> None:
        if self._streams.get(stream) is known:
            del self._streams[stream]


def executor_on(ledger: Ledger, new_state: Callable[[str], S]) -> Executor[S]:
    """The executor that fits a ledger."""
    return SharedExecutor(ledger, new_state) if ledger.shared else Executor(ledger, new_state)


def _looked_at(done: "asyncio.Future[None]") -> None:
    """Whoever waited may have gone away; nobody needs to be told then."""
    if not done.cancelled():
        done.exception()
