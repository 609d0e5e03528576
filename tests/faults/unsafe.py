"""Values as they should be, and each row of the self-check's table broken: `(row, facts, a word of the line)`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.selfcheck import Facts
from shared.selfcheck.edge import EdgeFacts
from shared.selfcheck.kafka import ClientFacts, KafkaFacts, TopicFacts
from shared.selfcheck.machine import MachineFacts
from shared.selfcheck.mongo import MongoFacts
from shared.selfcheck.sqlite import SqliteFacts

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
ON_DISK = {
    "min.insync.replicas": "2",
    "unclean.leader.election.enable": "false",
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "retention.bytes": "-1",
}

FILE = SqliteFacts("livescore.db", "3.54.1", "wal", 2, 5000, True, 0, False, False)
PEOPLE = replace(FILE, file="people.db", secure_delete=True, people=True)
HERE = MachineFacts(NOW, folder="data", folder_mode=0o700, file_system="ext4", changed=NOW)
DOOR = EdgeFacts("BROADCAST_", True, "10.0.0.7", ("https://college.example",), ("10.0.0.0/24",), kafka_replication=3)
MONGO_DOOR = replace(DOOR, prefix="LIVESCORE_", mongo="mongodb://scores:Xk2%40vQ@db1,db2,db3/?replicaSet=rs0")
EVENTS = TopicFacts("livescore", 12, 12, 3, ON_DISK)
BOARDS = TopicFacts("boards", 12, 12, 3, {**ON_DISK, "cleanup.policy": "compact"}, "newest")
BUS = KafkaFacts(3, 3, (EVENTS, BOARDS), {"auto.create.topics.enable": "false"}, eligible_leaders=True)
CLIENTS = ClientFacts("all", idempotent=True, auto_commit=False, offset_reset="earliest")
STORE = MongoFacts(
    now=NOW,
    kind="replica set",
    data_voters=3,
    arbiters=0,
    w="majority",
    journal=True,
    read_concern="majority",
    unique=frozenset({("stream", "seq"), ("stream", "command")}),
    wanted_unique=frozenset({("stream", "seq"), ("stream", "command")}),
    driver="motor",
    journal_default=True,
    persistent=True,
    server_time=NOW,
    version="8.0.4",
)
SAFE = (FILE, PEOPLE, HERE, DOOR, MONGO_DOOR, BUS, CLIENTS, STORE)


def topic(facts: TopicFacts = EVENTS, /, **settings: str) -> KafkaFacts:
    return replace(BUS, topics=(replace(facts, settings={**facts.settings, **settings}),))


def with_topic(**changes: Any) -> KafkaFacts:
    return replace(BUS, topics=(replace(EVENTS, **changes),))


REFUSED: list[tuple[str, Facts, str]] = [
    ("C1", replace(FILE, version="3.51.2"), "3.51.2"),
    ("C1", replace(FILE, version="3.52.0"), "3.52.0"),
    ("C2", replace(FILE, journal_mode="memory"), "memory"),
    ("C3", replace(FILE, synchronous=1), "power cut"),
    ("C3", replace(FILE, journal_mode="delete", synchronous=2), "power cut"),
    ("C5", replace(FILE, busy_timeout=0), "busy timeout"),
    ("C5", replace(FILE, foreign_keys=False), "foreign keys"),
    ("C7", replace(HERE, file_system="nfs4"), "nfs4"),
    ("C7", replace(HERE, file_system="fuse.sshfs"), "sshfs"),
    ("C8", replace(PEOPLE, secure_delete=False), "erased"),
    ("C10", with_topic(replication=1), "1 copy, 3 are wanted"),
    ("C10", replace(BUS, brokers=2), "2 brokers"),
    ("C10", replace(DOOR, kafka_replication=1), "BROADCAST_KAFKA_REPLICATION is 1"),
    ("C11", topic(**{"min.insync.replicas": "1"}), "min.insync.replicas to 2"),
    ("C12", topic(**{"unclean.leader.election.enable": "true"}), "unclean.leader.election"),
    ("C12", replace(BUS, broker_settings={"unclean.leader.election.enable": "true"}), "unclean.leader.election"),
    ("C12", replace(BUS, broker_settings={"auto.create.topics.enable": "true"}), "auto.create.topics.enable=false"),
    ("C15", with_topic(partitions=24), "24 partitions, not 12"),
    ("C16", replace(CLIENTS, acks=1), "acks=1"),
    ("C16", replace(CLIENTS, idempotent=False), "idempotent"),
    ("C18", replace(CLIENTS, auto_commit=True), "commits"),
    ("C19", replace(CLIENTS, offset_reset="latest"), "skips"),
    ("C21", replace(STORE, kind="standalone"), "--replSet"),
    ("C21", replace(STORE, arbiters=1, data_voters=2), "arbiter"),
    ("C22", replace(STORE, w=1), "w=1"),
    ("C22", replace(STORE, journal=False), "j=False"),
    ("C22", replace(STORE, w=None, journal=None), "w=None"),
    ("C23", replace(STORE, journal_default=False), "writeConcernMajorityJournalDefault"),
    ("C23", replace(STORE, persistent=False), "in memory"),
    ("C24", replace(STORE, read_concern="local"), "rolled back"),
    ("C24", replace(STORE, read_concern=None), "local"),
    ("C25", replace(STORE, unique=frozenset({("stream", "seq")})), "(stream, command)"),
    ("C27", replace(DOOR, origins=("*",)), "BROADCAST_ORIGINS"),
    ("C27", replace(DOOR, origins=("null",)), "BROADCAST_ORIGINS"),
    ("C27", replace(DOOR, proxies=("0.0.0.0/0",)), "forge"),
    ("C27", replace(DOOR, proxies=("::/0",)), "forge"),
    ("C27", replace(DOOR, host="0.0.0.0", proxies=()), "BROADCAST_PROXIES"),
    ("C27", replace(MONGO_DOOR, mongo="mongodb://root:example@db1/"), "LIVESCORE_MONGO has a password that everybody"),
    ("C27", replace(MONGO_DOOR, mongo="mongodb://root:@db1/"), "password"),
    ("C27", replace(HERE, exposed=("keys/signing.pem",)), "keys/signing.pem"),
    ("C30", replace(HERE, now=datetime(1970, 1, 1, 0, 5, tzinfo=UTC)), "1970"),
    ("C31", replace(HERE, missing_zones=("Asia/Shanghai",)), "Asia/Shanghai"),
    ("C32", topic(BOARDS, **{"cleanup.policy": "delete"}), "compact"),
    ("C32", topic(BOARDS, **{"cleanup.policy": "compact,delete"}), "compact"),
    ("C32", topic(**{"retention.ms": "604800000"}), "retention.ms"),
    ("C32", topic(**{"retention.bytes": "1000000"}), "retention.bytes"),
    ("C32", topic(**{"cleanup.policy": "compact"}), "forgets"),
]

WARNED: list[tuple[str, Facts, str]] = [
    ("C6", replace(FILE, mmap_size=1 << 20), "mapped"),
    ("C11", with_topic(settings={}), "DescribeConfigs"),
    ("C12", replace(BUS, broker_settings={}), "DescribeConfigs"),
    ("C13", replace(BUS, eligible_leaders=False), "eligible.leader.replicas"),
    ("C14", replace(BUS, brokers=1, wanted_replication=1), "power"),
    ("C21", replace(STORE, data_voters=1), "1 member with data"),
    ("C23", replace(STORE, journal_default=None), "clusterMonitor"),
    ("C26", replace(STORE, now=datetime(2027, 5, 14, tzinfo=UTC), server_time=None), "pymongo"),
    ("C27", replace(DOOR, cluster=False, host="0.0.0.0", proxies=()), "HTTPS"),
    ("C27", replace(DOOR, public_url="http://scores.example.org"), "https"),
    ("C27", replace(MONGO_DOOR, mongo="mongodb://db1,127.0.0.1/"), "names no user"),
    ("C29", replace(HERE, folder_mode=0o755), "chmod 700"),
    ("C30", replace(HERE, changed=NOW + timedelta(hours=1)), "went back"),
    ("C30", replace(STORE, server_time=NOW - timedelta(hours=1)), "time server"),
]
