"""The overlay for a video programme: transparent, legible, and calm on air for hours."""

import base64
import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.pictures import REVEALING, Picture, rows
from tests.browser.running import until
from tests.browser.stage import Stage

_ALPHA = """async ([png, points]) => {
  const picture = new Image();
  picture.src = `data:image/png;base64,${png}`;
  await picture.decode();
  const pen = Object.assign(document.createElement("canvas"), {width: picture.width, height: picture.height})
    .getContext("2d");
  pen.drawImage(picture, 0, 0);
  return points.map(([x, y]) => pen.getImageData(x, y, 1, 1).data[3]);
}"""

_CUT = """() => {
  const picture = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  const within = (one, around) => {
    const [a, b] = [one.getBoundingClientRect(), around?.getBoundingClientRect() ?? picture];
    return a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
  };
  const seen = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.getClientRects().length);
  const cut = seen("#top b, #top i").filter((one) => !within(one, one.closest("li")));
  const out = seen("main, #top li, #news .stage *, #head span").filter((one) => !within(one));
  return [...cut, ...out].map((one) => one.outerHTML);
}"""


def _overlay(stage: Stage, **options: str) -> str:
    return f"{stage.board}/overlay?" + "&".join(f"{name}={value}" for name, value in options.items())


def _on_air(open_page: OpenPage, picture: Picture, **options: str) -> Page:
    page = open_page("about:blank", 1920, 1080)
    page.clock.install()
    picture.on(page)
    page.goto(_overlay(picture.stage, **{"lang": "en", **options}))
    expect(page.locator("html")).to_have_attribute("data-state", "live")
    expect(page.locator("main")).to_be_visible()
    return page


def test_all_but_its_plates_is_transparent_in_every_colour_scheme(stage: Stage, open_page: OpenPage) -> None:
    eye = open_page("about:blank")
    for view, plate in (("lower", "#head"), ("full", "#board")):
        page = _on_air(open_page, Picture(stage, rows(4)), view=view)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            png = base64.b64encode(page.screenshot(omit_background=True)).decode()
            box = page.locator(plate).bounding_box()
            assert box is not None
            corners = [[2, 2], [1917, 2], [2, 1077], [1917, 1077], [960, 30]]
            inside = [[round(box["x"]) + 3, round(box["y"]) + 3]]
            assert eye.evaluate(_ALPHA, [png, corners + inside]) == [0, 0, 0, 0, 0, 255], (view, scheme)


def test_the_lower_third_has_the_best_three_and_what_just_happened(stage: Stage, open_page: OpenPage) -> None:
    picture = Picture(stage, rows(6))
    page = _on_air(open_page, picture)
    cells = page.locator("#top li")
    expect(cells).to_have_text([re.compile(f"^{place}.*{bib}") for place, bib in ((1, "01"), (2, "02"), (3, "03"))])
    expect(page.locator("#just")).to_have_text("129 of 144 marks settled")
    picture.change(c06={"total": "93.80", "rank": 2, "marked": 20}, c02={"rank": 3}, c03={"rank": 4})
    expect(page.locator("#just")).to_have_text("Just now: 06 示例一 +10.55, now 93.80")
    expect(cells).to_have_text([re.compile(f"^{place}.*{bib}") for place, bib in ((1, "01"), (2, "06"), (3, "02"))])
    page.clock.run_for(21_000)
    expect(page.locator("#just")).to_have_text("130 of 144 marks settled")


def test_options_choose_how_many_who_how_large_and_how_coloured(stage: Stage, open_page: OpenPage) -> None:
    page = _on_air(open_page, Picture(stage, rows(9)), top="2", who="07", scale="2", theme="light", lang="zh")
    expect(page.locator("#top .bib")).to_have_text(["01", "07"])
    expect(page.locator("#top li.sought")).to_contain_text("07")
    expect(page.locator("html")).to_have_css("font-size", re.compile("^(47.9|48)"))
    expect(page.locator("#top")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(page.locator("#live")).to_have_text("实时")
    wrong = _on_air(open_page, Picture(stage, rows(9)), top="many", scale="1000", theme="pink", view="all")
    expect(wrong.locator("#top .bib")).to_have_text(["01", "02", "03"])


def test_however_large_no_figure_is_cut_and_nothing_leaves_the_picture(stage: Stage, open_page: OpenPage) -> None:
    """On air 95 for 95.60 would be another mark."""
    shown = rows(6)
    for at, row in enumerate(shown.values()):
        row |= {"name": "Maximiliane Beispiel-Mustermann", "medal": ("gold", "medallion")[at % 2]}
    final = Picture(stage, shown, {"final": True, "version": 2})
    told = rows(6)
    for bib in ("c04", "c05"):
        told[bib] |= {"name": "Maximiliane Beispiel-Mustermann", "revealed": {"rank": 3, "total": "85.60"}}
        told[bib]["revealed"] |= {"medal": "bronze", "best_of_nation": True}
    for picture, options in ((final, {"top": "5"}), (final, {}), (Picture(stage, told, dict(REVEALING)), {})):
        page = _on_air(open_page, picture, scale="2", **options)
        for scale in ("2", "1.5", "1.25", "1"):
            if scale != "2":
                page.goto(_overlay(stage, lang="en", scale=scale, **options))
                expect(page.locator("main")).to_be_visible()
            assert page.evaluate(_CUT) == [], (scale, options)


def test_where_the_public_sees_no_order_everybody_passes_by(stage: Stage, open_page: OpenPage) -> None:
    page = _on_air(open_page, Picture(stage, rows(5, "progress"), {"mode": "progress"}), top="2")
    bibs = page.locator("#top .bib")
    expect(bibs).to_have_text(["01", "02"])
    for shown in (["03", "04"], ["05"], ["01", "02"]):
        page.clock.run_for(8_000)
        expect(bibs).to_have_text(shown)
    expect(page.locator("#top .rank").first).to_be_hidden()


def test_a_delay_a_freeze_and_the_ceremony_are_told(stage: Stage, open_page: OpenPage) -> None:
    shown = rows(6)
    page = _on_air(open_page, Picture(stage, shown, {"delay": 300}))
    expect(page.locator("#live")).to_have_text("Live, 5 min later")
    shown["c05"]["revealed"] = {"rank": 3, "total": "85.60", "medal": "bronze"}
    for view in ("lower", "full"):
        page = _on_air(open_page, Picture(stage, shown, dict(REVEALING)), view=view)
        expect(page.locator("#final")).to_have_text("Frozen")
        expect(page.locator("#news .stage")).to_have_text(re.compile("Place 3.*Ada Example.*85.60.*Bronze medal"))
        expect(page.locator("#top li").first).to_be_hidden()


def test_the_whole_board_turns_its_pages(stage: Stage, open_page: OpenPage) -> None:
    page = _on_air(open_page, Picture(stage, rows(30)), view="full")
    expect(page.locator("#page")).to_have_text("Page 1 of 3")
    before = page.locator("#board tbody").evaluate("(body) => body.scrollTop")
    page.clock.run_for(16_000)
    expect(page.locator("#page")).to_have_text("Page 2 of 3")
    assert page.locator("#board tbody").evaluate("(body) => body.scrollTop") > before


def test_nothing_is_shown_before_there_is_a_board_and_nothing_ever_scrolls(stage: Stage, open_page: OpenPage) -> None:
    nowhere = open_page(_overlay(stage).replace(stage.showcase, "no-such-showcase"), 1920, 1080)
    expect(nowhere.locator("html")).to_have_attribute("data-state", "missing")
    expect(nowhere.locator("main")).to_be_hidden()
    page = _on_air(open_page, Picture(stage, rows(40)), view="full")
    for width, height in ((1920, 1080), (1280, 720), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("[document.body.scrollWidth, document.documentElement.scrollHeight]") == [width, height]


def test_it_survives_a_restart_and_says_nothing_but_a_ring(stage: Stage, open_page: OpenPage) -> None:
    competitor, judge = stage.enter("01", "Nia", "GB"), stage.seat("a", "SG")
    stage.mark(judge, competitor, "A1.3", {"value": "12.0"})
    page = open_page(_overlay(stage, lang="en"), 1920, 1080)
    expect(page.locator("#live")).to_have_text("Live")
    expect(page.locator("#top .value")).to_contain_text("20.00")
    on_air = page.locator("main").text_content()
    assert on_air is not None
    stage.house.kill("broadcast")
    try:
        expect(page.locator("#live")).to_have_class("off")
        assert page.locator("main").text_content() == on_air.replace("Live", "", 1)
        stage.mark(judge, competitor, "A1.1", {"value": "met"})
    finally:
        stage.house.start("broadcast")
    until(lambda: page.locator("#live").inner_text() == "Live")
    expect(page.locator("#top .value")).to_contain_text("40.00")
