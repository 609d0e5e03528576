"""Three brokers, each topic on all of them: whichever is lost, judges and viewers go on without it.

Recovery is measured while the broker is away: the two that are left have to do.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared.bus.kafka_link import PARTITIONS, encoded
from shared.contracts.names import competition_stream
from shared.contracts.topics import LIVESCORE
from shared.kafka.asker import Asker
from shared.kafka.producer import partition_of
from tests.faults.cluster.cluster_stage import SOAK, Stage, lasting, staged
from tests.faults.cluster.cluster_storm import storm

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600 if SOAK else 120)]

Said = pytest.CaptureFixture[str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with staged(tmp_path_factory.mktemp("stage"), brokers=3, driver="pymongo") as one:
        yield one


async def test_the_leader_of_the_marks_is_killed(stage: Stage, capsys: Said) -> None:
    async with storm(stage, "leader of the marks killed, of three brokers", capsys) as one:
        leader = await _leader(stage)
        stage.kafka.brokers[leader].kill()
        await one.recovered()
        await stage.broker_back(leader)


async def test_a_broker_that_does_not_lead_the_marks_is_killed(stage: Stage, capsys: Said) -> None:
    async with storm(stage, "another one of three brokers killed", capsys) as one:
        other = (await _leader(stage) + 1) % 3
        stage.kafka.brokers[other].kill()
        await one.recovered()
        await stage.broker_back(other)


async def test_the_leader_of_the_marks_is_frozen_and_thaws(stage: Stage, capsys: Said) -> None:
    seconds = lasting(7, 30)
    async with storm(stage, f"leader of the marks frozen for {seconds:.0f} s, of three brokers", capsys) as one:
        leader = stage.kafka.brokers[await _leader(stage)]
        leader.freeze()
        thawing = asyncio.get_running_loop().call_later(seconds, leader.thaw)
        await one.recovered()
        await asyncio.sleep(max(0.0, thawing.when() - asyncio.get_running_loop().time()))
        await one.recovered()


async def _leader(stage: Stage) -> int:
    """Which broker leads the partition that the competition's marks are on."""
    asker = Asker(stage.kafka.servers, "tests")
    key = encoded(competition_stream(stage.event.competition_id))
    try:
        state = (await asker.topics([LIVESCORE]))[LIVESCORE]
    finally:
        await asker.close()
    node = state.leaders[partition_of(key, PARTITIONS[LIVESCORE])]
    return next(n for n, broker in enumerate(stage.kafka.brokers) if broker.node == node)
