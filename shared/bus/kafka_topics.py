"""The project's topics: made at boot as they must be, watched, and asked what they have lost.

Events are kept for ever and boards as long as they are the newest of their channel, because consumers start from the
beginning. What a topic holds can still be gone: it was deleted (then it is made again here), or a broker came back with
an older disk. `Reach` remembers how far a topic must go.
"""

import asyncio
import json
from collections.abc import Mapping

from shared.bus.kafka_link import PARTITIONS, Link
from shared.errors import BadStart, Unavailable
from shared.kafka.asker import NO_LEADER, TopicPlan
from shared.kafka.producer import MESSAGE_BYTES

DEAD = ".dlq"
_ALL = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
_NEWEST = {
    "cleanup.policy": "compact",
    # What is being written is never compacted: small pieces, closed soon, keep a bootstrap small.
    "segment.bytes": str(16 * 1024 * 1024),
    "segment.ms": str(10 * 60 * 1000),
    "min.cleanable.dirty.ratio": "0.1",
}
_KEEPS = {"registration": _ALL, "livescore": _ALL, "boards": _NEWEST, "audience": {"retention.ms": "600000"}}


def plan(link: Link, topic: str, replication: int) -> TopicPlan:
    """How a topic is made; a dead letter is kept like an event, in one partition."""
    configs = {
        **_KEEPS.get(topic, _ALL),
        "min.insync.replicas": str(max(1, replication - 1)),
        "unclean.leader.election.enable": "false",
        "max.message.bytes": str(MESSAGE_BYTES),
        # The broker's clock: it refuses a message that comes from more than an hour ahead of it, and ours may jump.
        "message.timestamp.type": "LogAppendTime",
    }
    return TopicPlan(link.name(topic), link.count(topic), configs)


class Reach:
    """How far each partition of one topic must go, by what was published from here and what was read elsewhere."""

    def __init__(self) -> None:
        self.id = ""
        self.ends: dict[int, int] = {}
        self._slipped = False

    def note(self, placed: Mapping[int, tuple[int, int]], before: Mapping[int, int]) -> None:
        """Messages sent after the ends were `before` got these first and last offsets."""
        for partition, (first, last) in placed.items():
            if first < before.get(partition, 0):  # what was there then is not there now
                self._slipped = True
            self.ends[partition] = max(self.ends.get(partition, 0), last + 1)

    def text(self) -> str:
        return json.dumps({"id": self.id, "ends": self.ends}) if self.ends else ""

    def lost(self, now: str, ends: Mapping[int, int], place: str) -> bool:
        """Compare with the topic as it is now, and go on from there."""
        before = [(self.id, self.ends)]
        if place:
            kept = json.loads(place)
            before.append((kept["id"], {int(partition): end for partition, end in kept["ends"].items()}))
        lost = self._slipped or any(
            known not in {"", now} or any(ends.get(partition, 0) < end for partition, end in must.items())
            for known, must in before
        )
        self.id, self.ends, self._slipped = now, dict(ends), False
        return lost


class Topics:
    """Open with `start`, then keep `watch` running."""

    def __init__(self, link: Link, replication: int) -> None:
        self._link = link
        self._replication = replication
        self.reach = {topic: Reach() for topic in PARTITIONS}

    async def start(self) -> None:
        """Make what is missing; raise BadStart when the brokers stay silent or a topic is another one than ours."""

        async def ensured() -> None:
            while True:
                try:
                    return await self._ensure()
                except Unavailable as exc:
                    reason[0] = exc.detail
                    await asyncio.sleep(0.3)

        reason = ["no answer"]
        try:
            async with asyncio.timeout(self._link.timing.start):
                await ensured()
        except TimeoutError:
            raise BadStart(f"Kafka at {self._link.servers} cannot be used: {reason[0]}") from None
        for topic, reach in self.reach.items():
            reach.id = self._link.ids[topic]

    async def _ensure(self) -> None:
        names = {self._link.name(topic): topic for topic in PARTITIONS}
        states = await self._link.asker.topics(list(names))
        if missing := names.keys() - states.keys():
            plans = [plan(self._link, names[name], self._replication) for name in sorted(missing)]
            await self._link.asker.create(plans, self._replication)
            states = await self._link.asker.topics(list(names))
        self._link.ids.update({names[name]: state.id for name, state in states.items()})
        for name, topic in names.items():
            if (state := states.get(name)) is None or NO_LEADER in state.leaders.values():
                raise Unavailable(f"Kafka: the topic {name} is not ready")
            if (found := len(state.leaders)) != (wanted := self._link.count(topic)):
                raise BadStart(
                    f"the topic {name} has {found} partitions instead of {wanted}, so its keys lie elsewhere: "
                    "delete it, and everything is published again from the ledgers"
                )

    async def watch(self) -> None:
        """Notice a topic that is another one now, make one that is gone, and say when brokers do not answer."""
        while True:
            await asyncio.sleep(self._link.timing.watch)
            try:
                await self._ensure()
                self._link.fault("topics", None)
            except (Unavailable, BadStart) as exc:
                self._link.fault("topics", str(exc))

    async def lost(self, topic: str, place: str) -> bool:
        name = self._link.name(topic)
        state = (await self._link.asker.topics([name])).get(name)
        if state is None:
            raise Unavailable(f"Kafka: the topic {name} is not there")
        ends = await self._link.asker.ends(name, range(self._link.count(topic)))
        return self.reach[topic].lost(state.id, ends, place)

    async def make_dead(self, topic: str) -> str:
        """The topic for dead letters, made when the first is to go there; returns its name in the cluster."""
        dead = f"{topic}{DEAD}"
        name = self._link.name(dead)
        if not await self._link.asker.topics([name]):
            await self._link.asker.create([plan(self._link, dead, self._replication)], self._replication)
        return name
