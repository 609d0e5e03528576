"""What Kafka really keeps, asked of the brokers, and how its clients were really set up.

A broker acknowledges before its disk has the bytes, so only copies on several brokers make a message safe; and its
defaults are made for trying out: one copy, topics out of thin air, one acknowledgement. A value that could not be
asked for is None and is only warned of.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from typing_extensions import override

from shared.selfcheck import Facts, Finding, doubt

_IN_SYNC = 2


@dataclass(frozen=True, slots=True)
class TopicFacts:
    name: str
    partitions: int
    wanted_partitions: int
    replication: int
    """Copies of the partition that has the fewest."""
    settings: Mapping[str, str]
    """As the broker says they are in force; empty when it may not be asked."""
    keeps: Literal["everything", "newest", "some time"] = "everything"
    """What the project relies on: the newest of each key for a compacted topic."""

    def findings(self, wanted_replication: int, brokers: int) -> Iterator[Finding]:
        name, settings = self.name, self.settings
        if self.replication < min(wanted_replication, brokers):  # where there are fewer brokers, that is said once
            says = f"topic {name} has {_copies(self.replication)}, {wanted_replication} are wanted"
            yield Finding("C10", f"{says}: give it more with kafka-reassign-partitions")
        if self.partitions != self.wanted_partitions:
            says = f"topic {name} has {self.partitions} partitions, not {self.wanted_partitions}, and keys have moved"
            yield Finding("C15", f"{says}: delete it and start again, everything is published anew from the ledgers")
        if not settings:
            yield doubt(
                "C11", f"the settings of topic {name} cannot be asked for: allow DescribeConfigs, or look yourself"
            )
            return
        if int(settings.get("min.insync.replicas", "1")) < _IN_SYNC:
            says = f"topic {name} takes messages that a single broker holds"
            yield Finding("C11", f"{says}: set its min.insync.replicas to {_IN_SYNC}")
        if _on(settings, "unclean.leader.election.enable"):
            says = f"topic {name} lets a broker lead that lacks messages"
            yield Finding("C12", f"{says}: set its unclean.leader.election.enable to false")
        policy = {one.strip() for one in settings.get("cleanup.policy", "delete").split(",")}
        if self.keeps == "newest" and policy != {"compact"}:
            says = f"topic {name} has cleanup.policy {','.join(sorted(policy))}, boards would disappear"
            yield Finding("C32", f"{says}: set it to compact")
        if self.keeps == "everything" and (policy != {"delete"} or _forgets(settings)):
            says = f"topic {name} forgets messages after a while"
            yield Finding(
                "C32", f"{says}: set its cleanup.policy to delete, and retention.ms and retention.bytes to -1"
            )


@dataclass(frozen=True, slots=True)
class KafkaFacts(Facts):
    brokers: int
    wanted_replication: int
    topics: tuple[TopicFacts, ...]
    broker_settings: Mapping[str, str]
    eligible_leaders: bool | None = None
    """Whether only replicas that are known to be complete can be elected, when all others are gone."""

    @override
    def findings(self) -> Iterator[Finding]:
        if self.brokers < self.wanted_replication:
            says = f"Kafka has {self.brokers} broker{'s' * (self.brokers != 1)}"
            yield Finding("C10", f"{says}, {self.wanted_replication} copies of each topic are wanted: start more")
        for topic in self.topics:
            yield from topic.findings(self.wanted_replication, self.brokers)
        if not self.broker_settings:
            yield doubt("C12", "the brokers' settings cannot be asked for: allow DescribeConfigs, or look yourself")
        if _on(self.broker_settings, "unclean.leader.election.enable"):
            yield Finding(
                "C12", "Kafka lets a broker lead that lacks messages: set unclean.leader.election.enable=false"
            )
        if _on(self.broker_settings, "auto.create.topics.enable"):
            says = "Kafka makes topics out of thin air, with one copy and the wrong partitions"
            yield Finding("C12", f"{says}: set auto.create.topics.enable=false")
        if self.eligible_leaders is False:
            says = "Kafka forgets which replicas are complete when all that are in step are lost"
            yield doubt("C13", f"{says}: use 4.1 or newer, and kafka-features for eligible.leader.replicas.version=1")
        if self.brokers == 1:
            says = "a single Kafka broker can lose what it has acknowledged when the power fails"
            yield doubt("C14", f"{says}: it is published again from the ledgers, but viewers wait for it")


@dataclass(frozen=True, slots=True)
class ClientFacts(Facts):
    """How our own producers and readers are set up."""

    acks: int | str
    idempotent: bool
    auto_commit: bool
    offset_reset: str

    @override
    def findings(self) -> Iterator[Finding]:
        if str(self.acks) not in ("all", "-1"):
            yield Finding("C16", f"the producer waits for acks={self.acks}, not for all copies that are in step")
        if not self.idempotent:
            yield Finding("C16", "the producer is not idempotent, so a lost answer doubles messages")
        if self.auto_commit:
            yield Finding("C18", "a consumer commits its place by the clock and not when its work is done")
        if self.offset_reset == "latest":
            yield Finding("C19", "a consumer that lost its place goes on at the end and skips what lies between")


def _copies(number: int) -> str:
    return "1 copy" if number == 1 else f"{number} copies"


def _on(settings: Mapping[str, str], name: str) -> bool:
    return settings.get(name, "false").lower() == "true"


def _forgets(settings: Mapping[str, str]) -> bool:
    return any(
        settings.get(name, usual) != "-1" for name, usual in (("retention.ms", "604800000"), ("retention.bytes", "-1"))
    )
