"""The ceremony as it is led, as the hall sees it and as the public follows it (R55, R58)."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.running import until
from tests.browser.stage import Stage

_MISSED = {"value": "not_attempted"}
_BRONZE = {"en": "Bronze medal", "zh": "铜牌"}


@dataclass(frozen=True, slots=True)
class Event:
    stage: Stage
    people: tuple[str, ...]
    judges: tuple[str, ...]
    chief: str
    manager: str
    host: str

    @classmethod
    def marked(cls, stage: Stage) -> "Event":
        """Three competitors with 60, 40 and 20 marks, in the order of their bibs, and everybody in office."""
        people = tuple(stage.enter(f"0{n}", name, "CN") for n, name in enumerate(("Ada", "示例", "Nova"), 1))
        judges = tuple(stage.seat(key.lower(), key) for key in ("SG", "CH", "GB"))
        event = cls(stage, people, judges, *(stage.seat(key, "CH", key) for key in ("chief", "manager", "presenter")))
        for competitor, counts in zip(people, (3, 2, 1), strict=True):
            given = {"A1.1": {"value": "met"}, "A1.3": {"value": "12.0"}, "A1.4": {"value": "5000"}}
            for place, (aspect, value) in enumerate(given.items()):
                stage.mark(judges[0], competitor, aspect, value if place < counts else _MISSED)
            stage.mark(judges[0], competitor, "A1.2", _MISSED)
        return event

    def finalise(self) -> None:
        """Frozen, everything signed, final by two people."""
        stage, act = self.stage, self.stage.act
        act(self.chief, "set-rules", rules={"appeal_window_minutes": 0, "small_field": False})
        for competitor in self.people:
            for judge in self.judges:
                stage.mark(judge, competitor, "A1.5", {"score": 0})
        act(self.chief, "freeze")
        for competitor in self.people:
            act(self.judges[0], "submit-sheet", form="A1", competitor=competitor)
            act(self.chief, "verify-sheet", form="A1", competitor=competitor)
        for link in (*self.judges, self.chief):
            act(link, "sign-sheets", form="A1")
        act(self.chief, "show-sheets")
        proposed = act(self.chief, "finalise", reason="all sheets are signed")
        act(self.manager, "approve", proposal=proposed["id"])

    def hall(self, lang: str = "en") -> str:
        return self.led(lang).replace("/presenter", "/hall")

    def led(self, lang: str = "en") -> str:
        return self.host.replace("#", f"?lang={lang}#")


@pytest.fixture
def event(stage: Stage) -> Event:
    return Event.marked(stage)


def _step(page: Page, key: str = "main") -> None:
    page.locator(f"#keys .{key}").click()


def _shown(page: Page, steps: int, of: int = 6) -> None:
    expect(page.locator(".count")).to_have_text(f"{steps} of {of} steps")


def test_a_rehearsal_reaches_the_hall_and_never_the_public(event: Event, open_page: OpenPage) -> None:
    stage = event.stage
    public, led, hall = open_page(f"{stage.board}?lang=en"), open_page(event.led()), open_page(event.hall())
    expect(public.locator("#board tbody tr")).to_have_count(3)
    expect(public.locator("html")).to_have_attribute("data-state", "live")

    def seen() -> tuple[object, str]:
        state = stage.house.send("GET", "broadcast", f"/live/state/competition/{stage.competition}")
        return state, public.locator("#board, #news, #final").evaluate_all(
            "all => all.map(one => one.outerHTML).join()"
        )

    before = seen()
    led.get_by_role("button", name="Rehearse").click()
    expect(led.get_by_text("REHEARSAL: invented places")).to_be_visible()
    for steps in (1, 2, 3):
        _step(led)
        expect(led.locator(".count")).to_contain_text(f"{steps} of")
    expect(hall.locator("#rehearsal")).to_be_visible()
    expect(hall.locator("#stage")).not_to_be_empty()
    assert seen() == before
    led.get_by_role("button", name="End the rehearsal").click()
    expect(led.get_by_role("button", name="Rehearse")).to_be_visible()
    expect(hall.locator("#stage")).to_contain_text("The results will be announced here")
    assert seen() == before


def test_the_reveal_goes_step_by_step_with_the_hall_and_the_public_and_one_back(
    event: Event, open_page: OpenPage
) -> None:
    """R58: from the last place, a pause at each award; a step taken back leaves every screen."""
    event.finalise()
    public = {lang: open_page(f"{event.stage.board}?lang={lang}") for lang in _BRONZE}
    led, hall = open_page(event.led()), open_page(event.hall("zh"))
    for page in public.values():
        expect(page.locator("#board tbody tr")).to_have_count(3)
    _step(led)
    _shown(led, 0)
    led.keyboard.press("ArrowRight")
    _shown(led, 1)
    for lang, screen in (*((lang, page.locator("#news .stage")) for lang, page in public.items()),
                         ("zh", hall.locator("#stage"))):  # fmt: skip
        expect(screen).to_contain_text(_BRONZE[lang])
        expect(screen).not_to_contain_text("Nova")
    _step(led)
    expect(hall.locator("#stage .name")).to_have_text("Nova")
    expect(hall.locator("#places")).to_contain_text(_BRONZE["zh"])
    for lang, page in public.items():
        expect(page.locator("#board tr.told")).to_have_count(1)
        expect(page.locator("#board tr.told")).to_contain_text(_BRONZE[lang])
        expect(page.locator("#board tr.told .total")).to_contain_text("20.00")
        expect(page.locator("#spoken")).to_contain_text("Nova")
        bibs = [row.get_attribute("data-bib") for row in page.locator("#board tbody tr").all()]
        assert bibs == ["01", "02", "03"]
    _step(led, "quiet")
    _shown(led, 1)
    for page in public.values():
        expect(page.locator("#board tr.told")).to_have_count(0)
        expect(page.locator("#spoken")).not_to_contain_text("Nova")
    expect(public["en"].locator("#spoken")).to_have_text("The last step of the ceremony was taken back.")
    expect(hall.locator("#stage .name")).to_have_count(0)
    expect(hall.locator("#places")).not_to_contain_text("Nova")


def test_two_presenters_who_click_at_once_make_one_step(event: Event, open_page: OpenPage) -> None:
    """R58: a click names the step it means to reach."""
    event.finalise()
    event.stage.act(event.host, "begin-reveal")
    one, other = open_page(event.led()), open_page(event.led())
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    for page in (one, other):
        _shown(page, 0)
        page.route("**/acts", hold)
        with page.expect_request("**/acts"):
            _step(page)
    for route in held:
        route.continue_()
    for page in (one, other):
        _shown(page, 1)
    until(
        lambda: sum("Somebody else has taken a step" in page.locator("#say").inner_text() for page in (one, other)) == 1
    )


def test_a_mark_after_the_freeze_waits_for_the_thaw(event: Event, open_page: OpenPage) -> None:
    """R55."""
    stage = event.stage
    public = open_page(f"{stage.board}?lang=zh")
    nova = public.locator("#board tr[data-bib='03']")
    expect(nova.locator(".total")).to_contain_text("20.00")
    stage.act(event.chief, "freeze")
    expect(public.locator("#final")).to_have_text("已冻结")
    expect(public.locator("#news")).to_contain_text("成绩将在颁奖仪式上公布")
    expect(public.locator("#spoken")).to_contain_text("停止更新")
    for judge in event.judges:
        stage.mark(judge, event.people[2], "A1.5", {"score": 3})
    public.reload()
    expect(public.locator("#final")).to_have_text("已冻结")
    expect(nova.locator(".total")).to_contain_text("20.00")
    stage.act(event.chief, "thaw")
    expect(nova.locator(".total")).to_contain_text("40.00")
    expect(public.locator("#news")).to_be_empty()


def test_after_the_thaw_places_and_medals_stand_on_the_board(event: Event, open_page: OpenPage) -> None:
    """R49."""
    _ceremony(event, open_page, totals_in_the_hall=2)


def test_where_the_public_sees_progress_it_sees_places_and_medals_and_no_totals(
    event: Event, open_page: OpenPage
) -> None:
    """R49, R50: neither does the hall."""
    event.stage.act(event.chief, "set-board-mode", mode="progress")
    public = _ceremony(event, open_page, totals_in_the_hall=0)
    expect(public.locator("#board")).not_to_contain_text("60.00")


def _ceremony(event: Event, open_page: OpenPage, totals_in_the_hall: int) -> Page:
    """The whole of it; the public page afterwards."""
    event.finalise()
    public, hall = open_page(f"{event.stage.board}?lang=en"), open_page(event.hall())
    event.stage.act(event.host, "begin-reveal")
    for step in range(1, 7):
        event.stage.act(event.host, "move-reveal", step=step)
    expect(hall.locator("#stage .name")).to_have_text("Ada")
    expect(hall.get_by_text("60.00")).to_have_count(totals_in_the_hall)
    expect(public.locator("#board tr.told")).to_have_count(3)
    event.stage.act(event.chief, "thaw")
    expect(public.locator("#final")).to_have_text("Final")
    rows = public.locator("#board tbody tr")
    for row, medal, place in zip(rows.all(), ("Gold medal", "Silver medal", "Bronze medal"), "123", strict=True):
        expect(row.locator(".rank")).to_have_text(place)
        expect(row).to_contain_text(medal)
    expect(rows.first).to_contain_text("Best of Nation")
    expect(public.locator("#news")).to_be_empty()
    expect(public.locator("#spoken")).to_have_text("The result is final and complete.")
    return public
