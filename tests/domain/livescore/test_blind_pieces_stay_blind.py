"""R32: nothing that a judge is told, and no order in which it is told, shows whose piece it is; R39: who sees a pair's
reading while it is hidden is told that it is there."""

from __future__ import annotations

from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from services.livescore.domain import blind
from services.livescore.domain.deciding import MOST_PROPOSALS
from services.livescore.domain.deciding.remedies import MOST_APPEALS
from shared.contracts.sheets import FIRST
from shared.errors import CallerError
from tests.domain.livescore.conftest import MEASURES, Story, aspect, scheme
from tests.domain.livescore.sheets_given import staffed

if TYPE_CHECKING:
    pass

TEAM = ["sg", "ch", "my"]


@pytest.fixture
def hidden() -> Story:
    """Form A2 is blind, marked by three who are nobody's compatriots, of sixteen people."""
    story = staffed(Story())
    story.seat("my", "MY")
    for bib in range(5, 17):
        story.enter(f"{bib:02}", "GB" if bib % 2 else "CN")
    story.act("chief", "blind-forms", forms=["A2"], blind=True)
    story.act("chief", "name-panel", form="A2", judges=TEAM)
    return story


def pieces(story: Story) -> dict[str, str]:
    return blind.pieces(story.state.secret, "A2", tuple(story.state.competitors))


def mark_all(story: Story) -> None:
    """Everybody's piece, in an order of the numbers."""
    for piece in sorted(pieces(story).values()):
        for judge in TEAM:
            story.score(piece, "A2.1", judge, 2)


def submit_all(story: Story) -> None:
    for piece in sorted(pieces(story).values()):
        coordinator = story.state.seats("A2", story.state.competitors["c01"])
        assert coordinator is not None
        story.act(coordinator.coordinator or "sg", "submit-sheet", form="A2", competitor=piece)


def told(story: Story, who: str, act: str, **fields: Any) -> CallerError:
    with pytest.raises(CallerError) as refusal:
        story.act(who, act, **fields)
    return refusal.value


def test_r32_pieces_are_listed_by_their_numbers_and_not_in_the_order_of_people(hidden: Story) -> None:
    mark_all(hidden)
    submit_all(hidden)
    view = hidden.view("sg")
    by_bib = list(pieces(hidden).values())
    assert by_bib != sorted(by_bib), "the orders differ, or this test could not fail"
    assert list(view["cells"]) == sorted(by_bib)
    assert list(view["sheets"]["A2"]) == sorted(by_bib)


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("submit-sheet", {"competitor": "c01"}),
        ("verify-sheet", {"competitor": "c01"}),
        ("return-sheet", {"competitor": "c01", "reason": "one aspect was forgotten"}),
        ("sign-sheets", {"competitors": ["c01"]}),
    ],
)
def test_r32_a_judge_cannot_ask_about_a_sheet_by_the_person(hidden: Story, act: str, fields: dict[str, Any]) -> None:
    """Or the answer, and whose sheet moved then, would show which piece it is."""
    before = told(hidden, "sg", act, form="A2", **fields)
    mark_all(hidden)
    after = told(hidden, "sg", act, form="A2", **fields)
    assert (before.code, after.code) == ("unknown_piece", "unknown_piece")


def test_r32_whoever_leads_may_name_the_person(hidden: Story) -> None:
    mark_all(hidden)
    submit_all(hidden)
    hidden.act("chief", "verify-sheet", form="A2", competitor="c01")
    assert hidden.view("sg")["sheets"]["A2"][pieces(hidden)["c01"]]["state"] == "verified"


def test_r32_a_refused_signature_names_the_piece_and_not_the_bib(hidden: Story) -> None:
    piece = pieces(hidden)["c07"]
    assert str(told(hidden, "sg", "sign-sheets", form="A2", competitors=[piece])).find("07:") == -1
    assert piece in str(told(hidden, "sg", "sign-sheets", form="A2", competitors=[piece]))


def test_r32_a_digest_in_view_does_not_tell_who_was_submitted(hidden: Story) -> None:
    """Everything in it but the person is known to a judge, so it could be tried out with everybody."""
    mark_all(hidden)
    submit_all(hidden)
    shown = hidden.view("sg")["sheets"]["A2"][pieces(hidden)["c01"]]["digest"]
    secret = hidden.state.secret
    assert shown == tried_out(hidden, "c01", secret), "how it is made"
    assert shown not in {tried_out(hidden, "c01"), tried_out(hidden, "c01", "")}


def tried_out(story: Story, competitor: str, *secret: str) -> str:
    index = story.state.scheme
    assert index is not None
    cell: Any = story.state.competitors[competitor].cells["A2.1"]
    given = [(author, one.seq, one.judge, one.score, one.value) for author, one in cell.revealed.items()]
    content = (cell.round, cell.state, given, str(cell.award))
    whole = [*secret, story.id, "A2", competitor, index.digest, FIRST, ("A2.1", False, content)]
    return sha256(repr(whole).encode()).hexdigest()


def test_r42_what_changed_on_a_blind_form_is_not_signed_unseen(hidden: Story) -> None:
    """The digests that a judge saw are by pieces, also where everybody's sheet is signed at once."""
    mark_all(hidden)
    submit_all(hidden)
    for one in list(hidden.state.competitors):
        hidden.act("chief", "verify-sheet", form="A2", competitor=one)
    saw = dict.fromkeys(pieces(hidden).values(), "0" * 64)
    assert told(hidden, "sg", "sign-sheets", form="A2", saw=saw).code == "sheet_changed"


def test_a_sheet_that_is_named_twice_is_signed_once(hidden: Story) -> None:
    mark_all(hidden)
    submit_all(hidden)
    hidden.act("chief", "verify-sheet", form="A2", competitor="c01")
    piece = pieces(hidden)["c01"]
    done = hidden.act("sg", "sign-sheets", form="A2", competitors=[piece, piece])
    assert done.events == ("livescore.sheet-signed.v1",)


def test_r39_a_pair_s_reading_moves_the_view_of_both_its_judges_and_of_nobody_else() -> None:
    """The tag of a view moves exactly when the view does."""
    dual = aspect("A1.1", *MEASURES["A1.1"]).model_copy(update={"dual": True})
    story = staffed(Story(imported=scheme(dual, aspect("A2.1", "4.00"))))
    story.seat("my", "MY")
    story.seat("th", "TH")
    story.act("chief", "name-panel", form="A1", judges=["sg", "ch", "my", "th"], pairs=[["sg", "ch"], ["my", "th"]])
    rng = Random(7)
    for one in ("c01", "c02", "c03"):
        author = rng.choice(["sg", "my"])
        before = {judge: (story.state.seen(judge), story.view(judge)) for judge in ("sg", "ch", "my", "th", "gb")}
        story.read(one, "A1.1", "3", judge=author)
        moved = {judge for judge, (_, view) in before.items() if story.view(judge) | {"seq": 0} != view | {"seq": 0}}
        assert moved == ({"sg", "ch"} if author == "sg" else {"my", "th"})
        assert {judge for judge, (seq, _) in before.items() if story.state.seen(judge) != seq} == moved


def test_r79_a_competitor_files_so_many_appeals_and_no_more() -> None:
    story = staffed(Story())
    story.act("chief", "show-sheets", competitors=["c01"])
    asked: dict[str, Any] = {"competitor": "c01", "text": "The reading was taken from the wrong gauge."}
    for _ in range(MOST_APPEALS):
        story.act("c01", "file-appeal", **asked)
    assert told(story, "c01", "file-appeal", **asked).code == "too_many"


def test_so_many_proposals_wait_and_no_more() -> None:
    story = staffed(Story())
    asked: dict[str, Any] = {"medals": {"c01": "gold"}, "reason": "a tie was broken by the jury"}
    first = story.act("chief", "depart-medals", **asked).id
    for _ in range(MOST_PROPOSALS - 1):
        story.act("chief", "depart-medals", **asked)
    assert told(story, "chief", "depart-medals", **asked).code == "too_many"
    story.act("manager", "approve", proposal=first)
    story.act("chief", "depart-medals", **asked)


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1969-12-31T23:59:59+00:00"]
)
def test_a_time_that_no_view_could_show_is_refused(moment: str) -> None:
    story = staffed(Story())
    for fields in ({"at": moment}, {"at": None, "done_at": moment}):
        with pytest.raises(ValueError, match="at"):
            story.act("chief", "plan-freeze", **fields)


def test_r32_a_piece_keeps_its_number_whoever_enters_later() -> None:
    """A tablet without a network may hold marks for it."""
    everybody = tuple(f"c{number}" for number in range(1000))
    before: dict[str, str] = {}
    for count in (1, 2, 300, 301, 1000):
        now = blind.pieces("secret", "A1", everybody[:count])
        assert before.items() <= now.items()
        assert len(set(now.values())) == count
        before = now
