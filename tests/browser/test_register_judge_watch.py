"""The main job, through the pages that people use: register, approve, judge, watch."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.stage import Stage


def _register(page: Page) -> None:
    expect(page.get_by_role("heading", name="Register to compete")).to_be_visible()
    page.get_by_label("Given name", exact=True).fill("Nova")
    page.get_by_label("Family name").fill("Sample")
    page.get_by_label("E-mail").fill("nova@example.org")
    page.get_by_label("Date of birth").fill("2001-02-03")
    page.get_by_label("Country or region").select_option("GB")
    page.get_by_label("I want to take part").check()
    page.get_by_label("Show my given name").check()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", name="You are registered")).to_be_focused()


def _organise(page: Page) -> str:
    """Approve the newcomer and make a judge's link; the link."""
    page.get_by_role("row", name="Nova").get_by_role("button", name="Approve").click()
    page.get_by_role("dialog").get_by_label("Bib").fill("7")
    page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(page.get_by_role("row", name="Nova")).to_contain_text("approved")
    page.get_by_text("Add a judge").first.click()
    page.get_by_label("Name", exact=True).fill("Neutra Example")
    page.get_by_label("Country or region").select_option("SG")
    page.get_by_role("button", name="Add a judge").click()
    expect(page.get_by_alt_text("QR code")).to_be_visible()
    return page.get_by_label("Access link").input_value()


def test_a_person_registers_is_approved_is_marked_and_is_watched(stage: Stage, open_page: OpenPage) -> None:
    viewer = open_page(stage.board)
    _register(open_page(f"{stage.house.url('broadcast')}/register/{stage.showcase}", 390, 844))
    organiser = open_page(stage.house.organiser_link.replace("/organise", f"/organise?showcase={stage.showcase}"))
    assert "token" not in organiser.url
    link = _organise(organiser)

    row = viewer.locator("#board tr", has_text="Nova")
    expect(row).to_contain_text("07")
    judge = open_page(link, 834, 1112)
    assert "token" not in judge.url
    judge.get_by_role("button", name="Met", exact=True).click()
    expect(judge.locator("[data-aspect='A1.1']")).to_contain_text("20.00 marks")

    expect(row.locator(".total")).to_contain_text("20.00")
    expect(row.locator(".total")).to_contain_text("+20.00")
    expect(viewer.locator("#feed")).to_contain_text("Just now: 07 Nova +20.00, now 20.00")
    expect(viewer.locator("#spoken")).to_contain_text("07 Nova")
    expect(viewer.locator("#watching")).to_contain_text("1 watching")
    expect(viewer.locator("#programme")).to_contain_text("China Time")


def test_what_is_missing_or_wrong_is_said_beside_its_field(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(f"{stage.house.url('registration')}/register/{stage.showcase}?lang=zh", 390, 844)
    page.get_by_role("button", name="提交报名").click()
    family = page.locator("[name=family_name]")
    expect(family).to_be_focused()
    expect(page.locator(".field", has=family).locator(".wrong")).to_have_text("请填写此项。")

    for name, value in {
        "family_name": "样本",
        "given_name": "示例",
        "email": "young@example.org",
        "birth_date": "2020-01-01",
    }.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=country]").select_option("CN")
    page.locator("[name=agreed]").check()
    expect(page.locator("[name=guardian_agreed]")).to_be_visible()
    page.get_by_role("button", name="提交报名").click()
    birth = page.locator("[name=birth_date]")
    expect(page.locator(".field", has=birth).locator(".wrong")).to_have_text("活动首日您未达到最低年龄要求。")


def test_registering_again_says_so_and_registers_nobody_twice(stage: Stage, open_page: OpenPage) -> None:
    address = f"{stage.house.url('registration')}/register/{stage.showcase}"
    _register(open_page(address))
    again = open_page(address)
    again.get_by_label("Given name", exact=True).fill("Nova")
    again.get_by_label("Family name").fill("Sample")
    again.get_by_label("E-mail").fill("nova@example.org")
    again.get_by_label("Date of birth").fill("2001-02-03")
    again.get_by_label("Country or region").select_option("GB")
    again.get_by_label("I want to take part").check()
    again.get_by_role("button", name="Register").click()
    expect(again.get_by_role("heading", name="You were registered already")).to_be_visible()
    expect(again.locator("#form")).to_be_hidden()


def test_a_scheme_with_faults_is_refused_line_by_line_and_a_good_one_is_in_force(
    stage: Stage, open_page: OpenPage
) -> None:
    organiser = open_page(stage.house.organiser_link.replace("/organise", f"/organise?showcase={stage.showcase}"))
    address = organiser.get_by_role("link", name="Marking scheme").get_attribute("href")
    assert address is not None
    page = open_page(address)
    expect(page.locator("#current")).to_contain_text("A short task")
    page.get_by_text("Or type or paste YAML").click()
    text = page.get_by_label("The scheme as YAML")
    text.fill("title: {en: A}\ncriteria: []\nnonsense: 1\n")
    page.get_by_role("button", name="Look at it").click()
    row = page.get_by_role("row", name="nonsense")
    row.get_by_role("button", name="Line 3").click()
    selected = text.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
    assert selected == "nonsense: 1"
