"""R44: every version of a sheet carries the digest of the one before, so that a ledger can be checked."""

from __future__ import annotations

import pytest

from services.livescore.domain.chain import Chain
from shared.contracts.events import Recorded
from shared.contracts.sheets import FIRST, SheetSubmitted
from tests.domain.livescore.conftest import Story
from tests.domain.livescore.sheets_given import locked, reopened, staffed


@pytest.fixture
def story(story: Story) -> Story:
    """A2 of 01 was locked, reopened, scored anew and submitted again; A1 of 02 is locked."""
    story = staffed(story)
    locked(story, "A2", "c01")
    reopened(story, "A2", "c01")
    story.scores("c01", "A2.1", 2, 2, 3, justification="the solder joint was overlooked")
    story.act("ch", "submit-sheet", form="A2", competitor="c01")
    locked(story, "A1", "c02")
    return story


def submissions(story: Story, competitor: str = "c01") -> list[SheetSubmitted]:
    events = (one.event for one in story.ledger)
    return [one for one in events if isinstance(one, SheetSubmitted) and one.competitor == competitor]


def broken(ledger: list[Recorded]) -> list[str]:
    chain = Chain(Story.id)
    for recorded in ledger:
        chain.take(recorded)
    return chain.broken


def changed(story: Story, seq: int, **fields: object) -> list[Recorded]:
    one = story.ledger[seq - 1]
    event = one.event.model_copy(update=fields)
    return [*story.ledger[: seq - 1], one._replace(event=event), *story.ledger[seq:]]


def seq_of(story: Story, event: object) -> int:
    return next(one.seq for one in story.ledger if one.event is event)


def test_r44_each_submission_names_the_one_before(story: Story) -> None:
    first, second = submissions(story)
    assert (first.previous, second.previous) == (FIRST, first.digest)
    assert first.digest != second.digest
    assert broken(story.ledger) == []


def test_r44_the_same_marks_under_another_past_have_another_digest(story: Story) -> None:
    (first,) = submissions(story, "c02")
    reopened(story, "A1", "c02")
    story.act("ch", "submit-sheet", form="A1", competitor="c02")
    assert submissions(story, "c02")[1].digest != first.digest


def test_r44_a_mark_that_was_changed_afterwards_breaks_the_chain(story: Story) -> None:
    mark = next(one for one in story.ledger if getattr(one.event, "score", None) == 2)
    found = broken(changed(story, mark.seq, score=3))
    assert len(found) == 1
    assert "sheet A2 of c01: is another than its digest says" in found[0]


def test_r44_a_version_that_was_taken_out_breaks_the_chain(story: Story) -> None:
    _, second = submissions(story)
    assert "does not follow on" in broken(changed(story, seq_of(story, second), previous=FIRST))[0]
    assert "does not name" in broken(changed(story, seq_of(story, second), previous=None))[0]


def test_r44_a_signature_under_another_digest_breaks_the_chain(story: Story) -> None:
    signed = next(one for one in story.ledger if one.event.TYPE == "livescore.sheet-signed.v1")
    assert "names another digest" in broken(changed(story, signed.seq, digest="0"))[0]


def test_r44_sheets_from_before_chains_were_kept_are_passed_over(story: Story) -> None:
    ledger = list(story.ledger)
    for event in [*submissions(story), *submissions(story, "c02")]:
        seq = seq_of(story, event)
        ledger[seq - 1] = ledger[seq - 1]._replace(event=event.model_copy(update={"previous": None}))
    assert broken(ledger) == []
