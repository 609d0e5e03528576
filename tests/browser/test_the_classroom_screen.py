"""The classroom screen: large, by itself, readable from the back row, and honest about its connection."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import segno
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.pictures import REVEALING, Picture, rows
from tests.browser.stage import Stage, rfc3339

SIZES = ((1920, 1080), (1280, 720), (1024, 768))
_SEEN = """() => {
  const place = document.querySelector("#board tbody").getBoundingClientRect();
  return [...document.querySelectorAll("#board tbody tr")].filter((tr) => {
    const { top, bottom } = tr.getBoundingClientRect();
    return top >= place.top - 2 && bottom <= place.bottom + 2;
  }).map((tr) => tr.dataset.bib);
}"""
_ALARMS = """() => {
  window.alarms = 0;
  const link = document.getElementById("link");
  new MutationObserver(() => { window.alarms += !link.hidden; }).observe(link, { attributes: true });
}"""
_SOCKETS = """
window.WebSocket = class extends WebSocket {
  constructor(address) {
    super(address);
    const html = document.documentElement;
    html.dataset.socket = "opening";
    this.addEventListener("open", () => { html.dataset.socket = "open"; });
  }
};
"""
_FONT = "(node) => parseFloat(getComputedStyle(node).fontSize)"


def _screen(stage: Stage, **options: str) -> str:
    return f"{stage.board}/screen?" + "&".join(f"{name}={value}" for name, value in options.items())


def _live(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-state", "live")


def _opened(open_page: OpenPage, picture: Picture, size: tuple[int, int], still: bool = False, **options: str) -> Page:
    page = open_page("about:blank", *size, reduced_motion="reduce" if still else "no-preference")
    page.clock.install()
    picture.on(page)
    page.goto(_screen(picture.stage, **{"lang": "en", **options}))
    _live(page)
    expect(page.locator("#board tbody tr")).to_have_count(len(picture.rows))
    return page


@pytest.mark.parametrize("still", [False, True], ids=["moving", "still"])
def test_every_row_comes_into_sight_by_itself(still: bool, house: Any, open_page: OpenPage) -> None:
    stage = Stage.set_up(house, f"every-row-{'still' if still else 'moving'}")
    for size in SIZES:
        page = _opened(open_page, Picture(stage, rows(24)), size, still)
        first = seen = set(page.evaluate(_SEEN))
        expect(page.locator("#page")).to_have_text(re.compile("Page 1 of [23]"))
        for _ in range(4):
            page.clock.run_for(20_000)
            seen = seen | set(page.evaluate(_SEEN))
        assert len(first) < len(seen) == 24, size


def test_a_page_stands_long_enough_to_be_read_and_stops_when_it_is_paused(stage: Stage, open_page: OpenPage) -> None:
    page = _opened(open_page, Picture(stage, rows(24)), SIZES[0], still=True)
    page.clock.run_for(8_000)
    expect(page.locator("#page")).to_have_text("Page 1 of 3")
    page.clock.run_for(6_000)
    expect(page.locator("#page")).to_have_text("Page 2 of 3")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Continue")).to_have_attribute("aria-pressed", "true")
    page.clock.run_for(60_000)
    expect(page.locator("#page")).to_have_text("Page 2 of 3")
    page.get_by_role("button", name="Continue").click()
    page.clock.run_for(14_000)
    expect(page.locator("#page")).to_have_text("Page 3 of 3")


def test_few_rows_fill_the_height_and_everything_is_large(stage: Stage, open_page: OpenPage) -> None:
    for lang, count, least in (("en", 4, 24), ("zh", 10, 45)):
        page = _opened(open_page, Picture(stage, rows(count)), SIZES[0], lang=lang)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.clock.run_for(100)
            _fills(page, width, height)
            name = page.locator("#board .name").first.evaluate(_FONT)
            assert name >= height / least, (width, count, name)


def _fills(page: Page, width: int, height: int) -> None:
    place, last = (page.locator(one).bounding_box() for one in ("#board tbody", "#board tbody tr:last-child"))
    assert place is not None
    assert last is not None
    assert last["y"] + last["height"] >= place["y"] + place["height"] * 0.85
    for small in ("#watching", "#clocks span", "#programme", "#address"):
        assert page.locator(small).first.evaluate(_FONT) >= min(height / 45, width / 64) - 0.1, small
    assert page.evaluate("[document.body.scrollWidth, document.body.scrollHeight]") == [width, height]


def test_what_is_announced_and_who_has_which_medal_is_seen_from_afar(stage: Stage, open_page: OpenPage) -> None:
    shown = rows(6)
    shown["c05"]["revealed"] = {"rank": 3, "total": "85.60", "medal": "bronze"}
    page = _opened(open_page, Picture(stage, shown, dict(REVEALING)), SIZES[1])
    told = page.locator("#news .stage")
    expect(told).to_contain_text(re.compile("Place 3.*Ada Example.*85.60.*Bronze medal"))
    assert told.evaluate(_FONT) >= 720 / 18
    expect(page.locator("#board tr.told")).to_contain_text("Bronze medal")
    expect(page.locator("#final")).to_have_text("Frozen")


def test_long_names_that_share_a_place_fit_a_screen_and_a_phone(stage: Stage, open_page: OpenPage) -> None:
    shown = rows(6)
    for bib in ("c04", "c05"):
        shown[bib] |= {
            "name": "Maximiliane Wolfeschlegelsteinhausen-Beispiel",
            "revealed": {"rank": 3, "total": "85.60"},
        }
        shown[bib]["revealed"] |= {"medal": "bronze", "best_of_nation": True}
    for width, height in ((390, 844), *SIZES):
        page = _opened(open_page, Picture(stage, shown, dict(REVEALING)), (width, height))
        assert page.evaluate("document.documentElement.scrollWidth") == width
        for name in page.locator("#news strong").all():
            box = name.bounding_box()
            assert box is not None
            assert box["width"] > width / 4


def test_what_just_happened_who_watches_and_the_time_here_and_there_are_told(stage: Stage, open_page: OpenPage) -> None:
    picture = Picture(stage, rows(4))
    page = _opened(open_page, picture, SIZES[1])
    expect(page.locator("#watching")).to_have_text("312 watching · 2 countries")
    expect(page.locator("#clocks")).to_have_text(re.compile(r"\d\d:\d\d United Kingdom Time\s*\d\d:\d\d China Time"))
    expect(page.locator("#programme")).to_contain_text("Live marking")
    picture.change(c03={"total": "94.00", "rank": 1}, c01={"rank": 2}, c02={"rank": 3})
    expect(page.locator("#just")).to_have_text(re.compile("Just now: 03 Max.* \\+3.70, now 94.00"))
    expect(page.locator("#board tbody tr").first).to_have_attribute("data-bib", "03")
    page.clock.run_for(31_000)
    expect(page.locator("#just")).to_be_empty()


def test_a_lost_connection_is_seen_from_afar_and_the_screen_comes_back(stage: Stage, open_page: OpenPage) -> None:
    competitor, judge = stage.enter("01", "Nia", "GB"), stage.seat("a", "SG")
    page = open_page(_screen(stage, lang="en"), *SIZES[0])
    _live(page)
    stage.house.kill("broadcast")
    try:
        expect(page.locator("#link")).to_have_text(re.compile(r"Not live: the last update was \d+ s ago"))
        assert page.locator("#link").evaluate(_FONT) >= 1080 / 30
        stage.mark(judge, competitor, "A1.1", {"value": "met"})
    finally:
        stage.house.start("broadcast")
    expect(page.locator("#link")).to_be_hidden(timeout=30_000)
    expect(page.locator("#board .total").last).to_contain_text("20.00")


def _two(stage: Stage) -> None:
    now = datetime.now(UTC)
    window = {"opens_at": rfc3339(now - timedelta(days=1)), "closes_at": rfc3339(now + timedelta(days=1))}
    body = {"slug": "welding", "title": {"en": "Welding", "zh": "焊接"}, "capacity": 9, "board_mode": "marks", **window}
    stage.organise(f"/showcases/{stage.showcase}/competitions", body)


def test_competitions_are_changed_by_keys_and_rotate_when_asked(stage: Stage, open_page: OpenPage) -> None:
    _two(stage)
    page = open_page("about:blank", *SIZES[1])
    page.clock.install()
    page.add_init_script(_SOCKETS)
    page.goto(_screen(stage, lang="zh", c="electronics", rotate="20"))
    title = page.locator("#title")
    expect(title).to_have_text("电子技术")
    _live(page)
    page.evaluate(_ALARMS)
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text("焊接")
    page.keyboard.press("ArrowLeft")
    expect(title).to_have_text("电子技术")
    for _ in range(27):  # no further than the change, nor while it connects: seconds made to pass would be seconds away
        expect(page.locator("html")).to_have_attribute("data-socket", "open")
        if title.text_content() == "电子技术":
            page.clock.run_for(1_000)
    expect(title).to_have_text("焊接")
    assert page.evaluate("window.alarms") == 0, "a change of competition is no loss of connection"


def test_what_can_be_pressed_hides_when_idle_and_comes_with_the_focus(stage: Stage, open_page: OpenPage) -> None:
    page = _opened(open_page, Picture(stage, rows(4)), SIZES[1])
    controls = page.locator("#controls")
    page.clock.run_for(5_000)
    expect(controls).to_have_css("opacity", "0")
    expect(page.locator("body")).to_have_css("cursor", "none")
    page.keyboard.press("Tab")
    expect(controls).to_have_css("opacity", "1")


def test_the_code_on_the_screen_is_the_boards_address_as_any_reader_reads_it(stage: Stage, open_page: OpenPage) -> None:
    """Another library makes the same modules of texts that fill a code; of others only what it pads with differs."""
    page = open_page(_screen(stage), *SIZES[1])
    expect(page.locator("#qr svg")).to_be_visible()
    expect(page.locator("#address")).to_have_text(stage.board.removeprefix("http://"))
    made = "(text) => import('/broadcast/qr.js').then(({ modules }) => modules(text))"
    for room in (17, 32, 53, 78, 106, 134):
        text = f"{stage.board}?c=electronics"[:room].ljust(room, "x")
        code = segno.make(text, error="l", mode="byte", mask=0, boost_error=False, micro=False, encoding="utf-8")
        assert page.evaluate(made, text) == [[bool(one) for one in row] for row in code.matrix]
    assert page.evaluate(made, "x" * 135) is None
