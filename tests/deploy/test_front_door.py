"""People know one address: pages, marks, boards and live feeds come through nginx, and nothing private does."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import aiohttp
import pytest
from websockets.asyncio.client import connect

from tests.deploy.front import needs_nginx
from tests.journeys.people import Competitor, Organiser
from tests.journeys.test_typical_journey import SCHEME
from tests.journeys.watching import Screens

if TYPE_CHECKING:
    from tests.deploy.conftest import Behind, OpenDoor

pytestmark = [needs_nginx, pytest.mark.asyncio(loop_scope="module")]

PAGES = (
    *("/", "/s/autumn", "/register/autumn", "/organise", "/judge", "/exercise", "/chief", "/schemes", "/mine"),
    *("/result", "/presenter", "/hall", "/s/autumn/screen", "/s/autumn/overlay", "/s/autumn/embed", "/s/autumn/setup"),
    *("/preview", "/play"),
)
_NEEDED = re.compile(r"""(?:src|href)="([^"#$]+)"|(?:from|import)\s*\(?"([./][^"]+)\"""")


async def test_registering_judging_and_watching_go_through_one_address(behind: Behind, open_door: OpenDoor) -> None:
    async with open_door() as door:
        organiser, public = Organiser(behind), Competitor(behind)
        await organiser.creates_a_showcase("autumn", en="Autumn Showcase")
        competition = await organiser.adds_a_competition("autumn", "electronics", en="Electronics")
        await organiser.imports_the_scheme(competition, SCHEME)
        async with Screens(door.url, f"competition/{competition}").on() as screens:
            wu = await public.registers(competition, "Wu", "CN")
            await organiser.approves(competition, wu, "08")
            judge = await organiser.seats_a_judge(competition, "Neutra Lim Example", "SG")  # asserts the link's address
            await judge.finds("Wu")
            receipt = await judge.reads(wu, "A1.1", "met")
            assert receipt["state"] == "settled"
            board = await screens.show(lambda board: board["rows"].get(wu, {}).get("marked") == 1)
            assert board["rows"][wu]["total"] == "1.00"
        (marked,) = await door.lines(f"/api/livescore/competitions/{competition}/marks")
        assert marked["status"] == "201"
        await door.lines("/live")
        log = door.log()
        assert judge.token not in log
        assert behind.organiser not in log
        assert "?c=" not in log


async def test_every_page_finds_everything_it_needs_at_the_same_address(behind: Behind, open_door: OpenDoor) -> None:
    async with open_door() as door, aiohttp.ClientSession() as http:

        async def load(url: str, seen: set[str]) -> None:
            seen.add(url)
            async with http.get(url, allow_redirects=False) as answer:
                assert answer.status == 200, url
                text = await answer.text()
            for found in _NEEDED.findall(text):
                needed = urljoin(url, found[0] or found[1])
                if needed.startswith("data:"):
                    continue  # stands in the page itself
                assert needed.startswith(door.url), f"{url} needs {needed}"
                if needed not in seen and "." in needed.rpartition("/")[2]:
                    await load(needed, seen)

        for page in PAGES:
            seen: set[str] = set()
            await load(door.url + page, seen)
            assert any(one.endswith(".js") for one in seen), f"no script found on {page}"

        async with http.get(f"{door.url}/judge-worker.js") as answer:  # lists what /judge needs, with its digests
            assert (answer.status, "/livescore/judge.js" in await answer.text()) == (200, True)

        for service in behind.at.ports:
            async with http.get(f"{door.url}/{service}/openapi.json") as answer:
                assert (await answer.json())["info"]["title"] == f"Showcase {service}"


async def test_metrics_and_reasons_for_not_being_ready_stay_inside(behind: Behind, open_door: OpenDoor) -> None:
    async with open_door() as door, aiohttp.ClientSession() as http:
        async with http.get(f"{door.url}/healthz") as answer:
            assert (answer.status, await answer.json()) == (200, {"status": "alive"})
        for path in (
            "/metrics",
            "/readyz",
            "/livez",
            "//metrics",
            "/%6detrics",
            "/x/../metrics",
            "/registration/metrics",
        ):
            async with http.get(door.url + path) as answer:
                assert answer.status == 404, path
                assert b"showcase_" not in await answer.read()
        # Should a way ever lead there: what the door adds to every request closes it in the service as well.
        direct = f"http://127.0.0.1:{behind.at.ports['broadcast']}/metrics"
        async with http.get(direct, headers={"X-Forwarded-For": "127.0.0.1"}) as answer:
            assert answer.status == 404


async def test_a_foreign_pages_live_feed_is_refused_and_an_own_ones_is_not(behind: Behind, open_door: OpenDoor) -> None:
    async with open_door() as door:
        await Organiser(behind).creates_a_showcase("autumn", en="Autumn Showcase")
        async with Screens(door.url, "showcase/autumn").on() as screens:
            await screens.show(lambda _board: True)
        address = f"{door.url.replace('http', 'ws', 1)}/live?c=showcase/autumn"
        async with connect(address, proxy=None, origin=door.url) as socket:  # type: ignore[arg-type]  # a NewType of str
            assert '"snapshot"' in str(await asyncio.wait_for(socket.recv(), 5))
        async with aiohttp.ClientSession() as http:
            feed = f"{door.url}/live/events?c=showcase/autumn"
            async with http.get(feed, headers={"Origin": "https://elsewhere.example"}) as answer:
                assert answer.status == 403
                assert (await answer.json())["code"] == "foreign_origin"


async def test_in_kubernetes_one_name_stands_for_all_copies_and_each_way_leads_to_one(open_door: OpenDoor) -> None:
    async with open_door("kubernetes") as door, aiohttp.ClientSession() as http:
        for path in ("/", "/judge", "/organise") * 4:
            async with http.get(door.url + path) as answer:
                assert answer.status == 200
