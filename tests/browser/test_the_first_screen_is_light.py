"""What a phone loads until it shows the board, counted on the wire: all bytes that come down, whatever they are."""

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.relay import relay
from tests.browser.stage import Stage

_MOST_BYTES = 30_000
_LATER = re.compile(r"/(news|notes|feed|medals|sessions|panels|share|video|fallback|audience)\.(js|\w\w\.json)$")


def _opened(page: Page, stage: Stage, lang: str, last_bib: str) -> tuple[int, set[str]]:
    """How many bytes had come when the board was there, and what had been asked for; what may come later waits."""
    asked: set[str] = set()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.on("request", lambda request: asked.add(request.url))
    page.route(_LATER, hold)
    with relay(stage.house.ports["broadcast"]) as wire:
        page.goto(f"{wire.url}/s/{stage.showcase}?lang={lang}")
        page.locator(f"#board tr[data-bib='{last_bib}']").wait_for()
        received = wire.received
        for route in held:
            route.continue_()
        page.unroute(_LATER)
        expect(page.locator("#notes")).not_to_be_empty()
        page.close()
    return received, {url.removeprefix(wire.url) for url in asked if not url.startswith("data:")}


def test_until_the_board_is_there_less_than_30_kilobytes_come_down(stage: Stage, open_page: OpenPage) -> None:
    for bib in range(1, 10):
        stage.enter(f"0{bib}", ("Nia", "示例")[bib % 2], ("GB", "CN")[bib % 2])
    for lang in ("en", "zh"):
        received, paths = _opened(open_page("about:blank", 390, 844), stage, lang, "09")
        assert 15_000 < received < _MOST_BYTES, (lang, sorted(paths))
        assert all(path.startswith("/") for path in paths), "everything comes from the one address"


def test_what_may_be_needed_at_any_moment_comes_when_the_page_has_been_quiet(stage: Stage, open_page: OpenPage) -> None:
    """So that a board can be told frozen, or what happened, also when the network is bad by then."""
    stage.enter("01", "Nia", "GB")
    page = open_page("about:blank")
    with page.expect_request("**/news.js"), page.expect_request("**/feed.js"):
        page.goto(stage.board)
