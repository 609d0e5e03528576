"""The page for marking schemes: looked at first, mended by cell, taken into use, and taken out again."""

import io
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import FilePayload, Page, expect

from services.livescore.domain.schemes.from_yaml import check_yaml
from services.livescore.domain.schemes.sheet import IMPORT_SHEET
from services.livescore.domain.schemes.to_sheet import scheme_sheet
from services.livescore.spreadsheets.workbook import write_workbook
from tests.browser.conftest import OpenPage
from tests.browser.stage import SCHEME, Stage

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(scheme: str, **cells: str | float) -> FilePayload:
    """The scheme as somebody's workbook, with some cells changed."""
    content = write_workbook(scheme_sheet(check_yaml(scheme.encode()).usable()))
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book[IMPORT_SHEET]
    assert isinstance(sheet, Worksheet)
    for name, value in cells.items():
        sheet[name] = value
    out = io.BytesIO()
    book.save(out)
    return {"name": "scheme.xlsx", "mimeType": XLSX, "buffer": out.getvalue()}


def opened(stage: Stage, open_page: OpenPage, lang: str = "en", width: int = 1280) -> Page:
    address = f"{stage.house.url('livescore')}/schemes?lang={lang}&competition={stage.competition}"
    return open_page(f"{address}#token={stage.house.organiser_token}", width)


def version(stage: Stage) -> int:
    path = f"/api/livescore/competitions/{stage.competition}/scheme"
    return int(stage.house.send("GET", "livescore", path, token=stage.house.organiser_token)["version"])


def test_a_faulty_workbook_is_mended_by_cell_and_then_taken_into_use(stage: Stage, open_page: OpenPage) -> None:
    page = opened(stage, open_page)
    page.set_input_files("#file", workbook(SCHEME.replace("It runs", "It starts"), K12="a lot", D13="X"))
    expect(page.locator("#outcome")).to_contain_text("2 things need to be put right")
    row = page.get_by_role("row").filter(has_text="K12")
    expect(row).to_contain_text("R3")
    expect(row).to_contain_text("Write it in the digits")
    assert version(stage) == 1
    page.set_input_files("#file", workbook(SCHEME.replace("It runs", "It starts")))
    expect(page.locator("#outcome")).to_contain_text("It would be version 2 in place of version 1")
    expect(page.get_by_role("row").filter(has_text="A1.1")).to_contain_text("It starts / 能运行")
    page.get_by_role("button", name="Take into use as version 2").click()
    expect(page.locator("#say")).to_contain_text("in force as version 2")
    assert version(stage) == 2


def test_the_scheme_in_force_can_be_saved_and_looked_at_again(
    stage: Stage, open_page: OpenPage, tmp_path: Path
) -> None:
    page = opened(stage, open_page)
    for kind, suffix in (("workbook", "xlsx"), ("YAML", "yaml")):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Save as {kind}").click()
        saved = tmp_path / download.value.suggested_filename
        download.value.save_as(saved)
        assert saved.name == f"{stage.competition}-scheme-v1.{suffix}"
        page.set_input_files("#file", saved)
        expect(page.locator("#outcome")).to_contain_text(saved.name)
        expect(page.locator("#outcome")).to_contain_text("This is the scheme in force, version 1")


def test_in_chinese_findings_say_what_to_do_in_chinese_and_a_line_can_be_found(
    stage: Stage, open_page: OpenPage
) -> None:
    page = opened(stage, open_page, "zh", 390)
    page.locator("#typed summary").click()
    page.get_by_label("YAML 格式的方案").fill(SCHEME.replace("weight: 100", "weight: 90"))
    page.get_by_role("button", name="检查", exact=True).click()
    expect(page.locator("#outcome")).to_contain_text("各部分权重合计为 90.00")
    expect(page.locator("#outcome")).to_contain_text("请调整权重")
    page.get_by_role("button", name="第 2 行").first.click()
    selected = page.locator("#text").evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
    assert selected == "sections:"


def test_r9_after_the_first_mark_the_page_says_who_can_change_the_scheme(stage: Stage, open_page: OpenPage) -> None:
    competitor = stage.enter("01", "Nia", "GB")
    stage.mark(stage.seat("a", "SG"), competitor, "A1.1", {"value": "met"})
    page = opened(stage, open_page)
    page.set_input_files("#file", workbook(SCHEME.replace("max: 20.00", "max: 15.00", 1).replace("20.00", "25.00", 1)))
    expect(page.locator("#outcome")).to_contain_text("takes an amendment")
    expect(page.locator("#outcome")).to_contain_text("For 2 aspects marks count differently")
    expect(page.get_by_role("button", name="Take into use")).to_have_count(0)


def test_r9_the_chief_expert_proposes_an_amendment_and_the_manager_consents(stage: Stage, open_page: OpenPage) -> None:
    competitor = stage.enter("01", "Nia", "GB")
    stage.mark(stage.seat("a", "SG"), competitor, "A1.1", {"value": "met"})
    chief, manager = stage.seat("ce", "FR", "chief"), stage.seat("scm", "DE", "manager")
    address = f"{stage.house.url('livescore')}/schemes?lang=en&competition={stage.competition}"
    page = open_page(f"{address}#{chief.partition('#')[2]}")
    page.set_input_files("#file", workbook(SCHEME.replace("max: 20.00", "max: 15.00", 1).replace("20.00", "25.00", 1)))
    page.get_by_label("Why the scheme has to change").fill("the maximum was misprinted")
    page.get_by_role("button", name="Propose the amendment").click()
    expect(page.locator("#say")).to_contain_text("Proposed")
    assert version(stage) == 1
    other = open_page(manager)
    other.get_by_role("button", name="Approve").click()
    other.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(other.locator(".proposal")).to_have_count(0)
    assert version(stage) == 2
