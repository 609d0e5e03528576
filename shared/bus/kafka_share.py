"""A copy's part of a topic: a group of the service divides the partitions, and each copy reads its own from its places.

Group and reading are two connections. The group only says which partitions are ours; where to read is decided here: a
partition that is kept goes on where it was, one that is gained begins at its beginning or at its end, and that end is
asked for before `moved` is set.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Literal

from typing_extensions import override

from shared.bus.kafka_link import Link
from shared.bus.kafka_subscription import KafkaSubscription
from shared.bus.port import Message
from shared.errors import Unavailable
from shared.kafka.member import Member
from shared.kafka.reader import Reader


class KafkaShare(KafkaSubscription):
    """Implements `shared.bus.port.Share`."""

    def __init__(self, link: Link, topic: str, start: Literal["earliest", "latest"]) -> None:
        super().__init__(link, topic, start)
        self.moved = asyncio.Event()
        self._owned: frozenset[int] = frozenset()
        self._division = 0
        self._member: Member | None = None

    @override
    def __str__(self) -> str:
        return f"share of {self._topic}"

    def owns(self, key: str) -> bool:
        return self._link.partition(self._topic, key) in self._owned

    @override
    async def _session(self) -> AsyncGenerator[Sequence[Message], None]:
        link = self._link
        group = link.name(f"{link.service}-{self._topic}")
        member = Member(link.servers, link.service, group, self._name, link.count(self._topic), link.timing.session)
        async with link.opened(member, lambda: member.open(self._owned)):
            self._member, self._division = member, 0
            async with aclosing(super()._session()) as session:
                async for batch in session:
                    yield batch

    @override
    async def _adjust(self, reader: Reader) -> None:
        await super()._adjust(reader)
        assert self._member is not None
        await self._member.check()
        if self._member.divisions == self._division:
            return
        division, parts = self._member.divisions, self._member.parts
        self._owned &= parts  # what is lost is lost at once, also when the rest has to wait
        try:
            gained = await self._gained(parts - self._owned)
        except Unavailable as exc:
            self._link.fault(self, exc.detail)
            return  # asked again at the next look
        kept = {one: place for one, place in self._places.items() if one in self._owned}
        self._places = kept | gained
        reader.assign(self._places)
        self._division, self._owned = division, parts
        self.moved.set()

    async def _gained(self, parts: frozenset[int]) -> dict[int, int]:
        """Where to start in partitions that were not ours."""
        ends = await self._link.asker.ends(self._name, parts) if parts else {}
        if self._start == "latest":
            return ends
        self._goal = {one: end for one, end in (self._goal or {}).items() if one in self._owned} | ends
        if parts:
            self.caught_up.clear()
        return dict.fromkeys(parts, 0)

    @override
    async def _look_whether_caught_up(self, reader: Reader) -> None:
        if self._division == 0:
            return  # not known yet what is ours
        if self._goal is None:
            self._goal = {}
        await super()._look_whether_caught_up(reader)
