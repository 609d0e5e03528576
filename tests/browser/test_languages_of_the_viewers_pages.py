"""The address carries the language, the page remembers it, and what is written is as the viewer reads it."""

import re

from playwright.sync_api import Page, expect

from tests.browser.axe import faults_in
from tests.browser.conftest import OpenPage
from tests.browser.pictures import Picture, everything, rows
from tests.browser.stage import Stage


def _prefers(page: Page, *tags: str) -> None:
    page.add_init_script(f"Object.defineProperty(navigator, 'languages', {{ get: () => {list(tags)} }})")


def test_without_an_address_the_first_language_of_the_browser_that_is_ours_counts(
    stage: Stage, open_page: OpenPage
) -> None:
    for tags, language in ((("fr-FR", "zh-TW", "en"), "zh-Hans"), (("de", "en-US", "zh"), "en"), (("fr",), "en")):
        page = open_page("about:blank")
        _prefers(page, *tags)
        page.goto(stage.board)
        expect(page.locator("html")).to_have_attribute("lang", language)


def test_what_was_chosen_before_counts_more_than_the_browser_and_the_address_most(
    stage: Stage, open_page: OpenPage
) -> None:
    page = open_page(stage.board)
    page.get_by_role("link", name="中文").click()
    expect(page).to_have_url(re.compile(r"\?lang=zh$"))
    page.goto(stage.board)
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.goto(f"{stage.board}?lang=en")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_switch_keeps_what_else_the_address_says(stage: Stage, open_page: OpenPage) -> None:
    page = open_page("about:blank")
    Picture(stage, rows(5)).on(page)
    page.goto(f"{stage.board}?c=electronics&who=04&lang=en")
    expect(page.locator("#mine")).to_contain_text("leads to 04 Cy")
    page.get_by_role("link", name="中文").click()
    expect(page.locator("#mine")).to_contain_text("指向04 Cy")
    assert page.url == f"{stage.board}?c=electronics&who=04&lang=zh"


def test_links_of_a_page_keep_its_language(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(f"{stage.board}?lang=zh")
    expect(page.get_by_role("link", name="报名参赛")).to_have_attribute("href", re.compile(r"/register/.*\?lang=zh$"))
    home = page.get_by_role("link", name="试验交流展示")
    expect(home).to_have_attribute("href", "/?lang=zh")
    page.goto(f"{stage.house.url('broadcast')}/?lang=zh")
    for link in page.locator("main a").all():
        expect(link).to_have_attribute("href", re.compile(r"\?lang=zh$"))


def test_the_list_of_showcases_fits_every_screen_in_both_languages(stage: Stage, open_page: OpenPage) -> None:
    Stage.set_up(stage.house, f"second-{stage.showcase[:20].strip('-')}")  # with only one, the visitor is taken there
    page = open_page("about:blank")
    for lang, watch in (("en", "Watch the board"), ("zh", "观看计分板")):
        for width, height in ((360, 740), (1280, 800), (1920, 1080)):
            page.set_viewport_size({"width": width, "height": height})
            page.goto(f"{stage.house.url('broadcast')}/?lang={lang}")
            expect(page.get_by_role("link", name=watch).first).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_finds_nothing_on_a_board_with_everything_there_can_be(stage: Stage, open_page: OpenPage) -> None:
    page = open_page("about:blank")
    everything(stage).on(page)

    def revealed(page: Page) -> None:
        expect(page.locator("html")).to_have_attribute("data-state", "live")
        expect(page.locator("#news .stage")).to_be_visible()
        expect(page.locator("#notes")).not_to_be_empty()

    assert faults_in(page, stage.board, revealed) == []


def test_rows_glide_only_where_motion_is_welcome(stage: Stage, open_page: OpenPage) -> None:
    for motion, glides in (("no-preference", True), ("reduce", False)):
        page = open_page("about:blank", reduced_motion=motion)
        picture = Picture(stage, rows(6)).on(page)
        page.goto(stage.board)
        expect(page.locator("#board tbody tr")).to_have_count(6)
        page.evaluate("window.glided = 0; Element.prototype.animate = () => { glided += 1 }; null")
        picture.change(c05={"rank": 1, "total": "96.00"}, **{f"c0{n}": {"rank": n + 1} for n in range(1, 5)})
        expect(page.locator("#board .bib").first).to_have_text("05")
        assert (page.evaluate("glided") > 0) is glides
