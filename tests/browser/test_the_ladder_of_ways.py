"""Networks that half work: ways that open and never speak, requests that hang or fail once, devices that slept.

The page's clock is in our hands; what a network does to a way is done by stand-ins that are put before the real one.
"""

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.pace import comes, happens
from tests.browser.running import until
from tests.browser.stage import Stage

_BROKEN = """
window.opened = { WebSocket: 0, EventSource: 0 };
window.broken = BROKEN;
for (const name of ["WebSocket", "EventSource"]) {
  const Real = window[name];
  window[name] = function (url) {
    window.opened[name] += 1;
    if (!broken[name]) return (window.last = new Real(url));
    const one = { close() {} };
    if (broken[name] === "mute") setTimeout(() => one.onopen?.());
    else setTimeout(() => (one.onclose ?? one.onerror)?.({ code: 1006 }));
    return one;
  };
}
"""
_STATES = """
window.states = new Set([document.documentElement.dataset.state]);
new MutationObserver(() => states.add(document.documentElement.dataset.state))
  .observe(document.documentElement, { attributes: true, attributeFilter: ["data-state"] });
"""


def _network(open_page: OpenPage, **broken: str) -> Page:
    """A page in a network where a kind of connection is `shut`, or `mute`: it opens and nothing ever comes."""
    page = open_page("about:blank")
    page.clock.install()
    page.add_init_script(_BROKEN.replace("BROKEN", str(broken)))
    return page


def _within(page: Page, seconds: int, words: str) -> None:
    """It is followed by this way before so long has passed on the page's clock."""
    comes(page, page.locator("html[data-state=live]").filter(has=page.locator("#way", has_text=words)), seconds)


def _total(page: Page, seconds: int, total: str) -> None:
    comes(page, page.locator("#board .total").last.get_by_text(total, exact=True), seconds)


def _fails_once(page: Page, address: str) -> list[Route]:
    """Break off the first request to an address; it is in the list once that has happened."""
    failed: list[Route] = []

    def fail_once(route: Route) -> None:
        if failed:
            route.continue_()
        else:
            failed.append(route)
            route.abort()

    page.route(address, fail_once)
    return failed


def test_where_events_are_accepted_and_never_answered_the_page_asks_plainly(stage: Stage, open_page: OpenPage) -> None:
    """A filter that reads a whole answer before it passes it on never passes a stream on."""
    page = _network(open_page, WebSocket="shut")
    page.route("**/live/events**", lambda _: None)
    page.goto(f"{stage.board}?lang=en")
    _within(page, 60, "Asks anew")


def test_where_sockets_open_and_never_speak_a_newcomer_follows_by_events(stage: Stage, open_page: OpenPage) -> None:
    page = _network(open_page, WebSocket="mute")
    page.goto(f"{stage.board}?lang=en")
    _within(page, 30, "server-sent events")


def test_a_socket_that_went_mute_is_left_for_events_and_not_taken_again_until_it_speaks(
    stage: Stage, open_page: OpenPage
) -> None:
    competitor, link = stage.enter("01", "Nia", "GB"), stage.seat("a", "SG")
    page = _network(open_page)
    page.goto(f"{stage.board}?lang=en")
    _within(page, 10, "WebSocket.")
    page.evaluate("broken.WebSocket = 'mute'; last.onclose({ code: 1006 })")
    expect(page.locator("html")).to_have_attribute("data-state", "live")
    stage.mark(link, competitor, "A1.1", {"value": "met"})
    _total(page, 60, "20.00")
    _within(page, 5, "server-sent events")
    tried = page.evaluate("opened.WebSocket")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.clock.run_for(100)
    assert page.evaluate("opened.WebSocket") == tried + 1
    expect(page.locator("#way")).to_contain_text("server-sent events")


def test_one_request_that_fails_does_not_take_the_page_off_the_only_way_that_works(
    stage: Stage, open_page: OpenPage
) -> None:
    page = _network(open_page, WebSocket="shut", EventSource="shut")
    page.goto(f"{stage.board}?lang=en")
    _within(page, 60, "Asks anew")
    failed = _fails_once(page, "**/live/state/competition/**")
    tried = page.evaluate("opened.EventSource")
    happens(page, lambda: bool(failed), 500)
    page.clock.run_for(5000)
    _within(page, 5, "Asks anew")
    assert page.evaluate("opened.EventSource") == tried


def test_whoever_asks_plainly_gets_what_is_there_now_and_not_what_the_browser_kept(
    stage: Stage, open_page: OpenPage
) -> None:
    competitor, link = stage.enter("01", "Nia", "GB"), stage.seat("a", "SG")
    channel = f"competition/{stage.competition}"
    page = open_page(stage.board)
    asked = "(channel) => import('/broadcast/connection.js').then(({ read }) => read(channel)).then(({ seq }) => seq)"
    before = page.evaluate(asked, channel)
    stage.mark(link, competitor, "A1.1", {"value": "met"})
    until(lambda: bool(stage.house.send("GET", "broadcast", f"/live/state/{channel}")["seq"] > before))
    assert page.evaluate(asked, channel) > before


def test_a_programme_that_hangs_is_asked_for_again(stage: Stage, open_page: OpenPage) -> None:
    held: list[Route] = []
    page = _network(open_page)
    page.route("**/live/state/showcase/**", lambda route: route.continue_() if held else held.append(route))
    page.goto(f"{stage.board}?lang=en")
    _within(page, 20, "WebSocket.")


def test_the_lower_ways_are_loaded_again_when_they_could_not_be_loaded(stage: Stage, open_page: OpenPage) -> None:
    page = _network(open_page, WebSocket="shut")
    failed = _fails_once(page, "**/broadcast/fallback.js**")
    page.goto(f"{stage.board}?lang=en")
    _within(page, 60, "server-sent events")
    assert failed


def test_a_connection_that_is_back_within_two_seconds_is_not_told_as_lost(stage: Stage, open_page: OpenPage) -> None:
    page = _network(open_page)
    page.goto(f"{stage.board}?lang=en")
    _within(page, 10, "WebSocket.")
    page.evaluate(_STATES)
    page.evaluate("lost = last; last.onclose({ code: 1006 })")
    happens(page, lambda: bool(page.evaluate("last !== lost && last.readyState === 1")), 100)
    assert page.evaluate("[...states]") == ["live"]
    page.evaluate("broken.WebSocket = broken.EventSource = 'shut'; last.onclose({ code: 1006 })")
    page.clock.run_for(2500)
    expect(page.locator("#link")).to_have_text(re.compile("Not live"))


def test_a_page_in_sight_of_a_machine_that_slept_connects_anew(stage: Stage, open_page: OpenPage) -> None:
    """No timer ran, no event tells it, and the old connection says nothing any more."""
    competitor, link = stage.enter("01", "Nia", "GB"), stage.seat("a", "SG")
    page = _network(open_page)
    page.goto(f"{stage.board}?lang=en")
    _within(page, 10, "WebSocket.")
    page.evaluate("last.onmessage = last.onclose = null")
    stage.mark(link, competitor, "A1.1", {"value": "met"})
    page.evaluate("const now = Date.now; Date.now = () => now() + 3_600_000")
    _total(page, 10, "20.00")
