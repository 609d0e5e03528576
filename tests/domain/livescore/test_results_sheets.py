"""What staff and competitors see of a result (R35, R37, R48, R49)."""

from typing import Any

import pytest

from services.livescore.domain.result_views import overview, sheet
from shared.contracts.livescore import CompetitionOpened, CompetitorEntered, CompetitorLeft
from shared.contracts.release import Frozen, Thawed
from shared.contracts.sheets import SheetReopened
from shared.contracts.text import Text
from tests.domain.livescore.told import Told


@pytest.fixture
def told() -> Told:
    one = Told()
    one.mark("A1.1", "ch", value="3")
    one.mark("A1.2", "ch", value="6000")
    one.scores(2, 3, 3)
    return one


def the_sheet(told: Told, *, staff: bool = True) -> dict[str, Any]:
    found = sheet(told.state, "c01", staff=staff)
    assert found is not None
    return found


def test_a_sheet_has_every_criterion_and_form_and_says_what_is_not_marked_yet(told: Told) -> None:
    """R35, R37."""
    found = the_sheet(told)
    assert [(one["id"], one["max"], one["award"] and one["award"]["shown"]) for one in found["criteria"]] == [
        ("A", "9.00", "4.58"),
        ("B", "9.00", None),
        ("C", "6.00", "3.56"),
    ]
    assert [(one["id"], one["award"]) for one in found["criteria"][1]["forms"]] == [("B1", None)]
    assert found["criteria"][2]["forms"][0]["award"] == {"exact": "32/9", "shown": "3.56"}
    assert found["total"] == {"exact": "293/36", "shown": "8.14"}
    assert (found["complete"], found["adds_up"], found["final"], found["version"]) == (False, True, False, None)


def test_aspects_are_on_sheets_for_staff_alone(told: Told) -> None:
    """R10."""
    form = the_sheet(told)["criteria"][0]["forms"][0]
    assert [(one["id"], one["award"] and one["award"]["shown"]) for one in form["aspects"]] == [
        ("A1.1", "1.25"),
        ("A1.2", "3.33"),
        ("A1.3", None),
        ("A1.4", None),
    ]
    assert "aspects" not in the_sheet(told, staff=False)["criteria"][0]["forms"][0]


def test_a_rank_is_on_a_sheet_only_when_the_result_is_final(told: Told) -> None:
    """R48, R72."""
    assert the_sheet(told)["place"] is None
    told.final()
    assert the_sheet(told)["place"] == {
        "rank": 1,
        "ranked": 1,
        "medal": None,
        "best_of_nation": False,
        "score": None,
        "withheld": ["few_competing", "unmarked"],
    }


def test_a_training_has_no_ranks_on_its_sheets(told: Told) -> None:
    title = Text(en="Electronics")
    told.record(
        CompetitionOpened(competition=told.state.id, title=title, board_mode="marks", kind="training", source_seq=9)
    )
    told.final()
    assert the_sheet(told)["place"] is None


def test_a_competitor_learns_the_own_rank_when_the_public_does_and_staff_before(told: Told) -> None:
    """R49, R58: not while the public picture is frozen."""
    told.act(Frozen)
    told.final()
    assert the_sheet(told, staff=False)["place"] is None
    assert the_sheet(told)["place"]["rank"] == 1
    told.act(Thawed)
    assert the_sheet(told, staff=False)["place"]["rank"] == 1


def test_what_is_final_stays_as_it_was_finalised_and_the_result_says_that_marks_have_changed(told: Told) -> None:
    """R48."""
    version = told.final()
    assert not overview(told.state)["changed_since"]
    told.mark("A1.1", "ch", value="4")
    found = overview(told.state)
    assert (found["changed_since"], found["digest"], found["version"]) == (True, version.digest, 1)
    assert the_sheet(told)["total"]["shown"] == "8.14"
    told.final(2, "an appeal was upheld")
    found = overview(told.state)
    assert (found["changed_since"], found["version"]) == (False, 2)
    assert [(one["version"], one["reason"]) for one in found["versions"]] == [
        (1, "all sheets are locked"),
        (2, "an appeal was upheld"),
    ]
    assert the_sheet(told)["amended"] == "an appeal was upheld"
    assert the_sheet(told)["total"]["shown"] == "7.89"


def test_a_name_on_a_final_result_follows_the_consent(told: Told) -> None:
    """R98."""
    told.final()
    told.record(CompetitorEntered(competitor="c01", bib="01", display_name="01", country="GB", source_seq=9))
    assert the_sheet(told)["competitor"]["name"] == "01"
    assert not overview(told.state)["changed_since"]


def test_who_withdraws_after_it_was_final_stays_in_that_version(told: Told) -> None:
    """R48: a change makes another version."""
    told.final()
    told.record(CompetitorLeft(competitor="c01", source_seq=9))
    assert overview(told.state)["rows"][0]["rank"] == 1
    assert overview(told.state)["changed_since"]


def test_a_provisional_overview_has_marks_and_ranks_and_no_versions(told: Told) -> None:
    found = overview(told.state)
    assert (found["final"], found["version"], found["versions"], found["changed_since"]) == (False, None, [], False)
    assert [(row["bib"], row["rank"]) for row in found["rows"]] == [("01", 1), ("02", None)]
    assert found["criteria"][0] == {"id": "A", "name": {"en": "name"}, "max": "9.00"}
    assert found["members"] is None


def test_a_sheet_that_is_being_looked_at_again_says_so(told: Told) -> None:
    """R52, R82."""
    assert not the_sheet(told)["under_review"]
    told.record(
        SheetReopened(
            **told.agreed_by_two("reopen-0001"),
            reason="a reading was typed wrongly",
            form="A1",
            competitor="c01",
            version=2,
            code="typing",
        )
    )
    assert the_sheet(told)["under_review"]


def test_parts_that_do_not_add_up_are_noticed() -> None:
    """R35: 3.33 and 2.22 make 5.56."""
    thirds = Told()
    thirds.mark("A1.2", "ch", value="6000")
    thirds.scores(2, 2, 1)
    found = the_sheet(thirds)
    assert [one["award"]["shown"] for one in found["criteria"] if one["award"]] == ["3.33", "2.22"]
    assert (found["total"]["shown"], found["adds_up"]) == ("5.56", False)


def test_nobody_has_no_sheet(told: Told) -> None:
    assert sheet(told.state, "c99", staff=True) is None
