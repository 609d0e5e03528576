"""Which way a page follows by, that it says so, and that it goes back to the best one by itself."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.pace import comes
from tests.browser.running import until
from tests.browser.stage import Stage

_STATES = """
window.states = new Set([document.documentElement.dataset.state]);
new MutationObserver(() => states.add(document.documentElement.dataset.state))
  .observe(document.documentElement, { attributes: true, attributeFilter: ["data-state"] });
"""
_BLOCK = """
for (const name of NAMES) {
  const Real = window[name];
  window[name] = function (url) {
    if (window.free) return new Real(url);
    const one = { close() {} };
    setTimeout(() => (one.onclose ?? one.onerror)?.({ code: 1006 }));
    return one;
  };
}
"""


def _blocked(page: Page, *names: str) -> None:
    """A network that lets these not through, until `free` is set."""
    page.add_init_script(_BLOCK.replace("NAMES", str(list(names))))


def _follows(page: Page, words: str) -> None:
    expect(page.locator("#way")).to_contain_text(words, timeout=20_000)
    expect(page.locator("html")).to_have_attribute("data-state", "live")


def test_by_websocket_where_it_gets_through(stage: Stage, open_page: OpenPage) -> None:
    _follows(open_page(f"{stage.board}?lang=en"), "Connected by WebSocket")
    _follows(open_page(f"{stage.board}?lang=zh"), "已通过 WebSocket 连接")


def test_after_some_time_a_page_on_events_comes_back_to_the_websocket_unseen(stage: Stage, open_page: OpenPage) -> None:
    competitor, link = stage.enter("01", "Nia", "GB"), stage.seat("a", "SG")
    page = open_page("about:blank")
    page.clock.install()
    _blocked(page, "WebSocket")
    page.goto(f"{stage.board}?lang=en")
    comes(page, page.locator("#way", has_text="server-sent events"))
    _follows(page, "server-sent events")
    page.evaluate("window.free = true")
    page.evaluate(_STATES)
    comes(page, page.locator("#way", has_text="WebSocket."))
    assert page.evaluate("[...states]") == ["live"]
    stage.mark(link, competitor, "A1.1", {"value": "met"})
    expect(page.locator("#board .total").last).to_contain_text("20.00")


def test_a_page_that_polls_comes_back_as_soon_as_the_device_is_online(stage: Stage, open_page: OpenPage) -> None:
    stage.enter("01", "Nia", "GB")
    page = open_page("about:blank")
    page.clock.install()
    _blocked(page, "WebSocket", "EventSource")
    page.goto(f"{stage.board}?lang=zh")
    until(lambda: _on(page, "每隔几秒重新查询"))
    page.evaluate("window.free = true; dispatchEvent(new Event('online'))")
    _follows(page, "已通过 WebSocket 连接")


def _on(page: Page, words: str) -> bool:
    """Whether the page says so; its clock goes on by two seconds."""
    page.clock.run_for(2000)
    return words in page.locator("#way").inner_text()


def test_a_page_that_was_frozen_finds_out_at_once_that_its_connection_died(stage: Stage, open_page: OpenPage) -> None:
    """A phone that slept: no timer ran, and the socket never said that it had ended."""
    competitor, link = stage.enter("01", "Nia", "GB"), stage.seat("a", "SG")
    page = open_page("about:blank")
    page.clock.install()
    page.add_init_script(
        "const Real = WebSocket; window.WebSocket = class extends Real {"
        " set onmessage(act) { super.onmessage = act && ((event) => window.deaf || act(event)) }"
        " set onclose(act) { super.onclose = act && ((event) => window.deaf || act(event)) } }"
    )
    page.goto(stage.board)
    expect(page.locator("html")).to_have_attribute("data-state", "live")
    page.evaluate("window.deaf = true")
    stage.mark(link, competitor, "A1.1", {"value": "met"})
    # The clock jumps without any timer: the machine was asleep.
    page.evaluate("const now = Date.now; Date.now = () => now() + 3_600_000")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.clock.run_for(100)
    page.evaluate("setTimeout(() => { window.deaf = false }, 1000)")
    until(lambda: _current(page))


def _current(page: Page) -> bool:
    page.clock.run_for(500)
    return "20.00" in page.locator("#board .total").last.inner_text()


def test_the_country_is_said_unless_the_viewer_chose_not_to(stage: Stage, open_page: OpenPage) -> None:
    page = open_page("about:blank")
    with page.expect_websocket() as first:
        page.goto(stage.board)
    assert "from=GB" in first.value.url
    page.evaluate("localStorage.setItem('showcase.from', '')")
    with page.expect_websocket() as second:
        page.reload()
    assert "from=" not in second.value.url
