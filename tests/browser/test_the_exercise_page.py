"""The page on which judges score the pieces of a calibration exercise, each alone (R21)."""

import itertools
import time
import urllib.error
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.stage import Stage, rfc3339

PIECES = [
    {"id": "p1", "title": {"en": "A board from last year", "zh": "去年的电路板"}, "reference": {"A1.5": 2}},
    {"id": "p2", "title": {"en": "A board made in a hurry", "zh": "赶工的电路板"}},
]
_numbers = itertools.count(1)


class Chief:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._token = stage.seat("ce", "FR", "chief").partition("#token=")[2]

    def act(self, act: str, **fields: Any) -> Any:
        body = {"act": act, "id": f"chief-act-{next(_numbers):04d}", "done_at": rfc3339(datetime.now(UTC)), **fields}
        path = f"/api/livescore/competitions/{self._stage.competition}/acts"
        until = time.monotonic() + 10
        while True:  # livescore hears of the seat a moment later
            try:
                return self._stage.house.send("POST", "livescore", path, body, self._token)
            except urllib.error.HTTPError as error:
                if error.code != 403 or time.monotonic() > until:
                    raise AssertionError(error.read().decode()) from error
                time.sleep(0.05)

    def opens(self) -> str:
        title = {"en": "What is tidy?", "zh": "什么是整洁？"}
        return str(self.act("open-exercise", title=title, aspects=["A1.5"], pieces=PIECES)["id"])


def _score(page: Page, piece: str, score: int) -> None:
    page.locator(f'[data-key$=" {piece} A1.5 {score}"]').click()


def _open(stage: Stage, open_page: OpenPage, judge: str, width: int, height: int, **context: Any) -> Page:
    """By the link on the judge's page, as a judge comes here."""
    page = open_page(stage.seat(judge, judge.upper()), width, height, **context)
    page.get_by_role("link", name="Calibration exercises").click()
    return page


def test_a_judge_scores_every_piece_alone_and_sees_the_reference_after_closing(
    stage: Stage, open_page: OpenPage
) -> None:
    chief = Chief(stage)
    first = _open(stage, open_page, "sg", 390, 844)
    expect(first.get_by_text("There is no exercise now.")).to_be_visible()
    exercise = chief.opens()
    first.reload()
    _score(first, "p1", 3)
    expect(first.get_by_text("Saved", exact=True)).to_be_visible()
    expect(first.get_by_text("1 of 2 scored")).to_be_visible()
    second = _open(stage, open_page, "ch", 1280, 800)
    expect(second.get_by_text("0 of 2 scored")).to_be_visible()
    expect(second.locator("[aria-pressed=true]")).to_have_count(0)
    _score(first, "p1", 1)
    expect(first.get_by_text("Saved", exact=True)).to_be_visible()
    first.reload()
    expect(first.locator("[aria-pressed=true]")).to_have_text("1Tidy")
    chief.act("close-exercise", exercise=exercise)
    _score(first, "p1", 0)
    expect(first.get_by_role("row", name="A board from last year")).to_contain_text("12")
    expect(first.locator(".exercise .tag")).to_have_text("closed")


def test_the_page_fits_and_its_targets_are_big_in_both_languages(stage: Stage, open_page: OpenPage) -> None:
    Chief(stage).opens()
    for width, height, scheme in ((390, 844, "light"), (820, 1180, "dark"), (1366, 768, "light")):
        page = _open(stage, open_page, "sg", width, height, color_scheme=scheme)
        _score(page, "p1", 2)
        for tongue, title in (("English", "What is tidy?"), ("中文", "什么是整洁？")):
            page.get_by_role("link", name=tongue).click()
            expect(page.get_by_role("heading", name=title)).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            heights = page.evaluate("[...document.querySelectorAll('main button')].map((one) => one.offsetHeight)")
            assert min(heights) >= 48
