"""The judge's page, its links and its device: expired links, other judges, older pages, clocks, newer versions."""

import asyncio
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import orjson
from playwright.sync_api import Page, Route, expect

from services.livescore.edge import PAGES, WEB, WORKERS
from services.registration.signing_key import open_signing_key
from shared.http.app import Service, Site, start
from shared.metrics import Metrics
from tests.browser.conftest import OpenPage
from tests.browser.running import free_ports
from tests.browser.stage import Stage
from tests.browser.tablet import SIZE, card, judge_id, press, press_cut_off, recorded


def _ready_for_offline(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-opens", "true")


def _all_sent(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-unsent", "0", timeout=30_000)


def _expired(stage: Stage, link: str) -> str:
    """The same link as it was before it ended, signed with the same key."""
    address, _, token = link.partition("#token=")
    claims = jwt.decode(token, options={"verify_signature": False})
    past = int((datetime.now(UTC) - timedelta(hours=1)).timestamp())
    key = open_signing_key(stage.house.data / "keys")
    old = jwt.encode({**claims, "exp": past}, key.private, algorithm="EdDSA", headers={"kid": key.kid})
    return f"{address}#token={old}"


def test_two_tablets_on_one_form_never_overwrite_each_other_silently(stage: Stage, open_page: OpenPage) -> None:
    """Both values stand side by side with who and when; one judge keeps the recorded one, another replaces it (R45)."""
    stage.enter("01", "Nia", "GB")
    first, second = (open_page(stage.seat(key, country), *SIZE) for key, country in (("a", "SG"), ("b", "CH")))
    for page in (first, second):
        expect(card(page, "A1.3")).to_be_visible()
        page.context.set_offline(True)
    for page, reading in ((first, "12.1"), (second, "12.2")):
        for aspect in ("A1.1", "A1.3"):
            if aspect == "A1.1":
                press(page, aspect, "Met" if page is first else "Not met")
            else:
                card(page, aspect).get_by_label("Reading").fill(reading)
                press(page, aspect, "Save")
            expect(card(page, aspect)).to_contain_text("Kept on this device")
    first.context.set_offline(False)
    _all_sent(first)
    second.context.set_offline(False)
    for aspect, theirs, mine in (("A1.1", "met", "not met"), ("A1.3", "12.1", "12.2")):
        sides = card(second, aspect).locator(".versus > div")
        expect(sides.nth(0)).to_contain_text(theirs)
        expect(sides.nth(0)).to_contain_text(judge_id(stage, "a"))
        expect(sides.nth(1)).to_contain_text(mine)
        expect(sides.nth(1)).to_contain_text("you ·")
    press(second, "A1.1", "Keep the recorded one")
    press(second, "A1.3", "Replace it with mine")
    _all_sent(second)
    expect(card(second, "A1.1")).to_contain_text("given by another judge")
    expect(card(first, "A1.3")).to_contain_text("12.2")
    values = [(mark["aspect"], mark["value"]) for mark in recorded(stage.house, stage.competition)]
    assert values == [("A1.1", "met"), ("A1.3", "12.1"), ("A1.3", "12.2")]


def test_with_an_expired_link_marks_wait_and_a_new_link_of_the_same_judge_sends_them(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.enter("01", "Nia", "GB")
    link = stage.seat("a", "SG")
    page = open_page(link, *SIZE)
    _ready_for_offline(page)
    page.context.set_offline(True)
    press_cut_off(page, "A1.1", "Met")
    expect(card(page, "A1.1")).to_contain_text("Kept on this device")
    context = page.context
    page.close()
    page = context.new_page()
    page.goto(_expired(stage, link))
    expect(page.locator("html")).to_have_attribute("data-unsent", "1")
    context.set_offline(False)
    expect(page.locator("#notices")).to_contain_text("ask the organiser for a new access link")
    expect(page.locator("html")).to_have_attribute("data-unsent", "1")
    press(page, "A1.2", "Save 0 errors")
    expect(card(page, "A1.2")).to_contain_text("Kept on this device")
    assert recorded(stage.house, stage.competition) == []
    page.goto(stage.seat("a", "SG"))  # an address that differs in its fragment alone: the page loads itself anew
    _all_sent(page)
    expect(card(page, "A1.2")).to_contain_text("20.00 marks")
    assert [mark["value"] for mark in recorded(stage.house, stage.competition)] == ["met", "0"]


def test_another_judges_link_on_the_same_tablet_never_sends_somebody_elses_marks(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.enter("01", "Nia", "GB")
    link = stage.seat("a", "SG")
    page = open_page(link, *SIZE)
    _ready_for_offline(page)
    page.context.set_offline(True)
    press_cut_off(page, "A1.5", "2 Very tidy")
    expect(card(page, "A1.5")).to_contain_text("Kept on this device")
    page.goto(stage.seat("b", "CH"))
    page.context.set_offline(False)
    expect(page.locator("#notices")).to_contain_text("1 mark of another judge waits on this device")
    expect(card(page, "A1.5")).not_to_contain_text("Score 2")
    press(page, "A1.1", "Met")
    expect(card(page, "A1.1")).to_contain_text("20.00 marks")
    assert [mark["judge"] for mark in recorded(stage.house, stage.competition)] == [judge_id(stage, "b")]
    page.goto(link)
    expect(card(page, "A1.5")).to_contain_text("waiting for the panel")
    last = recorded(stage.house, stage.competition)[-1]
    assert (last["judge"], last["score"]) == (judge_id(stage, "a"), 2)


def test_marks_that_the_page_of_before_kept_are_moved_and_sent_once(stage: Stage, open_page: OpenPage) -> None:
    competitor = stage.enter("01", "Nia", "GB")
    link = stage.seat("a", "SG")
    marked = {"competitor": competitor, "marked_at": "2026-01-02T09:00:00.000Z"}
    given = [("older-mark-1", "A1.1", "met"), ("older-mark-2", "A1.1", "not_met"), ("older-mark-3", "A1.2", "1")]
    old = [
        {
            "competition": stage.competition,
            "follows": "older-mark-1" if id_ == "older-mark-2" else None,
            "mark": {"id": id_, "aspect": aspect, "value": value, **marked},
        }
        for id_, aspect, value in given
    ]
    page = open_page(f"{stage.house.url('livescore')}/judge", *SIZE)
    key = f"showcase.marks.{judge_id(stage, 'a')}"
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [key, orjson.dumps(old).decode()])
    page.goto(link)
    expect(card(page, "A1.2")).to_contain_text("18.00 marks")
    expect(card(page, "A1.1")).to_contain_text("not met")
    assert [mark["mark"] for mark in recorded(stage.house, stage.competition)] == [
        "older-mark-1",
        "older-mark-2",
        "older-mark-3",
    ]
    assert page.evaluate("key => localStorage.getItem(key)", key) is None


def test_a_wrong_clock_is_told_and_a_mark_refused_for_it_goes_again_at_the_right_time(
    stage: Stage, open_page: OpenPage
) -> None:
    """R44: the device's clock is seven minutes ahead."""
    stage.enter("01", "Nia", "GB")
    page = open_page("about:blank", *SIZE)
    page.clock.install(time=datetime.now(UTC) + timedelta(minutes=7))
    page.goto(stage.seat("a", "SG"))
    expect(page.locator("#notices")).to_contain_text("clock is 7 min ahead")
    press(page, "A1.1", "Met")
    expect(card(page, "A1.1")).to_contain_text("more than five minutes ahead")
    press(page, "A1.1", "Send it at the right time")
    expect(card(page, "A1.1")).to_contain_text("20.00 marks")
    (mark,) = recorded(stage.house, stage.competition)
    assert abs(datetime.fromisoformat(mark["marked_at"]) - datetime.now(UTC)) < timedelta(minutes=1)


def test_what_is_no_answer_of_the_service_loses_no_mark(stage: Stage, open_page: OpenPage) -> None:
    """A network that asks for a room number answers everything with a page of its own, with 200 or with 403."""
    stage.enter("01", "Nia", "GB")
    page = open_page(stage.seat("a", "SG"), *SIZE)
    expect(card(page, "A1.1")).to_be_visible()
    statuses = iter([200, 403, 404])

    def portal(route: Route) -> None:
        status = next(statuses, None)
        if status is None:
            route.continue_()
        else:
            route.fulfill(status=status, content_type="text/html", body="<h1>Welcome! Your room number?</h1>")

    page.route("**/marks", portal)
    press(page, "A1.1", "Met")
    expect(card(page, "A1.1")).to_contain_text("20.00 marks", timeout=30_000)
    assert next(statuses, None) is None
    assert len(recorded(stage.house, stage.competition)) == 1


def test_a_browser_that_keeps_nothing_says_so_and_still_sends(stage: Stage, open_page: OpenPage) -> None:
    stage.enter("01", "Nia", "GB")
    page = open_page("about:blank", *SIZE)
    page.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };")
    page.goto(stage.seat("a", "SG"))
    expect(page.locator("#notices")).to_contain_text("This browser cannot keep marks")
    press(page, "A1.1", "Met")
    expect(card(page, "A1.1")).to_contain_text("20.00 marks")


def test_on_an_address_that_is_not_secure_marks_are_kept_and_the_page_says_what_does_not_work(
    stage: Stage, open_page: OpenPage
) -> None:
    """On plain http in a local network browsers have no worker, no locks and no lasting storage; simulated here."""
    stage.enter("01", "Nia", "GB")
    page = open_page("about:blank", *SIZE)
    hidden = "for (const name of ['serviceWorker', 'locks', 'storage'])"
    page.add_init_script(f"{hidden} Object.defineProperty(Navigator.prototype, name, {{ get: () => undefined }});")
    page.goto(stage.seat("a", "SG"))
    expect(card(page, "A1.1")).to_be_visible()
    page.get_by_role("button", name="On this device").click()
    expect(page.locator("#waiting")).to_contain_text("this address is not secure")
    page.get_by_role("button", name="Close").click()
    page.context.set_offline(True)
    press(page, "A1.1", "Met")
    expect(card(page, "A1.1")).to_contain_text("Kept on this device")
    page.close()
    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto(f"{stage.house.url('livescore')}/judge")
    _all_sent(again)
    expect(card(again, "A1.1")).to_contain_text("20.00 marks")
    assert len(recorded(stage.house, stage.competition)) == 1


@contextmanager
def _serving(web: Path, port: int) -> Iterator[str]:
    """Livescore's pages alone, from this folder."""
    ready, loop = threading.Event(), asyncio.new_event_loop()
    ended = asyncio.Event()

    async def serve() -> None:
        service = Service("livescore", "Pages", (), Metrics("livescore"), web=web, pages=PAGES, workers=WORKERS)
        running, _ = await start(Site(service), "127.0.0.1", port)
        ready.set()
        await ended.wait()
        await running.cleanup()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)
        loop.close()


def test_a_newer_version_waits_for_the_judge_and_is_taken_when_the_page_is_opened_again(
    stage: Stage, open_page: OpenPage, tmp_path: Path
) -> None:
    """Nothing is loaded anew under a judge's hands, and no tablet stays with an old page for ever."""
    stage.enter("01", "Nia", "GB")
    link = stage.seat("a", "SG")
    web, (port,) = tmp_path / "web", free_ports(1)
    shutil.copytree(WEB, web)
    with _serving(web, port) as address:
        page = open_page(f"{address}/judge#{link.partition('#')[2]}", *SIZE)
        _ready_for_offline(page)
    for version in ("second", "third"):
        style = web / "judge.css"
        style.write_text(f"{style.read_text()}\nhtml {{ --version: {version}; }}\n")
        with _serving(web, port):
            page.evaluate("window.untouched = true")
            page.evaluate("dispatchEvent(new Event('online'))")
            expect(page.locator("#notices")).to_contain_text("A newer version", timeout=20_000)
            assert page.evaluate("window.untouched") is True
            assert version not in _version(page)
            if version == "second":
                page.get_by_role("button", name="Load it now").click()
            else:
                page.reload()
            expect(page.locator("#notices")).not_to_contain_text("A newer version", timeout=20_000)
            expect(page.locator("html")).to_have_css("--version", version, timeout=20_000)


def _version(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--version')"))
