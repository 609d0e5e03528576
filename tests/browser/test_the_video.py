"""A showcase's video beside its board: nothing from anybody else before play is pressed, and then from nobody else.

The streams come from servers on other ports, which are other origins; players of others are answered in their place.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect

from tests.browser.axe import TWO_LOOKS, faults_in
from tests.browser.conftest import OpenPage
from tests.browser.elsewhere import Elsewhere, elsewhere
from tests.browser.running import ROOT, Running, free_ports, until

HLS = ROOT / "services" / "broadcast" / "web" / "hls"
HLS_SHA256 = "482cccb3a224554f64d8c2cf0d335dba4a3819bdb726afbfddfe15de4c277d82"
ADDRESSES = json.loads((ROOT / "tests/domain/registration/stream_addresses.json").read_text(encoding="utf-8"))
NO_PLAYER_OF_ITS_OWN = "HTMLMediaElement.prototype.canPlayType = () => '';"
YOUTUBE = "https://www.youtube.com/live/aB3_-xYz012"
BILIBILI = "https://live.bilibili.com/21452505"


@dataclass(frozen=True)
class Theatre:
    """Registration and broadcast, an origin that the operator allows frames of, and one that is not allowed."""

    house: Running
    allowed: Elsewhere
    other: Elsewhere

    def put_on(self, showcase: str, *streams: dict[str, Any], competition: bool = False) -> str:
        """A showcase with these streams; the address of its board, which has a title if it has a competition."""
        title = {"en": "Trial Showcase", "zh": "试验交流展示"}
        day = {"starts_on": "2031-04-01", "ends_on": "2031-04-02", "timezone": "Asia/Shanghai"}
        self._send("/showcases", {"id": showcase, "title": title, **day, "streams": streams})
        if competition:
            window = {"opens_at": "2031-01-01T00:00:00Z", "closes_at": "2031-02-01T00:00:00Z"}
            electronics = {"slug": "electronics", "title": {"en": "Electronics", "zh": "电子技术"}, "capacity": 9}
            self._send(f"/showcases/{showcase}/competitions", electronics | window)
        until(lambda: showcase in self._channels())
        return f"{self.house.url('broadcast')}/s/{showcase}"

    def change(self, showcase: str, saw: list[dict[str, Any]], streams: list[dict[str, Any]]) -> None:
        self._send(f"/showcases/{showcase}/streams", {"saw": saw, "streams": streams})

    def _send(self, path: str, body: object) -> None:
        self.house.send("POST", "registration", f"/api/registration{path}", body, self.house.organiser_token)

    def _channels(self) -> set[str]:
        listed = self.house.send("GET", "broadcast", "/live/state")["channels"]
        return {one["channel"].partition("/")[2] for one in listed}


@pytest.fixture(scope="module")
def theatre(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    assert browser.is_connected()
    house = Running(tmp_path_factory.mktemp("theatre"))
    with elsewhere() as allowed, elsewhere() as other, pytest.MonkeyPatch.context() as environment:
        environment.setenv("BROADCAST_FRAMES", json.dumps([allowed.url]))
        try:
            for name in ("registration", "broadcast"):
                house.start(name)
            yield Theatre(house, allowed, other)
        finally:
            house.stop()


def _player(page: Page) -> FrameLocator:
    return page.frame_locator(".video iframe")


def _moves(page: Page) -> bool:
    """Whether the video in the frame is past its beginning."""
    video = _player(page).locator("video")
    return bool(video.evaluate("video => video.currentTime > 0.2 && video.videoWidth === 32"))


def _foreign(page: Page, own: str) -> list[str]:
    """From now on, whatever this page asks somebody else for."""
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if not one.url.startswith(own) else None)
    return asked


def test_the_vendored_player_is_what_its_notice_says() -> None:
    script = (HLS / "hls.light.min.js").read_bytes()
    assert hashlib.sha256(script).hexdigest() == HLS_SHA256
    assert gzip.decompress((HLS / "hls.light.min.js.gz").read_bytes()) == script
    assert HLS_SHA256 in (HLS / "NOTICE").read_text()
    assert "Apache License" in (HLS / "LICENSE").read_text()


def test_page_and_service_agree_on_every_address(theatre: Theatre, open_page: OpenPage) -> None:
    page = open_page(theatre.house.url("broadcast"))
    found = page.evaluate(
        """async ({ shown, wrong }) => {
          const { faultOf, recognise } = await import("/shared/streams.js");
          return {
            shown: shown.map(({ url }) => ({ url, ...recognise(url), fault: faultOf(url) })),
            wrong: wrong.map(({ url }) => ({ url, fault: faultOf(url) })),
          };
        }""",
        ADDRESSES,
    )
    assert found["shown"] == [{**one, "fault": None} for one in ADDRESSES["shown"]]
    assert found["wrong"] == ADDRESSES["wrong"]


@pytest.mark.parametrize("own_player", [True, False], ids=["the browser's player", "hls.js"])
def test_hls_is_played_once_play_is_pressed_and_nothing_foreign_is_loaded_before(
    theatre: Theatre, open_page: OpenPage, own_player: bool
) -> None:
    name = "hls-native" if own_player else "hls-script"
    board = theatre.put_on(name, {"url": f"{theatre.other.url}/{name}/live.m3u8", "title": {"en": "From the hall"}})
    page = open_page("about:blank")
    if not own_player:
        page.add_init_script(NO_PLAYER_OF_ITS_OWN)
    foreign = _foreign(page, theatre.house.url("broadcast"))
    page.goto(f"{board}?lang=en")
    expect(page.get_by_text("From the hall")).to_be_visible()
    expect(page.get_by_text(f"Nothing is loaded from {theatre.other.url[7:]} before you press this")).to_be_visible()
    assert foreign == []
    page.get_by_role("button", name="Play From the hall, from 127.0.0.1").click()
    until(lambda: _moves(page))
    assert foreign
    assert {url.rpartition("/")[0] for url in foreign if url.startswith("http")} == {f"{theatre.other.url}/{name}"}
    loaded = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    assert not [one for one in loaded if "hls.light" in one], "only the player's own page loads it"
    assert [referer for path, referer in theatre.other.asked if name in path and referer] == []


def test_a_stream_that_has_not_begun_says_so_and_plays_on_another_try(theatre: Theatre, open_page: OpenPage) -> None:
    board = theatre.put_on("not-begun", {"url": f"{theatre.other.url}/not-begun/live.m3u8"})
    theatre.other.begun = False
    try:
        page = open_page(f"{board}?lang=en")
        page.get_by_role("button", name="Play").click()
        expect(page.get_by_text("The video has not begun, or is over.")).to_be_visible()
    finally:
        theatre.other.begun = True
    page.get_by_role("button", name="Try again").click()
    until(lambda: _moves(page))
    expect(page.get_by_text("The video has not begun")).to_have_count(0)


def test_without_a_network_the_video_waits_and_begins_by_itself(theatre: Theatre, open_page: OpenPage) -> None:
    board = theatre.put_on("offline", {"url": f"{theatre.other.url}/offline/live.m3u8"})
    page = open_page(f"{board}?lang=en")
    page.get_by_role("button", name="Play").wait_for()
    page.context.set_offline(True)
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_text("This device has no network.")).to_be_visible()
    expect(page.locator("iframe")).to_have_count(0)
    page.context.set_offline(False)
    until(lambda: page.locator("iframe").count() > 0 and _moves(page))


def test_a_stream_that_cannot_be_reached_says_what_to_do(theatre: Theatre, open_page: OpenPage) -> None:
    (port,) = free_ports(1)
    board = theatre.put_on("unreachable", {"url": f"http://127.0.0.1:{port}/live.m3u8"})
    page = open_page(f"{board}?lang=zh")
    page.get_by_role("button", name="播放").click()
    expect(page.get_by_text(f"此处无法访问 127.0.0.1:{port}")).to_be_visible()
    expect(page.get_by_role("button", name="重试")).to_be_visible()
    page.get_by_role("button", name="关闭视频").click()
    expect(page.get_by_role("button", name="播放")).to_be_focused()


def test_a_page_of_an_allowed_origin_is_framed_and_another_becomes_a_link(
    theatre: Theatre, open_page: OpenPage
) -> None:
    board = theatre.put_on(
        "frames",
        {"url": f"{theatre.allowed.url}/player?id=1", "title": {"en": "Allowed"}},
        {"url": f"{theatre.other.url}/player?id=2", "title": {"en": "Not allowed"}},
    )
    page = open_page(f"{board}?lang=en")
    page.get_by_role("button", name="Play Allowed").click()
    expect(_player(page).get_by_text("The hall of the college")).to_be_visible()
    assert theatre.allowed.asked[-1] == ("/player?id=1", f"{theatre.house.url('broadcast')}/"), "the origin, no more"
    page.get_by_role("button", name="Not allowed").click()
    link = page.get_by_role("link", name=f"Watch at {theatre.other.url[7:]}")
    expect(link).to_be_focused()
    assert link.get_attribute("href") == f"{theatre.other.url}/player?id=2"
    assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noopener noreferrer")
    expect(page.locator("iframe")).to_have_count(0)
    assert "/player?id=2" not in {path for path, _ in theatre.other.asked}


def test_the_browser_itself_refuses_a_frame_that_is_not_allowed(theatre: Theatre, browser: Browser) -> None:
    board = theatre.put_on("forced")
    context = browser.new_context()  # not `open_page`, which fails on what is wanted here
    page = context.new_page()
    page.goto(board)
    force = "src => document.body.append(Object.assign(document.createElement('iframe'), { src }))"
    with page.expect_console_message(lambda one: "Content Security Policy" in one.text and "frame-src" in one.text):
        page.evaluate(force, f"{theatre.other.url}/forced")
    connect = "url => fetch(url).then(() => 'read', () => 'refused')"
    assert page.evaluate(connect, f"{theatre.allowed.url}/forced") == "refused"
    context.close()
    assert "/forced" not in {path for site in (theatre.allowed, theatre.other) for path, _ in site.asked}


@pytest.mark.parametrize(
    ("lang", "host", "referer"),
    [("en", "www.youtube-nocookie.com", "the board's"), ("zh", "www.bilibili.com", None)],
)
def test_viewers_get_the_stream_in_their_language_and_its_host_learns_the_least(
    theatre: Theatre, open_page: OpenPage, lang: str, host: str, referer: str | None
) -> None:
    streams = ({"url": BILIBILI, "lang": "zh"}, {"url": YOUTUBE, "lang": "en"})
    board = theatre.put_on(f"languages-{lang}", *streams)
    page = open_page("about:blank")
    told: list[tuple[str, str | None]] = []

    def stand_in(route: Route) -> None:
        told.append((route.request.url, route.request.headers.get("referer")))
        route.fulfill(content_type="text/html", body="<!doctype html><title>Player</title><p>A player</p>")

    page.route(re.compile("youtube|bilibili"), stand_in)
    page.goto(f"{board}?lang={lang}")
    page.locator(".video-play").click()
    expect(_player(page).get_by_text("A player")).to_be_visible()
    (asked,) = told
    assert asked[0].startswith(f"https://{host}/")
    assert asked[1] == (f"{theatre.house.url('broadcast')}/" if referer else None)
    frame = page.locator(".video iframe")
    assert "allow-top-navigation" not in str(frame.get_attribute("sandbox"))
    assert frame.get_attribute("title")


def test_what_plays_goes_on_while_the_language_is_switched_and_ends_when_it_is_taken_away(
    theatre: Theatre, open_page: OpenPage
) -> None:
    playing = {"url": f"{theatre.allowed.url}/player?goes-on", "title": {"en": "The hall", "zh": "现场"}, "lang": "en"}
    further = {"url": BILIBILI, "lang": "zh"}
    page = open_page(f"{theatre.put_on('goes-on', playing)}?lang=en")
    page.get_by_role("button", name="Play The hall").click()
    expect(_player(page).get_by_text("The hall of the college")).to_be_visible()
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("button", name="关闭视频")).to_be_visible()
    theatre.change("goes-on", [playing], [playing, further])
    expect(page.get_by_role("button", name="live.bilibili.com")).to_be_visible()
    expect(page.get_by_title("现场")).to_be_visible()
    assert [path for path, _ in theatre.allowed.asked].count("/player?goes-on") == 1
    theatre.change("goes-on", [playing, further], [further])
    expect(page.locator("iframe")).to_have_count(0)
    expect(page.get_by_role("button", name="播放现场视频")).to_be_visible()
    theatre.change("goes-on", [further], [])
    expect(page.locator(".video")).to_have_count(0)


def test_the_video_is_used_by_keyboard_alone(theatre: Theatre, open_page: OpenPage) -> None:
    board = theatre.put_on("by-keyboard", {"url": f"{theatre.allowed.url}/player?keys", "title": {"en": "The hall"}})
    page = open_page(f"{board}?lang=en")
    button = page.get_by_role("button", name="Play The hall")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".video iframe")).to_be_focused()
    close = page.get_by_role("button", name="Close the video")
    close.focus()
    page.keyboard.press("Space")
    expect(button).to_be_focused()


def test_axe_finds_nothing_wrong_with_a_video(theatre: Theatre, open_page: OpenPage) -> None:
    streams = (
        {"url": f"{theatre.allowed.url}/player?axe", "title": {"en": "The hall", "zh": "现场"}},
        {"url": f"{theatre.other.url}/player?axe", "lang": "zh"},
        {"url": YOUTUBE, "lang": "en"},
    )
    board = theatre.put_on("axe", *streams, competition=True)
    page = open_page(board)
    assert faults_in(page, board, lambda page: page.locator(".video-play").wait_for()) == []

    def playing(page: Page) -> None:
        if not page.locator("iframe").count():
            page.locator(".video-others button").first.click()
            page.locator(".video-play").click()
        page.locator("iframe").wait_for()

    assert faults_in(page, f"{board}?playing", playing, TWO_LOOKS) == []


def test_the_player_of_hls_has_no_origin_and_hence_nothing_of_ours(theatre: Theatre, open_page: OpenPage) -> None:
    board = theatre.put_on("no-origin", {"url": f"{theatre.other.url}/no-origin/live.m3u8"})
    page = open_page(f"{board}?lang=en")
    page.get_by_role("button", name="Play").click()
    until(lambda: _moves(page))
    reach = """() => {
      const tries = [() => localStorage.length, () => document.cookie, () => parent.document.title];
      const reached = (one) => { try { one(); return "reached"; } catch (error) { return error.name; } };
      return [self.origin, ...tries.map(reached)];
    }"""
    found = _player(page).locator("body").evaluate(reach)
    assert found == ["null", "SecurityError", "SecurityError", "SecurityError"]


def test_the_player_plays_for_nobody_outside_a_frame(theatre: Theatre, open_page: OpenPage) -> None:
    url = f"{theatre.other.url}/alone/live.m3u8"
    page = open_page(f"{theatre.house.url('broadcast')}/play#url={url}")
    expect(page.locator("video")).not_to_have_attribute("src", re.compile("."))
    assert not [path for path, _ in theatre.other.asked if "alone" in path]
