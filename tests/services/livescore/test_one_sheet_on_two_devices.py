"""One sheet open on two devices is pointed out to both, and nothing else is said or kept of it (R45)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from services.livescore.handlers.open_sheets import FORGOTTEN_AFTER_SECONDS, Elsewhere, OpenSheet, OpenSheets
from tests.domain.livescore.conftest import Story
from tests.domain.livescore.sheets_given import staffed, submitted

if TYPE_CHECKING:
    from tests.services.livescore.service import Livescore, Reply

NAME = "Sheet-Open-Elsewhere"


class Devices:
    """Judges' devices at one copy; `at` is a moment in seconds."""

    def __init__(self, story: Story) -> None:
        self.story = staffed(story)
        self._sheets = OpenSheets()
        self.at = 0.0

    def look(self, judge: str, device: str, form: str = "A1", competitor: str = "c01") -> Elsewhere | None:
        return self._sheets.open(self.story.state, judge, OpenSheet(form, competitor, f"device-{device}"), self.at)


def test_both_devices_of_one_judge_are_told() -> None:
    devices = Devices(Story())
    assert [devices.look("sg", "a"), devices.look("sg", "b"), devices.look("sg", "a")] == [None, "yours", "yours"]


def test_who_goes_to_another_sheet_or_looks_no_more_is_not_pointed_out() -> None:
    devices = Devices(Story())
    devices.look("sg", "a")
    assert devices.look("sg", "b", competitor="c02") is None
    assert devices.look("sg", "b") == "yours"
    devices.look("sg", "a", form="B1")
    assert devices.look("sg", "b") is None
    devices.look("sg", "a")
    devices.at = FORGOTTEN_AFTER_SECONDS + 0.1
    assert devices.look("sg", "b") is None


def test_two_judges_are_told_where_both_may_enter_the_same_reading() -> None:
    """Three judges score the same sheet at the same time as a matter of course: of that nobody is warned."""
    devices = Devices(Story())
    assert [devices.look("sg", "a"), devices.look("ch", "b"), devices.look("sg", "a")] == [None, "panel", "panel"]
    assert [devices.look(judge, "a", form="A2") for judge in ("sg", "ch", "sg")] == [None, None, None]


def test_who_may_not_mark_the_sheet_is_nobodys_rival_and_hears_of_none() -> None:
    """R26: the British judge reads the sheet of a British competitor."""
    devices = Devices(Story())
    devices.look("sg", "a")
    assert devices.look("gb", "b") is None
    assert devices.look("sg", "a") is None
    assert devices.look("chief", "c") is None


def test_a_sheet_that_takes_no_marks_is_read_by_as_many_as_like() -> None:
    devices = Devices(Story())
    submitted(devices.story, "A1", "c01")
    devices.look("sg", "a")
    assert devices.look("ch", "b") is None
    assert devices.look("sg", "b") == "yours"


def test_r32_on_a_blind_form_it_goes_by_the_number_of_the_piece() -> None:
    devices = Devices(Story())
    devices.story.act("chief", "blind-forms", forms=["A1"], blind=True)
    form = next(
        one for part in devices.story.view("sg")["criteria"] for one in part["sub_criteria"] if one["id"] == "A1"
    )
    piece = form["pieces"][0]
    devices.look("sg", "a", competitor=piece)
    assert devices.look("ch", "b", competitor=piece) == "panel"
    assert devices.look("ch", "b", competitor="c01") is None


def test_a_link_that_makes_up_devices_pushes_only_its_own_out() -> None:
    devices = Devices(Story())
    for number in range(100):
        devices.look("sg", str(number))
        devices.at += 0.1
    assert devices.look("ch", "b") == "panel"
    devices.look("sg", "b", form="A2")
    for number in range(8):
        devices.look("sg", f"other-{number}", form="A2")
    assert devices.look("ch", "b") is None


async def _look(livescore: Livescore, judge: str, device: str, etag: str | None = None, **more: str) -> Reply:
    asked = {"form": "A1", "competitor": "c01", "device": device} | more
    path = f"/api/livescore/competitions/autumn.electronics/marking?{urlencode(asked)}"
    headers = {} if etag is None else {"If-None-Match": etag}
    return await livescore.ask("GET", path, token=livescore.registration.judge_token(judge), headers=headers)


async def test_it_is_said_beside_the_view_also_when_nothing_else_is_new(livescore: Livescore) -> None:
    """The view and its tag are what they were, and the ledger knows nothing of it."""
    plain = await livescore.view("sg")
    first = await _look(livescore, "sg", "tablet-01")
    second = await _look(livescore, "sg", "tablet-02")
    again = await _look(livescore, "sg", "tablet-01", first.headers["ETag"])
    assert [one.headers.get(NAME) for one in (first, second, again)] == [None, "yours", "yours"]
    assert (again.status, again.content) == (304, b"")
    assert first.content == second.content == plain.content
    assert first.headers["ETag"] == second.headers["ETag"] == plain.headers["ETag"]


async def test_what_cannot_be_read_costs_the_warning_alone(livescore: Livescore) -> None:
    await _look(livescore, "sg", "tablet-01")
    for more in ({"form": "no form"}, {"device": ""}, {"competitor": "x" * 300}):
        reply = await _look(livescore, **({"judge": "sg", "device": "tablet-02"} | more))
        assert (reply.status, reply.headers.get(NAME)) == (200, None)
