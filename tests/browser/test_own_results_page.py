"""The page of a competitor and of a trainer: nothing before it is shown, the time, the sheet, the radar, an appeal."""

import re
import time
import urllib.error
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.stage import Stage, rfc3339

TEXT = "The supply voltage was read from the wrong terminal."
MARK = {"exact": "10", "shown": "10.00"}
SHOWN = "2020-11-19T12:00:00Z"


def _clock(at: datetime) -> str:
    """As the page says it, in the zone of the browser."""
    return f"{at.astimezone(ZoneInfo('Europe/London')):%H:%M:%S} United Kingdom Time"


def _own_link(stage: Stage, competitor: str) -> str:
    return str(stage.organise(f"/competitions/{stage.competition}/competitors/{competitor}/link", {})["link"])


def _show_sheets(stage: Stage) -> None:
    person = {"id": f"chief-{stage.showcase}", "name": "Cora Example", "country": "SG", "office": "chief"}
    seat = stage.organise(f"/showcases/{stage.showcase}/judges", {**person, "competitions": [stage.competition]})
    act = {"act": "show-sheets", "id": "act-show-01", "done_at": rfc3339(datetime.now(UTC)), "competitors": []}
    until = time.monotonic() + 10
    while True:  # livescore hears of the seat a moment later
        try:
            path = f"/api/livescore/competitions/{stage.competition}/acts"
            stage.house.send("POST", "livescore", path, act, seat["link"].partition("#token=")[2])
            return
        except urllib.error.HTTPError as error:
            if error.code != 403 or time.monotonic() > until:
                raise AssertionError(error.read().decode()) from error
            time.sleep(0.05)


def _file(page: Page, text: str) -> None:
    page.get_by_label("What you think is wrong").fill(text)
    page.get_by_role("button", name="Send the appeal").click()


def test_a_competitor_reads_the_own_sheet_once_shown_and_appeals_in_writing_r79(
    stage: Stage, open_page: OpenPage
) -> None:
    competitor = stage.enter("07", "Nova", "GB")
    stage.mark(stage.seat("sg", "SG"), competitor, "A1.1", {"value": "met"})
    page = open_page(_own_link(stage, competitor), 390, 844)
    assert "token" not in page.url
    expect(page.get_by_role("heading", name="Not shown yet")).to_be_visible()
    _show_sheets(stage)
    page.reload()
    expect(page.locator(".total")).to_contain_text("20.00")
    expect(page.get_by_role("row", name="A1 On the bench")).to_contain_text("20.00")
    assert f"competitor={competitor}" in str(page.get_by_role("link", name="Sheet for print").get_attribute("href"))
    expect(page.locator(".countdown")).to_contain_text("29 min")
    expect(page.locator(".countdown")).to_contain_text("United Kingdom Time")
    _file(page, "Too short")
    expect(page.get_by_text("Please write at least 20")).to_be_visible()
    _file(page, TEXT)
    page.get_by_role("dialog").get_by_role("button", name="Send the appeal").click()
    expect(page.locator(".appeal")).to_contain_text(TEXT)
    expect(page.locator(".appeal .tag")).to_have_text("submitted")
    expect(page.get_by_label("What you think is wrong")).to_have_value("")


def test_a_half_written_appeal_survives_a_reload(stage: Stage, open_page: OpenPage) -> None:
    competitor = stage.enter("07", "Nova", "GB")
    stage.mark(stage.seat("sg", "SG"), competitor, "A1.1", {"value": "met"})
    _show_sheets(stage)
    page = open_page(_own_link(stage, competitor))
    page.get_by_label("What you think is wrong").fill(TEXT)
    page.get_by_label("What it is about").select_option("A1")
    page.reload()
    expect(page.get_by_label("What you think is wrong")).to_have_value(TEXT)
    expect(page.get_by_label("What it is about")).to_have_value("A1")


def _training(names: str) -> dict[str, Any]:
    """What the service answers a trainer of two in a training, `names` being the letters of the criteria."""
    picture = [
        {"id": one, "name": {"en": f"Part {one}"}, "max": "20.00", "own": MARK, "mean": None, "target": MARK}
        for one in names
    ]
    sheet: dict[str, Any] = {
        "competition": "autumn.electronics",
        "competitor": {"id": "c01"},
        "final": False,
        "total": MARK,
        "max": "100.00",
        "complete": True,
        "adds_up": True,
        "criteria": [],
    }
    owns: list[dict[str, Any]] = [
        {
            "competitor": {"id": f"c{bib}", "bib": bib, "name": name, "country": "GB", "status": "competing"},
            "work": None,
            "shown_at": SHOWN,
            "appeals_until": "2020-11-19T12:30:00Z",
            "sheet": {**sheet, "under_review": False, "amended": None, "finalised_at": None, "place": None},
            "picture": picture,
            "appeals": [],
        }
        for bib, name in (("01", "Nova"), ("02", "Lin"))
    ]
    return {"title": {"en": "Electronics"}, "kind": "training", "forms": [], "competitors": owns}


def test_a_trainer_chooses_among_the_own_competitors_and_sees_the_radar_beside_its_table(
    stage: Stage, open_page: OpenPage
) -> None:
    ids = [stage.enter(bib, name, "GB") for bib, name in (("01", "Nova"), ("02", "Lin"))]
    trainer = {"id": f"trainer-{stage.showcase}", "name": "Tai Example", "competitors": ids}
    link = stage.organise(f"/showcases/{stage.showcase}/trainers", {**trainer, "competitions": [stage.competition]})
    page = open_page("about:blank")

    def answer(route: Route) -> None:
        body = {"competition": stage.competition, **_training("ABC")}
        route.fulfill(status=200, content_type="application/json", body=orjson.dumps(body))

    page.route("**/api/livescore/competitions/*/mine", answer)
    page.goto(link["link"])
    page.get_by_role("button", name="02 Lin").click()
    expect(page.get_by_role("heading", name="02 Lin")).to_be_visible()
    expect(page.get_by_role("img", name="Radar of the marks")).to_be_visible()
    expect(page.locator(".radar polygon.series")).to_have_count(2)
    expect(page.get_by_role("row", name="Part B")).to_contain_text("10.00")
    expect(page.get_by_text("appears when at least five")).to_be_visible()
    expect(page.get_by_text("The time for appeals ended")).to_be_visible()
    expect(page.get_by_text("Place")).to_have_count(0)


def test_a_competitor_reads_until_when_to_work_and_sees_time_given_back_come_r77(
    stage: Stage, open_page: OpenPage
) -> None:
    competitor = stage.enter("07", "Nova", "GB")
    chief, manager = stage.seat("ce", "SG", "chief"), stage.seat("scm", "CH", "manager")
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=20)
    stage.act(manager, "set-rules", rules={"starts_at": rfc3339(start), "allotted_seconds": 3600})
    page = open_page(_own_link(stage, competitor), 390, 844)
    card = page.locator(".working")
    expect(card).to_have_attribute("data-phase", "during")
    expect(card).to_contain_text(_clock(start + timedelta(hours=1)))
    expect(card.locator(".countdown")).to_contain_text(re.compile(r"Time left: 3\d min \d\d s"))
    remedy = {"kind": "time_back", "competitor": competitor, "seconds": 3690}
    asked = stage.act(manager, "record-outage", remedy=remedy, reason="The power was off at this bench.")
    stage.act(chief, "approve", proposal=asked["id"])
    expect(card).to_contain_text(_clock(start + timedelta(seconds=7290)), timeout=20_000)
    expect(card).to_contain_text("Given back: 1 h 1 min 30 s")
    page.get_by_role("link", name="中文").click()
    expect(card).to_contain_text(re.compile(r"您可操作至 .*英国时间"))
    expect(card).to_contain_text("补时：1 小时 1 分 30 秒")


def test_before_the_start_and_after_the_end_the_page_says_so_r77(stage: Stage, open_page: OpenPage) -> None:
    competitor = stage.enter("07", "Nova", "GB")
    manager = stage.seat("scm", "CH", "manager")
    now = datetime.now(UTC)
    stage.act(manager, "set-rules", rules={"starts_at": rfc3339(now + timedelta(days=1)), "allotted_seconds": 3600})
    page = open_page(_own_link(stage, competitor))
    card = page.locator(".working")
    expect(card).to_contain_text(re.compile(r"Starts in 23 h 5\d min"))
    stage.act(manager, "set-rules", rules={"starts_at": rfc3339(now - timedelta(days=1)), "allotted_seconds": 3600})
    page.reload()
    expect(card).to_contain_text("The time to work ended on")
    expect(card.locator(".countdown")).to_have_count(0)
