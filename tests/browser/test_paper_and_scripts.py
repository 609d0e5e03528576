"""Marks that came another way: what a script said of a reading (R18), what was typed from paper (R43)."""

import re

from playwright.sync_api import Page, expect

from tests.browser.axe import faults
from tests.browser.conftest import OpenPage
from tests.browser.running import until
from tests.browser.stage import Stage
from tests.browser.tablet import SIZE, card, judge_id, press, recorded

_GIVEN = {"A1.2": {"value": "0"}, "A1.3": {"value": "12.0"}, "A1.4": {"value": "5400"}}
_CHECK = {"script": "continuity.py", "sha256": "5c" * 32, "verdict": "not_correct", "said": "pin 7 is open"}


def _mark_all_but_one(stage: Stage, links: list[str], competitor: str) -> None:
    """Everything of the sheet but A1.1."""
    for aspect, given in _GIVEN.items():
        stage.mark(links[0], competitor, aspect, given)
    for link in links:
        stage.mark(link, competitor, "A1.5", {"score": 2})


def _bar(page: Page, name: str) -> None:
    page.locator("#bar").get_by_role("button", name=name).click()


def test_a_reading_that_a_script_calls_not_correct_is_checked_by_hand_before_the_sheet_goes_on(
    stage: Stage, open_page: OpenPage
) -> None:
    """R18: also without a network, in the order of the queue; the chief expert sees who checked."""
    competitor = stage.enter("01", "Nia", "GB")
    links = [stage.seat(key, country) for key, country in (("a", "SG"), ("b", "CH"), ("c", "FR"))]
    _mark_all_but_one(stage, links, competitor)
    stage.mark(links[1], competitor, "A1.1", {"value": "met", "check": _CHECK})
    page, chief = open_page(links[0], *SIZE), open_page(stage.seat("ce", "FI", "chief"))
    expect(card(page, "A1.1")).to_contain_text("Automatic check: not correct · script continuity.py")
    expect(card(page, "A1.1")).to_contain_text("“pin 7 is open”")
    expect(page.locator("#bar")).to_contain_text("To be checked by hand first: A1.1")
    expect(page.locator("#bar").get_by_role("button", name="Submit this sheet")).to_be_disabled()
    expect(chief.locator(".cell").first).to_contain_text("to check by hand")
    expect(chief.get_by_role("button", name="1 to check by hand")).to_be_visible()
    assert faults(page) == []
    page.context.set_offline(True)
    press(page, "A1.1", "Checked by hand: the reading stands")
    expect(card(page, "A1.1")).to_contain_text("Kept on this device")
    _bar(page, "Submit this sheet")
    page.context.set_offline(False)
    expect(page.locator("#now")).to_contain_text("Submitted")
    expect(card(page, "A1.1")).to_contain_text(re.compile(r"Checked by hand, the reading stands · you · \d"))
    expect(chief.locator(".cell").first).to_contain_text("to verify")
    chief.locator(".cell").first.click()
    mark = chief.locator("#detail [data-aspect='A1.1']")
    expect(mark).to_contain_text(re.compile(r"not correct.*continuity\.py.*Checked by hand, the reading stands · .*SG"))
    mark.get_by_text("History and reasons").click()
    expect(mark.locator("details")).to_contain_text(re.compile(r"not correct.*pin 7 is open.*Checked by hand"))
    where = f"{stage.house.url('livescore')}/result?competition={stage.competition}&competitor={competitor}&lang=en"
    result = open_page(f"{where}#token={stage.house.organiser_token}")
    result.get_by_role("button", name="5 aspects").click()
    result.get_by_role("row", name="It runs").get_by_role("button", name="Why?").click()
    said = re.compile(rf"not correct.*continuity\.py.*Checked by hand, the reading stands · {judge_id(stage, 'a')}")
    expect(result.get_by_role("dialog")).to_contain_text(said)


def test_what_is_typed_from_paper_is_accepted_by_a_compatriot_before_anybody_signs(
    stage: Stage, open_page: OpenPage
) -> None:
    """R43: the switch stays on over a reload; the chief expert sees whom the sheet waits for."""
    competitor = stage.enter("01", "Nia", "GB")
    links = [stage.seat(key, country) for key, country in (("a", "SG"), ("b", "CH"), ("c", "FR"))]
    compatriot = stage.seat("d", "GB")
    _mark_all_but_one(stage, links, competitor)
    page, chief = open_page(links[0], *SIZE), open_page(stage.seat("ce", "FI", "chief"))
    page.get_by_label("I am typing from paper").check()
    page.reload()
    expect(page.get_by_label("I am typing from paper")).to_be_checked()
    expect(page.locator("#notices")).to_contain_text("You are typing from paper")
    press(page, "A1.1", "Met")
    expect(card(page, "A1.1")).to_contain_text("typed from paper")
    until(lambda: [mark.get("paper") for mark in recorded(stage.house, stage.competition)].count(True) == 1)
    _bar(page, "Submit this sheet")
    chief.get_by_role("button", name="1 to verify").click()
    chief.locator(".cell").first.click()
    chief.locator("#detail").get_by_role("button", name="Verify").click()
    expect(chief.locator("#detail")).to_contain_text(re.compile(r"compared what was typed with the paper:.*GB"))
    expect(chief.get_by_role("button", name="1 typing to accept")).to_be_visible()
    expect(page.locator("#bar")).to_contain_text("Typed from paper: A1.1. Nobody signs before the typing is accepted.")
    expect(page.locator("#bar").get_by_role("button", name="Sign")).to_have_count(0)

    other = open_page(compatriot, *SIZE)
    other.get_by_text("1 sheet waits for you").click()
    other.locator("#todo button").click()
    assert faults(other) + faults(chief) == []
    _bar(other, "Accept what was typed")
    expect(other.locator("#bar")).to_contain_text(f"Accepted by {judge_id(stage, 'd')}.")
    _bar(page, "Sign")
    expect(page.locator("#bar")).to_contain_text(f"signed by {judge_id(stage, 'a')}")
    expect(chief.locator("#detail")).to_contain_text("Typing accepted by")


def test_the_chief_expert_accepts_as_verifier_where_nobody_judges_for_that_country(
    stage: Stage, open_page: OpenPage
) -> None:
    """R43, on the Chinese page."""
    competitor = stage.enter("01", "Nia", "GB")
    links = [stage.seat(key, country) for key, country in (("a", "SG"), ("b", "CH"), ("c", "FR"))]
    _mark_all_but_one(stage, links, competitor)
    stage.mark(links[0], competitor, "A1.1", {"value": "met", "paper": True})
    chief = stage.seat("ce", "FI", "chief")
    stage.act(links[0], "submit-sheet", form="A1", competitor=competitor)
    stage.act(chief, "verify-sheet", form="A1", competitor=competitor)
    page = open_page(chief.replace("#", "?lang=zh#"))
    page.locator(".cell").first.click()
    page.locator("#detail").get_by_role("button", name="确认录入无误").click()
    page.get_by_role("dialog").get_by_role("button", name="确认录入无误").click()
    expect(page.locator("#detail")).to_contain_text("录入确认人")
    expect(page.locator("#detail")).to_contain_text("等待 3 位裁判签字")
