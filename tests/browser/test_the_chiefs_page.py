"""The page of chief expert and competition manager: all of it moves by itself, and two people decide together."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.stage import Stage

READINGS: dict[str, dict[str, Any]] = {
    "A1.1": {"value": "met"},
    "A1.2": {"value": "1"},
    "A1.3": {"value": "12.1"},
    "A1.4": {"value": "6000"},
}
BECAUSE = "We looked at the bench together once more."


class Team:
    """Three judges, and what they do on their own devices."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.competitor = stage.enter("01", "Nia", "GB")
        self.links = {key: stage.seat(key, country) for key, country in (("a", "SG"), ("b", "CH"), ("d", "FR"))}

    def score(self, *scores: int, **more: Any) -> None:
        for link, score in zip(self.links.values(), scores, strict=False):
            self.stage.mark(link, self.competitor, "A1.5", {"score": score, **more})

    def mark_all(self) -> None:
        for aspect, given in READINGS.items():
            self.stage.mark(self.links["a"], self.competitor, aspect, given)
        self.score(2, 2, 3)

    def act(self, key: str, act: str, **fields: Any) -> None:
        self.stage.act(self.links[key], act, form="A1", **fields)

    def sign(self) -> None:
        for key in self.links:
            self.act(key, "sign-sheets", competitors=[self.competitor])


def cell(page: Page) -> Locator:
    return page.locator(".cell").first


def confirm(page: Page, name: str, reason: str | None = None) -> None:
    dialog = page.get_by_role("dialog")
    if reason is not None:
        dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name=name, exact=True).click()
    expect(dialog).to_have_count(0)


def test_a_sheet_is_followed_verified_and_signed_without_a_reload(stage: Stage, open_page: OpenPage) -> None:
    team = Team(stage)
    page = open_page(stage.seat("ce", "FI", "chief"))
    expect(cell(page)).to_contain_text("not begun")
    expect(page.locator("html")).to_have_attribute("data-live", "live")
    team.mark_all()
    expect(cell(page)).to_contain_text("all marked")
    team.act("a", "submit-sheet", competitor=team.competitor)
    expect(page.get_by_role("button", name="1 to verify")).to_be_visible()
    cell(page).click()
    page.locator("#detail").get_by_role("button", name="Verify").click()
    expect(cell(page)).to_contain_text("to sign")
    expect(page.locator("#detail")).to_contain_text("Waits for 3 signatures")
    team.sign()
    page.get_by_role("button", name="Sign A1 for 1 competitor").click()
    confirm(page, "Sign and lock")
    expect(cell(page)).to_contain_text("locked")
    page.get_by_role("link", name="中文").click()
    expect(cell(page)).to_contain_text("已锁定")
    expect(page.locator("#detail")).to_contain_text("签字")
    page.locator("[data-tab=finish]").click()
    expect(page.locator("#part")).to_contain_text("一切就绪")


def test_one_proposes_and_the_other_approves_each_on_the_own_page(stage: Stage, open_page: OpenPage) -> None:
    team = Team(stage)
    link = stage.seat("ce", "FI", "chief")
    chief = open_page(f"{link.replace('#', '?lang=zh#')}")
    manager = open_page(stage.seat("scm", "SE", "manager"), 834, 1112)
    team.mark_all()
    team.act("a", "submit-sheet", competitor=team.competitor)
    stage.act(link, "verify-sheet", form="A1", competitor=team.competitor)
    team.sign()
    cell(manager).click()
    manager.locator("#detail").get_by_role("button", name="Reopen").click()
    confirm(manager, "Propose", "One reading was typed into the wrong line.")
    expect(manager.locator(".proposal")).to_contain_text("waits for the other person")
    expect(chief.locator(".proposal")).to_contain_text("竞赛经理请您批准")
    chief.get_by_role("button", name="批准").click()
    chief.get_by_role("dialog").get_by_role("button", name="批准").click()
    expect(manager.locator(".proposal")).to_have_count(0)
    expect(chief.get_by_role("button", name="1 复核中")).to_be_visible()
    expect(manager.locator("#detail")).to_contain_text("version 2")


def test_who_has_scored_is_shown_and_what_only_after_the_reveal(stage: Stage, open_page: OpenPage) -> None:
    """R21."""
    team = Team(stage)
    page = open_page(stage.seat("ce", "FI", "chief"))
    team.score(0, 3)
    expect(cell(page)).to_contain_text("being marked")
    cell(page).click()
    mark = page.locator("#detail [data-aspect='A1.5']")
    expect(mark).to_contain_text("Has scored")
    expect(mark).to_contain_text("SG")
    expect(mark).not_to_contain_text(re.compile(r"Round 1|: [03]"))
    stage.mark(team.links["d"], team.competitor, "A1.5", {"score": 1})
    expect(mark).to_contain_text(re.compile(r"Round 1.*SG: 0.*CH: 3.*FR: 1"))
    expect(page.get_by_role("button", name="1 too far apart")).to_be_visible()


def test_after_the_last_round_the_chief_orders_another_by_keyboard(stage: Stage, open_page: OpenPage) -> None:
    """R25."""
    team = Team(stage)
    page = open_page(stage.seat("ce", "FI", "chief"))
    for _ in range(3):
        team.score(0, 3, 1, justification=BECAUSE)
    expect(cell(page)).to_contain_text("disputed")
    cell(page).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Order another round").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Please discuss descriptor by descriptor.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(cell(page)).to_contain_text("re-mark")
    page.locator("#detail").get_by_text("History and reasons").click()
    expect(page.locator("#detail")).to_contain_text(BECAUSE)
    page.locator("[data-tab=fairness]").click()
    expect(page.locator("#part")).to_contain_text("Information only")


def test_what_the_public_sees_is_changed_with_a_press_and_can_be_undone(stage: Stage, open_page: OpenPage) -> None:
    stage.enter("01", "Nia", "GB")
    page = open_page(stage.seat("scm", "SE", "manager"))
    page.locator("[data-tab=public]").click()
    order = page.get_by_role("button", name="Order", exact=True)
    order.click()
    expect(order).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Marks", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_label("A1", exact=True).select_option("when locked")
    expect(page.get_by_label("All forms")).to_have_value("locked")
    page.get_by_role("button", name="Freeze now").click()
    expect(page.locator("#part")).to_contain_text("stands still")
    page.get_by_role("button", name="Thaw").click()
    confirm(page, "Thaw")
    expect(page.get_by_role("button", name="Freeze now")).to_be_visible()


def test_a_panel_is_named_and_a_conflict_that_leaves_it_short_is_pointed_out(stage: Stage, open_page: OpenPage) -> None:
    """R27."""
    team = Team(stage)
    page = open_page(stage.seat("ce", "FI", "chief"))
    page.locator("[data-tab=panels]").click()
    page.locator("[data-form=A1]").get_by_role("button", name="Name the panel").click()
    for seat, country in enumerate(("SG", "CH", "FR"), start=1):
        page.get_by_label(f"Seat {seat}").select_option(label=country)
    confirm(page, "Name the panel")
    expect(page.locator("[data-form=A1]")).to_contain_text("neutral")
    page.get_by_role("button", name="Declare a conflict").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Judge").select_option(label="CH")
    dialog.get_by_label("Kind").select_option("trainer")
    confirm(page, "Declare a conflict")
    expect(page.get_by_role("button", name="1 without a full panel")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    confirm(page, "Clear", "The training was of another skill.")
    expect(page.get_by_role("button", name="0 without a full panel")).to_be_visible()
    assert team.competitor


def test_an_exercise_is_opened_scored_and_closed_and_tells_how_far_judges_lie_apart(
    stage: Stage, open_page: OpenPage
) -> None:
    judges = {key: stage.seat(key, country) for key, country in (("a", "SG"), ("b", "CH"))}
    page = open_page(stage.seat("ce", "FI", "chief"))
    page.locator("[data-tab=fairness]").click()
    page.get_by_role("button", name="Open an exercise").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title").fill("Solder joints")
    dialog.get_by_label("Pieces").fill("Board one")
    confirm(page, "Open an exercise")
    expect(page.locator("[data-exercise]")).to_contain_text("Nobody has scored yet")
    exercise = str(page.locator("[data-exercise]").get_attribute("data-exercise"))
    for key, score in (("a", 1), ("b", 3)):
        stage.act(judges[key], "score-piece", exercise=exercise, piece="piece-1", aspect="A1.5", score=score)
    expect(page.locator("[data-exercise]")).to_contain_text(re.compile(r"CH 1/1.*SG 1/1|SG 1/1.*CH 1/1"))
    page.get_by_role("button", name="Close the exercise").click()
    confirm(page, "Close the exercise")
    expect(page.locator("[data-exercise] tbody tr").first).to_contain_text(re.compile(r"2\.00.*2"))


def test_a_stopped_service_is_followed_again_by_itself(stage: Stage, open_page: OpenPage) -> None:
    team = Team(stage)
    page = open_page(stage.seat("ce", "FI", "chief"))
    expect(page.locator("html")).to_have_attribute("data-live", "live")
    stage.house.end("livescore")
    expect(page.locator("html")).to_have_attribute("data-live", "polling")
    stage.house.start("livescore")
    team.score(2)
    expect(cell(page)).to_contain_text("being marked")
    expect(page.locator("html")).to_have_attribute("data-live", "live", timeout=20_000)


def test_a_judges_link_says_what_to_do(stage: Stage, open_page: OpenPage) -> None:
    link = stage.seat("a", "SG").replace("/judge", "/chief")
    expect(open_page(link).locator("#state")).to_contain_text("not for the chief expert")
    expect(open_page(f"{stage.house.url('livescore')}/chief").locator("#say")).to_contain_text("access link")


def test_the_grid_is_gone_through_with_arrows_and_escape_comes_back_to_it(stage: Stage, open_page: OpenPage) -> None:
    stage.enter("01", "Nia", "GB")
    stage.enter("02", "Shili", "CN")
    page = open_page(stage.seat("ce", "FI", "chief"))
    cell(page).focus()
    page.keyboard.press("ArrowDown")
    below = page.locator(".cell").nth(1)
    expect(below).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#detail")).to_contain_text("Shili")
    page.keyboard.press("Escape")
    expect(page.locator("#detail")).to_be_hidden()
    expect(below).to_be_focused()


def test_a_rule_that_is_set_is_in_force_after_a_reload(stage: Stage, open_page: OpenPage) -> None:
    """R25, R77, R79: times are typed in the zone of the device."""
    competitor = stage.enter("01", "Nia", "GB")
    link = stage.seat("scm", "SE", "manager")
    page = open_page(link, 834, 1112)
    page.locator("[data-tab=rules]").click()
    page.get_by_label("Rounds", exact=True).fill("5")
    page.get_by_label("Start of work").fill("2026-07-20T10:00")
    page.get_by_label("Allotted time, in minutes").fill("90")
    page.get_by_label("Criterion A").fill("80.5")
    page.get_by_role("button", name="Save the rules").press("Enter")
    expect(page.locator("#told")).to_contain_text("Done.")
    page.reload()
    page.locator("[data-tab=rules]").click()
    expect(page.get_by_label("Rounds", exact=True)).to_have_value("5")
    expect(page.get_by_label("Length of a justification")).to_have_value("20")
    expect(page.get_by_label("Start of work")).to_have_value("2026-07-20T10:00")
    expect(page.get_by_label("Criterion A")).to_have_value("80.5")
    remedy = {"kind": "time_back", "competitor": competitor, "seconds": 600}
    stage.act(link, "record-outage", remedy=remedy, reason="The power was off at this bench.")
    page = open_page(stage.seat("ce", "FI", "chief"))
    page.get_by_role("button", name="Approve").click()
    confirm(page, "Approve")
    page.locator("[data-tab=cases]").click()
    expect(page.locator("[data-deadline]")).to_contain_text(re.compile("may work until .*11:40"))


def test_a_form_is_made_blind_by_keyboard_and_judges_then_see_numbers(stage: Stage, open_page: OpenPage) -> None:
    """R32."""
    stage.enter("01", "Nia", "GB")
    judge = open_page(stage.seat("a", "SG"))
    expect(judge.locator("body")).to_contain_text("Nia")
    page = open_page(stage.seat("ce", "FI", "chief"))
    page.locator("[data-tab=panels]").click()
    blind = page.get_by_role("switch", name="A1: blind form")
    expect(blind).to_have_attribute("aria-checked", "false")
    blind.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Judges then see a number")
    confirm(page, "Make it blind")
    expect(blind).to_have_attribute("aria-checked", "true")
    judge.reload()
    expect(judge.locator("body")).to_contain_text(re.compile(r"Piece \d+"))
    expect(judge.locator("body")).not_to_contain_text("Nia")


def test_two_people_give_medals_otherwise_than_computed(stage: Stage, open_page: OpenPage) -> None:
    """R65."""
    stage.enter("01", "Nia", "GB")
    chief = open_page(stage.seat("ce", "FI", "chief"))
    manager = open_page(stage.seat("scm", "SE", "manager"))
    chief.locator("[data-tab=finish]").click()
    chief.get_by_role("button", name="Give medals otherwise").click()
    chief.get_by_role("dialog").get_by_label(re.compile("^01 Nia")).select_option("bronze")
    confirm(chief, "Propose", "Decided by the assembly.")
    expect(manager.locator(".proposal")).to_contain_text("01 bronze: Decided by the assembly.")
    manager.get_by_role("button", name="Approve").click()
    confirm(manager, "Approve")
    expect(chief.locator("[data-departure]")).to_contain_text(re.compile("Nia.*bronze"))


def test_the_result_and_the_scheme_are_a_press_away_in_the_same_language(stage: Stage, open_page: OpenPage) -> None:
    stage.enter("01", "Nia", "GB")
    page = open_page(stage.seat("ce", "FI", "chief").replace("#", "?lang=zh#"))
    for name, shown in (("成绩", "Nia"), ("评分方案", "工艺")):
        with page.expect_popup() as opened:
            page.get_by_role("navigation", name="其他页面").get_by_role("link", name=name).click()
        expect(opened.value.locator("body")).to_contain_text(shown)
