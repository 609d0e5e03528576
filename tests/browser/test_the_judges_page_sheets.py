"""The judge's page and whole sheets: submit, verify, return, sign, conflicts, rounds, two pairs, blind pieces."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.running import until
from tests.browser.stage import SCHEME, Stage
from tests.browser.tablet import SIZE, card, judge_id, kept, perform, press, recorded, seat_chief

_GIVEN = {"A1.1": {"value": "met"}, "A1.2": {"value": "0"}, "A1.3": {"value": "12.0"}, "A1.4": {"value": "5400"}}


def _mark_all_but_one(stage: Stage, links: list[str], competitor: str) -> None:
    """Everything of the sheet but A1.1; three judges score A1.5."""
    for aspect, given in list(_GIVEN.items())[1:]:
        stage.mark(links[0], competitor, aspect, given)
    for link in links:
        stage.mark(link, competitor, "A1.5", {"score": 2})


def _bar(page: Page, name: str) -> None:
    page.locator("#bar").get_by_role("button", name=name).click()


def test_a_sheet_is_submitted_when_nothing_is_missing_then_verified_by_another_and_signed(
    stage: Stage, open_page: OpenPage
) -> None:
    """R42: what is missing is listed; who marked it cannot verify it; a signed sheet takes no marks."""
    competitor = stage.enter("01", "Nia", "GB")
    links = [stage.seat(key, country) for key, country in (("a", "SG"), ("b", "CH"), ("c", "FR"), ("d", "NO"))]
    _mark_all_but_one(stage, links[:3], competitor)
    page = open_page(links[0], *SIZE)
    expect(page.locator("#bar")).to_contain_text("Before it can be submitted: A1.1")
    expect(page.locator("#bar").get_by_role("button", name="Submit this sheet")).to_be_disabled()
    press(page, "A1.1", "Met")
    _bar(page, "Submit this sheet")
    expect(page.locator("#now")).to_contain_text("Submitted")
    expect(card(page, "A1.1").get_by_role("button")).to_have_count(0)

    verifier = open_page(links[3], *SIZE)
    verifier.get_by_text("1 sheet waits for you").click()
    verifier.locator("#todo button").click()
    _bar(verifier, "Return it")
    verifier.get_by_label("What is to be looked at again").fill("Please read the supply voltage again.")
    verifier.get_by_role("dialog").get_by_role("button", name="Return it").click()
    expect(card(page, "A1.3").get_by_role("button", name="Correct")).to_be_visible()
    _bar(page, "Submit this sheet")
    _bar(verifier, "Verify")
    expect(verifier.locator("#now")).to_contain_text("Verified")
    _bar(page, "Sign")
    expect(page.locator("#bar")).to_contain_text(f"signed by {judge_id(stage, 'a')}")


def test_marks_and_the_sheets_submission_wait_in_one_queue_and_go_in_their_order(
    stage: Stage, open_page: OpenPage
) -> None:
    """R45: offline a sheet is completed and submitted; the submission can be taken back and is sent after the marks."""
    competitor = stage.enter("01", "Nia", "GB")
    links = [stage.seat(key, country) for key, country in (("a", "SG"), ("b", "CH"), ("c", "FR"))]
    _mark_all_but_one(stage, links, competitor)
    page = open_page(links[0], *SIZE)
    expect(page.locator("#bar")).to_contain_text("A1.1")
    page.context.set_offline(True)
    press(page, "A1.1", "Met")
    for _ in range(2):
        _bar(page, "Submit this sheet")
        expect(page.locator("#bar")).to_contain_text("Kept on this device")
        expect(card(page, "A1.2").get_by_role("button", name="Correct")).to_have_count(0)
        if _ == 0:
            _bar(page, "Take back")
            expect(card(page, "A1.2").get_by_role("button", name="Correct")).to_be_visible()
    assert [entry["kind"] for entry in kept(page)] == ["mark", "act"]
    page.context.set_offline(False)
    expect(page.locator("#now")).to_contain_text("Submitted")
    assert kept(page) == []


def test_a_submission_waits_while_a_mark_before_it_needs_the_judges_decision(stage: Stage, open_page: OpenPage) -> None:
    competitor = stage.enter("01", "Nia", "GB")
    links = [stage.seat(key, country) for key, country in (("a", "SG"), ("b", "CH"), ("c", "FR"))]
    _mark_all_but_one(stage, links, competitor)
    page = open_page(links[0], *SIZE)
    expect(page.locator("#bar")).to_contain_text("A1.1")
    page.context.set_offline(True)
    press(page, "A1.1", "Met")
    _bar(page, "Submit this sheet")
    expect(page.locator("#bar")).to_contain_text("Kept on this device")
    stage.mark(links[1], competitor, "A1.1", {"value": "not_met"})
    page.context.set_offline(False)
    expect(card(page, "A1.1")).to_contain_text("Recorded now")
    expect(page.locator("#state")).to_contain_text("1 mark needs your decision")
    page.get_by_role("button", name="On this device").click()
    expect(page.locator("#waiting li").nth(1)).to_contain_text("Waits for your decision")
    page.get_by_role("button", name="Close").click()
    press(page, "A1.1", "Keep the recorded one")
    expect(page.locator("#now")).to_contain_text("Submitted")
    assert [mark["value"] for mark in recorded(stage.house, stage.competition) if mark["aspect"] == "A1.1"] == [
        "not_met"
    ]


def test_a_judge_declares_a_conflict_of_interest_and_does_not_mark_that_competitor(
    stage: Stage, open_page: OpenPage
) -> None:
    """R27."""
    stage.enter("01", "Nia", "GB")
    stage.enter("02", "Shili", "CN")
    page = open_page(stage.seat("a", "SG"), *SIZE)
    page.get_by_role("button", name="Declare a conflict of interest").click()
    page.get_by_label("Competitor", exact=True).select_option(label="02 Shili")
    page.get_by_label("What kind").select_option(label="I trained this competitor")
    page.get_by_role("button", name="Declare it").click()
    other = page.locator("#people button", has_text="Shili")
    expect(other).to_contain_text("conflict of interest was declared")
    other.click(force=True)
    expect(page.locator("#now")).to_contain_text("01 Nia")


def test_a_re_mark_shows_every_earlier_round_with_who_gave_what(stage: Stage, open_page: OpenPage) -> None:
    """R24: two rounds too far apart stay readable while the third is given."""
    competitor = stage.enter("01", "Nia", "GB")
    links = [stage.seat(key, country) for key, country in (("a", "SG"), ("b", "CH"), ("c", "FR"))]
    words = {"justification": "We looked at the joints once more together."}
    for link, score in zip(links, (0, 1, 3), strict=True):
        stage.mark(link, competitor, "A1.5", {"score": score})
    for link, score in zip(links, (1, 1, 3), strict=True):
        stage.mark(link, competitor, "A1.5", {"score": score, **words})
    page = open_page(links[0], *SIZE)
    rounds = card(page, "A1.5").locator(".rounds li")
    expect(rounds).to_have_count(2)
    expect(rounds.nth(0)).to_contain_text("Score 0")
    expect(rounds.nth(1)).to_contain_text(f"Score 1 {judge_id(stage, 'a')}")
    expect(card(page, "A1.5")).to_contain_text("round 3")
    card(page, "A1.5").get_by_label("Reason for the re-mark").fill("All three of us agree after looking again.")
    card(page, "A1.5").get_by_role("button", name="2 Very tidy").click()
    expect(card(page, "A1.5")).to_contain_text("waiting for the panel")


def test_on_a_blind_form_pieces_stand_in_place_of_people_and_are_marked_by_their_number(
    stage: Stage, open_page: OpenPage
) -> None:
    """R32: neither name nor country is on the page, and the mark arrives with the person behind the piece."""
    competitor = stage.enter("01", "Nia", "GB")
    link = stage.seat("a", "SG")
    perform(stage, seat_chief(stage), "blind-forms", forms=["A1"], blind=True)
    page = open_page(link, *SIZE)
    expect(page.locator("#now")).to_contain_text("Piece ")
    expect(page.locator("#people")).not_to_contain_text("Nia")
    press(page, "A1.1", "Met")
    expect(card(page, "A1.1")).to_contain_text("20.00 marks")
    until(lambda: len(recorded(stage.house, stage.competition)) == 1)
    assert recorded(stage.house, stage.competition)[0]["competitor"] == competitor


def test_two_pairs_measure_apart_and_their_readings_show_when_both_are_in(stage: Stage, open_page: OpenPage) -> None:
    """R39, R41: before that the other pair's reading is nowhere on the page; then both stand side by side."""
    scheme = SCHEME.replace("measure: {pattern: tolerance", "dual: true, measure: {pattern: tolerance")
    path = f"/api/livescore/competitions/{stage.competition}/scheme"
    stage.house.send("PUT", "livescore", path, scheme.encode(), stage.house.organiser_token)
    competitor = stage.enter("01", "Nia", "GB")
    links = [stage.seat(key, country) for key, country in (("a", "SG"), ("b", "CH"), ("c", "FR"), ("d", "NO"))]
    team = [judge_id(stage, key) for key in "abcd"]
    perform(stage, seat_chief(stage), "name-panel", form="A1", judges=team[:3], coordinator=team[3],
            pairs=[team[:1], team[1:2]])  # fmt: skip
    page = open_page(links[0], *SIZE)
    expect(card(page, "A1.3")).to_be_visible()
    stage.mark(links[1], competitor, "A1.3", {"value": "11.5"})
    card(page, "A1.1").get_by_role("button", name="Met", exact=True).click()
    expect(card(page, "A1.1")).to_contain_text("20.00 marks")
    expect(card(page, "A1.3")).not_to_contain_text("11.5")
    card(page, "A1.3").get_by_label("Reading").fill("12.1")
    press(page, "A1.3", "Save")
    expect(card(page, "A1.3")).to_contain_text("the two pairs measured differently")
    expect(card(page, "A1.3").locator(".rounds li")).to_contain_text("12.1 pair 1")
    expect(card(page, "A1.3").locator(".rounds li")).to_contain_text("11.5 pair 2")
