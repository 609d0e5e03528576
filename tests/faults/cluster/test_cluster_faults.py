"""What can break in a cluster, broken under load: nothing acknowledged is lost or doubled, no viewer's board goes back.

Each test prints marks acknowledged, lost, doubled, and how long it took from the end of the fault until judges were
answered and every viewer had the newest board. Faults that go by time are short here and full with SHOWCASE_SOAK=1
(`make soak`).
"""

import asyncio
import random
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.faults.cluster.cluster_stage import SOAK, Stage, lasting, staged
from tests.faults.cluster.cluster_storm import storm

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600 if SOAK else 120)]

Said = pytest.CaptureFixture[str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with staged(tmp_path_factory.mktemp("stage")) as one:
        yield one


async def test_any_copy_of_any_service_may_be_killed_at_any_moment(stage: Stage, capsys: Said) -> None:
    seed = random.SystemRandom().randrange(10**6)
    dice, kills = random.Random(seed), 40 if SOAK else 12
    async with storm(stage, f"{kills} copies of services killed (seed {seed})", capsys) as one:
        done = 0
        while done < kills:
            done += stage.signal(*dice.choice(stage.copies), signal.SIGKILL)
            await asyncio.sleep(dice.uniform(0.05, 1.0))
        await one.recovered()


async def test_the_database_is_killed_and_comes_back(stage: Stage, capsys: Said) -> None:
    async with storm(stage, "MongoDB server killed twice", capsys) as one:
        for away in (0.2, 2.0):
            stage.mongo.kill()
            await asyncio.sleep(away)
            await asyncio.to_thread(stage.mongo.start)
            await one.recovered()


async def test_the_broker_is_killed_and_comes_back(stage: Stage, capsys: Said) -> None:
    async with storm(stage, "the only broker killed", capsys) as one:
        stage.kafka.brokers[0].kill()
        await one.judged(20)
        stage.kafka.brokers[0].start()
        await one.recovered()


async def test_judges_go_on_while_nobody_reaches_the_bus(stage: Stage, capsys: Said) -> None:
    seconds = lasting(12, 120)
    async with storm(stage, f"bus unreachable for {seconds:.0f} s", capsys) as one:
        line = stage.bus_lines[0]
        line.refusing = True
        line.cut()
        async with asyncio.timeout(seconds + 10):
            begun = asyncio.get_running_loop().time()
            while asyncio.get_running_loop().time() < begun + seconds:
                await one.judged(5)
        line.refusing = False
        await one.recovered()
