"""The judge's page where a panel marks: its coordinator justifies another round before the panel marks again (R24)."""

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.stage import Stage
from tests.browser.tablet import SIZE, card, judge_id, perform, press, seat_chief

TWO_LOOKS = 20_000
"""Each page asks every four seconds."""
WHY = "The joint on the left was overlooked by one of us."


def _apart(stage: Stage) -> list[str]:
    """Links of three judges whose scores are too far apart, and of their coordinator."""
    competitor = stage.enter("01", "Nia", "GB")
    links = [stage.seat(key, country) for key, country in (("a", "SG"), ("b", "CH"), ("c", "FR"), ("d", "NO"))]
    team = [judge_id(stage, key) for key in "abcd"]
    perform(stage, seat_chief(stage), "name-panel", form="A1", judges=team[:3], coordinator=team[3])
    for link, score in zip(links, (0, 1, 3), strict=False):
        stage.mark(link, competitor, "A1.5", {"score": score})
    return links


def test_the_panel_marks_again_once_its_coordinator_has_written_why(stage: Stage, open_page: OpenPage) -> None:
    """R24: what is too short is not sent; both pages move by themselves."""
    links = _apart(stage)
    panel = open_page(links[0], *SIZE)
    expect(card(panel, "A1.5")).to_contain_text("The coordinator of this sheet writes first why it is marked again.")
    expect(card(panel, "A1.5").get_by_role("button")).to_have_count(0)

    lead = open_page(links[3], *SIZE)
    lead.get_by_text("1 sheet waits for you").click()
    lead.locator("#todo button").click()
    card(lead, "A1.5").get_by_label("Why this is marked again").fill("too short")
    press(lead, "A1.5", "Save the reason")
    expect(card(lead, "A1.5").get_by_role("alert")).to_have_text("Please write at least 20 characters.")
    card(lead, "A1.5").get_by_label("Why this is marked again").fill(WHY)
    press(lead, "A1.5", "Save the reason")
    expect(card(lead, "A1.5")).to_contain_text(f"Marked again because: {WHY}")
    expect(card(lead, "A1.5").get_by_role("button")).to_have_count(0)

    expect(card(panel, "A1.5")).to_contain_text(WHY)
    expect(card(panel, "A1.5").get_by_label("Reason for the re-mark")).to_have_count(0)
    card(panel, "A1.5").get_by_role("button", name="2 Very tidy").click()
    expect(card(panel, "A1.5")).to_contain_text("waiting for the panel")


def test_a_reason_written_without_a_network_is_kept_and_sent_like_a_mark(stage: Stage, open_page: OpenPage) -> None:
    """R24, R45."""
    links = _apart(stage)
    lead = open_page(links[3], *SIZE)
    lead.get_by_text("1 sheet waits for you").click()
    lead.locator("#todo button").click()
    lead.context.set_offline(True)
    card(lead, "A1.5").get_by_label("Why this is marked again").fill(WHY)
    press(lead, "A1.5", "Save the reason")
    expect(card(lead, "A1.5")).to_contain_text("Kept on this device")
    lead.context.set_offline(False)
    expect(card(lead, "A1.5")).to_contain_text(f"Marked again because: {WHY}")


def test_one_sheet_open_on_two_devices_is_pointed_out_on_both(stage: Stage, open_page: OpenPage) -> None:
    """R45: to the same judge, and to two who may enter the same readings; gone when one turns to another sheet."""
    stage.enter("01", "Nia", "GB")
    stage.enter("02", "Shili", "CN")
    link = stage.seat("a", "SG")
    first, second = open_page(link, *SIZE), open_page(link, 390, 844)
    for page in (first, second):
        expect(page.locator("#notices")).to_contain_text("open on another device as well", timeout=TWO_LOOKS)
    assert second.evaluate("document.documentElement.scrollWidth") <= 390
    second.locator("#people button", has_text="Shili").click()
    for page in (first, second):
        expect(page.locator("#notices")).to_be_empty(timeout=TWO_LOOKS)
    other = open_page(stage.seat("b", "CH"), *SIZE)
    for page in (first, other):
        expect(page.locator("#notices")).to_contain_text("Another judge has this sheet open", timeout=TWO_LOOKS)
    first.get_by_role("link", name="中文").click()
    expect(first.locator("#notices")).to_contain_text("另一位裁判也打开了此评分表")
