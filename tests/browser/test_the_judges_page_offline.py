"""The judge's page without a network: it opens, everything given waits in one order, and arrives once (R44, R45)."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.conftest import CHROMIUM_ARGS, OpenPage, chromium
from tests.browser.running import until
from tests.browser.stage import Stage
from tests.browser.tablet import SIZE, card, kept, press, recorded

_ASPECTS = ("A1.1", "A1.2", "A1.3", "A1.4", "A1.5")


def _ready_for_offline(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-opens", "true")
    expect(page.locator("#now")).not_to_be_empty()


def _all_sent(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-unsent", "0", timeout=30_000)


def _give_all_five(page: Page, readings: int) -> None:
    press(page, "A1.1", "Met" if readings % 2 else "Not met")
    card(page, "A1.2").get_by_role("button", name="Save").click()
    card(page, "A1.3").get_by_label("Reading").fill(f"12.{readings}")
    press(page, "A1.3", "Save")
    card(page, "A1.4").get_by_label("Time needed").fill(f"1:4{readings}:00")
    press(page, "A1.4", "Save")
    card(page, "A1.5").get_by_role("button", name="2 Very tidy").click()


def _give_fifty(page: Page, people: list[str], minute_by_minute: bool = False) -> None:
    """Five aspects of nine competitors, then five of these marks corrected before they could be sent."""
    for at, _ in enumerate(people):
        page.locator("#people button").nth(at).click()
        _give_all_five(page, at)
        if minute_by_minute:
            page.clock.fast_forward("01:06")
    for at in range(5):
        page.locator("#people button").nth(at).click()
        press(page, "A1.1", "Correct")
        press(page, "A1.1", "Not attempted")
    expect(page.locator("html")).to_have_attribute("data-unsent", "50")


def _arrived_once_in_order(stage: Stage, given: list[str]) -> None:
    until(lambda: len(recorded(stage.house, stage.competition)) >= len(given))
    assert [mark["mark"] for mark in recorded(stage.house, stage.competition)] == given


def test_fifty_marks_of_ten_minutes_without_a_network_arrive_once_each_and_in_order(
    stage: Stage, open_page: OpenPage
) -> None:
    """F28, P15. The page's clock is moved on by ten minutes; the network is cut for all of them, and the tab closed."""
    people = [stage.enter(f"0{n}", f"Person{n}", "GB") for n in range(1, 10)]
    page = open_page("about:blank", *SIZE)
    page.clock.install(time=datetime.now(UTC) - timedelta(minutes=10))
    page.goto(stage.seat("a", "SG"))
    _ready_for_offline(page)
    context = page.context
    context.set_offline(True)
    _give_fifty(page, people, minute_by_minute=True)
    given = [entry["id"] for entry in kept(page)]
    assert len(set(given)) == 50
    times = [entry["body"]["marked_at"] for entry in kept(page)]
    assert times == sorted(times)
    assert datetime.fromisoformat(times[-1]) - datetime.fromisoformat(times[0]) > timedelta(minutes=9)
    page.close()

    opened_again = context.new_page()
    opened_again.goto(f"{stage.house.url('livescore')}/judge")
    expect(opened_again.locator("#state")).to_contain_text("50 not yet sent")
    expect(card(opened_again, "A1.1")).to_contain_text("Kept on this device")
    assert [entry["id"] for entry in kept(opened_again)] == given
    context.set_offline(False)
    _all_sent(opened_again)
    expect(opened_again.locator("#state")).to_contain_text("Everything has been sent")
    _arrived_once_in_order(stage, given)
    arrived = [datetime.fromisoformat(mark["marked_at"]) for mark in recorded(stage.house, stage.competition)]
    assert arrived == [datetime.fromisoformat(time) for time in times]


def test_fifty_marks_given_while_the_service_is_away_arrive_once_each_and_in_order(
    stage: Stage, open_page: OpenPage
) -> None:
    people = [stage.enter(f"0{n}", f"Person{n}", "GB") for n in range(1, 10)]
    page = open_page(stage.seat("a", "SG"), *SIZE)
    _ready_for_offline(page)
    stage.house.kill("livescore")
    try:
        _give_fifty(page, people)
        given = [entry["id"] for entry in kept(page)]
        context = page.context
        page.close()
        opened_again = context.new_page()
        opened_again.goto(f"{stage.house.url('livescore')}/judge")
        expect(opened_again.locator("#state")).to_contain_text("50 not yet sent")
        expect(opened_again.locator("#notices")).to_contain_text("You can go on marking")
    finally:
        stage.house.start("livescore")
    _all_sent(opened_again)
    _arrived_once_in_order(stage, given)


def test_a_mark_that_was_called_kept_outlives_a_killed_browser(stage: Stage, browser: Browser, tmp_path: Path) -> None:
    """SIGKILL in the moment in which the card says that the mark is kept; started again, the browser sends it once."""
    stage.enter("01", "Nia", "GB")
    link = stage.seat("a", "SG")
    with _lasting(browser, tmp_path) as (page, process):
        page.goto(link)
        _ready_for_offline(page)
        page.context.set_offline(True)
        press(page, "A1.1", "Met")
        expect(card(page, "A1.1")).to_contain_text("Kept on this device")
        os.kill(process, signal.SIGKILL)
    with _lasting(browser, tmp_path) as (page, _):
        page.goto(f"{stage.house.url('livescore')}/judge")
        _all_sent(page)
        expect(card(page, "A1.1")).to_contain_text("20.00 marks")
    assert [mark["value"] for mark in recorded(stage.house, stage.competition)] == ["met"]


@contextmanager
def _lasting(browser: Browser, profile: Path) -> Iterator[tuple[Page, int]]:
    """A browser with its own profile on the disk, and the id of its main process."""
    context = browser.browser_type.launch_persistent_context(
        profile,
        executable_path=chromium(),
        args=CHROMIUM_ARGS,
        viewport={"width": SIZE[0], "height": SIZE[1]},
        locale="en-GB",
    )
    process = _main_process(str(profile))
    assert process is not None
    try:
        yield context.pages[0], process
    finally:
        if Path(f"/proc/{process}").exists() and _main_process(str(profile)) is not None:
            context.close()
        until(lambda: _main_process(str(profile)) is None)


def _main_process(profile: str) -> int | None:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        own = f"--user-data-dir={profile}".encode() in words
        if own and not any(word.startswith(b"--type=") for word in words):
            return int(folder.name)
    return None


def test_two_tabs_on_one_tablet_share_one_queue_and_send_it_once(stage: Stage, open_page: OpenPage) -> None:
    stage.enter("01", "Nia", "GB")
    first = open_page(stage.seat("a", "SG"), *SIZE)
    _ready_for_offline(first)
    second = first.context.new_page()
    second.goto(f"{stage.house.url('livescore')}/judge")
    _ready_for_offline(second)
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(orjson.loads(request.post_data_buffer or b"{}")["id"])

    first.context.on("request", note)
    first.context.set_offline(True)
    press(first, "A1.1", "Met")
    expect(card(second, "A1.1")).to_contain_text("Kept on this device")
    press(second, "A1.2", "Save 0 errors")
    press(first, "A1.5", "2 Very tidy")
    for page in (first, second):
        expect(page.locator("#state")).to_contain_text("3 not yet sent")
    given = [entry["id"] for entry in kept(first)]
    sent.clear()
    first.context.set_offline(False)
    for page in (first, second):
        _all_sent(page)
        expect(card(page, "A1.2")).to_contain_text("20.00 marks")
    _arrived_once_in_order(stage, given)
    assert sent == given


def test_a_mark_that_has_not_left_the_tablet_can_be_taken_back(stage: Stage, open_page: OpenPage) -> None:
    stage.enter("01", "Nia", "GB")
    page = open_page(stage.seat("a", "SG"), *SIZE)
    _ready_for_offline(page)
    page.context.set_offline(True)
    for aspect, name in (("A1.1", "Met"), ("A1.2", "Save 0 errors"), ("A1.5", "2 Very tidy")):
        press(page, aspect, name)
        expect(card(page, aspect)).to_contain_text("Kept on this device")
    press(page, "A1.2", "Take back")
    expect(page.locator("#notices")).to_contain_text("it has not been sent")
    expect(card(page, "A1.2")).to_have_attribute("data-state", "open")
    page.get_by_role("button", name="On this device").click()
    rows = page.locator("#waiting li")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("01 Nia")
    expect(rows.nth(0)).to_contain_text("A1.1")
    expect(rows.nth(1)).to_contain_text("Score 2")
    rows.nth(1).get_by_role("button", name="Take back").click()
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Close").click()
    page.context.set_offline(False)
    _all_sent(page)
    assert [mark["aspect"] for mark in recorded(stage.house, stage.competition)] == ["A1.1"]
