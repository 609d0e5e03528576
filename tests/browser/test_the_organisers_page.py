"""What an organiser does about people: offices, standings, trainers, own links."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.stage import Stage


def _page(stage: Stage, open_page: OpenPage, lang: str = "en") -> Page:
    link = stage.house.organiser_link.replace("/organise", f"/organise?showcase={stage.showcase}&lang={lang}")
    return open_page(link)


def _assign(page: Page, office: str, name: str) -> None:
    page.locator("summary", has_text="Add a judge").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Country or region").select_option("SG")
    page.get_by_role("radio", name=office, exact=True).check()


def test_a_chief_expert_gets_a_link_to_the_chiefs_page_and_a_second_one_is_only_warned_of(
    stage: Stage, open_page: OpenPage
) -> None:
    page = _page(stage, open_page)
    _assign(page, "Chief expert", "Cora Example")
    page.get_by_role("button", name="Add a judge").click()
    expect(page.get_by_text("can act as the chief expert")).to_be_visible()
    assert "/chief#token=" in page.get_by_label("Access link").input_value()
    expect(page.get_by_role("row", name="Cora")).to_contain_text("Chief expert")
    _assign(page, "Chief expert", "Cato Example")
    expect(page.get_by_text("Chief expert here already: Cora Example.")).to_be_visible()
    page.get_by_role("button", name="Add a judge").click()
    expect(page.get_by_role("row", name="Cato")).to_contain_text("active")


def test_a_competitor_becomes_a_guest_and_competes_again_on_undo(stage: Stage, open_page: OpenPage) -> None:
    stage.enter("07", "Nova", "GB")
    page = _page(stage, open_page)
    row = page.get_by_role("row", name="Nova")
    row.get_by_role("button", name="Make a guest").click()
    page.get_by_role("dialog").get_by_role("button", name="Make a guest").click()
    expect(row).to_contain_text("takes part out of competition")
    page.get_by_role("button", name="Undo").click()
    expect(row).not_to_contain_text("takes part out of competition")
    expect(row.get_by_role("button", name="Make a guest")).to_be_visible()


def test_a_trainer_and_a_competitor_get_links_to_their_own_results(stage: Stage, open_page: OpenPage) -> None:
    for bib, name in (("07", "Nova"), ("08", "Lin")):
        stage.enter(bib, name, "GB")
    page = _page(stage, open_page)
    page.locator("summary", has_text="Add a trainer").click()
    page.get_by_label("Trainer's name").fill("Tai Example")
    page.get_by_role("checkbox", name="08 Lin").check()
    page.get_by_role("button", name="Add a trainer").click()
    expect(page.get_by_text("sees these competitors' results")).to_be_visible()
    assert "/mine#token=" in page.get_by_label("Access link").input_value()
    expect(page.get_by_role("row", name="Tai Example")).to_contain_text("Lin Example")
    page.get_by_role("row", name="Nova").get_by_role("button", name="Own link").click()
    expect(page.get_by_text("sees this competitor's results")).to_be_visible()


def test_a_withdrawn_consent_takes_the_name_off_at_once(stage: Stage, open_page: OpenPage) -> None:
    stage.enter("07", "Nova", "GB")
    page = _page(stage, open_page, "zh")
    row = page.get_by_role("row", name="Nova")
    row.get_by_role("button", name="撤回授权").click()
    page.get_by_role("dialog").get_by_role("button", name="撤回授权").click()
    expect(row).to_contain_text("No. 07")
