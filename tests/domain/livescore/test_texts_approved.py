"""R11: where a competition asks for both languages, a form opens once its texts were approved by name."""

from __future__ import annotations

from typing import Any

import pytest

from services.livescore.domain.chief import chief_view
from services.livescore.domain.deciding.roster import decide_roster
from shared.contracts.livescore import CompetitionOpened, SchemeImported
from shared.contracts.registration import CompetitionAdded
from shared.contracts.scheme import Scheme
from shared.contracts.text import Text
from shared.errors import CallerError
from tests.domain.livescore.conftest import NOON, SMALL_SCHEME, Story
from tests.domain.livescore.sheets_given import refused

FORMS = ("A1", "A2", "B1")


def bilingual(part: Any) -> Any:
    """The same with a Chinese text beside each English one."""
    if isinstance(part, dict):
        if "en" in part:
            return {"en": part["en"], "zh": f"中文 {part['en']}"}
        return {name: bilingual(value) for name, value in part.items()}
    return [bilingual(one) for one in part] if isinstance(part, list) else part


BOTH = Scheme.model_validate(bilingual(SMALL_SCHEME.model_dump(mode="json", exclude_none=True)))


def reworded(aspect: str, text: str | None) -> Scheme:
    """One aspect's Chinese in other words, or missing."""
    raw = BOTH.model_dump(mode="json", exclude_none=True)
    for criterion in raw["criteria"]:
        for form in criterion["sub_criteria"]:
            for one in form["aspects"]:
                if one["id"] == aspect:
                    one["description"] = {"en": one["description"]["en"]} | ({} if text is None else {"zh": text})
    return Scheme.model_validate(raw)


def opened(story: Story, *, both_approved: bool = True, imported: Scheme = BOTH) -> Story:
    title = Text(en="Electronics")
    source = story.state.source_seq + 1
    asked = {"bilingual": True, "both_approved": both_approved, "board_mode": "marks", "source_seq": source}
    story.given(CompetitionOpened.model_validate({"competition": story.id, "title": title.model_dump(), **asked}))
    story.given(SchemeImported(version=2, digest="both", scheme=imported))
    story.seat("chief", "SG", "chief")
    story.seat("manager", "CH", "manager")
    return story


@pytest.fixture
def asked(story: Story) -> Story:
    return opened(story)


def closed(story: Story) -> list[str]:
    forms = [form for criterion in story.view("sg")["criteria"] for form in criterion["sub_criteria"]]
    return [form["id"] for form in forms if form.get("closed")]


def texts(story: Story) -> dict[str, Any]:
    return {form["id"]: form["texts"] for form in chief_view(story.state, NOON)["forms"]}


def test_r11_no_mark_is_taken_on_a_form_before_both_its_languages_are_approved(asked: Story) -> None:
    with pytest.raises(CallerError) as refusal:
        asked.read("c01", "A1.1", "2")
    assert refusal.value.code == "texts_not_approved"
    assert refusal.value.faults[0].rule == "R11"
    assert closed(asked) == list(FORMS)
    asked.act("manager", "approve-texts", scheme=2, forms=["A1"])
    assert asked.read("c01", "A1.1", "2").state == "settled"
    assert closed(asked) == ["A2", "B1"]
    with pytest.raises(CallerError):
        asked.score("c01", "A2.1", "sg", 2)


def test_r11_who_approved_and_when_is_kept_and_shown_to_those_who_lead(asked: Story) -> None:
    done = asked.act("chief", "approve-texts", scheme=2, forms=["A1", "B1"])
    approved = {"by": "chief", "office": "chief", "at": done.received_at}
    assert texts(asked)["B1"] == {"closed": False, "lacking": [], "approved": approved}
    assert texts(asked)["A2"] == {"closed": True, "lacking": [], "approved": None}
    again, _ = asked.rebuilt()
    assert again.approvals == asked.state.approvals


def test_r11_an_approval_is_of_the_version_that_was_read(asked: Story) -> None:
    asked.given(SchemeImported(version=3, digest="third", scheme=reworded("A1.1", "别的说法")))
    assert refused(asked, "chief", "approve-texts", scheme=2, forms=["A1"]).code == "scheme_changed"


def test_r11_a_text_that_lacks_a_language_cannot_be_approved(story: Story) -> None:
    opened(story, imported=reworded("B1.2", None))
    refusal = refused(story, "chief", "approve-texts", scheme=2, forms=["A1", "B1"])
    assert (refusal.code, refusal.extra["parts"]) == ("texts_missing", ["B1.2"])
    assert texts(story)["B1"]["lacking"] == ["B1.2"]
    story.act("chief", "approve-texts", scheme=2, forms=["A1"])


def test_r11_other_words_void_the_approval_of_their_form_and_of_no_other(asked: Story) -> None:
    asked.act("chief", "approve-texts", scheme=2, forms=FORMS)
    asked.given(SchemeImported(version=3, digest="third", scheme=reworded("A1.1", "别的说法")))
    assert closed(asked) == ["A1"]
    asked.act("chief", "approve-texts", scheme=3, forms=["A1"])
    assert closed(asked) == []


def test_r11_a_form_that_is_open_is_not_closed_by_an_amendment_but_waits_to_be_approved_again(asked: Story) -> None:
    asked.act("chief", "approve-texts", scheme=2, forms=FORMS)
    asked.read("c01", "B1.1", "12.0")
    whole = BOTH.model_dump(mode="json", exclude_none=True)
    whole["criteria"][0]["sub_criteria"][0]["aspects"][0]["max"] = "86.00"  # up to a hundred marks
    whole["criteria"][1]["sub_criteria"][0]["aspects"][0]["description"]["zh"] = "别的说法"
    asked.both("amend-scheme", scheme=whole, reason="the Chinese asked for another voltage")
    assert asked.read("c02", "B1.1", "12.0").state == "settled"
    assert texts(asked)["B1"] == {"closed": False, "lacking": [], "approved": None}
    assert texts(asked)["A1"]["approved"] is not None, "other marks are no other words"


def test_r11_judges_and_organisers_do_not_approve(asked: Story) -> None:
    for who in ("sg", "organiser", "c01"):
        assert refused(asked, who, "approve-texts", scheme=2, forms=["A1"]).code == "wrong_office"


def test_a_competition_that_does_not_ask_for_both_languages_marks_as_ever(story: Story) -> None:
    opened(story, both_approved=False)
    assert story.read("c01", "A1.1", "2").state == "settled"
    assert texts(story) == dict.fromkeys(FORMS)
    assert refused(story, "chief", "approve-texts", scheme=2, forms=["A1"]).code == "not_bilingual"


def _added(**other: Any) -> CompetitionAdded:
    raw = {
        "competition": Story.id,
        "title": {"en": "Electronics"},
        "capacity": 10,
        "opens_at": NOON,
        "closes_at": NOON,
        "minimum_age": 16,
        "board_mode": "marks",
    }
    return CompetitionAdded.model_validate(raw | other)


def test_a_bilingual_competition_asks_for_approval_from_its_first_fact_on(story: Story) -> None:
    (event,) = decide_roster(Story(imported=None).state, _added(bilingual=True, starts_on="2020-11-18"), 90)
    assert isinstance(event, CompetitionOpened)
    assert (event.bilingual, event.both_approved, str(event.starts_on)) == (True, True, "2020-11-18")
    (event,) = decide_roster(story.state, _added(title={"en": "Circuits"}), 90)
    assert isinstance(event, CompetitionOpened)
    assert event.both_approved is False


def test_a_bilingual_competition_of_an_older_ledger_goes_on_without_when_it_is_renamed(story: Story) -> None:
    opened(story, both_approved=False)
    (event,) = decide_roster(story.state, _added(bilingual=True, title={"en": "Circuits"}), 90)
    assert isinstance(event, CompetitionOpened)
    assert (event.bilingual, event.both_approved) == (True, False)
