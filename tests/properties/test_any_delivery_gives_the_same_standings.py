"""Any order of delivery, duplicates, losses and restarts end in the same standings, byte for byte.

A random competition's events are in the ledger; the bus brings them in whatever order, again, or not at all. After
every step the board is the one the ledger's history had right after the events that were taken; in the end, the last.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from typing_extensions import override

from services.livescore.domain.competition import Competition
from services.livescore.domain.public import Public
from shared.bus.port import Message
from shared.consumer import Consumer
from shared.contracts.board import encode_board
from shared.contracts.events import Recorded, decode, encode
from tests.properties.random_competitions import ID, STREAM, random_competition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.bus.port import Subscription
    from shared.ledger.port import Take

SEEDS = range(12)


@lru_cache(maxsize=len(SEEDS))
def history(seed: int) -> tuple[list[bytes], list[bytes]]:
    """The bytes of a competition's events, and its board after each of them, from none on."""
    one = random_competition(500_000 + seed)
    public = Public(ID)
    boards = [encode_board(public.board("epoch"))]
    for recorded in one.ledger:
        public.apply(recorded)
        boards.append(encode_board(public.board("epoch")))
    return [encode(recorded) for recorded in one.ledger], boards


class Delivery(RuleBasedStateMachine):
    """One consumer with its fold, and what has been stored so far."""

    @initialize(seed=st.sampled_from(SEEDS))
    def begin(self, seed: int) -> None:
        self.bodies, self.boards = history(seed)
        self.stored = 0
        self.start_anew()

    def start_anew(self) -> None:
        self.public = Public(ID)
        self.state = Competition(ID)
        self.applied: list[int] = []
        nothing: Subscription = None  # type: ignore[assignment]
        self.consumer = Consumer(nothing, self.take, self.fetch)

    def take(self, stretch: Sequence[Recorded]) -> None:
        for recorded in stretch:
            self.public.apply(recorded)
            self.state.apply(recorded)
            self.applied.append(recorded.seq)

    async def fetch(self, stream: str, after: int, take: Take) -> None:
        assert stream == STREAM
        rest = [decode(body) for body in self.bodies[after : self.stored]]
        if rest:
            take(rest)

    def feed(self, *places: int) -> None:
        messages = [Message(STREAM, self.bodies[place]) for place in places]
        asyncio.run(self.consumer.feed(messages))

    @precondition(lambda self: self.stored < len(self.bodies))
    @rule(more=st.integers(1, 8))
    def store(self, more: int) -> None:
        self.stored = min(len(self.bodies), self.stored + more)

    @precondition(lambda self: self.stored)
    @rule(data=st.data())
    def deliver_whatever(self, data: st.DataObject) -> None:
        """In any order, and any of them again."""
        self.feed(*data.draw(st.lists(st.integers(0, self.stored - 1), min_size=1, max_size=6)))

    @precondition(lambda self: self.stored > len(self.applied))
    @rule()
    def deliver_the_next(self) -> None:
        self.feed(len(self.applied))

    @rule()
    def restart(self) -> None:
        """From nothing, with what the ledger holds."""
        self.start_anew()
        asyncio.run(self.consumer.catch_up(STREAM))

    @rule()
    def catch_up(self) -> None:
        asyncio.run(self.consumer.catch_up(STREAM))
        assert len(self.applied) == self.stored

    @invariant()
    def each_event_was_taken_once_and_in_order(self) -> None:
        if not hasattr(self, "applied"):
            return
        assert self.applied == list(range(1, len(self.applied) + 1))
        assert len(self.applied) <= self.stored
        assert encode_board(self.public.board("epoch")) == self.boards[len(self.applied)]

    @override
    def teardown(self) -> None:
        if not hasattr(self, "bodies"):
            return
        self.stored = len(self.bodies)
        asyncio.run(self.consumer.catch_up(STREAM))
        assert encode_board(self.public.board("epoch")) == self.boards[-1]
        assert self.state.seq == len(self.bodies)


TestDelivery = Delivery.TestCase
TestDelivery.settings = settings(max_examples=60, stateful_step_count=25)
