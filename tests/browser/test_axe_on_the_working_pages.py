"""Whoever registers, judges, leads, presents or looks up a result: axe finds nothing wrong with their page."""

from playwright.sync_api import Page, expect

from tests.browser.axe import TWO_LOOKS, faults_in
from tests.browser.conftest import OpenPage
from tests.browser.stage import Stage


def _addresses(stage: Stage) -> dict[str, str]:
    """Every page of registration and livescore, as somebody who may see it opens it."""
    competitor = stage.enter("01", "Ada", "GB")
    stage.enter("02", "示例", "CN")
    judge = stage.seat("a", "SG")
    stage.mark(judge, competitor, "A1.1", {"value": "met"})
    presenter = stage.seat("p", "CH", "presenter")
    own = stage.organise(f"/competitions/{stage.competition}/competitors/{competitor}/link", {})["link"]
    registration, livescore = stage.house.url("registration"), stage.house.url("livescore")
    named = f"?competition={stage.competition}#token={stage.house.organiser_token}"
    return {
        "register": f"{registration}/register/{stage.showcase}",
        "organise": stage.house.organiser_link.replace("#", f"?showcase={stage.showcase}#"),
        "judge": judge,
        "exercise": judge.replace("/judge", "/exercise"),
        "chief": stage.seat("ce", "FI", "chief"),
        "presenter": presenter,
        "hall": presenter.replace("/presenter", "/hall"),
        "schemes": f"{livescore}/schemes{named}",
        "result": f"{livescore}/result{named}",
        "mine": own,
    }


def _drawn(page: Page) -> None:
    """The words are there, and the page has its heading."""
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans" if "lang=zh" in page.url else "en")
    expect(page.locator("h1:visible").first).not_to_be_empty()
    expect(page.locator("main")).not_to_be_empty()


def test_axe_finds_nothing_on_the_working_pages(stage: Stage, open_page: OpenPage) -> None:
    found = {
        name: faults_in(open_page(address), address, _drawn, TWO_LOOKS) for name, address in _addresses(stage).items()
    }
    assert {name: lines for name, lines in found.items() if lines} == {}
