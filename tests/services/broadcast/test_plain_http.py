"""The same boards without WebSocket: Server-Sent Events and plain requests."""

import asyncio

import aiohttp
import orjson
import pytest
from yarl import URL

from tests.services.broadcast.service import CHANNEL, Broadcast, Start

OTHER = "showcase/expo"


async def event(answer: aiohttp.ClientResponse) -> tuple[str, dict[str, object]]:
    """The next event's id and frame; comments and retry lines are passed over."""
    place = ""
    async with asyncio.timeout(5):
        while line := (await answer.content.readline()).decode().rstrip("\n"):
            if line.startswith("id: "):
                place = line[4:]
            if line.startswith("data: "):
                await answer.content.readline()
                return place, dict(orjson.loads(line[6:]))
        return await event(answer)


def events(broadcast: Broadcast, query: str, **headers: str) -> "aiohttp.client._RequestContextManager":
    return broadcast.http.get(f"{broadcast.url}/live/events?{query}", headers=headers)


async def test_events_carry_the_same_frames_with_positions_as_ids(broadcast: Broadcast) -> None:
    await broadcast.show(4, {"a": {"total": "4"}})
    await broadcast.show(1, {}, channel=OTHER)
    async with events(broadcast, f"c={CHANNEL}&c={OTHER}") as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        place, first = await event(answer)
        assert (place, first["type"]) == ("e1.4,", "snapshot")
        place, _ = await event(answer)
        assert place == "e1.4,e1.1"
        await broadcast.publish(5, {"a": {"total": "5"}})
        place, change = await event(answer)
        assert (place, change["rows"]) == ("e1.5,e1.1", {"a": {"total": "5"}})


async def test_an_event_source_resumes_by_its_last_event_id(broadcast: Broadcast) -> None:
    for seq in (1, 2, 3):
        await broadcast.show(seq, {"a": {"total": str(seq)}})
    async with events(broadcast, f"c={CHANNEL}&since=e1.1", **{"Last-Event-ID": "e1.2"}) as answer:
        place, change = await event(answer)
        assert (place, change["type"], change["base"]) == ("e1.3", "delta", 2)


async def test_a_last_event_id_that_fits_nothing_is_ignored(broadcast: Broadcast) -> None:
    await broadcast.show(3)
    for held in ("nonsense", "e1.3,e1.3", "e1.x"):
        async with events(broadcast, f"c={CHANNEL}", **{"Last-Event-ID": held}) as answer:
            assert (await event(answer))[1]["type"] == "snapshot"


async def test_a_configured_origin_may_read_the_events(start: Start) -> None:
    async with start(origins=["https://college.example"]) as broadcast:
        await broadcast.show(1)
        async with events(broadcast, f"c={CHANNEL}", Origin="https://college.example") as answer:
            assert answer.headers["Access-Control-Allow-Origin"] == "https://college.example"


async def test_state_is_one_snapshot_with_its_position_as_etag(broadcast: Broadcast) -> None:
    await broadcast.show(2, {"a": {"total": "2"}})
    url = f"{broadcast.url}/live/state/{CHANNEL}"
    async with broadcast.http.get(url) as answer:
        assert answer.headers["ETag"] == '"e1.2"'
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "stale-while-revalidate" in answer.headers["Cache-Control"]
        assert (await answer.json())["state"]["rows"] == {"a": {"total": "2"}}
    for held, status in {'"e1.2"': 304, 'W/"e1.2"': 304, '"x", "e1.2"': 304, "*": 304, '"e1.1"': 200}.items():
        async with broadcast.http.get(url, headers={"If-None-Match": held}) as answer:
            assert (held, answer.status) == (held, status)
            assert answer.headers["ETag"] == '"e1.2"'


async def test_a_long_state_is_sent_compressed_to_whom_can_read_it(broadcast: Broadcast) -> None:
    rows = {f"row-{n}": {"name": "Nova Example", "total": str(n)} for n in range(40)}
    await broadcast.show(3, rows)
    url = f"{broadcast.url}/live/state/{CHANNEL}"
    lengths = {}
    for coding in ("gzip", "identity"):
        async with broadcast.http.get(url, headers={"Accept-Encoding": coding}) as answer:
            assert answer.headers["Vary"] == "Accept-Encoding"
            assert answer.headers.get("Content-Encoding") == (coding if coding == "gzip" else None)
            assert (await answer.json())["state"]["rows"] == rows
            lengths[coding] = int(answer.headers["Content-Length"])
    assert lengths["gzip"] < lengths["identity"] / 3


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("gzip ; q=0.001", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("br, gzip; q=0.000, identity", False),
        ("gzipped", False),
    ],
)
async def test_who_says_that_it_cannot_unpack_is_sent_nothing_packed(
    broadcast: Broadcast, accepted: str, packed: bool
) -> None:
    await broadcast.show(1, {f"row-{n}": {"name": "Nova Example"} for n in range(40)})
    for path in (f"/live/state/{CHANNEL}", "/broadcast/follow.js", "/s/expo"):
        url = broadcast.url + path
        async with broadcast.http.get(url, headers={"Accept-Encoding": accepted}, auto_decompress=False) as answer:
            assert (path, answer.headers.get("Content-Encoding")) == (path, "gzip" if packed else None)
            assert (await answer.read()).startswith(b"\x1f\x8b") is packed


async def test_no_cache_keeps_that_something_is_not_there(broadcast: Broadcast) -> None:
    for path in ("/live/state/competition/no.body", "/nothing-here"):
        async with broadcast.http.get(broadcast.url + path) as answer:
            assert (answer.status, answer.headers["Cache-Control"]) == (404, "no-store")


async def test_the_channels_are_listed_with_their_positions(broadcast: Broadcast) -> None:
    await broadcast.show(2)
    async with broadcast.http.get(f"{broadcast.url}/live/state") as answer:
        channels = {one["channel"]: one for one in (await answer.json())["channels"]}
    assert channels[CHANNEL] == {"channel": CHANNEL, "epoch": "e1", "seq": 2}
    assert f"audience/{CHANNEL}" in channels


async def test_the_state_of_an_unknown_channel_is_a_problem(broadcast: Broadcast) -> None:
    async with broadcast.http.get(f"{broadcast.url}/live/state/competition/no.body") as answer:
        assert (answer.status, (await answer.json(content_type=None))["code"]) == (404, "no_such_channel")


async def test_an_escaped_channel_name_and_an_audience_are_found(broadcast: Broadcast) -> None:
    await broadcast.show(1)
    for path in (CHANNEL.replace("/", "%2F"), f"audience/{CHANNEL}"):
        async with broadcast.http.get(URL(f"{broadcast.url}/live/state/{path}", encoded=True)) as answer:
            assert answer.status == 200


async def test_pages_health_and_the_api_document_are_served(broadcast: Broadcast) -> None:
    for path in ("/", "/s/expo", "/broadcast/follow.js", "/shared/base.css", "/livez", "/readyz", "/openapi.json"):
        async with broadcast.http.get(broadcast.url + path) as answer:
            assert (path, answer.status) == (path, 200)


async def test_a_collector_sees_which_board_this_node_shows_and_that_it_is_ready(broadcast: Broadcast) -> None:
    await broadcast.show(7)
    assert await broadcast.figure(f'board_seq{{channel="{CHANNEL}"}}') == 7
    assert await broadcast.figure(f'board_seq{{channel="audience/{CHANNEL}"}}') == 0, "counted here, comparable nowhere"
    assert await broadcast.figure("ready") == 1
    assert await broadcast.figure("viewers_behind") == 0
