"""What the brokers say about themselves and about our topics. Settings that may not be asked for are left empty."""

from shared.bus.kafka_link import PARTITIONS
from shared.contracts.topics import BOARDS
from shared.errors import Unavailable
from shared.kafka.as_made import as_made
from shared.kafka.asker import Asker
from shared.selfcheck.kafka import ClientFacts, KafkaFacts, TopicFacts

_AUDIENCE = "audience"


async def clients(servers: str, service: str) -> ClientFacts:
    made = await as_made(servers, service)
    return ClientFacts(made.acks, made.idempotent, made.auto_commit, made.offset_reset)


async def kafka(servers: str, service: str, *, replication: int, namespace: str = "") -> KafkaFacts:
    """Ask over a connection of its own; `replication` is how many copies are wanted. Raises Unavailable."""
    asker = Asker(servers, service)
    try:
        brokers = await asker.brokers()
        return KafkaFacts(
            brokers=len(brokers),
            wanted_replication=replication,
            topics=tuple([one for topic in PARTITIONS for one in await _topic(asker, namespace, topic)]),
            broker_settings=await _broker_settings(asker, min(brokers)),
            eligible_leaders=(await asker.features()).get("eligible.leader.replicas.version", 0) > 0,
        )
    finally:
        await asker.close()


async def _topic(asker: Asker, namespace: str, topic: str) -> list[TopicFacts]:
    name = f"{namespace}{topic}"
    found = (await asker.topics([name])).get(name)
    if found is None:
        return []
    try:
        settings = await asker.topic_settings(name)
    except Unavailable:
        settings = {}
    return [
        TopicFacts(
            name=name,
            partitions=len(found.leaders),
            wanted_partitions=PARTITIONS[topic],
            replication=found.replication,
            settings=settings,
            keeps="newest" if topic == BOARDS else "some time" if topic == _AUDIENCE else "everything",
        )
    ]


async def _broker_settings(asker: Asker, node: int) -> dict[str, str]:
    try:
        return await asker.broker_settings(node)
    except Unavailable:
        return {}
