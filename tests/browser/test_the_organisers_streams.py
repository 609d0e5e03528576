"""How an organiser sets, tries, corrects and takes away the video streams of a showcase."""

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.axe import TWO_LOOKS, faults_in
from tests.browser.conftest import OpenPage
from tests.browser.running import until
from tests.browser.stage import Stage

YOUTUBE = "https://www.youtube.com/watch?v=aB3_-xYz012"
BILIBILI = "https://live.bilibili.com/21452505"


def _address(stage: Stage, lang: str = "en") -> str:
    return stage.house.organiser_link.replace("/organise", f"/organise?showcase={stage.showcase}&lang={lang}")


def _opened(stage: Stage, open_page: OpenPage, lang: str = "en") -> Page:
    page = open_page(_address(stage, lang))
    _unfold(page)
    return page


def _unfold(page: Page) -> None:
    page.locator("summary", has_text=re.compile("^(Video streams|视频直播)$")).click()


def _shown(stage: Stage) -> list[str]:
    """The addresses viewers are told now."""
    state = stage.house.send("GET", "broadcast", f"/live/state/showcase/{stage.showcase}")["state"]
    return [one["url"] for one in state["head"].get("streams", [])]


def test_streams_are_set_and_the_former_ones_come_back_on_undo(stage: Stage, open_page: OpenPage) -> None:
    page = _opened(stage, open_page)
    page.get_by_label("Address", exact=True).fill(YOUTUBE)
    expect(page.get_by_text("YouTube: plays on the board's page.")).to_be_visible()
    page.get_by_role("group", name="Stream").get_by_label("Title in English").fill("From the hall")
    page.get_by_label("Spoken language").select_option(label="English")
    page.get_by_role("button", name="Set these streams").click()
    expect(page.get_by_text("The streams are set.")).to_be_visible()
    until(lambda: _shown(stage) == [YOUTUBE])
    page.get_by_role("button", name="Add a stream").click()
    page.get_by_label("Address", exact=True).nth(1).fill(BILIBILI)
    page.get_by_role("button", name="Set these streams").click()
    until(lambda: _shown(stage) == [YOUTUBE, BILIBILI])
    expect(page.get_by_role("listitem").filter(has_text="From the hall · YouTube")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    until(lambda: _shown(stage) == [YOUTUBE])
    expect(page.get_by_role("button", name="Remove this stream")).to_have_count(1)
    page.get_by_role("button", name="Remove this stream").click()
    page.get_by_role("button", name="Set these streams").click()
    expect(page.get_by_text("There is no stream any more.")).to_be_visible()
    until(lambda: _shown(stage) == [])


def test_what_is_wrong_is_said_at_its_field_in_the_pages_language(stage: Stage, open_page: OpenPage) -> None:
    page = _opened(stage, open_page, "zh")
    save = page.get_by_role("button", name="设置这些视频")
    address = page.get_by_label("网址", exact=True)
    for typed, said in (
        ("", "请填写此项"),
        ("http://media.college.example/live.m3u8", "网址须以 https:// 开头。"),
        ("https://me:secret@media.college.example/", "网址中含有用户名或密码"),
        ("youtube", "网址须以 https:// 开头。"),
    ):
        address.fill(typed)
        save.click()
        expect(page.locator(".streams .wrong", has_text=said)).to_be_visible()
        expect(address).to_be_focused()
    assert _shown(stage) == []


def test_an_organiser_tries_what_viewers_will_see_before_it_is_set(stage: Stage, open_page: OpenPage) -> None:
    page = _opened(stage, open_page, "zh")
    asked: list[str] = []

    def stand_in(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(content_type="text/html", body="<p>A player</p>")

    page.route(re.compile("youtube"), stand_in)
    page.get_by_label("网址", exact=True).fill(YOUTUBE)
    page.get_by_role("group", name="视频").get_by_label("中文名称").fill("比赛现场")
    page.get_by_role("button", name="预览观众所见").click()
    preview = page.frame_locator("iframe[title=观众所见]")
    expect(preview.get_by_text("比赛现场")).to_be_visible()
    assert asked == []
    preview.get_by_role("button", name="播放").click()
    expect(preview.frame_locator("iframe").get_by_text("A player")).to_be_visible()
    assert _shown(stage) == []


def test_what_was_typed_stays_when_the_language_is_switched(stage: Stage, open_page: OpenPage) -> None:
    page = _opened(stage, open_page)
    page.get_by_label("Address", exact=True).fill(YOUTUBE)
    page.get_by_role("button", name="Add a stream").click()
    expect(page.get_by_label("Address", exact=True).nth(1)).to_be_focused()
    page.keyboard.type(BILIBILI)
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_label("网址", exact=True).nth(1)).to_have_value(BILIBILI)
    expect(page.get_by_label("网址", exact=True).nth(0)).to_have_value(YOUTUBE)
    page.get_by_role("button", name="移除此视频").first.click()
    page.get_by_role("button", name="设置这些视频").click()
    until(lambda: _shown(stage) == [BILIBILI])


def test_two_organisers_do_not_overwrite_each_other_unseen(stage: Stage, open_page: OpenPage) -> None:
    page = _opened(stage, open_page)
    page.get_by_label("Address", exact=True).fill(YOUTUBE)
    stage.organise(f"/showcases/{stage.showcase}/streams", {"streams": [{"url": BILIBILI}], "saw": []})
    page.get_by_role("button", name="Set these streams").click()
    expect(page.get_by_text("Somebody else has set the streams meanwhile.")).to_be_visible()
    until(lambda: _shown(stage) == [BILIBILI])


def test_a_showcase_is_made_with_a_stream(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(_address(stage))
    page.locator("summary", has_text="Create a showcase").click()
    made = page.locator("details", has=page.get_by_role("button", name="Create a showcase"))
    made.get_by_label("Title in English").first.fill("With video")
    made.get_by_label("Short name").fill("with-video")
    for day in ("First day", "Last day"):
        made.get_by_label(day).fill("2031-04-01")
    made.get_by_role("button", name="Add a stream").click()
    made.get_by_label("Address", exact=True).fill(YOUTUBE)
    made.get_by_role("button", name="Create a showcase").click()
    expect(page.get_by_role("heading", name="With video")).to_be_visible()
    shown = stage.house.send("GET", "registration", "/api/registration/showcases/with-video")
    assert [one["kind"] for one in shown["streams"]] == ["youtube"]


def test_axe_finds_nothing_wrong_with_the_streams_section(stage: Stage, open_page: OpenPage) -> None:
    page = open_page("about:blank")

    def ready(page: Page) -> None:
        if not page.locator(".streams").last.is_visible():
            _unfold(page)
        page.locator(".streams input[type=url]").last.fill(YOUTUBE)
        page.get_by_role("button", name=re.compile("Show what viewers|预览")).click()
        page.frame_locator("iframe.preview").locator(".video-play").wait_for()

    assert faults_in(page, _address(stage).replace("&lang=en", ""), ready, TWO_LOOKS) == []
