"""Who watches, in numbers: per channel and per country that viewers say, and never more than that."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import orjson
import pytest
from websockets.asyncio.client import ClientConnection

from services.broadcast.audience import Audience
from services.broadcast.crowd import Crowd
from services.broadcast.figures import Figures
from services.broadcast.hub import Hub
from tests.services.broadcast.service import CHANNEL, Broadcast, Json, frame, until

COUNTED = f"audience/{CHANNEL}"
OTHER = "showcase/expo"


@pytest.fixture
async def watcher(broadcast: Broadcast) -> AsyncIterator[ClientConnection]:
    await broadcast.show(1)
    await broadcast.show(1, channel=OTHER)
    async with broadcast.live(COUNTED) as viewer:
        assert (await frame(viewer))["state"] == {"head": {"watching": 0}, "rows": {}}
        yield viewer


async def heads_until(viewer: ClientConnection, wanted: Json) -> list[Json]:
    """The heads that came, up to the wanted one."""
    head: Json = {}
    seen = []
    while head != wanted:
        changed = (await frame(viewer))["head"]
        head = {key: value for key, value in {**head, **changed}.items() if value is not None}
        seen.append(head)
    return seen


async def test_viewers_count_for_the_country_they_say(broadcast: Broadcast, watcher: ClientConnection) -> None:
    async with AsyncExitStack() as some:
        for said in ("&from=CN", "&from=CN", "&from=GB", "", "&from=gb", "&from=Atlantis"):
            await some.enter_async_context(broadcast.live(query=f"c={CHANNEL}{said}"))
        await heads_until(watcher, {"watching": 6, "countries": {"CN": 2, "GB": 1}})
    await heads_until(watcher, {"watching": 0})


async def test_over_server_sent_events_too(broadcast: Broadcast, watcher: ClientConnection) -> None:
    async with broadcast.http.get(f"{broadcast.url}/live/events?c={CHANNEL}&from=BR"):
        await heads_until(watcher, {"watching": 1, "countries": {"BR": 1}})


async def test_who_looks_at_several_channels_counts_in_each(broadcast: Broadcast, watcher: ClientConnection) -> None:
    query = f"c={CHANNEL}&c={OTHER}&c={COUNTED}&from=CN"
    async with broadcast.live(query=query), broadcast.live(query=f"c={OTHER}"):
        await heads_until(watcher, {"watching": 1, "countries": {"CN": 1}})

        async def both() -> bool:
            async with broadcast.http.get(f"{broadcast.url}/live/state/audience/{OTHER}") as answer:
                return bool((await answer.json())["state"]["head"] == {"watching": 2, "countries": {"CN": 1}})

        await until(both)


async def test_who_came_and_went_leaves_nothing_behind(broadcast: Broadcast, watcher: ClientConnection) -> None:
    async with broadcast.live(query=f"c={CHANNEL}&from=CN") as lost:
        await heads_until(watcher, {"watching": 1, "countries": {"CN": 1}})
        lost.transport.abort()
        await heads_until(watcher, {"watching": 0})
    refused = broadcast.live(query=f"c={CHANNEL}&c=competition/no.such&from=GB")
    async with refused, broadcast.live(query=f"c={CHANNEL}"):
        assert all("countries" not in head for head in await heads_until(watcher, {"watching": 1}))


async def test_a_crowd_that_comes_at_once_is_told_once(broadcast: Broadcast, watcher: ClientConnection) -> None:
    async with AsyncExitStack() as some:
        async with asyncio.TaskGroup() as group:
            for n in range(60):
                live = broadcast.live(query=f"c={CHANNEL}&from={('CN', 'GB', 'BR')[n % 3]}")
                group.create_task(some.enter_async_context(live))
        seen = await heads_until(watcher, {"watching": 60, "countries": {"BR": 20, "CN": 20, "GB": 20}})
        assert len(seen) <= 3


def told(audience: Audience, hub: Hub) -> tuple[int, Json]:
    """What the next viewer of the count would see after one more turn of the second."""
    audience.turn()
    counted = hub.channels[COUNTED]
    counted.flush()
    shown = orjson.loads(counted.snapshot().body)
    return shown["seq"], shown["state"]["head"]


async def test_a_second_in_which_nothing_changed_says_nothing() -> None:
    hub = Hub(Figures())
    audience = Audience(hub, "epoch")
    audience.follow(CHANNEL)
    assert told(audience, hub) == (1, {"watching": 0})
    audience.joined((CHANNEL, COUNTED), "CN")
    assert told(audience, hub) == told(audience, hub) == (2, {"watching": 1, "countries": {"CN": 1}})
    audience.joined((CHANNEL,), "")
    audience.left((CHANNEL,), "")
    assert told(audience, hub)[0] == 2
    audience.joined((CHANNEL,), "GB")
    audience.left((CHANNEL, COUNTED), "CN")
    assert told(audience, hub) == (3, {"watching": 1, "countries": {"GB": 1}})


async def test_in_a_large_crowd_a_small_change_waits_for_some_seconds_and_a_large_one_does_not() -> None:
    hub = Hub(Figures())
    audience = Audience(hub, "epoch")
    audience.follow(CHANNEL)
    crowd = {CHANNEL: 1000}
    audience.elsewhere = lambda: Crowd(crowd)
    assert told(audience, hub) == (2, {"watching": 1000})
    crowd[CHANNEL] = 1009
    assert [told(audience, hub)[0] for _ in range(5)] == [2, 2, 2, 2, 3]
    crowd[CHANNEL] = 1020
    assert told(audience, hub) == (4, {"watching": 1020})
    crowd[CHANNEL] = 40
    assert told(audience, hub) == (5, {"watching": 40})
    crowd[CHANNEL] = 41
    assert told(audience, hub) == (6, {"watching": 41})


async def test_viewers_of_other_processes_are_added() -> None:
    hub = Hub(Figures())
    audience = Audience(hub, "epoch")
    audience.follow(CHANNEL)
    audience.joined((CHANNEL,), "CN")
    audience.elsewhere = lambda: Crowd({CHANNEL: 7, OTHER: 2}, {CHANNEL: {"CN": 3, "FR": 1}})
    assert told(audience, hub) == (2, {"watching": 8, "countries": {"CN": 4, "FR": 1}})
    assert told(audience, hub)[0] == 2
    assert audience.here.head(CHANNEL) == {"watching": 1, "countries": {"CN": 1}}


def test_counting_as_they_come_and_go_is_counting_those_who_are_there() -> None:
    chance = random.Random(7)
    crowd, inside = Crowd(), list[tuple[tuple[str, ...], str]]()
    for _ in range(3000):
        if inside and chance.random() < 0.5:
            crowd.go(*inside.pop(chance.randrange(len(inside))))
        else:
            inside.append((tuple(chance.sample("abcd", chance.randint(1, 4))), chance.choice(["", "CN", "GB", "BR"])))
            crowd.come(*inside[-1])
    assert crowd.watching == Counter(name for channels, _ in inside for name in channels)
    for name in "abcd":
        told = Counter(country for channels, country in inside if country and name in channels)
        assert crowd.countries.get(name, Counter()) == told
    for one in inside:
        crowd.go(*one)
    assert not crowd.watching
    assert not crowd.countries
