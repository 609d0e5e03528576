"""Panels, exceptions and ranking on the page of chief expert and manager (R2, R29)."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.stage import Stage

WHY = "Two of the neutral judges fell ill this morning."


def confirm(page: Page, name: str, reason: str) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name=name, exact=True).click()
    expect(dialog).to_have_count(0)


def test_two_people_decide_to_rank_nobody_and_viewers_are_told(stage: Stage, open_page: OpenPage) -> None:
    """R29: the places go from the board, and a notice says why."""
    competitor = stage.enter("01", "Nia", "GB")
    stage.mark(stage.seat("a", "SG"), competitor, "A1.1", {"value": "met"})
    viewer = open_page(f"{stage.board}?lang=en", 390, 844)
    place = viewer.locator("#board tbody tr .rank")
    expect(place).to_have_text("1")
    chief = open_page(stage.seat("ce", "FI", "chief"))
    manager = open_page(stage.seat("scm", "SE", "manager"), 834, 1112)
    chief.locator("[data-tab=panels]").click()
    expect(chief.locator("#part")).to_contain_text("Everybody who competes is ranked.")
    chief.get_by_role("button", name="Rank nobody").click()
    confirm(chief, "Propose", WHY)
    expect(chief.get_by_role("button", name="Rank nobody")).to_have_count(0)
    expect(manager.locator(".proposal")).to_contain_text(f"Rank nobody: {WHY}")
    manager.get_by_role("button", name="Approve").click()
    manager.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(chief.locator("#part")).to_contain_text("Nobody is ranked")
    expect(chief.get_by_role("button", name="Rank again")).to_be_visible()
    expect(viewer.locator("#news")).to_contain_text("Nobody is ranked in this competition")
    expect(place).to_have_count(0)
    expect(viewer.locator("#board tbody tr")).to_contain_text("20.00")
    viewer.get_by_role("link", name="中文").click()
    expect(viewer.locator("#news")).to_contain_text("本赛项不排名次")
    assert viewer.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_panel_is_named_as_its_members_are(stage: Stage, open_page: OpenPage) -> None:
    """R29: nobody chooses between neutral and mixed."""
    for bib, name, country in (("01", "Nia", "GB"), ("02", "Shili", "CN")):
        stage.enter(bib, name, country)
    for key, country in (("a", "SG"), ("b", "CH"), ("c", "GB"), ("d", "CN")):
        stage.seat(key, country)
    page = open_page(stage.seat("ce", "FI", "chief"))
    page.locator("[data-tab=panels]").click()
    page.locator("[data-form=A1]").get_by_role("button", name="Name the panel").click()
    for seat, country in enumerate(("SG", "CH", "GB", "CN"), start=1):
        page.get_by_label(f"Seat {seat}").select_option(label=country)
    page.get_by_role("dialog").get_by_role("button", name="Name the panel", exact=True).click()
    expect(page.locator("[data-form=A1]")).to_contain_text("mixed")


def test_another_team_for_one_sheet_is_proposed_with_a_reason_and_approved(stage: Stage, open_page: OpenPage) -> None:
    """R2."""
    competitor = stage.enter("01", "Nia", "GB")
    links = [stage.seat(key, country) for key, country in (("a", "SG"), ("b", "CH"), ("c", "FR"))]
    stage.mark(links[0], competitor, "A1.1", {"value": "met"})
    chief = open_page(stage.seat("ce", "FI", "chief"))
    manager = open_page(stage.seat("scm", "SE", "manager"), 834, 1112)
    chief.locator(".cell").first.click()
    chief.locator("#detail").get_by_role("button", name="Another panel").click()
    for seat, country in enumerate(("CH", "FR", "SG"), start=1):
        chief.get_by_label(f"Seat {seat}").select_option(label=country)
    confirm(chief, "Propose", WHY)
    expect(manager.locator(".proposal")).to_contain_text(f"SG: {WHY}")
    manager.get_by_role("button", name="Approve").click()
    manager.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(manager.locator(".proposal")).to_have_count(0)
    expect(chief.locator("#detail dl")).to_contain_text("CH, ")
    expect(chief.locator("#detail")).to_contain_text("Another team marks this sheet")
