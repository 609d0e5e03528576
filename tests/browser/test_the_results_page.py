"""Results as staff see, download and print them, in both languages."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.stage import Stage


def _marked(stage: Stage) -> dict[str, str]:
    """Two competitors with marks that differ by two thirds of a mark, a third one with none; ids by bib."""
    people = {bib: stage.enter(bib, name, country) for bib, name, country in
              (("07", "Nova", "GB"), ("08", "Lin", "CN"), ("09", "Ada", "GB"))}  # fmt: skip
    judge = stage.seat("sg", "SG")
    for bib, seconds in (("07", "6600"), ("08", "6660")):
        stage.mark(judge, people[bib], "A1.1", {"value": "met"})
        stage.mark(judge, people[bib], "A1.4", {"value": seconds})
    return people


def _open(stage: Stage, open_page: OpenPage, more: str = "", **context: int) -> Page:
    where = f"{stage.house.url('livescore')}/result?competition={stage.competition}{more}"
    return open_page(f"{where}#token={stage.house.organiser_token}", **context)


def test_staff_see_the_table_and_why_a_rank_is_what_it_is(stage: Stage, open_page: OpenPage) -> None:
    _marked(stage)
    page = _open(stage, open_page, "&lang=en")
    expect(page.get_by_text("Provisional: what the marks give now.")).to_be_visible()
    row = page.get_by_role("row", name="Lin")
    expect(row).to_contain_text("26.00")
    row.get_by_role("button", name="Why?").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 of 2")
    expect(dialog).to_contain_text("Rank 1, 07 Nova, with 26.67: 0.67 marks apart.")
    expect(dialog).to_contain_text("09 Ada")
    dialog.get_by_role("button", name="Close").click()
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("row", name="Lin").get_by_role("button", name="为何？")).to_be_visible()


def test_files_come_under_their_names_and_say_that_they_are_provisional(stage: Stage, open_page: OpenPage) -> None:
    """R92."""
    _marked(stage)
    page = _open(stage, open_page, "&lang=en")
    for button, name in (
        ("Competitor_results.xlsx", "Competitor_results_provisional.xlsx"),
        ("CSV", "results_provisional.csv"),
    ):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=button).click()
        assert waiting.value.suggested_filename == name
        assert waiting.value.path().stat().st_size > 100


def test_a_sheet_fits_a_page_of_a4_and_has_no_rank_before_it_is_final(stage: Stage, open_page: OpenPage) -> None:
    """R35, R48."""
    people = _marked(stage)
    page = _open(stage, open_page, f"&lang=zh&competitor={people['07']}", width=390, height=844)
    sheet = page.get_by_role("article")
    expect(sheet).to_contain_text("暂定成绩单")
    expect(sheet).to_contain_text("26.67")
    expect(sheet).to_contain_text("尚未全部评完")
    expect(sheet).not_to_contain_text("名次")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="打印")).to_be_hidden()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1


def test_staff_ask_why_a_mark_is_what_it_is_and_aspects_are_never_printed(stage: Stage, open_page: OpenPage) -> None:
    """R10, R13."""
    people = _marked(stage)
    page = _open(stage, open_page, f"&lang=en&competitor={people['07']}")
    page.get_by_role("button", name="5 aspects").click()
    page.get_by_role("row", name="Time needed").get_by_role("button", name="Why?").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("20.00 × (7200 − 6600) / (7200 − 5400) = 20/3 → 6.67")
    expect(dialog).to_contain_text("Readings")
    dialog.get_by_role("button", name="Close").click()
    page.emulate_media(media="print")
    expect(page.get_by_role("article").get_by_text("Time needed")).to_be_hidden()


def test_all_sheets_are_printed_on_a_page_each(stage: Stage, open_page: OpenPage) -> None:
    _marked(stage)
    page = _open(stage, open_page, "&lang=en")
    page.get_by_role("link", name="All sheets, to print").click()
    expect(page.get_by_role("article")).to_have_count(3)
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 3


def test_whoever_has_no_link_is_told_how_to_get_here(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(f"{stage.house.url('livescore')}/result?competition={stage.competition}&lang=en")
    expect(page.get_by_text("Please open this page with your access link")).to_be_visible()
    expect(page.get_by_role("table")).to_have_count(0)
