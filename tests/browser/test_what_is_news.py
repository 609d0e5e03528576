"""What a page tells of single competitors, and what it does not: figures that go for everybody, or with a person."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.pictures import Picture, rows
from tests.browser.stage import Stage


def _opened(open_page: OpenPage, picture: Picture, path: str = "", **context: Any) -> Page:
    page = open_page("about:blank", **context)
    picture.on(page)
    page.goto(f"{picture.stage.board}{path}?lang=en")
    expect(page.locator("#board tbody tr")).to_have_count(len(picture.rows))
    return page


def _told(page: Page, picture: Picture) -> None:
    """Whatever comes next is told: so nothing that came before is still on its way."""
    picture.change(c01={"total": "96.00", "marked": 25})
    expect(page.locator("#board tr[data-bib='01'] .chip")).to_have_text("+1.00")


@pytest.mark.parametrize("status", ["withdrawn", "disqualified"])
def test_who_leaves_the_competition_has_not_lost_marks(status: str, house: Any, open_page: OpenPage) -> None:
    """The figures go with the person; they are shown as not there, not as nothing."""
    stage = Stage.set_up(house, f"who-leaves-{status}")
    picture = Picture(stage, rows(4))
    page = _opened(open_page, picture)
    picture.change(c02={"status": status, "total": None, "criteria": None, "rank": None})
    row = page.locator("#board tr[data-bib='02']")
    expect(row.locator(".total b")).to_have_text("–")
    _told(page, picture)
    expect(row.locator(".chip")).to_be_empty()
    expect(page.locator("#feed li")).to_have_text([re.compile("01 Ada Example")])


def test_that_the_public_sees_less_from_now_on_is_no_news_of_anybody(stage: Stage, open_page: OpenPage) -> None:
    picture = Picture(stage, rows(4))
    page = _opened(open_page, picture)
    picture.change(c03={"total": "91.30"})
    expect(page.locator("#feed li")).to_have_count(1)
    gone: dict[str, Any] = {"total": None, "criteria": None, "rank": None}
    picture.change({"mode": "progress", "criteria": None}, **{f"c0{n}": gone for n in range(1, 5)})
    expect(page.locator("#board")).to_have_class(re.compile("mode-progress"))
    picture.change(c01={"marked": 25})
    expect(page.locator("#feed li")).to_have_text([re.compile("01 Ada Example: 25 of 24"), re.compile("03 .*91.30")])
    expect(page.locator("#board tr.hot")).to_have_attribute("data-bib", "01")


def test_another_version_of_a_result_is_no_news_of_single_rows(stage: Stage, open_page: OpenPage) -> None:
    picture = Picture(stage, rows(4), {"final": True, "version": 2, "amended": "once"})
    page = _opened(open_page, picture)
    picture.change({"version": 3, "amended": "twice"}, c02={"total": "97.00", "rank": 1}, c01={"rank": 2})
    expect(page.locator("#news")).to_contain_text("twice")
    expect(page.locator("#board tbody tr").first).to_have_attribute("data-bib", "02")
    expect(page.locator("#board tr.hot")).to_have_count(0)


def test_the_bib_of_a_link_to_another_competition_is_nobody_here(stage: Stage, open_page: OpenPage) -> None:
    page = open_page("about:blank")
    Picture(stage, rows(9)).on(page)
    page.goto(f"{stage.board}?c=welding&who=07&lang=en")
    expect(page.locator("#mine")).to_contain_text("number 07, which is not on this board")
    expect(page.locator("#board tr.mine")).to_have_count(0)
    page.goto(f"{stage.board}?who=somebody&lang=en")
    expect(page.locator("#board tbody tr")).to_have_count(9)
    expect(page.locator("#mine")).to_be_empty()


def test_the_board_stands_in_a_browser_that_stores_nothing(stage: Stage, open_page: OpenPage) -> None:
    page = open_page("about:blank")
    page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError') } })"
    )
    picture = Picture(stage, rows(4)).on(page)
    page.goto(f"{stage.board}?lang=en")
    expect(page.locator("#count")).to_have_text("90 of 96 marks settled")
    picture.change(c02={"total": "93.00", "marked": 24})
    expect(page.locator("#feed li").first).to_contain_text("02 示例一 +0.35")
