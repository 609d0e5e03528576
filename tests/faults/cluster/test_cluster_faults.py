"""What can break in a cluster, broken under load: nothing acknowledged is lost or doubled, no viewer's board goes back.

Each test prints marks acknowledged, lost, doubled, and how long it took from the end of the fault until judges were
answered and every viewer had the newest board. Faults that go by time are short here and full with SHOWCASE_SOAK=1
(`make soak`).
"""

import asyncio
import random
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient

from services.rehearsal.organiser import organiser_token
from services.serve import SERVICES
from shared.contracts.topics import BOARDS, LIVESCORE, REGISTRATION
from tests.faults.cluster.cluster_clock import shifted_clock
from tests.faults.cluster.cluster_stage import COPIES, SOAK, Stage, lasting, staged
from tests.faults.cluster.cluster_storm import storm
from tests.faults.cluster.cluster_topics import disturbing, everything_on, marks_in, rebalancing
from tests.faults.judging import Judge

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600 if SOAK else 120)]

Said = pytest.CaptureFixture[str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with staged(tmp_path_factory.mktemp("stage")) as one:
        yield one


async def test_any_copy_of_any_service_may_be_killed_at_any_moment(stage: Stage, capsys: Said) -> None:
    seed = random.SystemRandom().randrange(10**6)
    dice, kills = random.Random(seed), 60 if SOAK else 10
    async with storm(stage, f"{kills} copies of services killed (seed {seed})", capsys) as one:
        done = 0
        while done < kills:
            done += stage.signal(*dice.choice(stage.copies), signal.SIGKILL)
            await asyncio.sleep(dice.uniform(0.05, 1.0))
        await one.recovered()


async def test_topics_that_are_deleted_are_made_anew_and_filled_from_the_ledgers(stage: Stage, capsys: Said) -> None:
    async with storm(stage, "topics deleted", capsys) as one:
        admin = AIOKafkaAdminClient(bootstrap_servers=stage.kafka.servers)
        await admin.start()
        try:
            for topic in (LIVESCORE, BOARDS, REGISTRATION):
                await admin.delete_topics([topic])
                await one.judged(10)
        finally:
            await admin.close()
        await one.recovered()
        await _holds_everything(stage, LIVESCORE)


async def test_a_broker_restored_from_an_older_copy_gets_everything_again(stage: Stage, capsys: Said) -> None:
    """Its producers live on and count further than the older broker knows, which is how they lose their sequence."""
    broker, older = stage.kafka.brokers[0], stage.at.data.parent / "older"
    async with storm(stage, "broker restored from an older copy, producers out of sequence", capsys) as one:
        await _holds_everything(stage, LIVESCORE)  # the older copy knows the producer that lives on
        broker.freeze()
        shutil.copytree(broker.data, older)
        broker.thaw()
        await one.judged(20)
        await one.pause()
        await _holds_everything(stage, LIVESCORE)  # and has less of it than there was
        before = stage.logged("OutOfOrderSequence")
        broker.kill()
        shutil.rmtree(broker.data)
        shutil.copytree(older, broker.data)
        await stage.broker_back()
        one.resume()
        await one.recovered()
        assert stage.logged("OutOfOrderSequence") > before
        await _holds_everything(stage, LIVESCORE)


async def test_the_database_is_killed_and_comes_back(stage: Stage, capsys: Said) -> None:
    times = 10 if SOAK else 1
    async with storm(stage, f"MongoDB server killed ({times} x)", capsys) as one:
        for _ in range(times):
            stage.mongo.kill()
            await asyncio.sleep(random.uniform(0.2, 3.0))
            await asyncio.to_thread(stage.mongo.start)
            await one.recovered()


async def test_everything_is_killed_at_once_and_comes_back(stage: Stage, capsys: Said) -> None:
    async with storm(stage, "all services, broker and MongoDB server killed at once", capsys) as one:
        stage.kafka.brokers[0].kill()
        stage.mongo.kill()
        for service, copy in stage.copies:
            stage.signal(service, copy, signal.SIGKILL)
        await asyncio.to_thread(stage.mongo.start)
        await stage.broker_back()
        await stage.supervisor.ready()
        await one.recovered()


async def test_what_is_frozen_for_a_while_and_thaws_does_no_harm(stage: Stage, capsys: Said) -> None:
    seconds, copy = lasting(7, 30), random.randrange(COPIES)
    apart = lasting(2, seconds + 15)  # short runs let them overlap
    fault = f"copy {copy + 1} of each service, MongoDB server and broker frozen for {seconds:.0f} s each"
    async with storm(stage, fault, capsys) as one:
        await asyncio.gather(
            _frozen(0, seconds, lambda number: [stage.signal(service, copy, number) for service in SERVICES]),
            _frozen(apart, seconds, stage.mongo.signal),
            _frozen(2 * apart, seconds, stage.kafka.brokers[0].signal),
        )
        await one.recovered()


async def _frozen(after: float, seconds: float, send: Callable[[signal.Signals], object]) -> None:
    await asyncio.sleep(after)
    send(signal.SIGSTOP)
    await asyncio.sleep(seconds)
    send(signal.SIGCONT)


async def test_judges_go_on_while_nobody_reaches_the_bus(stage: Stage, capsys: Said) -> None:
    seconds = lasting(9, 120)
    async with storm(stage, f"bus unreachable for {seconds:.0f} s", capsys) as one:
        line, clock = stage.bus_lines[0], asyncio.get_running_loop().time
        line.refusing = True
        line.cut()
        until = clock() + seconds
        while clock() < until:
            await one.judged(5, within=5)
        line.refusing = False
        await one.recovered()


async def test_without_the_database_commands_are_told_to_come_back_and_nothing_is_half_done(
    stage: Stage, capsys: Said
) -> None:
    at, line = stage.at, stage.store_line
    starts = [stage.supervisor.starts(service, copy) for service, copy in stage.copies]
    async with storm(stage, "MongoDB unreachable, then answers lost", capsys) as one, aiohttp.ClientSession() as http:
        judges = [Judge(stage.spare, stage.cast, url, http) for url in at.urls("livescore")]
        mark, *others = judges[0].marks
        organiser = {"Authorization": f"Bearer {organiser_token(at.organiser_link)}"}
        showcases = f"{at.url('registration')}/api/registration/showcases"
        line.delay = 0.03  # so that something is on its way in every moment
        await one.pause()
        for earlier in others:  # a copy that was alone for a while appends without asking first
            assert (await judges[0].give(earlier))[0] == 201
            one.took(earlier["id"])
        line.refusing = True
        line.cut()
        one.resume()
        answers, opened = await asyncio.gather(
            asyncio.gather(*(judge.give(mark) for judge in judges)),
            http.post(showcases, json=_ANOTHER_SHOWCASE, headers=organiser),
        )
        said = [(status, headers) for status, _, headers in answers] + [(opened.status, opened.headers)]
        assert [(status, int(headers["Retry-After"]) > 0) for status, headers in said] == [(503, True)] * len(said)
        line.refusing = False
        await one.recovered()
        for _ in range(40 if SOAK else 5):
            await asyncio.sleep(random.uniform(0.2, 0.4))
            line.deaf = True  # what is written now is stored, and nobody hears of it
            await asyncio.sleep(0.2)
            line.cut()
            line.deaf = False
        line.delay = 0.0
        await one.recovered()
        first, again = [await judge.give(mark) for judge in judges]
        assert (first[0], again[0], first[1]) == (201, 201, again[1])
        one.took(mark["id"])
        async with http.post(showcases, json=_ANOTHER_SHOWCASE, headers=organiser) as taken:
            assert taken.status == 201
    assert [stage.supervisor.starts(service, copy) for service, copy in stage.copies] == starts


_ANOTHER_SHOWCASE = {
    "id": "meanwhile",
    "title": {"en": "Meanwhile"},
    "timezone": "Europe/London",
    "starts_on": "2026-11-18",
    "ends_on": "2026-11-19",
    "programme": [],
}


async def test_messages_that_come_again_and_in_another_order_change_nothing(stage: Stage, capsys: Said) -> None:
    async with storm(stage, "messages of all topics again and reordered", capsys) as one:
        async with disturbing(stage, REGISTRATION, LIVESCORE, BOARDS) as disturbance:
            await one.judged(40)
            await one.pause()  # until nothing newer covers the old boards that come
            await asyncio.sleep(1.0)
        assert disturbance.published > 100
        one.resume()
        await one.recovered()
        await one.pause()
        async with disturbing(stage, BOARDS):
            await asyncio.sleep(0.5)


async def test_a_group_that_is_divided_anew_every_second_loses_nothing(stage: Stage, capsys: Said) -> None:
    seconds = lasting(5, 60)
    async with storm(stage, f"consumer group divided anew every second for {seconds:.0f} s", capsys) as one:
        async with rebalancing(stage, LIVESCORE) as group:
            await asyncio.sleep(seconds)
            async with asyncio.timeout(30):
                while group.turns <= 2:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
        await one.recovered()


async def test_a_full_disk_at_the_broker_stops_no_judge(stage: Stage, capsys: Said) -> None:
    async with storm(stage, "disk full at the broker", capsys) as one:
        with stage.full_disk(0):
            async with asyncio.timeout(20):
                while stage.kafka.brokers[0].running:  # it gives up by itself
                    await one.judged(1)
            await one.judged(10)
        await stage.broker_back()
        await one.recovered()


async def test_clocks_that_jump_by_an_hour_change_nothing(stage: Stage, capsys: Said, tmp_path: Path) -> None:
    clock = shifted_clock(tmp_path)
    async with storm(stage, "clocks of one copy of each service an hour back, then ahead, then right", capsys) as one:
        clock.jump(-3600)
        with clock.for_new_processes():
            await stage.start_again(0)
        await one.judged(12)
        for seconds in (3600, 0):
            clock.jump(seconds)
            await one.judged(12)
        await one.recovered()


async def _holds_everything(stage: Stage, topic: str) -> None:
    """Wait until the topic has every mark, for whoever reads it from its beginning."""
    wanted = set((await stage.held()).marks)
    async with asyncio.timeout(30):
        while wanted - marks_in(await everything_on(stage, topic)):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
