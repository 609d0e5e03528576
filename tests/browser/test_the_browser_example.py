"""The browser example on a page of another origin: by WebSocket, by events, by plain requests, and right each time."""

import copy
import functools
import json
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from typing_extensions import override

from shared.contracts.board import Board
from tests.browser.conftest import OpenPage
from tests.services.broadcast.process import ROOT, BroadcastProcess, Json, until

CHANNEL = "competition/expo.electronics"
EXAMPLE = "/examples/follow_a_board"
VECTORS = json.loads((ROOT / "examples" / "follow_a_board" / "vectors.json").read_text())["cases"]
_BLOCKED = "class { constructor() { setTimeout(() => (this.onclose ?? this.onerror)({code: 1006})) } close() {} }"


class _Quiet(SimpleHTTPRequestHandler):
    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """A web site of somebody else's that has the example in a folder."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(ROOT))) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{site.server_address[1]}"
        site.shutdown()


@pytest.fixture
def broadcast(browser: Browser, origin: str, tmp_path: Path) -> Iterator[BroadcastProcess]:
    assert browser.is_connected()
    with BroadcastProcess(tmp_path, ORIGINS=json.dumps([origin])) as one:
        yield one


@pytest.fixture
def shown(broadcast: BroadcastProcess) -> Json:
    """The board that is there when a page opens."""
    rows = {"p1": {"bib": "01", "name": "<b>Ada</b> Example", "country": "GB", "rank": 1, "total": "12.50"}}
    return _publish(broadcast, 1, {**rows, "p2": {"bib": "02", "name": "李示例", "country": "CN", "marked": 3}})


def _publish(broadcast: BroadcastProcess, seq: int, rows: dict[str, Json]) -> dict[str, Json]:
    broadcast.publish([Board(channel=CHANNEL, epoch="e1", seq=seq, head={"title": {"en": "Electronics"}}, rows=rows)])
    return rows


def _address(origin: str, broadcast: BroadcastProcess) -> str:
    return f"{origin}{EXAMPLE}/index.html?server={broadcast.url}&channel={CHANNEL}&from=BR"


def _shows(page: Page, position: str, *lines: str) -> None:
    expect(page.locator("#rows")).to_have_attribute("data-position", position, timeout=30_000)
    expect(page.locator("#rows tr")).to_have_text(list(lines))


ADA, LI = "101<b>Ada</b> ExampleGB12.50", "02李示例CN3"


def test_it_follows_by_websocket_and_comes_back_after_a_restart(
    broadcast: BroadcastProcess, shown: Json, origin: str, open_page: OpenPage
) -> None:
    page = open_page("about:blank", width=390)
    asked: list[str] = []
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.goto(_address(origin, broadcast))
    expect(page.locator("#state")).to_have_text("live by WebSocket")
    expect(page.locator("#title")).to_have_text("Electronics")
    _shows(page, "e1.1", ADA, LI)
    assert page.evaluate("document.documentElement.scrollWidth") == 390, "a phone shows it without moving sideways"
    until(lambda: broadcast.state(f"audience/{CHANNEL}")["state"]["head"].get("countries") == {"BR": 1})
    shown["p2"] |= {"total": "20.00", "rank": 1}
    shown["p1"]["rank"] = 2
    _publish(broadcast, 2, shown)
    _shows(page, "e1.2", "102李示例CN20.00", ADA.replace("1", "2", 1))
    broadcast.stop()
    expect(page.locator("#state")).to_have_text("not connected")
    del shown["p1"]
    _publish(broadcast, 3, shown)
    broadcast.start()
    _shows(page, "e1.3", "102李示例CN20.00")
    assert "since=&" in asked[0]
    assert "since=e1.2&" in asked[-1]


def test_where_websocket_is_blocked_it_follows_by_events_and_the_browser_resumes_them(
    broadcast: BroadcastProcess, shown: Json, origin: str, open_page: OpenPage
) -> None:
    page = open_page("about:blank")
    page.add_init_script(f"window.WebSocket = {_BLOCKED}")
    asked: list[str | None] = []
    page.on("request", lambda request: asked.append(request.url) if "/live/events" in request.url else None)
    page.goto(_address(origin, broadcast))
    expect(page.locator("#state")).to_have_text("live by Server-Sent Events")
    _shows(page, "e1.1", ADA, LI)
    broadcast.stop()
    del shown["p1"]
    _publish(broadcast, 2, shown)
    broadcast.start()
    _shows(page, "e1.2", LI)
    _publish(broadcast, 3, {})
    _shows(page, "e1.3")
    assert len(set(asked)) == 1, "the address stays: where to resume is the browser's to say"


def test_where_only_plain_requests_get_through_it_asks_and_its_cache_spares_what_has_not_changed(
    broadcast: BroadcastProcess, shown: Json, origin: str, open_page: OpenPage
) -> None:
    page = open_page("about:blank")
    page.add_init_script(f"window.WebSocket = {_BLOCKED}; window.EventSource = {_BLOCKED}")
    page.goto(_address(origin, broadcast))
    expect(page.locator("#state")).to_have_text("asking every few seconds", timeout=15_000)
    _shows(page, "e1.1", ADA, LI)
    same = 'http_request_seconds_count{method="GET",route="/live/state/{kind}/{name}",status="304"}'
    until(lambda: broadcast.figure(same) >= 1)
    _publish(broadcast, 2, {"p2": shown["p2"]})
    _shows(page, "e1.2", LI)


def test_a_page_of_an_origin_nobody_allowed_can_only_ask(
    broadcast: BroadcastProcess, shown: Json, origin: str, open_page: OpenPage
) -> None:
    assert shown
    page = open_page(_address(origin.replace("127.0.0.1", "localhost"), broadcast))
    expect(page.locator("#state")).to_have_text("asking every few seconds", timeout=15_000)
    _shows(page, "e1.1", ADA, LI)
    assert broadcast.figure('refused_total{code="foreign_origin"}') >= 4
    assert broadcast.figure('joins_total{wire="ws"}') + broadcast.figure('joins_total{wire="deflate"}') == 0


def test_the_vectors_hold_for_the_example_and_for_the_viewers_page(origin: str, open_page: OpenPage) -> None:
    page = open_page(f"{origin}{EXAMPLE}/README.md")
    cases = copy.deepcopy(VECTORS)
    example = _taken(page, f"{EXAMPLE}/follow.js", "take", cases)
    viewers = _taken(page, "/services/broadcast/web/board.js", "advance", cases)
    for case, ours, theirs in zip(cases, example, viewers, strict=True):
        wanted = None if case.get("again") else case["then"]
        assert ours == wanted, case["why"]
        assert theirs == wanted, case["why"]


def _taken(page: Page, module: str, name: str, cases: list[Json]) -> Any:
    """What a module makes of each case: the board, or null where the last frame does not fit."""
    return page.evaluate(
        """async ([module, name, cases]) => {
          const take = (await import(module))[name];
          return cases.map(({ held, frames }) => frames.reduce((board, frame) => take(board, frame), held));
        }""",
        [module, name, cases],
    )


def test_it_waits_as_close_codes_say(origin: str, open_page: OpenPage) -> None:
    page = open_page(f"{origin}{EXAMPLE}/README.md")
    waits = page.evaluate(
        """async (module) => {
          const { pause } = await import(module);
          return [pause(4404, 0), pause(1013, 0), pause(1013, 3), pause(4008, 0), pause(1006, 9), pause(1012, 4, 2500)];
        }""",
        f"{EXAMPLE}/follow.js",
    )
    missing, full, still_full, slow, lost, told = waits
    assert missing >= 15_000
    assert full >= 5_000
    assert still_full >= 4 * 5_000
    assert slow >= 5_000
    assert 0 <= lost <= 30_000
    assert told == 2500
