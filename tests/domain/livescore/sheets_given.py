"""Words for sheets: fill one in, and take it through its life."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shared.errors import CallerError

if TYPE_CHECKING:
    from tests.domain.livescore.conftest import Story

READINGS = {"A1.1": "1", "A1.2": "6000", "B1.1": "12.1"}


def staffed(story: Story) -> Story:
    """With a chief expert, a manager and a presenter, who are nobody's compatriots."""
    story.seat("chief", "FR", "chief")
    story.seat("manager", "DE", "manager")
    story.seat("host", "FR", "presenter")
    return story


def refused(story: Story, who: str, act: str, **fields: Any) -> CallerError:
    """What somebody is told whose act is not taken."""
    with pytest.raises(CallerError) as refusal:
        story.act(who, act, **fields)
    return refusal.value


def fill(story: Story, form: str, competitor: str, *scores: int) -> None:
    """Every aspect of a form: measured by the Swiss judge, judged by three (2, 2, 2 unless said otherwise)."""
    scheme = story.state.scheme
    assert scheme is not None
    for rule in scheme.forms[form]:
        if rule.measure is None:
            story.scores(competitor, rule.aspect.id, *(scores or (2, 2, 2)))
        else:
            story.read(competitor, rule.aspect.id, READINGS[rule.aspect.id])


def submitted(story: Story, form: str, competitor: str, *scores: int) -> None:
    fill(story, form, competitor, *scores)
    story.act("ch", "submit-sheet", form=form, competitor=competitor)


def verified(story: Story, form: str, competitor: str, *scores: int) -> None:
    submitted(story, form, competitor, *scores)
    story.act("chief", "verify-sheet", form=form, competitor=competitor)


def locked(story: Story, form: str, competitor: str, *scores: int) -> None:
    verified(story, form, competitor, *scores)
    sign_all(story, form, competitor)


def sign_all(story: Story, form: str, competitor: str) -> None:
    for judge in sorted(story.state.scorers(form, competitor)):
        story.act(judge, "sign-sheets", form=form, competitors=[competitor])
    story.act("chief", "sign-sheets", form=form, competitors=[competitor])


def reopened(story: Story, form: str, competitor: str, **fields: Any) -> None:
    asked = {"code": "typing", "reason": "a figure was read wrongly"} | fields
    story.both("reopen-sheet", form=form, competitor=competitor, **asked)


def all_locked(story: Story) -> None:
    """Every sheet of everybody, each competitor with other marks."""
    scheme = story.state.scheme
    assert scheme is not None
    for number, competitor in enumerate(story.state.competitors):
        for form in scheme.forms:
            locked(story, form, competitor, *(((number + 1) % 4,) * 3))
