"""Everybody can use the viewers' pages, as far as axe can tell: both languages, three sizes, light and dark."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import faults, faults_in
from tests.browser.conftest import OpenPage
from tests.browser.pictures import everything
from tests.browser.running import Running
from tests.browser.stage import Stage


@pytest.fixture
def marked(stage: Stage) -> Stage:
    """Three competitors, one of them with marks."""
    people = [stage.enter(bib, name, land) for bib, name, land in (("01", "Ada", "GB"), ("02", "示例", "CN"))]
    stage.enter("03", "Cy", "SG")
    judge = stage.seat("a", "SG")
    for competitor in people:
        stage.mark(judge, competitor, "A1.1", {"value": "met"})
    return stage


def _live(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-state", "live")
    expect(page.locator("[data-bib]")).to_have_count(3)


def test_axe_finds_what_is_wrong(open_page: OpenPage) -> None:
    page = open_page("data:text/html,<html><body><img src=x><p style='color:%23aaa'>too pale</p>")
    assert {fault.partition(" ")[0] for fault in faults(page)} >= {"image-alt", "html-has-lang", "color-contrast"}


def test_axe_finds_nothing_on_the_list_of_showcases(marked: Stage, open_page: OpenPage) -> None:
    Stage.set_up(marked.house, "axe-second")  # with only one, the visitor is taken there
    address = marked.house.url("broadcast") + "/"

    def listed(page: Page) -> None:
        expect(page.locator("main a").first).to_be_visible()

    assert faults_in(open_page(address), address, listed) == []


def test_axe_finds_nothing_on_the_board(marked: Stage, open_page: OpenPage) -> None:
    assert faults_in(open_page(marked.board), marked.board, _live) == []


@pytest.mark.parametrize("path", ["screen", "overlay?view=lower", "overlay?view=full&theme=light", "embed"])
def test_axe_finds_nothing_where_boards_are_only_shown(path: str, house: Running, open_page: OpenPage) -> None:
    """During the ceremony, with everything there can be on a board: labels, awards, the newest step."""
    stage = Stage.set_up(house, f"axe-{path.partition('?')[0]}-{len(path)}")
    page = open_page("about:blank")
    everything(stage).on(page)

    def revealed(page: Page) -> None:
        expect(page.locator("html")).to_have_attribute("data-state", "live")
        expect(page.locator("#news .stage")).to_be_visible()

    assert faults_in(page, f"{stage.board}/{path}", revealed) == []


def test_axe_finds_nothing_on_the_page_that_builds_addresses(stage: Stage, open_page: OpenPage) -> None:
    def drawn(page: Page) -> None:
        page.locator("[value=overlay]").check()
        expect(page.locator("#code")).to_have_value(re.compile("overlay"))
        expect(page.frame_locator("#preview").locator("html")).to_have_attribute("data-view", "lower")

    assert faults_in(open_page("about:blank"), f"{stage.board}/setup", drawn) == []
