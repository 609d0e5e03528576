"""The link to one competitor's row: how it is given away, and what it shows to whoever opens it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import faults_in
from tests.browser.conftest import OpenPage
from tests.browser.pictures import Picture, rows
from tests.browser.stage import Stage


@pytest.fixture
def board(stage: Stage, open_page: OpenPage) -> Page:
    """A phone with thirty competitors, at no address yet."""
    page = open_page("about:blank", 390, 844)
    Picture(stage, rows(30)).on(page)
    return page


def _row(page: Page, bib: str) -> str:
    expect(page.locator("#board tbody tr")).to_have_count(30)
    return f"#board tr[data-bib='{bib}']"


def _at(page: Page, row: str) -> tuple[float, float]:
    """Top and bottom on the screen."""
    box = page.locator(row).bounding_box()
    assert box is not None
    return box["y"], box["y"] + box["height"]


def test_a_row_is_shared_by_the_device_where_it_can(stage: Stage, board: Page) -> None:
    board.add_init_script("navigator.share = async ({ url }) => { document.documentElement.dataset.given = url }")
    board.goto(f"{stage.board}?lang=zh")
    board.get_by_role("button", name="分享04 Cy的成绩行").click()
    expect(board.locator("#say")).to_be_empty()
    expect(board.locator("html")).to_have_attribute("data-given", f"{stage.board}?c=electronics&who=04")


def test_else_the_link_is_copied_and_that_is_said(stage: Stage, board: Page) -> None:
    board.context.grant_permissions(["clipboard-read", "clipboard-write"])
    board.add_init_script("navigator.share = undefined")
    board.goto(f"{stage.board}?lang=en")
    button = board.get_by_role("button", name="Share the row of 04 Cy")
    button.focus()
    board.keyboard.press("Enter")
    expect(board.get_by_role("status").filter(has_text="The link to 04 Cy was copied.")).to_be_visible()
    assert board.evaluate("navigator.clipboard.readText()") == f"{stage.board}?c=electronics&who=04"


def test_where_nothing_may_be_copied_the_link_is_shown(stage: Stage, board: Page) -> None:
    board.add_init_script("navigator.share = undefined; navigator.clipboard.writeText = () => Promise.reject()")
    board.goto(f"{stage.board}?lang=en")
    board.get_by_role("button", name="Share the row of 04 Cy").click()
    expect(board.get_by_label("Link", exact=True)).to_have_value(f"{stage.board}?c=electronics&who=04")
    board.locator("#say").get_by_role("button", name="Close").click()
    expect(board.locator("#say")).to_be_empty()


def test_whoever_opens_the_link_is_taken_to_the_row_which_stays_in_sight(stage: Stage, board: Page) -> None:
    board.goto(f"{stage.board}?c=electronics&who=20&lang=en")
    row = _row(board, "20")
    expect(board.locator(row)).to_contain_text("from your link")
    expect(board.locator("#mine")).to_contain_text("The link you opened leads to 20 Cy.")
    expect(board.locator(row)).to_be_in_viewport()
    assert board.evaluate("scrollY") > 300
    for scroll_to in ("0", "document.documentElement.scrollHeight"):
        board.evaluate(f"scrollTo(0, {scroll_to})")
        top, bottom = _at(board, row)
        assert top >= 0
        assert bottom <= 844
    board.get_by_role("button", name="Remove the mark").click()
    expect(board.locator(row)).not_to_contain_text("from your link")
    expect(board.locator("#mine")).to_be_empty()
    assert "who=" not in board.url


def test_a_number_that_is_not_on_the_board_is_said(stage: Stage, board: Page) -> None:
    board.goto(f"{stage.board}?who=99&lang=zh")
    expect(board.locator("#mine")).to_contain_text("99 号，但计分板上没有该号码")


def test_the_focus_stays_on_a_row_that_changes_its_place(stage: Stage, open_page: OpenPage) -> None:
    page = open_page("about:blank")
    picture = Picture(stage, rows(6)).on(page)
    page.goto(f"{stage.board}?lang=en")
    expect(page.locator("#board tbody tr")).to_have_count(6)
    button = page.get_by_role("button", name="Share the row of 05 Ada Example")
    button.focus()
    page.evaluate("document.activeElement.onblur = () => { window.blurred = true }; null")
    picture.change(c05={"rank": 1, "total": "96.00"}, **{f"c0{n}": {"rank": n + 1} for n in range(1, 5)})
    expect(page.locator("#board .bib")).to_have_text(["05", "01", "02", "03", "04", "06"])
    expect(button).to_be_focused()
    assert page.evaluate("window.blurred") is None
    expect(page.get_by_role("row").nth(1)).to_have_accessible_name(re.compile("^1 .*05 Ada Example.* 96.00"))


def test_axe_finds_nothing_where_a_row_is_marked(stage: Stage, board: Page) -> None:
    def marked(page: Page) -> None:
        expect(page.locator("#board tr.mine")).to_be_visible()
        expect(page.locator("#mine button")).to_be_visible()

    assert faults_in(board, f"{stage.board}?who=20", marked) == []
