"""What a viewer sees: names as text, the language asked for, and never an old board that looks live."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.pace import comes
from tests.browser.pictures import Picture, rows
from tests.browser.running import until
from tests.browser.stage import Stage, rfc3339

_SEEN = """(seen) => {
  Object.defineProperty(document, "hidden", {configurable: true, get: () => !seen});
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def _live(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-state", "live")


def test_a_name_that_is_markup_is_shown_as_text(stage: Stage, open_page: OpenPage) -> None:
    stage.enter("01", "<img src=x onerror=window.hit=1>", "GB")
    stage.enter("02", "שם לדוגמה", "CN")
    page = open_page(stage.board)
    expect(page.locator("#board")).to_contain_text("<img src=x onerror=window.hit=1>")
    assert page.locator("#board img").count() == 0
    assert page.evaluate("window.hit") is None
    expect(page.locator("bdi", has_text="שם")).to_have_attribute("dir", "auto")


def test_the_language_is_in_the_address_and_is_remembered(stage: Stage, open_page: OpenPage) -> None:
    stage.enter("01", "Nia", "GB")
    page = open_page(f"{stage.board}?lang=zh")
    expect(page.locator("#title")).to_have_text("电子技术")
    expect(page.locator("#final")).to_have_text("非最终成绩")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.get_by_role("link", name="English").click()
    expect(page.locator("#title")).to_have_text("Electronics")
    assert "lang=en" in page.url
    page.goto(stage.board)
    expect(page.locator("#final")).to_have_text("Not final")


def test_a_killed_server_shows_as_stale_and_the_page_becomes_live_again_without_a_reload(
    stage: Stage, open_page: OpenPage
) -> None:
    competitor, link = stage.enter("01", "Nia", "GB"), stage.seat("a", "SG")
    page = open_page(stage.board)
    _live(page)
    page.evaluate("window.stays = true")
    stage.house.kill("broadcast")
    try:
        expect(page.locator("html")).to_have_attribute("data-state", "stale")
        expect(page.locator("#link")).to_have_text(re.compile(r"Not live: the last update was \d+ s ago"))
        stage.mark(link, competitor, "A1.1", {"value": "met"})
    finally:
        stage.house.start("broadcast")
    expect(page.locator("html")).to_have_attribute("data-state", "live", timeout=30_000)
    expect(page.locator("#link")).to_be_hidden()
    expect(page.locator("#board .total").last).to_contain_text("20.00")
    assert page.evaluate("window.stays")


def test_after_an_orderly_restart_the_page_comes_back_by_itself(stage: Stage, open_page: OpenPage) -> None:
    stage.enter("01", "Nia", "GB")
    page = open_page(stage.board)
    _live(page)
    stage.house.end("broadcast")
    stage.house.start("broadcast")
    expect(page.locator("html")).to_have_attribute("data-state", "live", timeout=30_000)
    expect(page.locator("#watching")).to_have_text("1 watching · United Kingdom 1")


def test_a_page_hidden_for_a_minute_lets_go_and_resumes_when_it_is_seen_again(
    stage: Stage, open_page: OpenPage
) -> None:
    competitor, link = stage.enter("01", "Nia", "GB"), stage.seat("a", "SG")
    page = open_page("about:blank")
    page.clock.install()
    page.goto(stage.board)
    _live(page)
    watching = f"/live/state/audience/competition/{stage.competition}"
    until(lambda: stage.house.send("GET", "broadcast", watching)["state"]["head"]["watching"] == 1)
    page.evaluate(_SEEN, False)
    page.clock.fast_forward(61_000)
    until(lambda: stage.house.send("GET", "broadcast", watching)["state"]["head"]["watching"] == 0)
    stage.mark(link, competitor, "A1.1", {"value": "met"})
    page.evaluate(_SEEN, True)
    expect(page.locator("#board .total").last).to_contain_text("20.00")


def test_where_websockets_are_blocked_the_page_follows_by_events(stage: Stage, open_page: OpenPage) -> None:
    competitor, link = stage.enter("01", "Nia", "GB"), stage.seat("a", "SG")
    page = open_page("about:blank")
    page.add_init_script(
        "window.WebSocket = class { constructor() { setTimeout(() => this.onclose({code: 1006})) } close() {} }"
    )
    page.goto(stage.board)
    _live(page)
    stage.mark(link, competitor, "A1.1", {"value": "met"})
    expect(page.locator("#board .total").last).to_contain_text("20.00")


def test_where_only_plain_requests_get_through_the_page_asks_for_the_state(stage: Stage, open_page: OpenPage) -> None:
    competitor, link = stage.enter("01", "Nia", "GB"), stage.seat("a", "SG")
    page = open_page("about:blank")
    page.clock.install()
    blocked = "class { constructor() { setTimeout(() => (this.onclose ?? this.onerror)({code: 1006})) } close() {} }"
    page.add_init_script(f"window.WebSocket = {blocked}; window.EventSource = {blocked}")
    page.goto(stage.board)
    comes(page, page.locator("html[data-state=live]"))
    stage.mark(link, competitor, "A1.1", {"value": "met"})
    comes(page, page.locator("#board .total").last.get_by_text("20.00", exact=True))


def test_a_board_that_is_not_there_is_asked_for_again(stage: Stage, open_page: OpenPage) -> None:
    for name in ("no-such-showcase", "%E0%A4%A"):
        page = open_page(stage.board.replace(stage.showcase, name))
        expect(page.locator("#link")).to_contain_text("asks again by itself")


def test_everything_comes_from_the_one_address(stage: Stage, open_page: OpenPage) -> None:
    page = open_page("about:blank")
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url.split("/")[2]))
    page.goto(stage.board)
    _live(page)
    assert asked == {stage.board.split("/")[2]}


def test_on_a_phone_nothing_is_wider_than_the_screen(stage: Stage, open_page: OpenPage) -> None:
    stage.enter("01", "Wolfeschlegelsteinhausenbergerdorff" * 2, "GB")
    page = open_page(stage.board, 360, 740)
    _live(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_on_a_phone_no_row_grows_or_moves_because_a_mark_has_come(stage: Stage, open_page: OpenPage) -> None:
    page = open_page("about:blank", 390, 844)
    picture = Picture(stage, rows(8)).on(page)
    page.goto(stage.board)
    expect(page.locator("#board tbody tr")).to_have_count(8)
    tops = "[...document.querySelectorAll('#board tbody tr')].map((tr) => tr.getBoundingClientRect().top)"
    before = page.evaluate(tops)
    picture.change(c02={"total": "94.31", "marked": 24}, c05={"total": "87.10", "marked": 21})
    expect(page.locator("#board tr[data-bib='02'] .chip")).to_have_text("+1.66")
    assert page.evaluate(tops) == before


def test_of_many_competitions_a_phone_shows_one_line_with_the_one_that_is_followed(
    stage: Stage, open_page: OpenPage
) -> None:
    now = datetime.now(UTC)
    window = {"opens_at": rfc3339(now - timedelta(days=1)), "closes_at": rfc3339(now + timedelta(days=1))}
    for n in range(9):
        title = {"en": f"Manufacturing Team Challenge {n}", "zh": f"制造团队挑战赛 {n}"}
        body = {"slug": f"team-{n}", "title": title, "capacity": 9, "board_mode": "marks", **window}
        stage.organise(f"/showcases/{stage.showcase}/competitions", body)
    page = open_page(f"{stage.board}?c=team-8", 390, 844)
    current = page.locator("#tabs [aria-current]")
    expect(current).to_contain_text("Challenge 8")
    expect(current).to_be_in_viewport(ratio=1)
    tabs = page.locator("#tabs").bounding_box()
    assert tabs is not None
    assert tabs["height"] < 70
