"""The judge's page: nothing given is lost, no compatriot can be marked, and no judge overwrites another silently."""

from typing import Any

from playwright.sync_api import Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.running import until
from tests.browser.stage import Stage
from tests.browser.tablet import card as _card
from tests.browser.tablet import kept as _kept


def _row(stage: Stage, competitor: str) -> dict[str, Any]:
    """What the public sees of a competitor; it follows a moment after the judge's receipt."""
    board = stage.house.send("GET", "broadcast", f"/live/state/competition/{stage.competition}")
    return dict(board["state"]["rows"][competitor])


def test_each_kind_of_reading_has_its_control_and_its_award(stage: Stage, open_page: OpenPage) -> None:
    stage.enter("01", "Nia", "GB")
    page = open_page(stage.seat("a", "SG"), 834, 1112)
    _card(page, "A1.1").get_by_role("button", name="Not met").click()
    expect(_card(page, "A1.1")).to_contain_text("0.00 marks")
    _card(page, "A1.2").get_by_role("button", name="One more").click(click_count=3)
    _card(page, "A1.2").get_by_role("button", name="Save 3 errors").click()
    expect(_card(page, "A1.2")).to_contain_text("14.00 marks")
    _card(page, "A1.3").get_by_label("Reading").fill("12，31")
    _card(page, "A1.3").get_by_role("button", name="Save").click()
    expect(_card(page, "A1.3")).to_contain_text("0.00 marks")
    _card(page, "A1.4").get_by_label("Time needed").fill("1:45:00")
    _card(page, "A1.4").get_by_role("button", name="Save").click()
    expect(_card(page, "A1.4")).to_contain_text("10.00 marks")
    _card(page, "A1.5").get_by_role("button", name="2 Very tidy").click()
    expect(_card(page, "A1.5")).to_contain_text("waiting for the panel")
    _card(page, "A1.5").get_by_role("button", name="3 Exemplary").click()
    expect(_card(page, "A1.5")).to_contain_text("Score 3")


def test_a_compatriot_can_be_seen_but_not_chosen(stage: Stage, open_page: OpenPage) -> None:
    stage.enter("01", "Nia", "GB")
    stage.enter("02", "Shili", "CN")
    page = open_page(stage.seat("a", "GB"), 834, 1112)
    expect(page.locator("#now")).to_contain_text("02 Shili")
    page.locator("#people button", has_text="Nia").click(force=True)
    expect(page.locator("#people button", has_text="Nia")).to_contain_text("R26")
    expect(page.locator("#now")).to_contain_text("02 Shili")


def test_marks_given_without_a_network_wait_on_the_device_and_arrive_once(stage: Stage, open_page: OpenPage) -> None:
    competitor = stage.enter("01", "Nia", "GB")
    page = open_page(stage.seat("a", "SG"), 834, 1112)
    expect(_card(page, "A1.1")).to_be_visible()
    page.context.set_offline(True)
    _card(page, "A1.1").get_by_role("button", name="Met", exact=True).click()
    _card(page, "A1.2").get_by_role("button", name="Save 0 errors").click()
    _card(page, "A1.1").get_by_role("button", name="Correct").click()
    _card(page, "A1.1").get_by_role("button", name="Not met").click()
    expect(page.locator("#state")).to_contain_text("3 not yet sent")
    ids = [entry["id"] for entry in _kept(page)]
    page.context.set_offline(False)
    expect(page.locator("html")).to_have_attribute("data-unsent", "0")
    expect(_card(page, "A1.1")).to_contain_text("not met")
    expect(_card(page, "A1.2")).to_contain_text("20.00 marks")
    assert len(set(ids)) == 3
    until(lambda: _row(stage, competitor).get("marked") == 2)


def test_marks_that_wait_survive_a_reload_and_stay_in_order(stage: Stage, open_page: OpenPage) -> None:
    competitor = stage.enter("01", "Nia", "GB")
    page = open_page(stage.seat("a", "SG"), 834, 1112)
    expect(_card(page, "A1.1")).to_be_visible()
    page.route("**/marks", lambda route: route.abort())
    _card(page, "A1.1").get_by_role("button", name="Met", exact=True).click()
    _card(page, "A1.1").get_by_role("button", name="Correct").click()
    _card(page, "A1.1").get_by_role("button", name="Not attempted").click()
    _card(page, "A1.2").get_by_role("button", name="Save 0 errors").click()
    before = [entry["id"] for entry in _kept(page)]
    page.reload()
    expect(page.locator("#state")).to_contain_text("3 not yet sent")
    assert [entry["id"] for entry in _kept(page)] == before
    page.unroute("**/marks")
    expect(page.locator("html")).to_have_attribute("data-unsent", "0", timeout=30_000)
    expect(_card(page, "A1.1")).to_contain_text("not attempted")
    until(lambda: _row(stage, competitor).get("total") == "20.00")


def test_a_mark_whose_answer_is_lost_is_sent_again_and_counts_once(stage: Stage, open_page: OpenPage) -> None:
    stage.enter("01", "Nia", "GB")
    page = open_page(stage.seat("a", "SG"), 834, 1112)
    expect(_card(page, "A1.1")).to_be_visible()
    answers: list[Any] = []

    def lose_the_first(route: Route) -> None:
        answer = route.fetch()
        answers.append(answer.json())
        if len(answers) == 1:
            route.abort()
        else:
            route.fulfill(response=answer)

    page.route("**/marks", lose_the_first)
    _card(page, "A1.1").get_by_role("button", name="Met", exact=True).click()
    expect(_card(page, "A1.1")).to_contain_text("20.00 marks")
    assert len(answers) == 2
    assert answers[0] == answers[1]


def test_when_another_judge_was_faster_both_values_stand_side_by_side(stage: Stage, open_page: OpenPage) -> None:
    competitor = stage.enter("01", "Nia", "GB")
    page = open_page(stage.seat("a", "SG"), 834, 1112)
    expect(_card(page, "A1.3")).to_be_visible()
    _card(page, "A1.3").get_by_label("Reading").fill("12.1")
    page.context.set_offline(True)
    stage.mark(stage.seat("b", "CH"), competitor, "A1.3", {"value": "12.2"})
    _card(page, "A1.3").get_by_role("button", name="Save").click()
    page.context.set_offline(False)
    expect(_card(page, "A1.3")).to_contain_text("Recorded now")
    expect(_card(page, "A1.3")).to_contain_text("12.2")
    expect(_card(page, "A1.3")).to_contain_text("12.1")
    _card(page, "A1.3").get_by_role("button", name="Replace it with mine").click()
    expect(_card(page, "A1.3")).to_contain_text("given by you")
    expect(_card(page, "A1.3")).to_contain_text("12.1")


def test_what_is_being_typed_stays_while_other_marks_come_in(stage: Stage, open_page: OpenPage) -> None:
    competitor = stage.enter("01", "Nia", "GB")
    page = open_page(stage.seat("a", "SG"), 834, 1112)
    field = _card(page, "A1.3").get_by_label("Reading")
    field.press_sequentially("12")
    stage.mark(stage.seat("b", "CH"), competitor, "A1.1", {"value": "met"})
    expect(_card(page, "A1.1")).to_contain_text("given by another judge")
    expect(field).to_be_focused()
    field.press_sequentially(".2")
    expect(field).to_have_value("12.2")


def test_scores_too_far_apart_ask_for_a_new_round_with_a_reason(stage: Stage, open_page: OpenPage) -> None:
    competitor = stage.enter("01", "Nia", "GB")
    page = open_page(stage.seat("a", "SG"), 834, 1112)
    for key, country, score in (("b", "CH", 0), ("c", "CN", 1)):
        stage.mark(stage.seat(key, country), competitor, "A1.5", {"score": score})
    card = _card(page, "A1.5")
    card.get_by_role("button", name="3 Exemplary").click()
    expect(card).to_contain_text("more than one apart")
    card.get_by_role("button", name="1 Tidy").click()
    expect(card).to_contain_text("needs a reason")
    card.get_by_label("Reason for the re-mark").fill("Discussed at the bench with all three judges.")
    card.get_by_role("button", name="1 Tidy").click()
    expect(card).to_contain_text("waiting for the panel")


def test_a_link_that_is_no_judges_link_says_what_to_do(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(f"{stage.house.url('livescore')}/judge#token={stage.house.organiser_token}")
    expect(page.locator("#notices")).to_contain_text("not a judge's link")
    expect(open_page(f"{stage.house.url('livescore')}/judge").locator("#say")).to_contain_text("access link or QR code")
