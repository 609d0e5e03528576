"""The board in a frame of another site, whose storage the browser keeps from us; and the page that builds the frame."""

import contextlib
import re
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import orjson
import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect
from typing_extensions import override

from tests.browser.conftest import CHROMIUM_ARGS, OpenPage, chromium
from tests.browser.pictures import REVEALING, Picture, rows
from tests.browser.stage import Stage

Site = Callable[[str], str]
_STORAGE = "() => { try { return localStorage ? 'open' : 'none' } catch { return 'denied' } }"


@contextlib.contextmanager
def _served(body: str) -> Iterator[str]:
    """A page of another site: another host name, to the browser as foreign as any."""

    class Foreign(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        @override
        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Foreign)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    """Puts a text into the body of a page of another site; its address."""
    with contextlib.ExitStack() as stack:
        yield lambda body: stack.enter_context(_served(f"<!doctype html><html lang=en><body>{body}</body></html>"))


@pytest.fixture
def strict(browser: Browser, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser whose user has blocked what other sites' frames store."""
    settings = tmp_path / "Default" / "Preferences"
    settings.parent.mkdir()
    settings.write_bytes(orjson.dumps({"profile": {"cookie_controls_mode": 1, "block_third_party_cookies": True}}))
    opened = browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=chromium(), args=CHROMIUM_ARGS, viewport={"width": 700, "height": 800}
    )
    yield opened
    opened.close()


def _frame(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def test_with_the_code_from_the_page_it_is_live_in_another_site_that_may_store_nothing(
    stage: Stage, open_page: OpenPage, strict: BrowserContext, site: Site
) -> None:
    competitor, judge = stage.enter("01", "Nia", "GB"), stage.seat("a", "SG")
    builder = open_page(f"{stage.board}/setup?lang=zh")
    builder.locator("[value=embed]").check()
    code = builder.locator("#code").input_value()
    page = strict.pages[0]
    page.goto(site(f"<h1>A college</h1>{code}"))
    frame = _frame(page)
    expect(frame.locator("html")).to_have_attribute("data-state", "live")
    expect(frame.locator("html")).to_have_attribute("lang", "zh-Hans")
    assert page.frames[1].evaluate(_STORAGE) == "denied"
    stage.mark(judge, competitor, "A1.1", {"value": "met"})
    expect(frame.locator("#board .total").last).to_contain_text("20.00")
    with page.expect_popup() as opened:
        frame.get_by_role("link", name="打开完整计分板").click()
    expect(opened.value.locator("#title")).to_have_text("电子技术")
    assert strict.cookies() == []


def test_the_frame_is_as_high_as_it_says_whatever_its_width(stage: Stage, open_page: OpenPage, site: Site) -> None:
    builder = open_page(f"{stage.board}/setup?lang=en")
    builder.locator("[value=embed]").check()
    code = builder.locator("#code").input_value()
    shown = rows(12)
    shown["c05"]["revealed"] = {"rank": 3, "total": "85.60", "medal": "bronze"}
    page = open_page("about:blank", 1000, 900)
    Picture(stage, shown, dict(REVEALING)).on(page)
    page.goto(site(code))
    frame = _frame(page)
    expect(frame.locator("#board tbody tr")).to_have_count(12)
    expect(frame.locator("#news")).to_contain_text("Bronze medal")
    heights = []
    for width in (280, 420, 600, 900):
        page.locator("iframe").evaluate("(frame, width) => { frame.width = width }", width)
        inside = "([Math.ceil(document.body.getBoundingClientRect().height), document.documentElement.scrollWidth])"
        expect(frame.locator("html")).to_have_js_property("clientWidth", width)
        height, wide = page.frames[1].evaluate(inside)
        expect(page.locator("iframe")).to_have_attribute("height", str(height))
        assert wide == width
        heights.append(height)
    assert heights == sorted(heights, reverse=True)


def test_it_shows_the_best_few_who_is_asked_for_and_the_colours_asked_for(stage: Stage, open_page: OpenPage) -> None:
    page = open_page("about:blank", 600, 800, color_scheme="light")
    Picture(stage, rows(9)).on(page)
    page.goto(f"{stage.board}/embed?lang=en&top=3&who=08&theme=dark")
    expect(page.locator("#board tbody tr:visible .bib")).to_have_text(["01", "02", "03", "08"])
    expect(page.locator("#board tr.sought .bib")).to_have_text("08")
    expect(page.locator("#watching")).to_have_text("312 watching · 2 countries")
    expect(page.locator("body")).to_have_css("background-color", "rgb(17, 31, 29)")
    assert "who=08" in str(page.locator("#open").get_attribute("href"))


def test_a_lost_connection_shows_in_the_frame_and_ends_by_itself(stage: Stage, open_page: OpenPage) -> None:
    stage.enter("01", "Nia", "GB")
    page = open_page(f"{stage.board}/embed?lang=en", 400, 500)
    expect(page.locator("#live")).to_have_text("Live")
    stage.house.kill("broadcast")
    try:
        expect(page.locator("#live")).to_have_text("Not live")
        expect(page.locator("#board tbody tr")).to_have_count(1)
    finally:
        stage.house.start("broadcast")
    expect(page.locator("#live")).to_have_text("Live", timeout=30_000)


def test_only_the_embed_may_stand_in_a_foreign_frame(stage: Stage) -> None:
    told = {}
    for page in ("", "/screen", "/overlay", "/setup", "/embed"):
        with urllib.request.urlopen(stage.board + page, timeout=10) as answer:
            told[page] = re.findall("frame-ancestors ([^;]*)", str(answer.headers["Content-Security-Policy"]))
    assert told.pop("/embed") == ["*"]
    assert set(map(tuple, told.values())) == {("'self'",)}


def test_the_address_of_an_overlay_is_built_by_choosing_and_copied(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(f"{stage.board}/setup?lang=en", permissions=["clipboard-read", "clipboard-write"])
    page.locator("[value=overlay]").check()
    page.get_by_label("Language", exact=True).and_(page.locator("select")).select_option("zh")
    page.get_by_label("How many competitors").select_option("5")
    page.get_by_label("What").select_option("full")
    expect(page.get_by_label("How many competitors")).to_have_count(0)
    page.get_by_label("Colours").select_option("light")
    address = f"{stage.board}/overlay?c=electronics&lang=zh&view=full&theme=light"
    expect(page.locator("#code")).to_have_value(address)
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#copied")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == address
    shown = _frame(page)
    expect(shown.locator("html")).to_have_attribute("data-view", "full")
    expect(shown.locator("#title")).to_have_text("电子技术")
    page.locator("[value=screen]").check()
    expect(page.locator("#code")).to_have_value(f"{stage.board}/screen?c=electronics&lang=zh")
