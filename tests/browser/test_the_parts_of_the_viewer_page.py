"""What lies over the board when it is asked for: programme, medals, what happened, who is watching."""

import json
import re
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.axe import faults_in
from tests.browser.conftest import OpenPage
from tests.browser.pictures import Picture, rows
from tests.browser.stage import Stage

_SESSIONS = (
    ("2020-11-18T05:00:00Z", "2020-11-18T05:30:00Z", "Opening"),
    ("2020-11-19T05:00:00Z", "2020-11-19T07:00:00Z", "The competition"),
    ("2020-11-19T23:30:00Z", "2020-11-20T00:30:00Z", "Results"),
)


def _live(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-state", "live")


def _programme(page: Page) -> None:
    """Two days of sessions in place of the stage's, as the programme of the event it is modelled on."""

    def answer(route: Route) -> None:
        frame = route.fetch().json()
        found = {key: row for key, row in frame["state"]["rows"].items() if row["kind"] != "session"}
        for n, (begins, ends, title) in enumerate(_SESSIONS):
            found[f"session/{n}"] = {"kind": "session", "starts_at": begins, "ends_at": ends, "title": {"en": title}}
        frame["state"]["rows"] = found
        route.fulfill(json=frame)

    page.route("**/live/state/showcase/**", answer)


def test_the_programme_stands_by_days_with_both_clocks_and_what_is_on_now(stage: Stage, open_page: OpenPage) -> None:
    page = open_page("about:blank", 390, 844)
    page.clock.install(time="2020-11-19T05:20:00Z")
    _programme(page)
    page.goto(f"{stage.board}?lang=en")
    page.get_by_role("link", name="Programme").click()
    panel = page.get_by_role("dialog", name="Programme")
    expect(panel.get_by_role("heading", level=3)).to_have_text(
        ["Wednesday, 18 November 2020", "Thursday, 19 November 2020"]
    )
    expect(panel).to_contain_text("Times are in United Kingdom Time, and beside them in China Time.")
    on = panel.locator("[aria-current=time]")
    expect(on).to_have_count(1)
    expect(on).to_contain_text(re.compile(r"05:00–07:00.*13:00–15:00.*The competition.*Now"))
    last = panel.get_by_role("listitem").last
    expect(last).to_contain_text("23:30–Fri 20")
    expect(last).to_contain_text("Fri 20, 07:30–08:30")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_part_has_an_address_holds_the_focus_and_goes_with_escape_or_back(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(f"{stage.board}?lang=en")
    link = page.get_by_role("link", name="Medal table")
    link.focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Medal table")
    expect(panel.get_by_role("heading", name="Medal table")).to_be_focused()
    assert page.url.endswith("#medals")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(link).to_be_focused()
    expect(page).to_have_url(re.compile("lang=en$"))
    page.get_by_role("link", name="Programme").click()
    expect(page.get_by_role("dialog", name="Programme")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto(f"{stage.board}?lang=zh#sessions")
    page.get_by_role("dialog", name="日程").get_by_role("button", name="关闭").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(re.compile("lang=zh$"))


def _many(page: Page, finals: dict[str, dict[str, dict[str, Any]]], open_ones: int) -> None:
    """A showcase of these competitions with a final result, rows by bib, and of some that go on."""

    def stage_of(route: Route) -> None:
        frame = route.fetch().json()
        found = frame["state"]["rows"]
        example = next(row for row in found.values() if row["kind"] == "competition")
        for slug in (*finals, *(f"open-{n}" for n in range(open_ones))):
            channel = f"competition/{frame['state']['head']['showcase']}.{slug}"
            found[channel] = {**example, "channel": channel, "title": {"en": slug.capitalize(), "zh": slug}}
        route.fulfill(json=frame)

    def board_of(route: Route) -> None:
        slug = route.request.url.rpartition(".")[2]
        head = {"mode": "progress", "final": slug in finals, "title": {"en": slug}}
        state = {"head": head, "rows": finals.get(slug, {})}
        route.fulfill(json={"type": "snapshot", "channel": slug, "epoch": "e", "seq": 1, "state": state})

    page.route("**/live/state/showcase/**", stage_of)
    page.route("**/live/state/competition/**", board_of)


def _winner(name: str, country: str, medal: str | None, **more: Any) -> dict[str, Any]:
    return {"bib": "07", "name": name, "country": country, "status": "competing", "medal": medal, **more}


_FINALS = {
    "welding": {"a": _winner("Ada", "GB", "gold", best_of_nation=True), "b": _winner("Bo", "CN", "silver")},
    "baking": {"a": _winner("Cy", "SG", "gold"), "b": _winner("Di", "CN", "silver"), "c": _winner("Ed", "DE", "gold")},
    "mosaics": {
        "a": _winner("Flo", "GB", "bronze"),
        "b": _winner("Gus", "CH", "medallion"),
        "c": _winner("Hal", "CH", None),
    },
}


def test_the_medal_table_counts_what_is_final_and_says_who_and_what_is_open(stage: Stage, open_page: OpenPage) -> None:
    """More competitions than one viewer may follow. Gold decides, then silver, bronze; equal ones share a place."""
    page = open_page("about:blank", 390, 844)
    _many(page, _FINALS, open_ones=16)
    page.goto(f"{stage.board}?lang=en#medals")
    panel = page.get_by_role("dialog", name="Medal table")
    expect(panel.get_by_role("status")).to_have_text("Results of 3 of 20 competitions are final.")
    counted = panel.get_by_role("table").locator("tbody tr")
    expect(counted).to_have_count(5)
    lines = [re.sub(r"\s+", " ", line).strip() for line in counted.all_inner_texts()]
    found = [(line.split()[0], re.sub(r"[^A-Za-z ]", "", line).split()[-1], line[-9:]) for line in lines]
    assert found == [
        ("1", "Kingdom", "1 0 1 0 1"),
        ("2", "Germany", "1 0 0 0 0"),
        ("2", "Singapore", "1 0 0 0 0"),
        ("4", "China", "0 2 0 0 0"),
        ("5", "Switzerland", "0 0 0 1 0"),
    ]
    expect(panel.get_by_role("region", name="Welding")).to_contain_text(
        re.compile("Ada.*Gold medal.*Best of Nation.*Bo.*Silver")
    )
    expect(panel.get_by_role("region", name="Mosaics")).not_to_contain_text("Hal")
    expect(panel).to_contain_text("Not final yet: Electronics, Open-0,")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_while_nothing_is_final_the_medal_table_says_so(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(f"{stage.board}?lang=zh#medals")
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("目前还没有最终成绩")
    expect(page.get_by_role("dialog").get_by_role("table")).to_have_count(0)


def test_what_happened_is_gathered_said_calmly_and_survives_a_reload(stage: Stage, open_page: OpenPage) -> None:
    page = open_page("about:blank")
    picture = Picture(stage, rows(6)).on(page)
    page.goto(f"{stage.board}?lang=en")
    _live(page)
    expect(page.locator("#board tbody tr")).to_have_count(6)
    picture.change(c03={"total": "91.30", "marked": 23})
    expect(page.locator("#feed li").first).to_contain_text("+1.00, now 91.30")
    expect(page.locator("#spoken")).to_contain_text("now 91.30")
    picture.change(c03={"total": "91.80", "marked": 24})
    expect(page.locator("#feed li").first).to_contain_text("+1.50, now 91.80")
    expect(page.locator("#feed li")).to_have_count(1)
    expect(page.locator("#spoken")).to_contain_text("now 91.30")
    picture.change(c05={"total": "89.00", "rank": 4}, c04={"rank": 5})
    expect(page.locator("#feed li").first).to_contain_text("05 Ada Example +3.40, now 89.00 · up to rank 4")
    page.reload()
    _live(page)
    expect(page.locator("#feed li")).to_have_count(2)
    page.get_by_role("link", name="What happened").click()
    panel = page.get_by_role("dialog", name="What happened")
    expect(panel.get_by_role("listitem")).to_have_count(2)
    picture.change(**{f"c0{n}": {"marked": 30} for n in range(1, 6)})
    expect(panel.get_by_role("listitem")).to_have_count(5)
    expect(page.locator("#feed li")).to_have_text([re.compile("5 competitors have moved on since")])


def test_a_viewer_says_another_country_or_none_and_the_page_remembers_it(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(f"{stage.board}?lang=en")
    watching = page.locator("#watching")
    expect(watching).to_have_text("1 watching · United Kingdom 1")
    watching.click()
    panel = page.get_by_role("dialog", name="Who is watching")
    expect(panel).to_contain_text("Your browser’s language settings name United Kingdom")
    panel.get_by_label("Watching from").select_option("BR")
    expect(panel.get_by_role("listitem")).to_have_text([re.compile("Brazil1$")])
    page.reload()
    expect(watching).to_have_text("1 watching · Brazil 1")
    panel.get_by_label("Watching from").select_option(label="Do not say")
    expect(panel.get_by_role("listitem")).to_have_text(["do not say1"])
    page.reload()
    expect(watching).to_have_text("1 watching")


def test_the_countries_most_viewers_say_stand_beside_the_number(stage: Stage, open_page: OpenPage) -> None:
    page = open_page("about:blank")
    told = {"CN": 200, "GB": 90, "SG": 12, "DE": 3, "CH": 1}
    Picture(stage, rows(2), audience={"watching": 312, "countries": told}).on(page)
    page.goto(f"{stage.board}?lang=zh")
    expect(page.locator("#watching")).to_have_text(
        "312 人正在观看 · 中国 200 · 英国 90 · 新加坡 12 · 另有 2 个国家和地区"
    )


def test_axe_finds_nothing_on_any_part(stage: Stage, open_page: OpenPage) -> None:
    page = open_page("about:blank")
    _many(page, _FINALS, open_ones=2)
    row = {"bib": "01", "name": "Ada", "total": "3.00", "rank": 1}
    line = {"at": 1605762000000, "row": row, "diff": 50, "climbed": 1, "head": {"mode": "marks", "aspects": 5}}
    key = f"showcase.feed.competition/{stage.competition}"
    page.add_init_script(f"sessionStorage.setItem('{key}', '{json.dumps([line])}')")

    def shown(page: Page) -> None:
        _live(page)
        expect(page.locator("#panel .inside").locator("li, td").first).to_be_visible()

    for part in ("sessions", "medals", "happened", "audience"):
        assert faults_in(page, f"{stage.board}#{part}", shown) == [], part
