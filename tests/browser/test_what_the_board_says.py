"""What a board may say besides marks: review, guests, delay, notices, trainings, amendments."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import OpenPage
from tests.browser.stage import Stage, rfc3339


def _told(page: Page, address: str, head: dict[str, Any], rows: dict[str, dict[str, Any]]) -> None:
    """Open a board whose first picture also says this; rows by bib."""

    def more(text: str | bytes) -> str:
        frame = json.loads(text)
        if frame["type"] == "snapshot" and frame["channel"].startswith("competition/"):
            frame["state"]["head"] |= head
            for row in frame["state"]["rows"].values():
                row.update(rows.get(row["bib"], {}))
        return json.dumps(frame)

    def between(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda text: socket.send(more(text)))

    page.route_web_socket(re.compile("/live"), between)
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("data-state", "live")


def test_who_is_reviewed_a_guest_or_disqualified_is_told_by_word_and_sign(stage: Stage, open_page: OpenPage) -> None:
    """R38, R52."""
    for bib, name in (("01", "Ada"), ("02", "Bo"), ("03", "Cy"), ("04", "Di")):
        stage.enter(bib, name, "GB")
    rows: dict[str, dict[str, Any]] = {
        "01": {"status": "disqualified"},
        "02": {"status": "guest"},
        "03": {"review": True},
    }
    for lang, words in (
        ("en", ("under review", "guest, without rank", "disqualified")),
        ("zh", ("复核中", "表演选手，不计名次", "取消资格")),
    ):
        page = open_page("about:blank", 390, 844)
        _told(page, f"{stage.board}?lang={lang}", {}, rows)
        lines = page.locator("#board tbody tr")
        expect(lines.locator(".bib")).to_have_text(["03", "04", "02", "01"])
        for at, word, sign in zip((0, 2, 3), words, "!+×", strict=True):
            expect(lines.nth(at)).to_contain_text(word)
            expect(lines.nth(at).locator(".badge i")).to_have_text(sign)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_delay_and_mirrored_marking_are_said(stage: Stage, open_page: OpenPage) -> None:
    """R29, R53."""
    stage.enter("01", "Nia", "GB")
    page = open_page("about:blank")
    _told(page, f"{stage.board}?lang=en", {"delay": 300, "notice": ["mirrored"]}, {})
    expect(page.locator("#live")).to_have_text("Live, 5 min later")
    expect(page.locator("#notes")).to_contain_text("shown 5 min after it happens")
    expect(page.locator("#news")).to_contain_text("marked by the other side")
    page.get_by_role("link", name="中文").click()
    expect(page.locator("#live")).to_have_text("实时（延后 5 分钟）")
    expect(page.locator("#news")).to_contain_text("互评")


def test_a_training_shows_progress_without_ranks(stage: Stage, open_page: OpenPage) -> None:
    stage.enter("01", "Nia", "GB")
    page = open_page("about:blank")
    _told(page, f"{stage.board}?lang=en", {"kind": "training", "mode": "progress"}, {})
    expect(page.locator("#final")).to_have_text("Training")
    expect(page.locator("#notes")).to_contain_text("the public sees progress only")
    expect(page.locator("#notes")).not_to_contain_text("announced at the end")
    expect(page.get_by_role("columnheader", name="Rank")).to_have_count(0)


def test_an_amended_result_says_why(stage: Stage, open_page: OpenPage) -> None:
    """R48."""
    stage.enter("01", "Nia", "GB")
    head = {"final": True, "version": 2, "amended": "<b>an appeal</b> was upheld", "mode": "progress"}
    page = open_page("about:blank")
    _told(page, f"{stage.board}?lang=en", head, {"01": {"rank": 1, "medal": "gold", "best_of_nation": True}})
    expect(page.locator("#final")).to_have_text("Final, amended")
    expect(page.locator("#news")).to_have_text("The result was amended because: <b>an appeal</b> was upheld")
    expect(page.locator("#board .labels")).to_have_text(re.compile("Gold medal.*Best of Nation"))
    expect(page.locator("#board td.rank")).to_have_text("1")


def test_when_competitors_work_and_how_long_still_is_told_below_the_table_r50(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.enter("01", "Ada", "GB")
    manager = stage.seat("scm", "SE", "manager")
    now = datetime.now(UTC).replace(microsecond=0)
    page = open_page(f"{stage.board}?lang=zh", 390, 844)
    for begins, words in ((30, r"距开始 (2\d|30) 分钟"), (-20, r"剩余 (9\d|100) 分钟"), (-180, "已结束")):
        start = rfc3339(now + timedelta(minutes=begins, seconds=20))
        stage.act(manager, "set-rules", rules={"starts_at": start, "allotted_seconds": 7200})
        expect(page.locator("#notes")).to_contain_text(re.compile(f"选手操作时间：.*英国时间，{words}"))
