"""What of each sheet the public is shown at a moment (R51, R52).

A sheet is shown as it is while nobody looks at it again and it has reached the state its form is released in. After
that it stays as it was in the last moment in which it was shown, until it is shown again. A release that is decided
anew for a form ends that, except for a sheet that is under review right then.
"""

from typing import NamedTuple

from services.livescore.opinion.book import latest
from services.livescore.opinion.cells import Cells
from shared.contracts.release import When
from shared.contracts.remedies import AppealFiled
from shared.contracts.sheets import (
    SheetLocked,
    SheetReopened,
    SheetReturned,
    SheetSigned,
    SheetSubmitted,
    SheetVerified,
)

_STAGES = ("submitted", "verified", "signed", "locked")
_OPEN_APPEAL = frozenset({"submitted", "eligibility_check", "under_review", "hearing"})


class Shown(NamedTuple):
    """Awards by aspect, as they add up; `held` when the sheet itself is somewhere else by now."""

    awards: dict[str, int]
    held: bool


class Published:
    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._book = cells.book

    def sheets(self, competitor: str, moment: int) -> dict[str, Shown]:
        """By form; without forms that nothing is shown of."""
        found = {form: self._sheet(form, competitor, moment) for form in self._cells.forms(moment)}
        return {form: shown for form, shown in found.items() if shown.awards}

    def under_review(self, competitor: str, moment: int) -> bool:
        """Whether one of the competitor's appeals is open (R82)."""
        states: dict[str, str] = {}
        for seq, fact in self._book.appeals:
            if seq > moment:
                break
            if isinstance(fact, AppealFiled):
                if fact.competitor == competitor:
                    states[fact.appeal] = "submitted"
            elif fact.appeal in states:
                states[fact.appeal] = fact.to
        return any(state in _OPEN_APPEAL for state in states.values())

    def _sheet(self, form: str, competitor: str, moment: int) -> Shown:
        if self._shows(form, competitor, moment):
            return Shown(self._awards(form, competitor, moment), held=False)
        if self._when(form, moment) == "withheld":
            return Shown({}, held=False)
        return Shown(self._last_shown(form, competitor, moment), held=True)

    def _last_shown(self, form: str, competitor: str, moment: int) -> dict[str, int]:
        """Walk back through the moments at which the sheet or its release changed."""
        releases = {seq for seq, _ in self._book.whens.get(form, ())}
        steps = {seq for seq, _ in self._book.steps.get((form, competitor), ())}
        end = moment
        for since in sorted((seq for seq in releases | steps | {0} if seq <= moment), reverse=True):
            if self._shows(form, competitor, since):
                awards = self._awards(form, competitor, end)
                if awards:
                    return awards
            if since in releases and not self._in_review(form, competitor, since):
                break
            end = since - 1
        return {}

    def _awards(self, form: str, competitor: str, moment: int) -> dict[str, int]:
        aspects = [place.aspect.id for place in self._cells.forms(moment).get(form, ())]
        found = {aspect: self._cells.counted(competitor, aspect, moment) for aspect in aspects}
        return {aspect: award for aspect, award in found.items() if award is not None}

    def _when(self, form: str, moment: int) -> When:
        return latest(self._book.whens.get(form, ()), moment) or "at_once"

    def _shows(self, form: str, competitor: str, moment: int) -> bool:
        when = self._when(form, moment)
        if when == "withheld" or self._in_review(form, competitor, moment):
            return False
        return when == "at_once" or self._stage(form, competitor, moment) >= _STAGES.index(when)

    def _in_review(self, form: str, competitor: str, moment: int) -> bool:
        """Reopened and not locked again."""
        for seq, step in reversed(self._book.steps.get((form, competitor), ())):
            if seq <= moment and isinstance(step, SheetLocked | SheetReopened):
                return isinstance(step, SheetReopened)
        return False

    def _stage(self, form: str, competitor: str, moment: int) -> int:
        """How far the sheet has come on the way to being locked; -1 while it takes marks."""
        for seq, step in reversed(self._book.steps.get((form, competitor), ())):
            if seq > moment:
                continue
            match step:
                case SheetSubmitted():
                    return 0 if step.outcome == "submitted" else -1
                case SheetSigned() if not step.complete:
                    pass  # the rest of the panel is still to sign
                case SheetVerified():
                    return 1
                case SheetSigned():
                    return 2
                case SheetLocked():
                    return 3
                case SheetReturned() | SheetReopened():
                    return -1
        return -1
