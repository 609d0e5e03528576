"""The chief expert shows sheets to single competitors, and medals are decided otherwise once an appeal was upheld."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.stage import Stage
from tests.browser.test_the_chiefs_page import Team, confirm

TEXT = "The supply voltage was read from the wrong terminal."


def _own_link(stage: Stage, competitor: str) -> str:
    return str(stage.organise(f"/competitions/{stage.competition}/competitors/{competitor}/link", {})["link"])


def test_a_sheet_is_shown_to_one_competitor_and_to_no_other_r79(stage: Stage, open_page: OpenPage) -> None:
    first, second = stage.enter("01", "Nia", "GB"), stage.enter("02", "Shili", "CN")
    page = open_page(stage.seat("ce", "FI", "chief"))
    page.locator("[data-tab=public]").click()
    expect(page.locator("#part")).to_contain_text("each may appeal for 30 minutes")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="Show to single competitors").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("the others do not")
    confirm(page, "Show to these")  # to none of them, which is not everybody
    page.get_by_role("button", name="Show to single competitors").click()
    dialog.get_by_role("checkbox", name="02 Shili").press("Space")
    confirm(page, "Show to these")
    shown = page.locator("[data-shown]")
    expect(shown).to_have_count(1)
    assert len(sent) == 1
    expect(shown).to_contain_text(re.compile(r"02.*Shili.*shown .* appeals until .*\d\d:\d\d"))
    expect(open_page(_own_link(stage, second)).get_by_role("heading", name="Result so far")).to_be_visible()
    expect(open_page(_own_link(stage, first)).get_by_role("heading", name="Not shown yet")).to_be_visible()
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("button", name="向个别选手展示")).to_be_visible()
    expect(shown).to_contain_text("申诉截止于")
    page.get_by_role("button", name="向全体选手展示").click()
    confirm(page, "向全体选手展示")
    expect(page.get_by_role("button", name="向个别选手展示")).to_have_count(0)


def _final_after_an_upheld_appeal(stage: Stage, team: Team, chief: str, manager: str) -> None:
    """A final result, version 1, and an appeal that was decided in time."""
    team.mark_all()
    team.act("a", "submit-sheet", competitor=team.competitor)
    stage.act(chief, "verify-sheet", form="A1", competitor=team.competitor)
    team.sign()
    stage.act(chief, "sign-sheets", form="A1")
    stage.act(chief, "show-sheets", competitors=[team.competitor])
    own = _own_link(stage, team.competitor)
    appeal = stage.act(own, "file-appeal", competitor=team.competitor, text=TEXT)["id"]
    for to, text in (("eligibility_check", None), ("under_review", None), ("upheld", "It was the wrong one indeed.")):
        stage.act(chief, "move-appeal", appeal=appeal, to=to, text=text)
    stage.act(chief, "set-rules", rules={"appeal_window_minutes": 0})
    proposal = stage.act(chief, "finalise", reason="All sheets are locked.")["id"]
    stage.act(manager, "approve", proposal=proposal)


def _propose_gold(page: Page) -> None:
    page.get_by_role("button", name="Give medals otherwise").click()
    page.get_by_role("dialog").get_by_label(re.compile("^01 Nia")).select_option("gold")
    confirm(page, "Propose", "Decided by the assembly.")


def test_after_an_upheld_appeal_other_medals_count_with_the_amended_result_r65(
    stage: Stage, open_page: OpenPage
) -> None:
    team = Team(stage)
    links = stage.seat("ce", "FI", "chief"), stage.seat("scm", "SE", "manager")
    _final_after_an_upheld_appeal(stage, team, *links)
    chief, manager = open_page(links[0]), open_page(links[1])
    chief.locator("[data-tab=finish]").click()
    part = chief.locator("#part")
    expect(part).to_contain_text("Final result, version 1")
    expect(part).to_contain_text("only with the amended result")
    _propose_gold(chief)
    manager.get_by_role("button", name="Approve").click()
    confirm(manager, "Approve")
    expect(part).to_contain_text("not yet in final result 1")
    chief.get_by_role("button", name="Propose an amended result").click()
    confirm(chief, "Propose", "The appeal of 01 was upheld.")
    manager.get_by_role("button", name="Approve").click()
    confirm(manager, "Approve")
    expect(part).to_contain_text("Final result, version 2")
    expect(part).not_to_contain_text("not yet in final result")


def test_a_final_result_without_an_upheld_appeal_offers_neither_medals_nor_another_version(
    stage: Stage, open_page: OpenPage
) -> None:
    team = Team(stage)
    chief, manager = stage.seat("ce", "FI", "chief"), stage.seat("scm", "SE", "manager")
    departed = stage.act(chief, "depart-medals", medals={team.competitor: "bronze"}, reason="Decided by all.")["id"]
    stage.act(manager, "approve", proposal=departed)
    team.mark_all()
    team.act("a", "submit-sheet", competitor=team.competitor)
    stage.act(chief, "verify-sheet", form="A1", competitor=team.competitor)
    team.sign()
    stage.act(chief, "sign-sheets", form="A1")
    stage.act(manager, "approve", proposal=stage.act(chief, "finalise", reason="All sheets are locked.")["id"])
    page = open_page(chief.replace("#", "?lang=zh#"))
    page.locator("[data-tab=finish]").click()
    expect(page.locator("#part")).to_contain_text("仅在申诉成立后方可更改奖牌")
    expect(page.locator("[data-departure]")).to_contain_text("铜牌")
    expect(page.get_by_role("button", name="另行授奖")).to_have_count(0)
    expect(page.get_by_role("button", name="提议修订成绩")).to_have_count(0)
