"""A member of a group of copies that divide a topic's partitions: it says which are this copy's, and reads nothing.

Reading is `Reader`'s, with places of our own, so nothing is ever taken from where another copy happened to stop. The
division is as even as can be and keeps what each member has; a copy that stops says so and its partitions move at once,
one that dies is missed after `session_seconds`.
"""

import asyncio
import contextlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment, ConsumerProtocolMemberMetadata

from shared.kafka.reader import close_consumer
from shared.kafka.trouble import troubles


class Keeping:
    """The assignor: one object per member, as what it keeps is this member's."""

    name = "showcase-keeping"

    def __init__(self, topic: str, count: int) -> None:
        self._topic = topic
        self._count = count
        self.has: frozenset[int] = frozenset()

    def metadata(self, topics: Iterable[str]) -> Any:
        return ConsumerProtocolMemberMetadata(0, list(topics), json.dumps(sorted(self.has)).encode())

    def assign(self, _cluster: Any, members: Mapping[str, Any]) -> dict[str, Any]:
        divided = divide(self._count, {member: _claims(one.user_data) for member, one in members.items()})
        return {
            member: ConsumerProtocolMemberAssignment(0, [(self._topic, sorted(parts))], b"")
            for member, parts in divided.items()
        }

    def on_assignment(self, _assignment: Any) -> None:
        """What is ours is taken from the listener."""


def _claims(user_data: bytes) -> set[int]:
    try:
        return {int(one) for one in json.loads(user_data)}
    except (ValueError, TypeError):
        return set()


def divide(count: int, claims: Mapping[str, set[int]]) -> dict[str, set[int]]:
    """Divide `count` partitions evenly; each member keeps of what it claims as much as its part allows."""
    members = sorted(claims, key=lambda member: (-len(claims[member]), member))
    least, more = divmod(count, len(members))
    parts: dict[str, set[int]] = {}
    free = set(range(count))
    for n, member in enumerate(members):
        kept = sorted(claims[member] & free)[: least + (n < more)]
        parts[member] = set(kept)
        free -= parts[member]
    for n, member in enumerate(members):
        wanting = least + (n < more) - len(parts[member])
        got = sorted(free)[:wanting]
        parts[member].update(got)
        free.difference_update(got)
    return parts


class Member(ConsumerRebalanceListener):  # type: ignore[misc]  # the library has no types
    """`parts` is what was assigned last; `divisions` counts how often, so 0 means that it is not known yet."""

    def __init__(self, servers: str, name: str, group: str, topic: str, count: int, session_seconds: float) -> None:
        self._topic = topic
        self._seconds = session_seconds
        self._keeping = Keeping(topic, count)
        self.parts: frozenset[int] = frozenset()
        self.divisions = 0
        self._consumer: Any = AIOKafkaConsumer(
            bootstrap_servers=servers,
            client_id=name,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="latest",
            partition_assignment_strategy=[self._keeping],
            session_timeout_ms=int(session_seconds * 1000),
            rebalance_timeout_ms=int(session_seconds * 1000),
            heartbeat_interval_ms=int(session_seconds * 200),
            request_timeout_ms=int(session_seconds * 1000) + 3000,  # joining may wait for a member that is dead
            metadata_max_age_ms=30_000,
        )

    async def open(self, has: Iterable[int]) -> None:
        """Join, without waiting for the division; `has` is what this copy has from an earlier membership."""
        self._keeping.has = frozenset(has)
        with troubles("group"):
            async with asyncio.timeout(self._seconds + 3.0):
                await self._consumer.start()
            self._consumer.subscribe([self._topic], listener=self)

    async def check(self) -> None:
        """Raise when the membership is beyond help. Call it often: who does not is taken for dead and leaves."""
        with troubles("group"), contextlib.suppress(TimeoutError):  # it waits while partitions are being divided
            async with asyncio.timeout(0.02):
                await self._consumer.getmany(timeout_ms=0)

    def on_partitions_revoked(self, revoked: Any) -> None:
        """Nothing: what is ours stays ours until the new division is known."""

    def on_partitions_assigned(self, assigned: Any) -> None:
        self._consumer.pause(*assigned)
        self.parts = self._keeping.has = frozenset(one.partition for one in assigned)
        self.divisions += 1

    async def close(self) -> None:
        await close_consumer(self._consumer, 2.0)
