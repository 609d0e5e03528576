"""R11: a form is marked once its texts were approved in both languages, on the chief expert's page."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import faults
from tests.browser.conftest import OpenPage
from tests.browser.running import Running
from tests.browser.stage import SCHEME, Stage
from tests.browser.test_the_chiefs_page import confirm

BOTH = SCHEME.replace(
    "[{en: Untidy}, {en: Tidy}, {en: Very tidy}, {en: Exemplary}]",
    "[{en: Untidy, zh: 凌乱}, {en: Tidy, zh: 整洁}, {en: Very tidy, zh: 很整洁}, {en: Exemplary, zh: 堪称典范}]",
)


@pytest.fixture
def stage(house: Running, request: pytest.FixtureRequest) -> Stage:
    """One whose competition asks for both languages."""
    return Stage.set_up(house, f"both-{len(request.node.name)}", bilingual=True)


def test_a_form_opens_for_the_judge_once_the_chief_has_approved_both_languages(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.import_scheme(BOTH)
    competitor = stage.enter("01", "Nia", "GB")
    link = stage.seat("a", "SG")
    judge, chief = open_page(link), open_page(stage.seat("ce", "FI", "chief"))
    expect(judge.locator("#say")).to_contain_text("opens once the chief expert has approved")
    expect(judge.locator("#cards input:enabled, #cards button:enabled")).to_have_count(0)
    expect(chief.locator("[data-waits=texts]")).to_contain_text("1 form cannot be marked")
    chief.get_by_role("button", name="Read and approve").click()
    expect(chief.get_by_role("row", name="A1.5 · 3")).to_contain_text(re.compile("Exemplary.*堪称典范"))
    assert faults(chief) == []
    chief.get_by_role("button", name="Approve A1").press("Enter")
    confirm(chief, "Approve")
    expect(chief.locator("[data-texts=A1]")).to_contain_text(re.compile("Approved .* by Chief expert"))
    expect(chief.locator("[data-waits=texts]")).to_have_count(0)
    expect(judge.locator("#say")).to_be_empty()
    stage.mark(link, competitor, "A1.1", {"value": "met"})


def test_a_text_without_its_other_language_is_named_and_cannot_be_approved(stage: Stage, open_page: OpenPage) -> None:
    stage.enter("01", "Nia", "GB")
    chief = open_page(stage.seat("ce", "FI", "chief").replace("#", "?lang=zh#"))
    chief.locator("[data-tab=texts]").click()
    expect(chief.locator("[data-texts=A1]")).to_contain_text("缺少其中一种语言的文字：A1.5")
    expect(chief.get_by_role("row", name="A1.5 · 3")).to_contain_text("缺失")
    expect(chief.get_by_role("button", name="批准 A1")).to_have_count(0)


def test_where_it_is_not_asked_for_nothing_of_it_is_on_the_page(house: Running, open_page: OpenPage) -> None:
    stage = Stage.set_up(house, "one-language-will-do")
    stage.enter("01", "Nia", "GB")
    chief = open_page(stage.seat("ce", "FI", "chief"))
    expect(chief.locator("[data-tab=sheets]")).to_be_visible()
    expect(chief.locator("[data-tab=texts]")).to_have_count(0)
